"""Which of a client's timeouts strikes first, and how long it waits: the same arithmetic for every client."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from autogen_harness.model import Delivery

Which = Literal["total", "connect", "read"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The timeouts of one request in seconds: for all of it, for the connection, for each wait for data; None is no limit."""

    total: float | None = None
    connect: float | None = None
    read: float | None = None

    @property
    def reading(self) -> float | None:
        """How long the client waits for an answer once it has sent its request."""
        total, read = self.total, self.read
        return total if read is None or (total is not None and total <= read) else read

    def wait(self, met: Delivery) -> tuple[float, Which | None]:
        """How long the client waits for a delivery, and which limit ends that; None where something comes in time.

        A timeout that no limit ends is told after no time at all: a real client would wait for ever. Where the beginning of a
        reply came, this is about that beginning.
        """
        kind = None if getattr(met.outcome, "reply", None) else getattr(met.outcome, "kind", None)
        limit, which = self._first("connect" if kind == "connect-timeout" else "read")
        if kind not in ("connect-timeout", "read-timeout") and met.seconds < limit:
            return met.seconds, None
        return (0.0 if limit == inf else limit), which

    def _first(self, phase: Literal["connect", "read"]) -> tuple[float, Which]:
        own = self.connect if phase == "connect" else self.read
        if self.total is not None and (own is None or self.total <= own):
            return self.total, "total"  # it began earlier, so it also strikes first of two equal ones
        return (inf if own is None else own), phase
