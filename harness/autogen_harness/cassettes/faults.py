"""What goes wrong on the way, said beside a cassette and never in it.

A fault is a value. :func:`settle` says what a client meets under it: another reply, the same one later, or a connection that
fails. What remains is for the backends, which raise the failure as their own client does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from autogen_harness.cassettes.framing import broken_off
from autogen_harness.errors import UsageError
from autogen_harness.model import Delivery, Headers, HttpFailure, HttpReply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autogen_harness.model import Outcome

Kind = Literal["timeout", "connection_reset", "status", "truncated", "not_json", "slow"]
Phase = Literal["read", "connect"]

_NO_REPLY = HttpReply(200, "OK", (("Content-Type", "application/json"),), b"{}")
_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Service unavailable</title></head><body><h1>Service unavailable</h1></body></html>\n"
)
_BODY_HEADERS = frozenset({"content-length", "content-encoding", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong; made by the functions of :data:`fault`.

    Attributes:
        seconds: of a slow answer.
        phase: of a timeout: while connecting, or while waiting for the answer.
        status, retry_after, body: of a status; body None gives a short text.
        reply: what would have been answered; the player fills it in from the cassette.
    """

    kind: Kind
    seconds: float = 0.0
    phase: Phase = "read"
    status: int = 0
    retry_after: str | None = None
    body: bytes | None = None
    reply: HttpReply = _NO_REPLY

    def over(self, reply: HttpReply) -> Fault:
        """The same fault on the way of this reply."""
        return replace(self, reply=reply)

    def __str__(self) -> str:
        """The fault in one line, as the ledger shows it."""
        words = {
            "timeout": f"{self.phase} timeout",
            "connection_reset": "connection reset",
            "status": str(self.status) + (f", Retry-After {self.retry_after}" if self.retry_after is not None else ""),
            "truncated": "truncated body",
            "not_json": "not JSON",
            "slow": f"slow, {self.seconds:g} s",
        }
        return words[self.kind]


class _Faults:
    """The faults that a cassette's answer can meet; ``fault`` is the only instance."""

    def timeout(self, kind: Phase = "read") -> Fault:
        """No answer within the client's own timeout (``read``), or no connection (``connect``).

        Raises:
            UsageError: another kind.
        """
        if kind not in {"read", "connect"}:
            raise UsageError(f"fault.timeout({kind!r}): the kind is 'read' or 'connect'")
        return Fault("timeout", phase=kind)

    def connection_reset(self) -> Fault:
        """The server drops the connection instead of answering, also when the client itself repeats the request at once."""
        return Fault("connection_reset")

    def status(self, code: int, *, retry_after: float | str | None = None, body: str | bytes | None = None) -> Fault:
        """The server answers with this status. ``retry_after``: seconds, or an HTTP date, for the header of that name.

        Raises:
            UsageError: there is no such status.
        """
        if type(code) is not int or not 100 <= code <= 599:
            raise UsageError(f"fault.status({code!r}): a status is a whole number from 100 to 599")
        header = f"{retry_after:g}" if isinstance(retry_after, (int, float)) else retry_after
        return Fault("status", status=code, retry_after=header, body=body.encode() if isinstance(body, str) else body)

    def truncated(self) -> Fault:
        """The connection ends in the middle of the body: Content-Length promises more than comes."""
        return Fault("truncated")

    def not_json(self) -> Fault:
        """An HTML page comes under the recorded status and content type."""
        return Fault("not_json")

    def slow(self, seconds: float) -> Fault:
        """The recorded answer comes after ``seconds`` of virtual time; too late for a client whose timeout is shorter.

        Raises:
            UsageError: time does not go back.
        """
        if seconds < 0:
            raise UsageError(f"fault.slow({seconds!r}): seconds cannot be negative")
        return Fault("slow", seconds=seconds)


fault = _Faults()


def settle(met: Fault) -> Delivery:
    """What a client meets under a fault."""
    return Delivery(_SETTLED[met.kind](met), met.seconds, stands=met.kind == "connection_reset")


_SETTLED: Mapping[Kind, Callable[[Fault], Outcome]] = {
    "timeout": lambda met: HttpFailure("connect-timeout" if met.phase == "connect" else "read-timeout"),
    "connection_reset": lambda _: HttpFailure("reset"),
    "status": lambda met: _status_reply(met),  # noqa: PLW0108 - it is defined below
    "truncated": lambda met: HttpFailure("closed", broken_off(met.reply)),
    "not_json": lambda met: replace(met.reply, headers=_without_framing(met.reply.headers), body=_PAGE, coded=False),
    "slow": lambda met: met.reply,
}


def _status_reply(met: Fault) -> HttpReply:
    reason = HTTPStatus(met.status).phrase if met.status in HTTPStatus._value2member_map_ else ""
    body = met.body if met.body is not None else reason.encode()
    headers: list[tuple[str, str]] = [("Content-Type", _content_type(body)), ("Content-Length", str(len(body)))]
    if met.retry_after is not None:
        headers.append(("Retry-After", met.retry_after))
    return HttpReply(met.status, reason, tuple(headers), body)


def _content_type(body: bytes) -> str:
    return "application/json" if body[:1] in (b"{", b"[") else "text/plain; charset=utf-8"


def _without_framing(headers: Headers) -> Headers:
    return tuple(pair for pair in headers if pair[0].lower() not in _BODY_HEADERS)
