"""Calls of tools and their answers in the history: each call is answered once, directly behind it, each answer has its call."""

from __future__ import annotations

from collections.abc import Iterator

from autogen_harness.llm.rules.request import Block, Part, Request
from autogen_harness.llm.rules.rule import COMPATIBLE, EVERYONE, OPENAI, Breach, Rule


def _unanswered(request: Request) -> Iterator[Breach]:
    for block in request.blocks:
        answered = [answer.text("tool_call_id") for answer in block.answers]
        missing = [call.text("id") or "" for call in block.calls if call.text("id") not in answered]
        if missing and None not in answered:  # an answer without an id is a rule of its own
            after = _after(request, block)
            yield Breach(block.asked.path, block.asked.index, {"after": after, "ids": ", ".join(missing)})


def _after(request: Request, block: Block) -> int:
    """The number of the message that stands where an answer should; of the last one where none follows."""
    last = block.answers[-1] if block.answers else block.asked
    return min((last.index or 0) + 1, (request.messages[-1].index or 0))


def _without_call(request: Request) -> Iterator[Breach]:
    answers = {answer.path for block in request.blocks for answer in block.answers}
    for message in request.messages:
        if message.value.get("role") == "tool" and message.path not in answers:
            yield Breach(f"{message.path}.role", message.index)


def _of_another_call(request: Request) -> Iterator[Breach]:
    for block in request.blocks:
        known = [call.text("id") for call in block.calls]
        for answer in block.answers:
            asked = answer.text("tool_call_id")
            if asked is not None and asked not in known:
                yield Breach(f"{answer.path}.tool_call_id", answer.index, {"id": asked})


def _without_id(request: Request) -> Iterator[Breach]:
    for message in request.messages:
        if message.value.get("role") == "tool" and message.value.get("tool_call_id") is None:
            yield Breach(f"{message.path}.tool_call_id", message.index)


def _twice(request: Request) -> Iterator[Breach]:
    for block in request.blocks:
        seen: dict[str, Part] = {}
        for answer in block.answers:
            asked = answer.text("tool_call_id")
            first = seen.setdefault(asked, answer) if asked is not None else answer
            if first is not answer:
                yield Breach(f"{answer.path}.tool_call_id", answer.index, {"id": asked, "first": first.index})


_ORPHAN = {
    "law": "A message of role tool follows the message that called it.",
    "fix": "keep a tool's answer together with the call it answers: a history that is cut, or given to an agent that joins "
    "later, must not begin between the two",
}

RULES = (
    Rule(
        "tool-call-unanswered",
        "Each tool call is answered by a message of role tool that follows it directly.",
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        "The following tool_call_ids did not have response messages: {ids}",
        _unanswered,
        ("router-for-me/CLIProxyAPI#2798", "sdcb/chats#132", "microsoft/autogen#3679"),
        "let an agent that can execute the call answer before anyone else speaks, and keep the answer when a history is cut",
        param="messages.[{after}].role",
        dialects=EVERYONE,
    ),
    Rule(
        "tool-message-orphan",
        _ORPHAN["law"],
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        _without_call,
        ("smarter-sh/smarter#264", "run-llama/llama_index#10493", "miurla/morphic#136"),
        _ORPHAN["fix"],
        param="messages.[{index}].role",
        dialects=OPENAI,
    ),
    Rule(
        "tool-message-orphan-compatible",
        _ORPHAN["law"],
        "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
        _without_call,
        ("FoundationAgents/OpenManus#744", "itmisx/deepx-code#94"),
        _ORPHAN["fix"],
        code="invalid_request_error",
        dialects=COMPATIBLE,
    ),
    Rule(
        "tool-message-of-another-call",
        "A message of role tool answers a call of the message that it follows.",
        "Invalid parameter: 'tool_call_id' of '{id}' not found in 'tool_calls' of previous message.",
        _of_another_call,
        ("dapr/dapr-agents#145",),
        "answer with the id of the call; ids that were shortened or made anew must be changed on both sides",
        param="messages.[{index}].tool_call_id",
        dialects=EVERYONE,
    ),
    Rule(
        "tool-message-without-id",
        "A message of role tool names the call that it answers.",
        "Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.",
        _without_id,
        ("MadcowD/ell#325",),
        "put the id of the call into the message's tool_call_id",
        param="messages.[{index}].tool_call_id",
        dialects=EVERYONE,
    ),
    Rule(
        "tool-call-answered-twice",
        "Each tool call is answered once.",
        "Invalid parameter: Duplicate value for 'tool_call_id' of '{id}', in messages[{first}] and messages[{index}].",
        _twice,
        ("agno-agi/agno#5116",),
        "let one agent execute the call, and send its answer once",
        param="messages.[{index}].tool_call_id",
        dialects=EVERYONE,
    ),
)
