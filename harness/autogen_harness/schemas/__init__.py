"""JSON Schema, as tool descriptions use it: is a value valid, is a schema well-formed. The only home of ``jsonschema``.

The dialect is 2020-12. Formats that can be checked without more packages are checked.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autogen_harness.schemas import dialect, references
from autogen_harness.schemas.parts import shown, walk
from autogen_harness.schemas.references import resolve as resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


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

    _validator: Validator

    def __init__(self, schema: Mapping[str, Any]) -> None:
        from jsonschema import Draft202012Validator  # late: 170 ms that a session without schemas must not pay

        whole, self._said = dialect.spelled(schema)
        self._validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)

    def part(self, schema: Any) -> Checker:
        """A judge by another schema, whose references lead into this one."""
        made = copy(self)
        inner, said = dialect.spelled(schema)
        made._validator, made._said = self._validator.evolve(schema=inner), {**self._said, **said}
        return made

    def accepts(self, value: Any) -> bool:
        """Whether the value is valid."""
        return bool(self._validator.is_valid(value))

    def problems(self, value: Any) -> list[Problem]:
        """Everything that is wrong with the value, in the order of its paths; empty when it is valid."""
        return _sorted(self._validator.iter_errors(value), self._said)


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
    found = [*_sorted(meta.iter_errors(schema), {}), *_dangling(schema), *_unreadable(schema)]
    return found or list(_bad_defaults(schema))


def _sorted(errors: Iterable[ValidationError], said: Mapping[str, str]) -> list[Problem]:
    found = {Problem(shown(tuple(error.absolute_path)), _message(error, said), str(error.validator)): None for error in errors}
    return sorted(found, key=lambda problem: (problem.path, problem.message))


def _message(error: ValidationError, said: Mapping[str, str]) -> str:
    """What is wrong, with the pattern as the schema's author wrote it."""
    pattern = error.validator_value
    if error.validator != "pattern" or not isinstance(pattern, str) or pattern not in said:
        return error.message
    return error.message.replace(repr(pattern), repr(said[pattern]))


def _dangling(schema: Any) -> Iterator[Problem]:
    for steps, ref in references.dangling(schema):
        yield Problem(shown(steps), f"{ref!r} refers to nothing", "$ref")


def _unreadable(schema: Any) -> Iterator[Problem]:
    for steps, part in walk(schema):
        if why := dialect.unreadable(part):
            yield Problem(shown(steps), why, "pattern")


def _bad_defaults(schema: Mapping[str, Any]) -> Iterator[Problem]:
    whole = Checker(schema)
    for steps, part in walk(schema):
        if isinstance(part, dict) and "default" in part:
            for problem in whole.part(part).problems(part["default"]):
                yield Problem(f"{shown(steps)}.default", f"the default is not valid: {problem.message}", "default")
