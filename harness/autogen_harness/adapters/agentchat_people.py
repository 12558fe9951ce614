"""People and code in agentchat: the console is scripted, and no code from messages is executed behind a test's back."""

from __future__ import annotations

from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.adapters import Seams
    from autogen_harness.patches import Patches

REFUSED = "autogen-harness refused to execute this code; allow it with harness.code.allow()"


def guard(patches: Patches, seams: Seams) -> None:
    """Answer for people who sit at a console, and ask before an agent executes code."""
    agents, console = import_module("autogen_agentchat.agents"), import_module("autogen_agentchat.agents._user_proxy_agent")
    result = import_module("autogen_core.code_executor").CodeResult
    patches.swap(agents.UserProxyAgent, "_get_input", lambda original: _input(original, seams, console.cancellable_input))
    patches.swap(agents.CodeExecutorAgent, "execute_code_block", lambda original: _execute(original, seams, result))


def _input(original: Callable[..., Any], seams: Seams, at_console: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def get_input(agent: Any, prompt: str, *args: Any) -> Any:
        if agent.input_func is not at_console:  # the user's own way to ask
            return await original(agent, prompt, *args)
        return seams.ask_human(prompt)

    return get_input


def _execute(original: Callable[..., Any], seams: Seams, result: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def execute_code_block(agent: Any, code_blocks: Any, *args: Any) -> Any:
        if seams.may_execute("\n".join(block.code for block in code_blocks)):
            return await original(agent, code_blocks, *args)
        return result(exit_code=1, output=REFUSED)

    return execute_code_block
