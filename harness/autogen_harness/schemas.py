"""JSON Schema, as tool descriptions use it: is a value valid, is a schema well-formed. The only home of ``jsonschema``.

The dialect is 2020-12. Formats that can be checked without more packages are checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jsonschema.exceptions import ValidationError


@dataclass(frozen=True, slots=True)
class Problem:
    """At ``path`` (such as ``$.items[0].name``) ``message`` holds; ``keyword`` is the part of the schema that says so."""

    path: str
    message: str
    keyword: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class Checker:
    """A schema, ready to judge many values.

    The schema must be well-formed (see :func:`malformed`): what a broken one says about a value is undefined.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        from jsonschema import Draft202012Validator  # late: 170 ms that a session without schemas must not pay

        self._validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    def accepts(self, value: Any) -> bool:
        """Whether the value is valid."""
        return bool(self._validator.is_valid(value))

    def problems(self, value: Any) -> list[Problem]:
        """Everything that is wrong with the value, in the order of its paths; empty when it is valid."""
        return _sorted(self._validator.iter_errors(value))


def problems(value: Any, schema: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with one value; see :class:`Checker` for many."""
    return Checker(schema).problems(value)


def accepts(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether one value is valid; see :class:`Checker` for many."""
    return Checker(schema).accepts(value)


def malformed(schema: Mapping[str, Any]) -> list[Problem]:
    """Everything that makes a schema unusable: keywords of the wrong shape, references to nowhere, invalid defaults."""
    from jsonschema import Draft202012Validator  # late: see Checker

    meta = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    found = _sorted(meta.iter_errors(schema)) + [
        Problem(path, f"{ref!r} refers to nothing", "$ref")
        for path, ref in _references(schema, "$")
        if not _resolves(schema, ref)
    ]
    return found or list(_bad_defaults(schema, schema, "$"))


def _sorted(errors: Iterable[ValidationError]) -> list[Problem]:
    found = {Problem(_path(error.absolute_path), error.message, str(error.validator)): None for error in errors}
    return sorted(found, key=lambda problem: (problem.path, problem.message))


def _path(parts: Iterable[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def _references(node: Any, path: str) -> Iterator[tuple[str, str]]:
    for key, value, place in _children(node, path):
        if key == "$ref" and isinstance(value, str):
            yield path, value
        elif key not in ("const", "enum", "default", "examples"):
            yield from _references(value, place)


def _children(node: Any, path: str) -> Iterator[tuple[str | int, Any, str]]:
    if isinstance(node, dict):
        yield from ((key, value, f"{path}.{key}") for key, value in node.items())
    elif isinstance(node, list):
        yield from ((index, value, f"{path}[{index}]") for index, value in enumerate(node))


def _resolves(schema: Mapping[str, Any], ref: str) -> bool:
    try:
        resolve(schema, ref)
    except LookupError:
        return False
    return True


def resolve(schema: Mapping[str, Any], ref: str) -> Any:
    """The part of ``schema`` that a local reference such as ``#/$defs/money`` names.

    Raises:
        LookupError: there is no such part, or the reference is not a local one.
    """
    if ref != "#" and not ref.startswith("#/"):
        message = f"only references within the schema (#/...) are supported, not {ref!r}"
        raise LookupError(message)
    node: Any = schema
    for part in ref.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        members = dict(enumerate(node)) if isinstance(node, list) else node if isinstance(node, dict) else {}
        node = members[int(key) if isinstance(node, list) and key.isdigit() else key]
    return node


def _bad_defaults(node: Any, root: Mapping[str, Any], path: str) -> Iterator[Problem]:
    if isinstance(node, dict) and "default" in node and not (path.endswith(".properties")):
        checker = Checker({**node, "$defs": {**root.get("$defs", {}), **node.get("$defs", {})}})
        for problem in checker.problems(node["default"]):
            yield Problem(f"{path}.default", f"the default is not valid: {problem.message}", "default")
    for key, value, place in _children(node, path):
        if key not in ("const", "enum", "default", "examples"):
            yield from _bad_defaults(value, root, place)
