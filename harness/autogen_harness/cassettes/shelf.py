"""What may answer in one scope: the interactions that were queued there, and the cassettes that are being recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from autogen_harness.cassettes.index import Index

if TYPE_CHECKING:
    from autogen_harness.cassettes.backends import Live
    from autogen_harness.cassettes.cassette import Queued
    from autogen_harness.cassettes.matchers import Asked


class Tape(Protocol):
    """A cassette that is being recorded."""

    def first(self, asked: Asked) -> Live | None:
        """How to send a request that no cassette is asked for; None where they are asked."""

    def instead(self, asked: Asked) -> Live | None:
        """How to send a request that no cassette answers; None where that is a miss."""

    def close(self, *, failed: bool) -> None:
        """Write what was recorded: where the test failed, apart from what was there."""


class Shelf:
    """One scope's cassettes. Not safe from several threads by itself: the player holds the lock."""

    def __init__(self) -> None:
        self.index = Index({})
        self.tapes: list[Tape] = []

    def find(self, asked: Asked) -> Queued | Live | None:
        """What answers a request, if anything does."""
        for tape in self.tapes:
            if live := tape.first(asked):
                return live
        queued = self.index.find(asked)
        return queued or next((live for tape in self.tapes if (live := tape.instead(asked))), None)
