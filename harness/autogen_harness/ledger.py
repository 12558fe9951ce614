"""What happened in a run, out of band: the only place that parts report to.

AutoGen turns exceptions into text and goes on, so nothing that matters may only be raised. Parts record an entry here, and
the verdict is made from the entries after the test body. Entries arrive from any thread; an append is atomic.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from autogen_harness.clock.timeline import Real  # neither the virtual clock nor freezegun may fool the watchdog
from autogen_harness.model import Finding, HttpExchange, LlmRequest, Note, Slept, ToolRun, TurnPlayed

if TYPE_CHECKING:
    from collections.abc import Iterator

Entry = LlmRequest | TurnPlayed | ToolRun | HttpExchange | Slept | Note | Finding
E = TypeVar("E", LlmRequest, TurnPlayed, ToolRun, HttpExchange, Slept, Note, Finding)

__all__ = ["Entry", "Ledger"]


class Ledger:
    """The entries of one run, in the order in which they happened."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._last = Real.monotonic()
        self._waiting: list[object] = []

    def record(self, entry: Entry) -> None:
        """Add an entry. Safe from any thread."""
        self._entries.append(entry)
        self._last = Real.monotonic()

    def replace(self, entry: Entry, better: Entry) -> None:
        """Tell what happened in better words, at the same place in the order; nothing where ``entry`` is not there."""
        for number, one in enumerate(self._entries):
            if one is entry:
                self._entries[number] = better

    def of(self, kind: type[E]) -> list[E]:
        """All entries of a kind, oldest first."""
        return [entry for entry in self._entries if isinstance(entry, kind)]

    @property
    def findings(self) -> list[Finding]:
        """What went wrong so far, oldest first."""
        return self.of(Finding)

    @property
    def quiet_seconds(self) -> float:
        """Real seconds since the last entry; none while something is waited for."""
        return 0.0 if self._waiting else Real.monotonic() - self._last

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Something outside is waited for, in real time: the silence until it comes means nothing. Safe from any thread."""
        mark = object()
        self._waiting.append(mark)
        try:
            yield
        finally:
            self._last = Real.monotonic()
            self._waiting.remove(mark)

    def clear(self) -> None:
        """Forget everything; for the next example of a property-based test."""
        self._entries.clear()
        self._last = Real.monotonic()

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)
