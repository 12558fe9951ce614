"""What the upstream of a tool answers: the interaction under test, and every fault of the fault table.

A :class:`Plan` says what each attempt meets. Attempts are counted for each request by itself (method and URL), so a plan like
"503, then ok" holds for every item of a batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from autogen_harness.cassettes import Fault, fault
from autogen_harness.contracts.answering.hollow import hollowed
from autogen_harness.model import HttpReply, HttpRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Answer = HttpReply | Fault
Give = Callable[[HttpRequest, int], Answer]
Meet = Callable[[str, int], Any]


class _AsEver:
    def __repr__(self) -> str:
        return "(as ever)"


AS_EVER: Final[Any] = _AsEver()
"""What a collaborator does where no fault is over it."""

SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Methods that do the same when they are sent twice (RFC 9110, section 9.2.2)."""

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


def _as_ever(_: str, __: int) -> Any:
    return AS_EVER


@dataclass(frozen=True, slots=True)
class Plan:
    """What the upstream answers to attempt 0, 1, ... of each request. ``status`` is None where no status arrives.

    ``meet`` says the same of a collaborator by its name: an exception is raised, another value is returned, and with
    :data:`AS_EVER` the real one does its work. ``schedule`` are the moves of a plan that was drawn.
    """

    label: str
    give: Give
    status: int | None = None
    meet: Meet = _as_ever
    schedule: tuple[Any, ...] = ()


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


SILENT = Plan("nothing is served", lambda request, _: _no_upstream(request), 200)
"""The plan of a tool that declares no upstream: it is never asked, and nothing fails."""


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
        always("the connection is refused", fault.connection_refused()),
        always("the host has no address", fault.dns_failure()),
        Plan("the reply is lost", lambda request, _: lost_reply(request)),
    ]


def lost_reply(request: HttpRequest) -> Fault:
    """The server does what it is asked to, and the connection ends before its answer comes.

    Clients may repeat a request unseen that is safe to be sent twice (RFC 9112, section 9.3.1; aiohttp does): for those it is a
    reset, which counts once.
    """
    return fault.connection_reset() if request.method.upper() in SAFE_TO_REPEAT else fault.lost_reply()


ODD_PATIENCE = ("soon", "-1", "Thu, 01 Jan 1970 00:00:00 GMT", "86400")
"""Values of Retry-After that no server should send, long past, or longer than anybody waits."""


def odd_headers(origin: Origin) -> list[Plan]:
    """Headers that say what is not so, or not what a client can use."""
    mislabelled = fault.content_type("text/html").over(origin.reply)
    charset = fault.content_type("application/json; charset=no-such-charset").over(origin.reply)
    return [
        *(status(origin, 429, (("Retry-After", value),)) for value in ODD_PATIENCE),
        always(f"status {origin.reply.status}, content type text/html", mislabelled, origin.reply.status),
        always(f"status {origin.reply.status}, unknown charset", charset, origin.reply.status),
    ]


def broken_bodies(origin: Origin) -> list[Plan]:
    """Replies whose body is not what a client expects."""
    odd = [always(f"status 200, body {json.dumps(body)}", _ok(json.dumps(body).encode()), 200) for body in _ODD_BODIES]
    nan = always("status 200, body with NaN", _ok(b'{"value": NaN, "rate": Infinity}'), 200)
    hollow = [always(f"status 200, {how}", _ok(body), 200) for how, body in hollowed(origin.reply.body)] if origin.ok else []
    return [*odd, nan, *hollow, _over(origin, "cut short", fault.truncated()), _over(origin, "not JSON", fault.not_json())]


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
    faults = (*statuses(main), *broken_transports(), *broken_bodies(main), *odd_headers(main))
    return [*(played(origin, known) for origin in known), *faults]


def main_of(origins: Iterable[Origin]) -> Origin:
    """The interaction of an ordinary call: the first that reports success, else the first."""
    known = list(origins)
    return next((origin for origin in known if origin.ok), known[0])


def failing_then_ok(calm: Plan, failure: Answer, label: str, times: int) -> Plan:
    """``times`` failures, then what ``calm`` gives."""

    def give(request: HttpRequest, attempt: int) -> Answer:
        return failure if attempt < times else calm.give(request, attempt)

    return Plan(f"{label}, {times} time{'s' * (times > 1)}, then {calm.label}", give, calm.status)
