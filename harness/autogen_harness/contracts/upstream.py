"""What the upstream of a tool answers: the interaction under test, and every fault of the fault table.

A :class:`Plan` says what each attempt meets. Attempts are counted for each request by itself (method and URL), so a plan like
"503, then ok" holds for every item of a batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from autogen_harness.cassettes import Fault, fault
from autogen_harness.model import HttpReply, HttpRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Answer = HttpReply | Fault
Give = Callable[[HttpRequest, int], Answer]

CLIENT_ERRORS = (400, 401, 403, 404, 405, 409, 410, 418, 422, 451)
"""Asking again cannot mend these. 425 is left out: some retry it, some do not, and both are right."""

BUSY = (408, 429, 500, 502, 503, 504)
"""Asking again may mend these."""

_ODD_BODIES: tuple[Any, ...] = (None, [], 3, "x", {})


@dataclass(frozen=True, slots=True)
class Origin:
    """A recorded interaction that the tool's upstream plays: ``url`` as recorded, ``reply`` as the server gave it."""

    name: str
    url: str
    reply: HttpReply
    hosts: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the server reported success."""
        return 200 <= self.reply.status < 300  # the class of success of RFC 9110, section 15.3


@dataclass(frozen=True, slots=True)
class Plan:
    """What the upstream answers to attempt 0, 1, ... of each request. ``status`` is None where no status arrives."""

    label: str
    give: Give
    status: int | None = None


def always(label: str, answer: Answer, status: int | None = None) -> Plan:
    """A plan that answers every attempt alike."""
    return Plan(label, lambda _request, _attempt: answer, status)


def played(origin: Origin, origins: Sequence[Origin]) -> Plan:
    """The interaction, as recorded. Requests to hosts that are not its own get the ordinary one of theirs."""

    def give(request: HttpRequest, _: int) -> Answer:
        return origin.reply if _host(request) in origin.hosts else ordinary_reply(origins, request)

    return Plan(origin.name, give, origin.reply.status)


def ordinary_reply(origins: Sequence[Origin], request: HttpRequest) -> HttpReply:
    """What the host of a request answers when nothing is wrong."""
    return main_of([origin for origin in origins if _host(request) in origin.hosts] or origins).reply


def _host(request: HttpRequest) -> str:
    return urlsplit(request.url).hostname or ""


SILENT = Plan("nothing is served", lambda request, _: _no_upstream(request), None)
"""The plan of a tool that declares no upstream: it is never asked."""


def _no_upstream(request: HttpRequest) -> Answer:
    message = f"no upstream is declared for {request.url}"
    raise AssertionError(message)


def status(origin: Origin, code: int, headers: Iterable[tuple[str, str]] = ()) -> Plan:
    """A status with a JSON body that explains it, as APIs give."""
    return always(_status_label(code, headers), status_reply(origin, code, headers), code)


def _status_label(code: int, headers: Iterable[tuple[str, str]]) -> str:
    return f"status {code}" + "".join(f", {name}: {value}" for name, value in headers)


def status_reply(origin: Origin, code: int, headers: Iterable[tuple[str, str]] = ()) -> HttpReply:
    """The reply of :func:`status`. Where it is a success, the body is the recorded one."""
    reason = HTTPStatus(code).phrase if code in HTTPStatus._value2member_map_ else ""
    if code in (204, 304):
        return HttpReply(code, reason, tuple(headers), b"")
    if origin.ok and code < 300:  # success, RFC 9110
        return HttpReply(code, reason, (*_content_type(origin), *headers), origin.reply.body)
    body = json.dumps({"message": reason, "code": code}).encode()
    return HttpReply(code, reason, (("content-type", "application/json"), *headers), body)


def _content_type(origin: Origin) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in origin.reply.headers if name.lower() == "content-type")


def statuses(origin: Origin) -> list[Plan]:
    """Every status that tools must tell apart."""
    return [status(origin, code) for code in (201, 202, 204, 304, *CLIENT_ERRORS, *BUSY)]


def broken_transports() -> list[Plan]:
    """Failures without a status."""
    return [
        always("the connection times out", fault.timeout("connect")),
        always("the reply times out", fault.timeout("read")),
        always("the connection is reset", fault.connection_reset()),
    ]


def broken_bodies(origin: Origin) -> list[Plan]:
    """Replies whose body is not what a client expects."""
    odd = [always(f"status 200, body {json.dumps(body)}", _ok(json.dumps(body).encode()), 200) for body in _ODD_BODIES]
    nan = always("status 200, body with NaN", _ok(b'{"value": NaN, "rate": Infinity}'), 200)
    return [*odd, nan, _over(origin, "cut short", fault.truncated()), _over(origin, "not JSON", fault.not_json())]


def _over(origin: Origin, how: str, met: Fault) -> Plan:
    return always(f"status {origin.reply.status}, body {how}", met.over(origin.reply), origin.reply.status)


def _ok(body: bytes) -> HttpReply:
    return HttpReply(200, "OK", (("content-type", "application/json"),), body)


def table(origins: Iterable[Origin]) -> list[Plan]:
    """The fault table: every interaction as recorded, then every fault, each once. Empty for a tool without upstream."""
    known = list(origins)
    if not known:
        return [SILENT]
    main = main_of(known)
    return [*(played(origin, known) for origin in known), *statuses(main), *broken_transports(), *broken_bodies(main)]


def main_of(origins: Iterable[Origin]) -> Origin:
    """The interaction of an ordinary call: the first that reports success, else the first."""
    known = list(origins)
    return next((origin for origin in known if origin.ok), known[0])


def failing_then_ok(calm: Plan, failure: Answer, label: str, times: int) -> Plan:
    """``times`` failures, then what ``calm`` gives."""

    def give(request: HttpRequest, attempt: int) -> Answer:
        return failure if attempt < times else calm.give(request, attempt)

    return Plan(f"{label}, {times} time{'s' * (times > 1)}, then {calm.label}", give, calm.status)
