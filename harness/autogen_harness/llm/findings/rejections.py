"""A request that the API refuses: as the findings of a test, and as the answer that the agent gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autogen_harness.llm.rules import Violation, violations
from autogen_harness.llm.turns.turn import Fail
from autogen_harness.model import Finding, LlmRequest, Note

_LONGEST = 60


def broken_rules(request: LlmRequest, dialect: str) -> list[Violation]:
    """What the API would object to. ``dialect`` counts where the request does not say by whose rules it is judged."""
    return violations(request.body, request.dialect or dialect) if request.body else []


def answer_to(broken: Sequence[Violation]) -> Fail | None:
    """What the API answers: the first error. None where there are only doubts."""
    first = next((one for one in broken if not one.warning), None)
    if first is None:
        return None
    return Fail("status", first.status, first.message, first.code, param=first.param, type=first.type)


def told(violation: Violation, request: LlmRequest) -> Finding | Note:
    """The broken rule for the ledger: a finding, or a note where nobody has shown that the API refuses it."""
    if violation.warning:
        text = f"{request.agent}: {violation.message} (not shown that the API refuses it: {violation.rule})"
        return Note("request", text)
    return Finding(
        "request-rejected",
        f"the API refuses a request of {request.agent}: {violation.message}" + _message_at(violation.index, request),
        fix=violation.fix,
        expect=f'harness.expect("request-rejected", breaks="{violation.rule}")',
        fields={
            "agent": request.agent,
            "breaks": violation.rule,
            "where": violation.where,
            "message": violation.message,
            "param": violation.param,
            "code": violation.code,
        },
    )


def _message_at(index: int | None, request: LlmRequest) -> str:
    """Whose message it is, with what it begins with; nothing where the fault is in no message."""
    messages = request.body.get("messages")
    if index is None or not isinstance(messages, Sequence):
        return ""
    message = messages[index]
    name = message.get("name")
    sender = f"{name!r}, as {message.get('role')}" if name else str(message.get("role"))
    return f"\nmessages[{index}] is from {sender}: {_beginning(message)}"


def _beginning(message: Mapping[str, Any]) -> str:
    calls = message.get("tool_calls") or ()
    named = [str((call.get("function") or {}).get("name")) for call in calls if isinstance(call, Mapping)]
    content = message.get("content")
    said = f'"{_short(str(content))}"' if content is not None else "no content"
    return f"it calls {', '.join(named)}" if named and not content else said


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
