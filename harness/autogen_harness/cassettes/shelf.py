"""What may answer in one scope: the interactions that were queued there, and the cassettes that are being recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from autogen_harness.cassettes.cassette import Queued
from autogen_harness.cassettes.matching.index import Index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autogen_harness.cassettes.backends import Live
    from autogen_harness.cassettes.files.lazy import LazyIndex
    from autogen_harness.cassettes.matching.matchers import Asked


class Tape(Protocol):
    """A cassette that is being recorded, or held against what really comes; or one that is only played, and seals its scope."""

    @property
    def sends(self) -> bool:
        """May requests be sent, which takes real time?"""

    @property
    def is_used(self) -> bool:
        """Was anything sent?"""

    @property
    def is_awaiting(self) -> bool:
        """Has something been sent to which the answer has not come yet?"""

    def instead(self, asked: Asked) -> Live | None:
        """How to send a request that no cassette answers; None where that is a miss."""

    def left(self) -> Iterable[Queued]:
        """Interactions that something was to ask for, and nothing did."""

    def close(self, *, failed: bool) -> None:
        """Write what was recorded: where the test failed, apart from what was there."""


class Shelf:
    """One scope's cassettes. Not safe from several threads by itself: the player holds the lock."""

    def __init__(self) -> None:
        self.index = Index({})
        self.lazy: list[LazyIndex] = []
        self.tapes: list[Tape] = []
        self._behind = 0

    def reserve(self, count: int = 1) -> int:
        """The place in the order of the first of ``count`` interactions that are queued now."""
        self._behind += count
        return self._behind - count

    def add(self, one: Queued | LazyIndex) -> None:
        """Queue an interaction, or those of a large cassette, each at its place in the order."""
        if isinstance(one, Queued):
            self.index.add(one)
        else:
            self.lazy.append(one)
            self.index.places |= one.places

    def find(self, asked: Asked) -> Queued | None:
        """The queued interaction that answers a request, if one does.

        Raises:
            DocumentError: it stands in a line of a large cassette that is broken.
        """
        for lazy in self.lazy:
            for taken in lazy.take(asked):
                self.index.add(taken)
        return self.index.find(asked)

    def live(self, asked: Asked) -> Live | None:
        """How to send a request that nothing answers, if a tape wants it sent."""
        return next((live for tape in self.tapes if (live := tape.instead(asked))), None)

    def left(self) -> list[Queued]:
        """What should have been asked for more often, but for the interactions of large cassettes."""
        queued = [queued for queued in self.index.all if queued.alone and queued.missing]
        return queued + [queued for tape in self.tapes for queued in tape.left()]

    def near(self, asked: Asked) -> list[Queued]:
        """Interactions worth comparing on a miss."""
        return [*self.index.near(asked), *(queued for lazy in self.lazy for queued in lazy.near(asked))]
