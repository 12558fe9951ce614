"""What a test plans to go wrong with the next deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autogen_harness.cassettes.failing import faults
from autogen_harness.errors import UsageError
from autogen_harness.model import Finding, HttpReply

if TYPE_CHECKING:
    from autogen_harness.cassettes.cassette import Times


@dataclass(slots=True)
class Trouble:
    """Deliveries meet ``reply``, or where that is None a closed connection. ``written`` is how a test planned it."""

    reply: HttpReply | None
    times: Times
    written: str
    met: int = 0

    def __post_init__(self) -> None:
        if self.times != "any" and (type(self.times) is not int or self.times < 1):
            raise UsageError(f'times={self.times!r}: write a whole number from 1, or "any"')

    @property
    def due(self) -> bool:
        """Does the next delivery meet it?"""
        return self.times == "any" or self.met < self.times

    @property
    def missing(self) -> bool:
        """Should more deliveries have met it?"""
        return self.met < (1 if self.times == "any" else self.times)

    def unmet(self, address: str) -> Finding:
        """The finding where it is missing, at the end of a test."""
        name = f"{address}.{self.written}"
        planned = "once" if self.times in (1, "any") else f"{self.times} times"
        return Finding(
            "http-unplayed",
            f"{name} was planned {planned}, and was met {self.met} times",
            "find out why nothing more was delivered, or plan as many failures as are met",
            f'harness.expect("http-unplayed", name="{name}")',
            fields={"name": name},
        )


def failure(status: int, retry_after: float | str | None, body: str | bytes | None) -> HttpReply:
    """The reply of a receiver that refuses.

    Raises:
        UsageError: that is no status of a failure.
    """
    if type(status) is not int or not 400 <= status <= 599:
        raise UsageError(f"fails(status={status!r}): a delivery fails with a status from 400 to 599")
    outcome = faults.settle(faults.fault.status(status, retry_after=retry_after, body=body)).outcome
    assert isinstance(outcome, HttpReply)  # noqa: S101 - a status is always a reply
    return outcome
