"""Cassettes that are being recorded, or held against what really comes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from autogen_harness.cassettes.cassette import Timing
from autogen_harness.cassettes.recording import secrets
from autogen_harness.cassettes.recording.drift import told
from autogen_harness.cassettes.recording.taking import now
from autogen_harness.clock.timeline import Real
from autogen_harness.model import HttpExchange, HttpFailure, HttpReply, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from autogen_harness.cassettes.cassette import Queued
    from autogen_harness.cassettes.matching.matchers import Asked
    from autogen_harness.ledger import Entry
    from autogen_harness.model import HttpRequest, Outcome

TOPIC = "recording"
"""Of the notes that say what was recorded, and where it is."""

PATIENCE = 120.0
"""Real seconds that a request without a timeout of its own may take before the watchdog takes its silence for a hang."""


class Sending:
    """One request on its way; see :class:`~autogen_harness.cassettes.backends.Live`.

    Attributes:
        request: as it is sent.
        at: when, in UTC.
        outcome, timing: what came of it and how long that took; None while nothing has.
    """

    def __init__(self, request: HttpRequest, came: Callable[[Sending, Outcome], None]) -> None:
        self.request, self._came = request, came
        self.at, self._begun = now(), Real.monotonic()
        self.outcome: Outcome | None = None
        self.timing: Timing | None = None

    def came(self, outcome: Outcome, first_byte: float, total: float) -> Outcome:
        """Take down what came; the client meets just that."""
        self.timing, self.outcome = Timing(round(first_byte, 6), round(total, 6)), outcome
        self._came(self, outcome)
        return outcome

    @property
    def is_awaited(self) -> bool:
        """Nothing has come yet, and something still may."""
        return self.outcome is None and Real.monotonic() - self._begun < (self.request.timeout or PATIENCE)


class SendingTape:
    """A tape that lets every request be sent that it is asked about.

    Attributes:
        name: of the cassette.
        sent: every request, in the order in which they were sent.

    Args:
        name: of the cassette.
        record: receives what happens.
        names: of headers, parameters and keys that are secret, beside those that always are.
    """

    def __init__(self, name: str, record: Callable[[Entry], None], names: Sequence[str] = ()) -> None:
        self.name, self._record, self._names = name, record, names
        self.sent: list[Sending] = []
        self._lock = threading.Lock()
        self._closed = False

    def instead(self, asked: Asked) -> Sending | None:
        """Let a request be sent; None where the tape is closed."""
        if self._closed:
            return None
        sending = Sending(asked.request, self._came)
        with self._lock:
            self.sent.append(sending)
        return sending

    def _came(self, sending: Sending, outcome: Outcome) -> None:
        shown = str(outcome.status) if isinstance(outcome, HttpReply) else outcome.kind
        self._record(HttpExchange(sending.request, f"{self.name}, live", shown, tuple(self._names)))
        if self._closed:
            self._record(Note(TOPIC, f"not recorded, because it came after the test: the answer to {self._shown(sending)}"))

    @property
    def sends(self) -> bool:
        """May requests be sent? Until it is closed."""
        return not self._closed

    @property
    def is_used(self) -> bool:
        """Was anything sent?"""
        return bool(self.sent)

    @property
    def is_awaiting(self) -> bool:
        """Has something been sent to which the answer has not come yet?"""
        return any(sending.is_awaited for sending in tuple(self.sent))

    def left(self) -> Iterable[Queued]:
        """Interactions of the cassette that nothing was asked of; none where they are not known."""
        return ()

    def close(self, *, failed: bool) -> None:
        """Let nothing more be sent, say what was lost, and keep the rest; nothing where it is closed."""
        if self._closed:
            return
        self._closed = True
        self._tell_lost()
        self.keep(failed=failed)

    def keep(self, *, failed: bool) -> None:
        """Keep what came, where that is to be kept: where the test failed, apart from what was there."""

    def _tell_lost(self) -> None:
        """Requests of which nothing came are not in the cassette, and nobody else would say so."""
        lost = [sending for sending in self.sent if sending.outcome is None]
        for sending in lost:
            self._record(Note(TOPIC, f"not recorded, because the sending was refused or cancelled: {self._shown(sending)}"))

    def _shown(self, sending: Sending) -> str:
        """Method and URL without secrets, for what is really sent has real ones."""
        return told(secrets.without(sending.request, HttpFailure("closed"), [sending.request], self._names).request)


class SealedTape:
    """A cassette that is only played although others in its place would be recorded: what it does not answer is a miss.

    So a test meets the same with a cassette as it did while that was recorded: nothing that it does not hold.
    """

    sends = is_used = is_awaiting = False

    def instead(self, asked: Asked) -> None:
        """Send nothing."""

    def left(self) -> Iterable[Queued]:
        """Nothing: what is played is on the shelf."""
        return ()

    def close(self, *, failed: bool) -> None:
        """Nothing was recorded."""
