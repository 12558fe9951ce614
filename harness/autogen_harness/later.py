"""A body that is written when it is first asked for: of a large cassette most never are, and writing them takes longest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    V = TypeVar("V", bound="BodyLater")


class BodyLater:
    """Base of a frozen value with slots whose ``body`` may come :func:`late <later>`. Nobody sees a difference."""

    __slots__ = ("_write_body",)

    if not TYPE_CHECKING:  # for a type checker every attribute would be there

        def __getattr__(self, name: str) -> Any:
            """Called for a slot that is empty. Two threads may both write the body: it is the same."""
            if name != "body":
                message = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(message)
            body = self._write_body()
            object.__setattr__(self, "body", body)
            return body


def later(value: V, write: Callable[[], bytes]) -> V:
    """The same value, whose body is what ``write`` gives: always the same bytes, and it never fails."""
    object.__setattr__(value, "_write_body", write)
    object.__delattr__(value, "body")
    return value
