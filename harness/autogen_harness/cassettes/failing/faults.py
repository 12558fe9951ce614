"""What goes wrong on the way, said beside a cassette and never in it.

A fault is a value. :func:`settle` says what a client meets under it: another reply, the same one later, or a connection that
fails. What remains is for the backends, which raise the failure as their own client does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Literal

from autogen_harness.cassettes.failing import fault_arguments, fault_effects
from autogen_harness.errors import UsageError
from autogen_harness.model import Delivery, HttpReply

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.model import Outcome

Kind = Literal[
    "timeout",
    "connection_refused",
    "dns_failure",
    "tls_failure",
    "connection_reset",
    "connection_closed",
    "lost_reply",
    "status",
    "truncated",
    "stalled",
    "not_json",
    "malformed_json",
    "content_type",
    "stale",
    "slow",
    "recorded_latency",
    "recorded",
]
Phase = Literal["read", "connect"]

_NO_REPLY = HttpReply(200, "OK", (("Content-Type", "application/json"),), b"{}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong; made by the functions of :data:`fault`.

    Attributes:
        seconds: of a slow answer; the age of a stale one.
        phase: of a timeout: while connecting, or while waiting for the answer.
        status, retry_after, as_date, body: of a status; body None gives a short text.
        after, part: how many bytes of the body come, or which part of them; None: none of a reset one, half of another.
        text: a content type, or what TLS says of a certificate.
        outcome: what would have come of the request; the player fills it in from the cassette.
    """

    kind: Kind
    seconds: float = 0.0
    phase: Phase = "read"
    status: int = 0
    retry_after: str | None = None
    as_date: bool = False
    body: bytes | None = None
    after: int | None = None
    part: float | None = None
    text: str = ""
    outcome: Outcome = _NO_REPLY

    @property
    def reply(self) -> HttpReply:
        """What would have been answered: of a recorded failure the beginning of a reply, else an empty one."""
        return self.outcome if isinstance(self.outcome, HttpReply) else self.outcome.reply or _NO_REPLY

    def over(self, outcome: Outcome) -> Fault:
        """The same fault on the way of this outcome."""
        return replace(self, outcome=outcome)

    def times(self, number: int) -> tuple[Fault, ...]:
        """The fault for so many attempts; played as a sequence, what is recorded comes after them.

        Raises:
            UsageError: it is not a whole number from 1.
        """
        if type(number) is not int or number < 1:
            raise UsageError(f"fault.{self.kind}(...).times({number!r}): write a whole number from 1")
        return (self,) * number

    def __str__(self) -> str:
        """The fault in one line, as the ledger shows it."""
        words = {
            "timeout": f"{self.phase} timeout",
            "status": f"{self.status}{self._retry()}",
            "connection_reset": f"connection reset{self._after()}",
            "truncated": f"truncated body{self._after()}",
            "stalled": f"stalled body{self._after()}",
            "not_json": "not JSON",
            "malformed_json": "malformed JSON",
            "content_type": f"content type {self.text}",
            "stale": f"stale, {self.seconds:g} s old",
            "slow": f"slow, {self.seconds:g} s",
            "recorded_latency": f"slow as recorded, {self.seconds:g} s",
            "recorded": str(self.reply.status),
        }
        return words.get(self.kind, self.kind.replace("_", " ").replace("dns", "DNS").replace("tls", "TLS"))

    def _retry(self) -> str:
        if self.retry_after is None:
            return ""
        return f", Retry-After {self.retry_after}" + (" s from then, as a date" if self.as_date else "")

    def _after(self) -> str:
        part = "" if self.part is None else f", {self.part:g} of it came"
        return part if self.after is None else f" after {self.after} bytes"


class _Faults:
    """The faults that a cassette's answer can meet; ``fault`` is the only instance."""

    def timeout(self, kind: Phase = "read") -> Fault:
        """No answer within the client's own timeout (``read``), or no connection (``connect``).

        Raises:
            UsageError: another kind.
        """
        if kind not in ("read", "connect"):
            raise UsageError(f"fault.timeout({kind!r}): the kind is 'read' or 'connect'")
        return Fault("timeout", phase=kind)

    def connection_refused(self) -> Fault:
        """Nobody listens at the port."""
        return Fault("connection_refused")

    def dns_failure(self) -> Fault:
        """The name of the host has no address."""
        return Fault("dns_failure")

    def tls_failure(self, reason: str = "self-signed certificate") -> Fault:
        """The server's certificate is not trusted, for this ``reason``.

        Raises:
            UsageError: the reason is no text.
        """
        said = fault_arguments.text(reason, "tls_failure", "certificate has expired")
        return Fault("tls_failure", text=f"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {said}")

    def connection_reset(self, after: int | None = None) -> Fault:
        """The server drops the connection instead of answering, or ``after`` so many bytes of the body as it is on the wire.

        Without ``after`` also when the client itself repeats the request at once, as aiohttp does.

        Raises:
            UsageError: it is not a whole number from 0.
        """
        return Fault("connection_reset", after=fault_arguments.count(after, "connection_reset"))

    def connection_closed(self) -> Fault:
        """The server closes the connection in good order, without an answer; as often as a reset one."""
        return Fault("connection_closed")

    def lost_reply(self) -> Fault:
        """The server does what it is asked to, and the connection closes before its answer comes.

        It counts as played: the request has had its effect. What is sent again is delivered twice.
        """
        return Fault("lost_reply")

    def status(
        self,
        code: int,
        *,
        retry_after: float | str | None = None,
        as_date: bool = False,
        body: str | bytes | None = None,
    ) -> Fault:
        """The server answers with this status.

        Args:
            code: from 100 to 599.
            retry_after: seconds, or an HTTP date, for the header of that name.
            as_date: the seconds are sent as the HTTP date of that moment, on the clock of the test.
            body: a short text by default.

        Raises:
            UsageError: there is no such status, or an argument cannot be meant.
        """
        if type(code) is not int or not 100 <= code <= 599:
            raise UsageError(f"fault.status({code!r}): a status is a whole number from 100 to 599")
        if not isinstance(body, str | bytes | None):
            raise UsageError(f"fault.status(body={body!r}): a body is text or bytes")
        sent = body.encode() if isinstance(body, str) else body
        return Fault(
            "status", status=code, retry_after=fault_arguments.retry_after(retry_after, as_date), as_date=as_date, body=sent
        )

    def truncated(self, after: int | None = None, *, part: float | None = None) -> Fault:
        """The connection ends in the body: Content-Length promises more than comes.

        ``after`` so many bytes as they are on the wire, or this ``part`` of them, from 0 to 1; half of them by default.

        Raises:
            UsageError: they cannot be meant, or both are given.
        """
        if part is not None and (after is not None or not fault_arguments.is_number(part) or not 0 <= part < 1):
            raise UsageError(f"fault.truncated(part={part!r}): write a number from 0 to below 1, or after=... alone")
        return Fault("truncated", after=fault_arguments.count(after, "truncated"), part=part)

    def stalled(self, after: int | None = None) -> Fault:
        """The answer begins, and ``after`` so many bytes of its body (default: half) nothing more comes: a read timeout.

        Raises:
            UsageError: it is not a whole number from 0.
        """
        return Fault("stalled", after=fault_arguments.count(after, "stalled"))

    def not_json(self) -> Fault:
        """An HTML page comes under the recorded status and content type."""
        return Fault("not_json")

    def malformed_json(self) -> Fault:
        """The body is no JSON: it is cut, and Content-Length says that this is all of it."""
        return Fault("malformed_json")

    def content_type(self, value: str) -> Fault:
        """The recorded body comes under another content type, such as ``"text/html"``.

        Raises:
            UsageError: it is no media type.
        """
        if "/" not in fault_arguments.text(value, "content_type", "text/html"):
            raise UsageError(f'fault.content_type({value!r}): write a media type, as in fault.content_type("text/html")')
        return Fault("content_type", text=value)

    def stale(self, seconds: float = 7 * 86_400) -> Fault:
        """The recorded answer, as a cache kept it for ``seconds`` (a week): Date, Age and Expires say so.

        Raises:
            UsageError: time does not go back.
        """
        return Fault("stale", seconds=fault_arguments.seconds(seconds, "stale"))

    def slow(self, seconds: float) -> Fault:
        """The recorded answer comes after ``seconds`` of virtual time; too late for a client whose timeout is shorter.

        Raises:
            UsageError: time does not go back.
        """
        return Fault("slow", seconds=fault_arguments.seconds(seconds, "slow"))

    def recorded_latency(self) -> Fault:
        """The recorded answer comes as late as when it was recorded, in virtual time."""
        return Fault("recorded_latency")

    def recorded(self) -> Fault:
        """No fault: the recorded answer. For its place in a sequence of faults; without it, it comes last."""
        return Fault("recorded")


fault = _Faults()


def settle(met: Fault, now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)) -> Delivery:
    """What a client meets under a fault; ``now`` is the time that dates in headers count from."""
    late = met.seconds if met.kind in ("slow", "recorded_latency") else 0.0
    stands = met.kind in ("connection_reset", "connection_closed") and met.after is None
    return Delivery(fault_effects.EFFECTS[met.kind](met, now), late, stands)


def told(met: HttpReply | Fault | Delivery) -> str:
    """What was met, in one line for the ledger."""
    seen = met.outcome if isinstance(met, Delivery) else met
    if isinstance(seen, HttpReply):
        return str(seen.status)
    return str(seen) if isinstance(seen, Fault) else seen.kind
