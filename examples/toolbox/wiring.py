"""Two agents, wired so that the tools really run.

The assistant *advertises* the tools: their schemas stand in its ``llm_config``. The user proxy *executes* them: the functions
are registered there, because it is the agent that receives the assistant's calls. A function registered on the assistant
itself never runs in a two-agent chat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import autogen

Pair = tuple[autogen.UserProxyAgent, autogen.AssistantAgent]
"""Who executes the tools, and who is offered them."""

CONFIG_LIST = [{"model": "gpt-4o"}]
"""Without a key: the OpenAI client takes it from OPENAI_API_KEY. Under autogen-harness no client is made and none is needed."""


MAX_REPLIES = 20
"""How often the user proxy answers at most: a bound on what a model that never ends can cost."""


def ends_chat(message: Mapping[str, Any]) -> bool:
    """Does the message say TERMINATE anywhere? AutoGen's own rule asks for exactly that word and nothing else."""
    return "TERMINATE" in (message.get("content") or "")


def build_pair(
    assistant: str,
    functions: Mapping[str, Callable[..., Any]],
    schemas: Sequence[Mapping[str, Any]],
    *,
    task: str,
    user: str = "user",
) -> Pair:
    """A user proxy that executes ``functions``, and an assistant called ``assistant`` that is offered ``schemas``.

    ``task`` is the assistant's system message.
    """
    tools = [{"type": "function", "function": dict(schema)} for schema in schemas]
    helper = autogen.AssistantAgent(
        assistant,
        system_message=f"{task} When everything is done, end your answer with the word TERMINATE.",
        llm_config={"config_list": CONFIG_LIST, "tools": tools},
    )
    executor = autogen.UserProxyAgent(
        user,
        human_input_mode="NEVER",
        code_execution_config=False,
        is_termination_msg=ends_chat,
        max_consecutive_auto_reply=MAX_REPLIES,
    )
    executor.register_function(function_map=dict(functions))
    return executor, helper
