"""Requests that are known to be fine: as the openai package documents them, as recordings show them, as AutoGen sends them."""

from __future__ import annotations

import pytest
from api_requests.bodies import OBJECT, STRICT, answer, asking, body, formatted, history, tool, user

from autogen_harness.llm.rules import violations
from autogen_harness.llm.rules.parameters import KNOWN

IMAGE = {"type": "image_url", "image_url": {"url": "https://a.test/a.png", "detail": "low"}}
ASKED = {"id": "call_" + "a" * 24, "type": "function", "function": {"name": "search", "arguments": "{}"}}

# The README of the openai package, its types, and the shapes of recorded conversations, written anew.
DOCUMENTED = {
    "readme": body({"role": "developer", "content": "Talk like a pirate."}, user("What is a class?"), model="gpt-5.5"),
    "readme-stream": body(user("Say this is a test"), model="gpt-5.5", stream=True),
    "readme-nested-params": body(user("Give me JSON"), model="gpt-4o", response_format={"type": "json_object"}),
    "image": body(user([{"type": "text", "text": "What is this?"}, IMAGE])),
    "audio": body(
        user([{"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}}]), modalities=["text", "audio"]
    ),
    "named-tool": body(tools=[tool()], tool_choice={"type": "function", "function": {"name": "search"}}),
    "allowed-tools": body(
        tools=[tool()],
        tool_choice={
            "type": "allowed_tools",
            "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "search"}}]},
        },
    ),
    "custom-tool": body(tools=[{"type": "custom", "custom": {"name": "grep"}}]),
    "tool-without-parameters": body(tools=[{"type": "function", "function": {"name": "now", "description": "The time"}}]),
    "tool-that-takes-nothing": body(tools=[tool(parameters={"type": "object", "properties": {}})]),
    "tool-with-definitions": body(
        tools=[
            tool(
                parameters={
                    "type": "object",
                    "properties": {"node": {"$ref": "#/$defs/node"}},
                    "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}},
                }
            )
        ]
    ),
    "strict-tool": body(tools=[tool(parameters=STRICT, strict=True)], parallel_tool_calls=False),
    "strict-recursion": formatted(
        {**STRICT, "properties": {"q": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}},
    ),
    "schema-that-is-not-strict": formatted(OBJECT, strict=False),
    "every-parameter": {
        **body(tools=[tool()]),
        **dict.fromkeys(KNOWN - {"model", "messages", "tools"}),  # null is absent
    },
    "refusal": body(user(), {"role": "assistant", "content": None, "refusal": "No."}, user("Why?")),
    "reply-as-it-came": body(
        user(),
        {
            "role": "assistant",
            "content": None,
            "refusal": None,
            "annotations": [],
            "audio": None,
            "function_call": None,
            "tool_calls": [ASKED],
        },
        answer(ASKED["id"]),
    ),
    "content-beside-calls": body(user(), asking("call_1", content="Let me look."), answer("call_1")),
    "answers-in-any-order": body(user(), asking("call_1", "call_2"), answer("call_2"), answer("call_1")),
    "calls-one-after-another": body(*history("call_1"), asking("call_2"), answer("call_2"), user("And?")),
    "answer-in-parts": body(user(), asking("call_1"), answer("call_1", content=[{"type": "text", "text": "found"}])),
    "broken-arguments-in-the-history": body(*history("call_1", arguments='{"q": ')),  # api.openai.com takes them
    "legacy-functions": body(
        user(),
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "found"},
        functions=[{"name": "f", "description": "F", "parameters": OBJECT}],
        function_call="auto",
    ),
    "system-in-the-middle": body(user(), {"role": "system", "content": "Be brief."}, user()),
    "assistant-last": body(user(), {"role": "assistant", "content": ""}),
    "o1-with-system": body({"role": "system", "content": "x"}, model="o1", max_completion_tokens=9),
    "a-model-of-ones-own": body(model="ft:gpt-4o-mini:acme::1", max_tokens=9),
}

# What AutoGen's speaker selection and summaries look like.
OF_AUTOGEN = {
    "group": body(
        {"role": "system", "content": "You are a planner."},
        user(name="user"),
        {"role": "user", "content": "I think so", "name": "critic"},
        {"role": "assistant", "content": "a plan", "name": "planner"},
    ),
    "group-with-tools": body(
        user(name="user"),
        asking("call_1", content="", name="planner"),
        answer("call_1", name="executor"),
        {"role": "user", "content": "next", "name": "critic"},
        tools=[tool()],
    ),
    "selection": body(
        {"role": "system", "content": "You are in a role play game. Read the following conversation."},
        user("go", name="user"),
        {"role": "system", "content": "Read the above conversation. Then select the next role from ['a', 'b'] to play."},
    ),
    "summary": body(
        user("go"),
        {"role": "assistant", "content": "done"},
        {"role": "system", "content": "Summarize the takeaway from the conversation."},
    ),
}


@pytest.mark.parametrize("request_body", [*DOCUMENTED.values(), *OF_AUTOGEN.values()], ids=[*DOCUMENTED, *OF_AUTOGEN])
def test_a_request_that_works_is_taken(request_body):
    """No finding and no doubt."""
    assert violations(request_body) == []
    assert violations(request_body, "azure") == []
