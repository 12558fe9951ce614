"""What a player records: the cassettes that are open for it, from the first to the verdict."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from autogen_harness.cassettes.cassette import Queued
    from autogen_harness.cassettes.files.lazy import LazyIndex
    from autogen_harness.cassettes.recording.modes import Recording
    from autogen_harness.cassettes.recording.opening import Opened
    from autogen_harness.cassettes.shelf import Shelf, Tape
    from autogen_harness.clock import VirtualClock
    from autogen_harness.ledger import Entry

    Play = Callable[..., None]


class Recordings:
    """The recordings of one player.

    Args:
        rules: what the run says of recording.
        report: where everything that happens is reported.
        clock: paused while requests may be sent, because they take real time.
        roots: the user's folders of cassettes.
        play: of a player.
    """

    def __init__(
        self, rules: Recording, report: Callable[[Entry], None], clock: VirtualClock, roots: Sequence[Path], play: Play
    ) -> None:
        self._rules, self._report, self._clock, self._roots, self._play = rules, report, clock, roots, play
        self._shelves: list[Shelf] = []
        self._own: tuple[Shelf, Tape, list[Queued]] | None = None
        self._lazy: list[LazyIndex] = []
        self._real_time = ExitStack()

    def begin(self, shelf: Shelf) -> None:
        """Open the test's own cassette, if it has one or is to get one, until the test names another to be recorded."""
        if not self._rules.own:
            return
        from autogen_harness.cassettes.recording import opening  # a player without recordings does not pay for it

        if opening.begins_by_itself(self._rules, self._roots):
            opened = opening.opened(None, None, self._rules, self._roots, self._report)
            self._own = shelf, opened.tape, self._take(shelf, opened, optional=False)

    def add(self, shelf: Shelf, name: str | None, mode: str | None, *, optional: bool, headers: Sequence[str]) -> None:
        """Open a cassette; see :meth:`~autogen_harness.cassettes.player.Player.record`."""
        from autogen_harness.cassettes.recording import opening

        opened = opening.opened(name, mode, self._rules, self._roots, self._report, optional=optional, headers=headers)
        self._withdraw_own()
        self._take(shelf, opened, optional=optional)

    def _take(self, shelf: Shelf, opened: Opened, *, optional: bool) -> list[Queued]:
        if opened.tape.sends and any(tape.sends for tape in shelf.tapes):
            message = (
                f"record({opened.name!r}): a cassette is being recorded here already; a second one needs a scope of its own"
            )
            raise UsageError(f"{message}, as in: with harness.http.scope(): ...")
        if opened.tape.sends:
            self._real_time.enter_context(self._clock.paused())
        shelf.tapes.append(opened.tape)
        self._shelves.append(shelf)
        return self._queued(shelf, opened.name, optional=optional) if opened.plays else []

    def _queued(self, shelf: Shelf, name: str, *, optional: bool) -> list[Queued]:
        first, lazy = len(shelf.index.all), len(shelf.lazy)
        self._play(name, optional=optional)
        queue = shelf.index.all[first:]
        for queued in queue:
            queued.recorded = True
        self._lazy = shelf.lazy[lazy:]
        return queue

    def _withdraw_own(self) -> None:
        """The test names another cassette, so its own is not asked for; unless it has been already."""
        if self._own is None or self._own[1].is_used or any(queued.played for queued in self._own[2]):
            return
        (shelf, tape, queue), self._own = self._own, None
        shelf.tapes.remove(tape)
        for queued in queue:
            queued.times = 0
        for lazy in self._lazy:
            shelf.lazy.remove(lazy)

    def finish(self, *, failed: bool) -> None:
        """Write what was recorded; time is virtual again. What was recorded by a ``failed`` test is kept apart."""
        try:
            for tape in self._tapes():
                tape.close(failed=failed)
        finally:
            self._real_time.close()

    def reset(self) -> None:
        """Forget everything; what is still being recorded counts as that of a failed test."""
        self.finish(failed=True)
        self._shelves, self._own = [], None

    @property
    def are_sending(self) -> bool:
        """May requests be sent, to be recorded or compared?"""
        return any(tape.sends for tape in self._tapes())

    @property
    def are_awaiting(self) -> bool:
        """Was a request sent to which the answer has not come yet? Then silence is no hang."""
        return any(tape.is_awaiting for tape in self._tapes())

    def _tapes(self) -> Iterator[Tape]:
        return (tape for shelf in dict.fromkeys(self._shelves) for tape in shelf.tapes)
