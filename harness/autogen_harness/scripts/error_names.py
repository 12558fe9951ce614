"""Exceptions by name: a file says which error a tool is meant to raise, and nothing is imported to find it.

A name without a dot is a built-in exception. A dotted name, such as ``requests.ConnectionError``, is compared with the classes
of the error that was raised: the last part is the name of the class, the rest is its module or a package around it.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from autogen_harness.documents import Steps
from autogen_harness.scripts.shapes import Checks, Pattern, Text, nearest
from autogen_harness.scripts.tables import Either, Key, Named, Table

BUILT_IN = {
    name: value for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
}
"""The exceptions that a name without a dot can mean."""

DOTTED = r"^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$"
"""What the name of an exception looks like, as a regular expression."""


class _ByName(type):
    """A class whose instances are the errors of a name."""

    def __instancecheck__(cls, error: Any) -> bool:
        package, _, name = cls.__name__.rpartition(".")
        full = [f"{one.__module__}.{one.__qualname__}" for one in type(error).__mro__]
        return any(one.startswith(f"{package}.") and one.endswith(f".{name}") for one in full)


def error_class(name: str) -> type[BaseException]:
    """The class that a name means; of a dotted name one that only answers whether an error is of it.

    Raises:
        LookupError: a name without a dot is no built-in exception.
    """
    return BUILT_IN[name] if "." not in name else _named(name)


@cache
def _named(name: str) -> type[BaseException]:
    return cast("type[BaseException]", _ByName(name, (BaseException,), {}))


def error_name(kind: type[BaseException]) -> str:
    """The name by which a file says a class of exceptions."""
    if isinstance(kind, _ByName) or BUILT_IN.get(kind.__name__) is kind:
        return kind.__name__
    return f"{kind.__module__}.{kind.__qualname__}"


@dataclass(frozen=True, slots=True)
class ErrorName:
    """The name of an exception: a built-in one, or one with its module."""

    def read(self, checks: Checks, value: Any, at: Steps) -> Any:
        """The class; and no pattern for its message."""
        name = Text(pattern=DOTTED, hint="the name of an exception").read(checks, value, at)
        try:
            return None if checks.said_of(at) else (error_class(name), None)
        except LookupError:
            near = "; ".join(filter(None, [nearest(name, [*BUILT_IN]), f"of a package write package.{name}"]))
            checks.wrong(at, f"{name} is no built-in exception", near)
            return None

    def schema(self) -> dict[str, Any]:
        """Text of that form."""
        return Text(pattern=DOTTED).schema()


_RAISES = Either(
    {
        "text": ErrorName(),
        "mapping": Table(
            {
                "type": Key(ErrorName(), "the exception: ValueError, or package.ToolError", required=True),
                "match": Key(Pattern(), "a regular expression to find in its message"),
            },
            make=lambda **read: (read["type"][0], read.get("match")),
        ),
    }
)
RAISES = Named("raises", lambda: _RAISES)
"""The class that a call is meant to raise, and the pattern for its message or None."""
