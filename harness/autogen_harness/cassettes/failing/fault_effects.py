"""What each kind of fault makes of an outcome: another reply, or a connection that fails."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from autogen_harness.cassettes.matching.payloads import NOT_JSON, as_json
from autogen_harness.cassettes.wire.framing import broken_off, framed
from autogen_harness.model import Headers, HttpFailure, HttpReply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from autogen_harness.cassettes.failing.faults import Fault, Kind
    from autogen_harness.model import FailureKind, Outcome

    Now = Callable[[], datetime]
    Effect = Callable[[Fault, Now], Outcome]

_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Service unavailable</title></head><body><h1>Service unavailable</h1></body></html>\n"
)
_BODY_HEADERS = frozenset({"content-length", "content-encoding", "transfer-encoding"})


def _failure(kind: FailureKind) -> Effect:
    return lambda met, _: HttpFailure(kind, text=met.text)


def _timeout(met: Fault, _: Now) -> Outcome:
    return HttpFailure("connect-timeout" if met.phase == "connect" else "read-timeout")


def _reset(met: Fault, _: Now) -> Outcome:
    return HttpFailure("reset", None if met.after is None else broken_off(met.reply, met.after))


def _truncated(met: Fault, _: Now) -> Outcome:
    sent = met.after if met.part is None else math.floor(len(framed(met.reply, "GET")[1]) * met.part)
    return HttpFailure("closed", broken_off(met.reply, sent))


def _stalled(met: Fault, _: Now) -> Outcome:
    return HttpFailure("read-timeout", broken_off(met.reply, met.after))


def _as_recorded(met: Fault, _: Now) -> Outcome:
    return met.outcome


def _page(met: Fault, _: Now) -> Outcome:
    return _with_body(met.reply, _PAGE)


def _malformed(met: Fault, _: Now) -> Outcome:
    cut = met.reply.body[: len(met.reply.body) // 2]
    return _with_body(met.reply, b'{"' if met.reply.coded or as_json(cut) is not NOT_JSON or not cut else cut)


def _with_body(reply: HttpReply, body: bytes) -> HttpReply:
    rest = tuple(pair for pair in reply.headers if pair[0].lower() not in _BODY_HEADERS)
    return replace(reply, headers=(*rest, ("Content-Length", str(len(body)))), body=body, coded=False)


def _content_type(met: Fault, _: Now) -> Outcome:
    return replace(met.reply, headers=_with(met.reply.headers, {"Content-Type": met.text}))


def _stale(met: Fault, now: Now) -> Outcome:
    """As a cache would send it (RFC 9111, sections 5.1 and 5.3)."""
    then = _http_date(now() - timedelta(seconds=met.seconds))
    return replace(met.reply, headers=_with(met.reply.headers, {"Date": then, "Age": f"{met.seconds:.0f}", "Expires": then}))


def _status(met: Fault, now: Now) -> Outcome:
    reason = HTTPStatus(met.status).phrase if met.status in HTTPStatus._value2member_map_ else ""
    body = met.body if met.body is not None else reason.encode()
    kind = "application/json" if body[:1] in (b"{", b"[") else "text/plain; charset=utf-8"
    headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    if met.retry_after is not None:
        later = _http_date(now() + timedelta(seconds=float(met.retry_after))) if met.as_date else met.retry_after
        headers.append(("Retry-After", later))
    return HttpReply(met.status, reason, tuple(headers), body)


def _http_date(moment: datetime) -> str:
    """In whole seconds (RFC 9110, section 5.6.7), the next one, so that who waits for it does not come too early."""
    whole = moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)
    return format_datetime(whole, usegmt=True)


def _with(headers: Headers, values: Mapping[str, str]) -> Headers:
    """The headers with these instead of those of the same names, each where the first of them stood, else at the end."""
    left = {name.lower(): (name, value) for name, value in values.items()}
    made: list[tuple[str, str]] = []
    for name, value in headers:
        known = name.lower() in {known.lower() for known in values}
        if not known:
            made.append((name, value))
        elif name.lower() in left:
            made.append((name, left.pop(name.lower())[1]))
    return (*made, *left.values())


EFFECTS: Mapping[Kind, Effect] = {
    "timeout": _timeout,
    "connection_refused": _failure("refused"),
    "dns_failure": _failure("unresolved"),
    "tls_failure": _failure("tls"),
    "connection_reset": _reset,
    "connection_closed": _failure("closed"),
    "lost_reply": _failure("closed"),
    "status": _status,
    "truncated": _truncated,
    "stalled": _stalled,
    "not_json": _page,
    "malformed_json": _malformed,
    "content_type": _content_type,
    "stale": _stale,
    "slow": _as_recorded,
    "recorded_latency": _as_recorded,
    "recorded": _as_recorded,
}
"""Every kind with its effect."""
