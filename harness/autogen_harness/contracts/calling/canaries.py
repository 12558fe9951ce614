"""Values made at run time that must not turn up again: in a tool's environment, and in arguments that are secret.

They are never literals: hypothesis draws from the texts of local modules, and would hand one to a tool as an ordinary value.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from autogen_harness.contracts.generation.arguments import batch_value
from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.patches import Patches
from autogen_harness.schemas import Checker
from autogen_harness.secrecy.names import SecretNames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from typing_extensions import Self

    from autogen_harness.contracts.subject import Contract

_NAMES = SecretNames()
_SIZE = 12  # bytes


def canary() -> str:
    """Letters and digits, so that it is spelled alike in JSON, in a URL and in a header; no token that a tool makes is one."""
    return f"cn{secrets.token_hex(_SIZE)}"


class Environment:
    """Variables of the environment that hold canaries as long as it is entered; then everything is as it was.

    Args:
        names: of the variables.

    Attributes:
        canaries: value -> name.
    """

    def __init__(self, names: set[str]) -> None:
        self.canaries = {canary(): name for name in sorted(names)}
        self._before: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._before = dict(os.environ)
        os.environ.update({name: value for value, name in self.canaries.items()})
        return self

    def __exit__(self, *_: object) -> None:
        for name in self.canaries.values():
            if name in self._before:
                os.environ[name] = self._before[name]
            else:
                os.environ.pop(name, None)


class Reads:
    """Notes which variables of the environment are asked for as long as it is entered.

    Attributes:
        names: of these variables.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._patches = Patches()

    def __enter__(self) -> Self:
        self._patches.swap(type(os.environ), "__getitem__", self._noting)
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.undo()

    def _noting(self, read: Callable[..., str]) -> Callable[..., str]:
        def __getitem__(environment: Any, name: str) -> str:  # noqa: N807  # it is put in the place of that method
            self.names.add(name)
            return read(environment, name)

        return __getitem__


def secret_variables(asked_for: set[str]) -> set[str]:
    """The variables whose names say that they are secret, among those that are set and those that a tool asked for."""
    return {name for name in {*os.environ, *asked_for} if _NAMES.mean("variable", name, "")}


def in_arguments(contract: Contract, ordinary: Mapping[str, Any], url: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Calls that carry a canary: its place in words, its value, the arguments. Only calls that the schema allows."""
    accepts = Checker(contract.schema).accepts
    for name, schema in contract.properties.items():
        entry = schema if isinstance(schema, dict) else {}
        kind = kind_of(name, entry)
        if kind in ("url", "urls"):
            places = _in_address(url) if url else ()
        else:
            places = _in_place(name) if _is_secret(contract, name) else ()
        for place, value, text in places:
            arguments = {**ordinary, name: batch_value(entry, [text]) if kind == "urls" else text}
            if accepts(arguments):
                yield place, value, arguments


def _is_secret(contract: Contract, name: str) -> bool:
    return name in (contract.hints.secrets or ()) or _NAMES.mean("parameter", name, "")


def _in_place(name: str) -> Iterator[tuple[str, str, str]]:
    value = canary()
    yield name, value, value


def _in_address(url: str) -> Iterator[tuple[str, str, str]]:
    parts = urlsplit(url)
    value = canary()
    yield "the password in the address", value, urlunsplit(parts._replace(netloc=f"user:{value}@{parts.netloc}"))
    value = canary()
    query = f"{parts.query}&api_key={value}" if parts.query else f"api_key={value}"
    yield "the api_key in the address", value, urlunsplit(parts._replace(query=query))
