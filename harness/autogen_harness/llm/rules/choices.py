"""Parameters about tools: the choice of one, parallel calls, which come with tools only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autogen_harness.llm.rules.request import Part, Request
from autogen_harness.llm.rules.rule import Breach, Find, Rule


def _without(name: str, needed: str) -> Find:
    """Is ``name`` given and ``needed`` not?"""

    def find(request: Request) -> Iterator[Breach]:
        if request.has(name) and not request.has(needed):
            yield Breach(name)

    return find


def _choice_shape(request: Request) -> Iterator[Breach]:
    choice = request.body.get("tool_choice")
    if choice is not None and not _is_choice(choice):
        yield Breach("tool_choice")


def _is_choice(choice: Any) -> bool:
    if isinstance(choice, dict):
        kind = choice.get("type")
        inner = choice.get(kind) if isinstance(kind, str) else None
        return kind == "allowed_tools" or (kind in ("function", "custom") and isinstance(inner, dict) and "name" in inner)
    return choice in ("none", "auto", "required")


def _choice_unknown(request: Request) -> Iterator[Breach]:
    choice = request.body.get("tool_choice")
    if not isinstance(choice, dict) or choice.get("type") != "function" or not request.tools:
        return
    name = Part("tool_choice", choice).part("function").text("name")
    if name is not None and name not in [function.text("name") for function in request.functions]:
        yield Breach("tool_choice", facts={"name": name})


_ONLY_WITH = "Invalid value for '{where}': '{where}' is only allowed when '%s' are specified."

RULES = (
    Rule(
        "function-call-without-functions",
        "function_call comes with functions.",
        _ONLY_WITH % "functions",
        _without("function_call", "functions"),
        ("Azure-Samples/azure-search-openai-demo#1175",),
        "take function_call out of llm_config, or offer functions",
        param="function_call",
    ),
    Rule(
        "tool-choice-without-tools",
        "tool_choice comes with tools.",
        _ONLY_WITH % "tools",
        _without("tool_choice", "tools"),
        ("writer/writer-framework#1013",),
        "take tool_choice out of the llm_config of an agent that has no tools",
        param="tool_choice",
    ),
    Rule(
        "parallel-tool-calls-without-tools",
        "parallel_tool_calls comes with tools.",
        _ONLY_WITH % "tools",
        _without("parallel_tool_calls", "tools"),
        ("openai/swarm#30", "openai/openai-openapi#287"),
        "take parallel_tool_calls out of the llm_config of an agent that has no tools",
        param="parallel_tool_calls",
    ),
    Rule(
        "tool-choice-shape",
        "tool_choice is none, auto, required, or an object that names a tool.",
        "'$.tool_choice' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
        _choice_shape,
        ("Azure/azure-sdk-for-js#28325", "langchain-ai/langchain#16767"),
        'write "auto", "required", "none" or {"type": "function", "function": {"name": "the_tool"}}',
    ),
    Rule(
        "tool-choice-not-offered",
        "tool_choice names a tool on offer.",
        "Tool choice '{name}' not found in 'tools' parameter.",
        _choice_unknown,
        ("vllm-project/vllm#40399",),
        "offer the tool that tool_choice names, or choose another",
        param="tool_choice",
        warning=True,  # the source shows the Responses API only
    ),
)
