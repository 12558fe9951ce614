"""The tape that holds a cassette against what really comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.cassettes.recording import drift, secrets
from autogen_harness.cassettes.recording.drift import render_drifts
from autogen_harness.cassettes.recording.tape import SendingTape
from autogen_harness.model import Finding, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from autogen_harness.cassettes.cassette import Interaction, Queued
    from autogen_harness.cassettes.matching.matchers import Asked
    from autogen_harness.cassettes.recording.drift import Drift
    from autogen_harness.cassettes.recording.tape import Sending
    from autogen_harness.ledger import Entry
    from autogen_harness.model import HttpRequest, Outcome

TOPIC = "drift"


class VerifyingTape(SendingTape):
    """Lets requests be sent, and reports where what comes is not what ``recorded`` says. Nothing is written.

    What comes is compared, and told, without its secrets, as a recording of it would be: a placeholder is no drift, and a
    report is read by more people than the reply was sent to. ``names`` are secret beside those that always are.
    """

    def __init__(
        self, name: str, recorded: Sequence[Interaction], record: Callable[[Entry], None], names: Sequence[str] = ()
    ) -> None:
        super().__init__(name, record, names)
        self._index = drift.indexed(name, recorded)
        for queued in self._index.all:
            queued.recorded = True
        self._expected: dict[Sending, Queued | None] = {}

    def instead(self, asked: Asked) -> Sending | None:
        """Let a request be sent; the interaction that would have answered it is taken here, in the order of sending."""
        sending = super().instead(asked)
        if sending is not None:
            self._expected[sending] = self._taken(asked)
        return sending

    def _taken(self, asked: Asked) -> Queued | None:
        with self._lock:
            queued = self._index.find(asked)
            if queued is not None:
                queued.played += 1
            return queued

    def left(self) -> Iterable[Queued]:
        """What was recorded and not asked for."""
        return [queued for queued in self._index.all if queued.missing]

    def _came(self, sending: Sending, outcome: Outcome) -> None:
        super()._came(sending, outcome)
        queued = self._expected[sending]
        now = secrets.without(sending.request, outcome, [one.request for one in tuple(self.sent)], self._names)
        if queued is None:
            found = [drift.new(now.request, now.outcome)]
        else:
            found = drift.compare_outcomes(queued.interaction.outcome, now.outcome, drift.told(now.request))
        for entry in _entries(self.name if queued is None else queued.name, now.request, found):
            self._record(entry)


def _entries(name: str, request: HttpRequest, found: list[Drift]) -> Iterable[Entry]:
    """A finding for what may break a program, a note for the rest."""
    worst = next((one for one in found if one.breaks), None)
    if worst is not None:
        yield Finding(
            "http-drifted",
            f"{name} is not what is answered now:\n{render_drifts(found)}",
            fix="see whether the code can live with that, then record the cassette anew with --harness-record=all",
            expect=f'harness.expect("http-drifted", name="{name}")',
            fields={"name": name, "method": request.method, "url": request.url, "kind": worst.kind},
        )
    elif found:
        yield Note(TOPIC, f"{name} has other values now:\n{render_drifts(found)}")
