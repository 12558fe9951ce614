"""For each law about trying again: a tool that breaks it, and the same tool mended."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import pytest
import requests
from judging import broken, what

URL = {
    "name": "send",
    "parameters": {
        "type": "object",
        "properties": {"url": {"type": "string"}},
        "required": ["url"],
        "additionalProperties": False,
    },
}
METHOD = {
    "name": "send",
    "parameters": {
        "type": "object",
        "properties": {"url": {"type": "string"}, "method": {"enum": ["GET", "POST"], "default": "GET"}},
        "required": ["url"],
        "additionalProperties": False,
    },
}
HERE = {"schema": URL, "upstream": "webhook/httpbin-echo"}
PASSING = (requests.ConnectionError, requests.Timeout)
BUSY = {429, 500, 502, 503, 504}


def failure(text: object, **fields: Any) -> str:
    return json.dumps({"error": str(text), **fields})


class Busy(Exception):
    """A status after which one may ask again."""


def get(url: str) -> str:
    """One attempt: raises after what may pass."""
    try:
        reply = requests.get(url, timeout=5)
    except ValueError as error:
        return failure(f"{type(error).__name__}")
    if reply.status_code in BUSY:
        raise Busy(f"status {reply.status_code}")
    return (
        json.dumps({"status": reply.status_code}) if 200 <= reply.status_code < 300 else failure(f"status {reply.status_code}")
    )


def resilient(
    tool: Callable[..., Any],
    *,
    on: Any = (Busy, *PASSING),
    attempts: int = 3,
    says: Any = lambda error: f"{type(error).__name__}: {error}",
) -> Callable[..., Any]:
    """Try again up to ``attempts`` times."""

    @wraps(tool)
    def call(**arguments: Any) -> Any:
        for attempt in range(attempts):
            try:
                return tool(**arguments)
            except on as error:
                last = error
                if attempt < attempts - 1:
                    time.sleep(2.0**attempt)
        return failure(says(last), attempts=attempts)

    return call


# deterministic-errors-are-not-retried


def reads_body(url: str) -> str:
    return json.dumps({"keys": len(requests.get(url, timeout=5).json())})


def test_bad_arguments_are_not_waited_for():
    """A decorator that tries again after any exception waits for a call that cannot be made."""
    law = "deterministic-errors-are-not-retried"

    assert what(law, resilient(get, on=Exception), **HERE) == "it waited 3 s, and had asked nobody"
    assert what(law, resilient(get), **HERE) == ""


def test_an_answer_that_cannot_be_read_is_not_asked_for_again():
    """The same bytes would come."""
    law = "deterministic-errors-are-not-retried"

    def checked(tool: Callable[..., Any]) -> Callable[..., Any]:
        def call(url: Any = None, **rest: Any) -> str:
            fits = isinstance(url, str) and url.startswith("https://httpbin.org") and not rest
            return tool(url=url) if fits else failure("url")

        return call

    assert "3 attempts were made" in what(law, checked(resilient(reads_body, on=(TypeError, ValueError, *PASSING))), **HERE)
    assert what(law, checked(resilient(reads_body)), **HERE) == ""


# writes-are-repeated-only-with-a-key


def post(url: str, headers: Callable[[], dict[str, str]] = dict, method: str = "POST") -> str:
    reply = requests.request(method, url, timeout=5, headers=headers())
    if reply.status_code in BUSY:
        raise Busy(f"status {reply.status_code}")
    return json.dumps({"status": reply.status_code})


def once_keyed(url: str) -> str:
    import uuid

    key = str(uuid.uuid4())
    return resilient(partial(post, headers=lambda: {"Idempotency-Key": key}))(url=url)


def keyed_anew(url: str) -> str:
    import uuid

    return resilient(partial(post, headers=lambda: {"Idempotency-Key": str(uuid.uuid4())}))(url=url)


def in_the_body(url: str) -> str:
    def order(url: str) -> str:
        reply = requests.post(url, timeout=5, json={"order": "o-1"})
        if reply.status_code in BUSY:
            raise Busy(f"status {reply.status_code}")
        return json.dumps({"status": reply.status_code})

    return resilient(order)(url=url)


def only_without_a_connection(url: str) -> str:
    return resilient(post, on=requests.ConnectTimeout)(url=url)


def unkeyed(url: str) -> str:
    return resilient(post)(url=url)


def any_method(url: str, method: str = "GET") -> str:
    return resilient(post)(url=url, method=method)


WRITE = "writes-are-repeated-only-with-a-key"


@pytest.mark.parametrize(
    ("tool", "said", "wanted"),
    [
        (unkeyed, {}, "the server may carry it out 2 times: a POST was sent again with no Idempotency-Key"),
        (keyed_anew, {}, "the server may carry it out 2 times: a POST was sent again with another Idempotency-Key"),
        (once_keyed, {}, ""),
        (
            once_keyed,
            {"idempotency_key": "X-Request-Id"},
            "the server may carry it out 2 times: a POST was sent again with no X-Request-Id",
        ),
        (in_the_body, {}, "the server may carry it out 2 times: a POST was sent again with no Idempotency-Key"),
        (in_the_body, {"idempotency_key": "order"}, ""),
        (unkeyed, {"idempotent": True}, ""),
        (only_without_a_connection, {}, ""),
    ],
)
def test_a_write_is_sent_again_only_with_one_key(tool: Any, said: dict[str, Any], wanted: str):
    """A reply that is lost on the way makes two orders of one, unless a key tells that they are the same."""
    assert what(WRITE, tool, **HERE, **said) == wanted


def test_a_lost_reply_is_what_shows_it():
    """The server did it twice, and the tool reports one success."""
    breach = broken(WRITE, unkeyed, **HERE)

    assert breach is not None
    assert breach.seen.plan.label == "the reply is lost, once, then ok"
    assert json.loads(breach.seen.result) == {"status": 200}
    assert [request.method for request in breach.seen.attempts] == ["POST", "POST"]
    assert [line.partition(" -> ")[2] for line in breach.seen.timeline if "POST" in line] == ["lost reply", "200"]


def test_a_tool_that_may_post_is_asked_to():
    """The ordinary call is a GET; its method parameter offers POST."""
    breach = broken(WRITE, any_method, schema=METHOD, upstream="webhook/httpbin-echo")

    assert breach is not None
    assert breach.seen.arguments["method"] == "POST"


# the-deadline-is-kept


def with_deadline(seconds: float) -> Callable[..., Any]:
    def tool(url: str) -> str:
        begun, error = time.monotonic(), "no attempt"
        for attempt in range(3):
            left = seconds - (time.monotonic() - begun)
            if left <= 0.001:
                break
            try:
                reply = requests.get(url, timeout=min(5, left))
            except PASSING as problem:
                error = type(problem).__name__
            else:
                if reply.status_code not in BUSY:
                    return json.dumps({"status": reply.status_code})
                error = f"status {reply.status_code}"
            if time.monotonic() - begun + 2.0**attempt > seconds:
                break
            time.sleep(2.0**attempt)
        return failure(error)

    return tool


def test_attempts_and_waits_together_keep_the_deadline():
    """Three timeouts of five seconds and their waits are more than ten seconds."""
    law = "the-deadline-is-kept"

    assert "18 s, 10 s are allowed" in what(law, resilient(get), deadline=10, **HERE)
    assert what(law, resilient(get), deadline=19, **HERE) == ""
    assert what(law, with_deadline(10), deadline=10, **HERE) == ""


# the-timeout-argument-is-honoured

TIMED = {
    "type": "object",
    "properties": {"url": {"type": "string"}, "timeout": {"type": "integer", "minimum": 5, "maximum": 60}},
    "required": ["url"],
}


def test_another_timeout_is_another_timeout_at_the_transport():
    """A parameter that only stands in a message is a false promise."""
    law, said = "the-timeout-argument-is-honoured", {"schema": TIMED, "upstream": "webhook/httpbin-echo"}

    def deaf(url: str, timeout: int = 10) -> str:
        return json.dumps({"status": requests.get(url, timeout=10).status_code, "timeout": timeout})

    def honest(url: str, timeout: int = 10) -> str:
        return json.dumps({"status": requests.get(url, timeout=timeout).status_code})

    assert what(law, deaf, **said) == "with timeout = 7 and with timeout = 11 the transport got the same: 10 s"
    assert what(law, honest, **said) == ""


# the-last-error-is-told


def test_the_result_tells_what_the_last_attempt_met():
    """And not the first, and not that there were attempts."""
    law = "the-last-error-is-told"

    assert what(law, resilient(get, says=lambda _: "all retries failed"), **HERE) == (
        "the last attempt met a timeout error, and the result does not say so"
    )
    assert what(law, resilient(get, says=lambda error: "timeout" if "imeout" in repr(error) else "busy"), **HERE) == (
        "the last attempt met status 503, and the result does not say so"
    )
    assert what(law, resilient(get), **HERE) == ""


# no-attempts-are-refused


def refusing(number: int) -> Callable[..., Any]:
    if number < 1:
        raise ValueError("at least one attempt")
    return resilient(get, attempts=number)


def silent(number: int) -> Callable[..., Any]:
    def tool(url: str) -> str:
        result, error = None, None
        for _ in range(number):
            try:
                return get(url)
            except (Busy, *PASSING) as problem:
                error = str(problem)
        return json.dumps({"success": False, "error": error, "result": result})

    return tool


def endless(number: int) -> Callable[..., Any]:
    def tool(url: str) -> str:
        tries = 0
        while True:
            tries += 1
            try:
                return get(url)
            except (Busy, *PASSING) as problem:
                if tries == number:
                    return failure(problem)

    return tool


def test_a_limit_of_no_attempts_is_refused():
    """Else the tool does nothing and says null, or goes on for ever."""
    law = "no-attempts-are-refused"

    assert what(law, resilient(get), attempts=silent, **HERE) == "with a limit of 0 it asked nobody, and did not say why"
    assert (
        what(law, resilient(get), attempts=endless, **HERE)
        == "with a limit of 0 it goes on for ever: it was stopped after 30 attempts"
    )
    assert what(law, resilient(get), attempts=refusing, **HERE) == ""


def test_a_parameter_for_the_limit_is_looked_at_too():
    """The model may send 0."""
    law = "no-attempts-are-refused"
    schema = {**TIMED, "properties": {"url": {"type": "string"}, "max_retries": {"type": "integer"}}}

    def lenient(url: str, max_retries: int = 3) -> str:
        return silent(max_retries)(url)

    def strict(url: str, max_retries: int = 3) -> str:
        return failure("max_retries must be at least 1") if max_retries < 1 else lenient(url, max_retries)

    said = {"schema": schema, "upstream": "webhook/httpbin-echo"}
    assert what(law, lenient, **said) == "with max_retries = 0 it asked nobody, and did not say why"
    assert what(law, strict, **said) == ""


# wrapping-changes-nothing


async def aget(url: str) -> str:
    await asyncio.sleep(0)
    return get(url)


def nameless(tool: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(**arguments: Any) -> Any:
        return resilient(tool)(**arguments)

    return wrapper


def needs_a_name(tool: Callable[..., Any]) -> Callable[..., Any]:
    name = tool.__name__

    @wraps(tool)
    def call(**arguments: Any) -> Any:
        return json.dumps({**json.loads(resilient(tool)(**arguments)), "tool": name})

    return call


def test_the_wrapper_is_as_the_tool():
    """Name, signature, coroutine, result; also around what has no name."""
    law = "wrapping-changes-nothing"

    assert what(law, nameless(get), plain=get, **HERE) == "the tool is called 'wrapper', and 'get' without its decorator"
    assert what(law, resilient(aget), **HERE) == "it is an ordinary function, and an `async def` without its decorator"
    assert "differs from that of the tool" in what(law, needs_a_name(get), **HERE)
    said = {**HERE, "nondeterministic": ["tool"]}
    assert "it cannot wrap a functools.partial: AttributeError" in what(law, needs_a_name(get), wrap=needs_a_name, **said)
    assert what(law, resilient(get), wrap=resilient, **HERE) == ""


# wrapping-twice-multiplies-nothing


def seeing(tool: Callable[..., Any]) -> Callable[..., Any]:
    """As resilient, and an answer that speaks of attempts is not tried again."""
    marked = getattr(tool, "resilient", False)
    call = tool if marked else resilient(tool)
    call.resilient = True  # type: ignore[attr-defined]  # the mark
    return call


def raising(tool: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(tool)
    def call(**arguments: Any) -> Any:
        for attempt in range(3):
            try:
                return tool(**arguments)
            except (Busy, *PASSING):
                if attempt == 2:
                    raise
        return None

    return call


def test_wrapped_twice_it_asks_no_more_often():
    """Three times three is nine."""
    law = "wrapping-twice-multiplies-nothing"

    assert what(law, raising(get), wrap=raising, **HERE) == "wrapped twice it makes 9 attempts, wrapped once 3"
    assert what(law, seeing(get), wrap=seeing, **HERE) == ""


# in-band-errors-are-retried


def in_band(url: str) -> str:
    try:
        return get(url)
    except (Busy, *PASSING) as error:
        return failure(error, retryable=True)


def reading(tool: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(tool)
    def call(**arguments: Any) -> Any:
        for _ in range(3):
            result = tool(**arguments)
            if not json.loads(result).get("retryable"):
                break
        return result

    return call


def test_a_failure_that_is_returned_is_tried_again():
    """A decorator that waits for exceptions never sees it."""
    law = "in-band-errors-are-retried"

    assert "was not asked again" in what(law, resilient(in_band), **HERE)
    assert what(law, reading(in_band), **HERE) == ""
    assert what(law, resilient(get), **HERE) == ""


# interrupts-pass-through


def test_an_interrupt_leaves_the_tool():
    """Whoever presses Ctrl-C wants no second attempt."""
    law = "interrupts-pass-through"

    assert what(law, resilient(get, on=BaseException), **HERE) == (
        "KeyboardInterrupt, raised while it waited for its upstream, did not leave the tool"
    )
    assert "it asked again after SystemExit" in what(law, persistent, **HERE)
    assert what(law, resilient(get, on=Exception), **HERE) == ""
    assert what(law, resilient(get), **HERE) == ""


def persistent(url: str) -> str:
    try:
        return get(url)
    except SystemExit:
        return get(url)


# backoff-follows-its-formula


def test_a_range_is_a_formula_too():
    """Jitter stays within its bounds, or it does not."""
    law, said = "backoff-follows-its-formula", {**HERE, "max_attempts": 3}

    assert what(law, resilient(get), backoff=lambda k: (2.0**k, 2.0**k + 1), **said) == ""
    assert what(law, resilient(get), backoff=lambda k: (2.5**k, 3.5**k), **said) == (
        "it waited 1, 2 s, its formula says 1, 2.5 to 3.5 s"
    )


# retry-after-is-honoured


def test_a_wait_that_is_too_long_is_not_cut_short():
    """It is waited for, or handed on."""
    law = "retry-after-is-honoured"

    def tool(cap: float, *, gives_up: bool) -> Callable[..., Any]:
        def send(url: str) -> str:
            for attempt in range(3):
                reply = requests.get(url, timeout=5)
                if reply.status_code != 429:
                    return json.dumps({"status": reply.status_code})
                asked = reply.headers.get("Retry-After", "0")
                seconds = 3.0 if "2026" in asked else float(asked) if asked.isdigit() else 0.0
                if gives_up and seconds > cap:
                    return failure("busy", retry_after=seconds)
                time.sleep(min(max(seconds, 2.0**attempt), cap))
            return failure("status 429")

        return send

    assert what(law, tool(60, gives_up=False), **HERE) == "it asked again after 60 s; the server had asked for 3600 s"
    assert what(law, tool(60, gives_up=True), **HERE) == ""
