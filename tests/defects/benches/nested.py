"""A tool whose body is a chat of agents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from defects.importable import made
from defects.workbench import Bench, Defect, OutOfReach, contract

from autogen_harness.contracts.subject import Contract
from nested.tool import ASK_RESEARCH_AGENT_SCHEMA
from toolbox.boundary import checked
from toolbox.envelope import clip, failure, success

TURNS = 4


def agents(bugs: frozenset[str], itself: Callable[..., Any]) -> tuple[Any, Any]:
    """Who runs the inner tools, and who answers."""
    import autogen

    offered = [{"type": "function", "function": ASK_RESEARCH_AGENT_SCHEMA}] if "X1" in bugs else []
    config: dict[str, Any] = {"config_list": [{"model": "gpt-4o"}], **({"tools": offered} if offered else {})}
    helper = autogen.AssistantAgent("researcher", llm_config=config)
    asks_nobody = {} if "X2" in bugs else {"human_input_mode": "NEVER"}
    ends = {} if "W4" in bugs else {"is_termination_msg": lambda message: "TERMINATE" in (message.get("content") or "")}
    code = {"use_docker": False} if "W3" in bugs else False
    runner = autogen.UserProxyAgent("runner", code_execution_config=code, **asks_nobody, **ends)
    runner.register_function({itself.__name__: itself})
    return runner, helper


def tool(bugs: frozenset[str]) -> Callable[..., Any]:
    """The decorated tool."""

    @checked(ASK_RESEARCH_AGENT_SCHEMA)
    def ask_research_agent(question: str) -> Any:
        turns: dict[str, Any] = {} if bugs & {"X1", "W4"} else {"max_turns": TURNS}
        try:
            runner, helper = agents(bugs, ask_research_agent)
            chat = runner.initiate_chat(helper, message=question, silent=True, **turns)
        except Exception as error:  # noqa: BLE001  # whatever breaks the inner chat, the outer one goes on
            return failure(f"the research agent failed, {type(error).__name__}")
        if "X3" in bugs:
            return chat
        last = chat.chat_history[-1]
        answer = (last.get("content") or "").replace("TERMINATE", "").strip()
        if last.get("tool_calls") or not answer or answer == question:
            return failure("the research agent had no answer")
        return success(answer=clip(answer, 4_000)[0])

    return ask_research_agent


DEFECTS = (
    Defect("X1", "a model that always calls the tool: without end", "nesting-ends", "is called within itself"),
    Defect("X2", "an inner user proxy as it is by default: asks", "nobody-is-asked", "a person is asked"),
    Defect("X3", "the chat's result object is returned", "every-valid-call-returns-json", "ChatResult, not a string"),
    Defect("W3", "a fenced block: executed", "no-code-is-executed", "is about to be executed"),
    Defect("W4", "no rule ends the chat: empty replies", "nesting-ends", "it asks the model more than 5 times"),
)
TOOLS = made(tool, globals(), [defect.id for defect in DEFECTS])


def research(bugs: frozenset[str]) -> Contract:
    """A question, handed to two agents made for it."""
    return contract(
        TOOLS[bugs], ASK_RESEARCH_AGENT_SCHEMA, pattern="nested", output_schema=("answer",), limits={"llm_calls": 5}
    )


BENCHES = (Bench("ask_research_agent", research, DEFECTS, "autogen"),)
OUT_OF_REACH = (
    OutOfReach(
        "W2",
        "a machine without Docker: the user proxy cannot be made",
        "a fact about the machine, not about the tool; the examples make every agent with code_execution_config=False",
    ),
)
