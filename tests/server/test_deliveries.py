"""Answers that do not arrive: what a client sees, and what it gets when it asks again."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from contextlib import suppress

import pytest

from autogen_harness import call, fail, say
from autogen_harness.server.sending import PATIENCE

BODY = '{"model": "gpt-4o", "stream": true, "messages": [{"role": "user", "content": "hi"}]}'


@pytest.mark.parametrize("how", ["reset", "error", "stall"])
@pytest.mark.parametrize("after", [0, 2, 99])
def test_a_stream_breaks_off_behind_the_events_that_are_named(server, client, how, after):
    """Never with ``[DONE]``, however late it breaks."""
    run = server.script("chat", fail.broken_delivery(say("one two three"), after=after, how=how))
    asks = client(run)
    asks.connection.timeout = 0.3
    asks.connection.request("POST", "/v1/chat/completions", BODY, {"Authorization": f"Bearer {run.key}"})
    told = asks.connection.getresponse()
    seen = b""
    ended = None
    try:
        while piece := told.read1():
            seen += piece
    except (OSError, http.client.HTTPException) as error:
        ended = error
    events = seen.decode().count("data: ")
    assert b"[DONE]" not in seen
    whole = 5  # the role, three words, and the reason to end
    assert events == min(after, whole) + (how == "error")
    wanted = {"reset": ConnectionResetError, "error": type(None), "stall": TimeoutError}
    assert isinstance(ended, wanted[how])
    assert run.attempts[0].outcome == {"reset": "200 reset", "error": "200", "stall": "200 stall"}[how]


@pytest.mark.parametrize("how", ["reset", "error", "stall"])
def test_a_reply_whose_delivery_broke_is_served_again(server, client, how):
    """Whole, to an equal request; what comes after it in the script comes after it."""
    run = server.script("chat", fail.broken_delivery(say("hello"), how=how), say("next"))
    asks = client(run)
    asks.connection.timeout = 0.3
    with suppress(OSError, http.client.HTTPException):
        assert asks.chat("hi").status == 500
    again = client(run)
    assert again.chat("hi", headers={"x-stainless-retry-count": "1"}).message["content"] == "hello"
    assert again.chat("hi").message["content"] == "next"
    assert [(attempt.retry, attempt.again) for attempt in run.attempts] == [(0, False), (1, True), (0, False)]
    assert len(run.llm.requests) == 2
    assert run.findings() == []


def test_a_call_whose_delivery_broke_is_the_same_call_again(server, client):
    """With the id that it would have had."""
    turn = call("get_price", ticker="NVDA")
    whole = client(server.script("other", turn)).chat("hi").message["tool_calls"][0]
    run = server.script("chat", fail.broken_delivery(turn, how="error"))
    asks = client(run)
    assert asks.chat("hi").status == 500
    again = asks.chat("hi").message["tool_calls"][0]
    assert again["function"] == whole["function"]
    assert run.llm.turns[-1].calls == ((again["id"], "get_price"),)


def test_an_answer_that_the_client_tries_again_did_not_arrive(server, client):
    """No client tries again what it has: it is the same answer once more, to the letter, and the script waits."""
    run = server.script("chat", call("get_price", ticker="NVDA"), say("next"))
    asks = client(run)
    first, again = (asks.chat("hi", headers={"x-stainless-retry-count": count}) for count in "01")
    assert (again.text, again.headers["x-request-id"]) == (first.text, first.headers["x-request-id"])
    assert asks.chat("hi", headers={"x-stainless-retry-count": "0"}).message["content"] == "next"
    assert len(run.llm.requests) == 2
    assert run.findings() == []


def test_a_fault_is_spent_on_the_attempt_that_meets_it(server, client):
    """The retry meets the next turn. It is one request, and two attempts."""
    run = server.script("chat", fail(429, retry_after=2), fail(503), say("hello"))
    asks = client(run)
    statuses = [asks.chat("hi", headers={"x-stainless-retry-count": str(retry)}).status for retry in range(3)]
    assert statuses == [429, 503, 200]
    assert [attempt.again for attempt in run.attempts] == [False, True, True]
    assert len(run.llm.requests) == 1
    assert asks.chat("hi", headers={"x-stainless-retry-count": "0"}).status == 422
    assert len(run.llm.requests) == 2


@pytest.mark.parametrize("fault", [fail.timeout(), fail.connection_reset()], ids=str)
def test_a_fault_without_a_status_is_no_answer(server, client, fault):
    """The client waits until it gives up, or finds the connection reset."""
    run = server.script("chat", fault, say("hello"))
    asks = client(run)
    asks.connection.timeout = 0.2
    with pytest.raises((TimeoutError, ConnectionResetError)):
        asks.chat("hi")
    assert client(run).chat("hi").message["content"] == "hello"
    assert run.findings() == []


def test_closing_ends_answers_that_are_held(server):
    """No thread waits for a client that never gives up."""
    run = server.script("chat", fail.timeout())
    _, place = run.url.removesuffix("/v1").split("//")
    host, port = place.split(":")
    with socket.create_connection((host, int(port))) as sock:
        sock.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY.encode()))
        while not run.attempts or not run.attempts[0].outcome:
            time.sleep(0.01)
        closing = threading.Thread(target=server.close)
        closing.start()
        closing.join(PATIENCE / 2)
        assert not closing.is_alive()
        with suppress(ConnectionResetError):
            assert sock.recv(1) == b""
    assert not [one for one in threading.enumerate() if one.name.startswith("autogen_harness server")]


def test_raw_bytes(server):
    """What goes over the wire is HTTP/1.1, two answers on one connection; a body without a length is asked for one."""
    run = server.script("chat", say("one"), say("two"))
    host, port = run.url.split("//")[1].removesuffix("/v1").split(":")
    request = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY.encode())
    with socket.create_connection((host, int(port))) as sock:
        sock.sendall(b"POST /v1/responses HTTP/1.1\r\nContent-Length: many\r\n\r\n")
        assert sock.recv(65536).startswith(b"HTTP/1.1 411 ")
    with socket.create_connection((host, int(port))) as sock:
        sock.sendall(request * 2 + b"POST /v1/responses HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        seen = b""
        while piece := sock.recv(65536):
            seen += piece
    first, second, third = seen.split(b"HTTP/1.1 ")[1:]
    assert first.startswith(b"200 OK\r\n")
    assert first.endswith(b"0\r\n\r\n")
    assert b'"content": "two"' in second
    assert third.startswith(b"411 ")
