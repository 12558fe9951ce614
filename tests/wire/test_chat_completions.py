"""What a reply looks like on the wire: whole, in pieces, and as an error."""

from __future__ import annotations

import json
import re

import pytest
from drawn_replies import TEXTS, arguments, replies
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness import fail
from autogen_harness.llm.replies import Reply, ToolCall
from autogen_harness.llm.wire import Envelope, chunks, completion, failure
from autogen_harness.llm.wire.pieces import awkward, words

ENVELOPES = st.builds(
    Envelope,
    st.just("0" * 24),
    st.just("gpt-4o"),
    st.integers(0, 10**6),
    legacy=st.booleans(),
    include_usage=st.booleans(),
)


def joined(made):
    """The message that a client builds, by nothing but the rules of the API's reference."""
    message = {"content": None, "refusal": None}
    for delta in (choice["delta"] for chunk in made for choice in chunk["choices"]):
        for name in ("role", "content", "refusal"):
            if delta.get(name) is not None:
                message[name] = (message.get(name) or "") + delta[name]
        for part in delta.get("tool_calls", ()):
            calls = message.setdefault("tool_calls", [])
            if part["index"] == len(calls):
                calls.append({"function": {"name": "", "arguments": ""}})
            calls[part["index"]].update({name: part[name] for name in ("id", "type") if name in part})
            _add(calls[part["index"]]["function"], part["function"])
        if "function_call" in delta:
            _add(message.setdefault("function_call", {"name": "", "arguments": ""}), delta["function_call"])
    return message


def _add(function, part):
    for name, piece in part.items():
        function[name] += piece


@given(replies(TEXTS), ENVELOPES)
def test_the_deltas_of_a_stream_join_to_the_whole_message(reply, envelope):
    """For any reply: a client that streams and one that does not are told the same."""
    whole = completion(reply, envelope)["choices"][0]
    made = json.loads(json.dumps(chunks(reply, envelope)))
    told = {name: value for name, value in whole["message"].items() if name != "annotations"}
    assert joined(made) == told
    assert [c["choices"][0]["finish_reason"] for c in made if c["choices"]][-1] == whole["finish_reason"]


@given(replies(TEXTS), ENVELOPES)
def test_a_stream_has_the_order_of_the_api(reply, envelope):
    """The role comes first and once, the reason to end last and once, and usage after it where it was asked for."""
    made = chunks(reply, envelope)
    with_choices = [chunk["choices"][0] for chunk in made if chunk["choices"]]
    assert ["role" in choice["delta"] for choice in with_choices] == [True] + [False] * (len(with_choices) - 1)
    assert [choice["finish_reason"] is not None for choice in with_choices][:-1] == [False] * (len(with_choices) - 1)
    assert with_choices[-1]["delta"] == {}
    assert [chunk["choices"] == [] for chunk in made].count(True) == envelope.include_usage
    if envelope.include_usage:
        assert made[-1]["usage"] == completion(reply, envelope)["usage"]
        assert all(chunk["usage"] is None for chunk in made[:-1])
    else:
        assert not any("usage" in chunk for chunk in made)


@given(replies(TEXTS))
def test_id_and_name_of_a_call_are_in_its_first_delta_only(reply):
    """Clients tell the calls apart by their index."""
    parts = [
        part for chunk in chunks(reply, Envelope("x", "gpt-4o")) for part in chunk["choices"][0]["delta"].get("tool_calls", ())
    ]
    for index, call in enumerate(reply.calls):
        first, *later = [part for part in parts if part["index"] == index]
        assert first == {"index": index, "id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}
        assert all({*part} == {"index", "function"} and {*part["function"]} == {"arguments"} for part in later)


@given(arguments(TEXTS))
def test_pieces_join_to_the_text(text):
    """No piece is empty, none is lost."""
    for cut in (words, awkward):
        assert "".join(cut(text)) == text
        assert all(cut(text))


@pytest.mark.parametrize(
    ("arguments", "cut"),
    [
        (r'{"a": "\n"}', (r"\|n",)),
        (r'{"a": "\ud83d\ude00"}', (r"\|u", r"ud8|3", r"\|u", r"ude|0")),
        ('{"price": 905.5}', ("9|0", "0|5")),
        (r'{"path": "C:\\temp"}', (r"\|\|t",)),
    ],
    ids=["escape", "surrogate pair", "digits", "backslash"],
)
def test_arguments_are_cut_at_awkward_places(arguments, cut):
    """A client that parses a piece by itself breaks here, as it would with the real API."""
    shown = "|".join(awkward(arguments))
    assert [place for place in cut if place not in shown] == []


@pytest.mark.parametrize(
    ("fault", "status", "headers"),
    [
        (fail(429, retry_after=2), 429, {"retry-after": "2", "x-ratelimit-remaining-requests": "0"}),
        (fail(429, retry_after=0.25), 429, {"retry-after": "1", "retry-after-ms": "250"}),
        (fail(503), 503, {"x-ratelimit-remaining-requests": "9999"}),
    ],
    ids=["rate limit", "less than a second", "server error"],
)
def test_a_failure_has_the_headers_that_clients_pace_themselves_by(fault, status, headers):
    """The standard one is whole seconds; the SDK reads the one in milliseconds first."""
    made = failure(fault)
    assert made is not None
    assert made.status == status
    assert headers.items() <= dict(made.headers).items()
    assert {*made.body["error"]} == {"message", "type", "param", "code"}


def test_a_timeout_is_no_answer():
    """Nor is a connection that breaks."""
    assert failure(fail.timeout()) is None
    assert failure(fail.connection_reset()) is None


def test_ids_and_times_are_the_same_in_every_run():
    """A golden file can hold them."""
    envelope = Envelope.of({"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}, "a" * 24)
    made = completion(Reply(calls=(ToolCall("call_1", "f", "{}"),)), envelope)
    assert made == completion(Reply(calls=(ToolCall("call_1", "f", "{}"),)), envelope)
    assert made["id"] == "chatcmpl-" + "a" * 24
    assert re.fullmatch(r"\d{10}", str(made["created"]))
    assert made["usage"]["total_tokens"] == made["usage"]["prompt_tokens"] + made["usage"]["completion_tokens"] > 0
