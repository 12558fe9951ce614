"""What was queued from a large cassette and was not asked for yet: it is parsed, and moves to the index, when it is."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from autogen_harness.errors import DocumentError
from autogen_harness.model import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.cassettes.cassette import Interaction, Queued
    from autogen_harness.cassettes.files.lines import Lines
    from autogen_harness.cassettes.matching import matchers

    Queue = Callable[[str, Interaction, int], Queued]

MAX_EXPLAINED = 20
"""Lines parsed to explain one miss."""


class LazyIndex:
    """The interactions of one file, as they were queued. Not safe from several threads by itself: the player holds the lock.

    Args:
        name: what was played.
        lines: the file.
        queue: makes what is queued, of a name, an interaction and its place in the order.
        first: the place in the order of the first interaction.
        optional: nothing has to be asked for.
    """

    def __init__(self, name: str, lines: Lines, queue: Queue, first: int, *, optional: bool = False) -> None:
        self.name, self.lines = name, lines
        self._queue, self._first, self._optional = queue, first, optional
        self._read: dict[int, Queued] = {}
        self._taken: set[str] = set()
        self.places: set[matchers.Place] = {origin[1:] for origin in lines.shapes}

    def take(self, asked: matchers.Asked) -> list[Queued]:
        """What may answer a request and was not taken before, in the order of the file.

        Raises:
            DocumentError: a line of those is broken; none was taken.
        """
        digests = [digest for digest in self.lines.digests(asked) if digest not in self._taken]
        numbers = sorted({number for digest in digests for number in self.lines.by_key.get(digest, ())} - self._read.keys())
        taken = {number: self._queued(number) for number in numbers}
        self._taken.update(digests)
        self._read |= taken
        return list(taken.values())

    def near(self, asked: matchers.Asked) -> Iterator[Queued]:
        """Interactions worth comparing on a miss: those in which the path stands, else the first of the file."""
        mentioned = (number for number, line in enumerate(self.lines.lines) if asked.raw_path in line)
        numbers = dict.fromkeys([*islice(mentioned, MAX_EXPLAINED), *range(MAX_EXPLAINED)])
        left = (number for number in numbers if number < len(self.lines.lines) and number not in self._read)
        for number in islice(left, MAX_EXPLAINED):
            with suppress(DocumentError):
                yield self._queued(number)

    def leftovers(self) -> list[Finding]:
        """One finding for all that should have been asked for more often; none where there is nothing of that kind."""
        missing = [number for number in range(len(self.lines.lines)) if self._missing(number)]
        return [self._finding(missing)] if missing else []

    def _missing(self, number: int) -> bool:
        if number in self._read:
            return self._read[number].missing
        return not (self._optional or self.lines.optional(number))

    def _queued(self, number: int) -> Queued:
        queued = self._queue(f"{self.name}#{number + 1}", self.lines.interaction(number), self._first + number)
        queued.alone = False
        return queued

    def _finding(self, missing: list[int]) -> Finding:
        count = len(self.lines.lines)
        which = ", ".join(f"#{number + 1}" for number in missing[:3]) + (", …" if len(missing) > 3 else "")
        return Finding(
            rule="http-unplayed",
            what=f"{self.name}: {len(missing)} of {count} interactions were not asked for as often as they should be ({which})",
            fix=f'find out why, or write harness.http.play("{self.name}", optional=True)',
            expect=f'harness.expect("http-unplayed", name="{self.name}")',
            fields={"name": self.name},
        )
