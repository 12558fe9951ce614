"""A tool that is an agent: its body is a chat between two agents of its own, made anew for every call.

Answer: ``question``, ``answer``, ``turns``; where it does not work, ``error``. The inner agents cannot call this tool, their
chat has few turns, and they see nothing of the outer conversation but the question.
"""

from __future__ import annotations

from typing import Any

from toolbox.boundary import checked
from toolbox.envelope import clip, failure, success

MAX_TURNS = 4
"""Of the inner chat: how often the inner researcher may speak."""

ANSWER_LIMIT = 4_000
"""Characters of the answer."""

ASK_RESEARCH_AGENT_SCHEMA: dict[str, Any] = {
    "name": "ask_research_agent",
    "description": "Let a research agent look something up on the web and answer a question in a few sentences.",
    "parameters": {
        "type": "object",
        "properties": {
            "question": {
                "type": "string",
                "description": "The whole question: the research agent knows nothing of this conversation.",
                "minLength": 1,
                "maxLength": 2000,
                "examples": ["What does NVIDIA make?"],
            },
        },
        "required": ["question"],
        "additionalProperties": False,
    },
}

SCHEMAS = [ASK_RESEARCH_AGENT_SCHEMA]


@checked(ASK_RESEARCH_AGENT_SCHEMA)
def ask_research_agent(question: str) -> str:
    """What the inner researcher answers."""
    from nested.agents import build_inner_agents  # that module imports this one

    try:
        runner, researcher = build_inner_agents()
        chat = runner.initiate_chat(researcher, message=question, max_turns=MAX_TURNS, silent=True)
    except Exception as error:  # noqa: BLE001  whatever breaks the inner chat, the outer one goes on
        return failure(f"the research agent failed, {type(error).__name__}")
    last = chat.chat_history[-1]
    answer = _without_signal(last.get("content") or "")
    if last.get("tool_calls") or not answer or answer == question:
        return failure(f"the research agent had no answer after {MAX_TURNS} turns")
    return success(question=question, answer=clip(answer, ANSWER_LIMIT)[0], turns=len(chat.chat_history))


def _without_signal(text: str) -> str:
    """The text without the word that ended the inner chat: it must not end the outer one."""
    return text.replace("TERMINATE", "").strip()
