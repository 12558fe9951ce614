"""The Responses API: a reply as a response and as its events, a request as the chat that asks the same."""

from __future__ import annotations

from drawn_replies import TEXTS, replies
from hypothesis import given

from autogen_harness.llm.replies import Reply, ToolCall
from autogen_harness.llm.wire.response_events import events
from autogen_harness.llm.wire.response_requests import as_chat
from autogen_harness.llm.wire.responses import ResponseEnvelope, response

ENVELOPE = ResponseEnvelope("0" * 24, {"model": "gpt-4o"}, 7)

TOOL = {"type": "function", "name": "get_price", "parameters": {"type": "object", "properties": {}}, "strict": False}


@given(replies(TEXTS))
def test_events_join_to_the_whole_response(reply):
    """What comes in pieces is what the last event holds, item by item."""
    made = events(reply, ENVELOPE)
    assert [event["sequence_number"] for event in made] == list(range(len(made)))
    whole = made[-1]["response"]
    assert whole == response(reply, ENVELOPE)
    for index, item in enumerate(whole["output"]):
        mine = [event for event in made if event.get("output_index") == index]
        text = "".join(event["delta"] for event in mine if event["type"].endswith(".delta"))
        if item["type"] == "message":
            part = item["content"][0]
            assert text == part.get("text", part.get("refusal"))
        else:
            assert text == item["arguments"]
        assert (mine[0]["type"], mine[-1]["item"]) == ("response.output_item.added", item)


def test_an_answer_that_was_cut_says_why():
    """In words of its own."""
    cut = response(Reply("once upon", finish="length"), ENVELOPE)
    assert (cut["status"], cut["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
    assert events(Reply("x", finish="content_filter"), ENVELOPE)[-1]["type"] == "response.incomplete"
    assert response(Reply("all"), ENVELOPE)["incomplete_details"] is None


def test_a_request_is_read_as_a_chat():
    """Everything that a rule or a turn looks at has its place there."""
    body = {
        "model": "gpt-4o",
        "instructions": "Be brief.",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "Price of "}, {"type": "input_text", "text": "NVDA?"}]},
            {"type": "reasoning", "id": "rs_1", "summary": []},
            {"type": "function_call", "call_id": "call_a", "name": "get_price", "arguments": "{}"},
            {"type": "function_call", "call_id": "call_b", "name": "get_price", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "call_a", "output": "905.5"},
            {"type": "function_call_output", "call_id": "call_b", "output": [{"type": "input_text", "text": "906"}]},
        ],
        "tools": [TOOL, {"type": "web_search"}],
        "tool_choice": {"type": "function", "name": "get_price"},
        "max_output_tokens": 99,
        "text": {"format": {"type": "json_schema", "name": "out", "schema": {"type": "object"}, "strict": True}},
    }
    chat = as_chat(body)
    assert [message["role"] for message in chat["messages"]] == ["developer", "user", "assistant", "tool", "tool"]
    assert chat["messages"][1]["content"] == "Price of NVDA?"
    assert [call["id"] for call in chat["messages"][2]["tool_calls"]] == ["call_a", "call_b"]
    assert [message["content"] for message in chat["messages"][3:]] == ["905.5", "906"]
    assert [tool["function"]["name"] for tool in chat["tools"]] == ["get_price"]
    assert chat["tool_choice"] == {"type": "function", "function": {"name": "get_price"}}
    assert chat["max_completion_tokens"] == 99
    assert chat["response_format"]["json_schema"] == {"name": "out", "schema": {"type": "object"}, "strict": True}


def test_a_response_repeats_its_request():
    """As clients expect that log it."""
    made = response(
        Reply(calls=(ToolCall("call_1", "get_price", "{}"),)), ResponseEnvelope("1", {"model": "gpt-5", "tools": [TOOL]})
    )
    assert (made["model"], made["tools"], made["tool_choice"]) == ("gpt-5", [TOOL], "auto")
    assert made["output"][0]["call_id"] == "call_1"
