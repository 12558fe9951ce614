"""The tools and functions on offer: how many, their names, their descriptions."""

from __future__ import annotations

from collections.abc import Iterator

from autogen_harness.llm.rules.messages import NAME, unlike_a_name
from autogen_harness.llm.rules.request import Request
from autogen_harness.llm.rules.rule import Breach, Rule

_MOST = 128
_LONGEST_NAME = 64
_LONGEST_DESCRIPTION = 1024


def _none(request: Request) -> Iterator[Breach]:
    if request.body.get("tools") == []:
        yield Breach("tools")


def _too_many(request: Request) -> Iterator[Breach]:
    tools = request.body.get("tools")
    if isinstance(tools, list) and len(tools) > _MOST:
        yield Breach("tools", facts={"most": _MOST, "length": len(tools)})


def _both(request: Request) -> Iterator[Breach]:
    if request.has("tools") and request.has("functions"):
        yield Breach()


def _name(request: Request) -> Iterator[Breach]:
    for function in (*request.functions, *request.called):
        if unlike_a_name(function.text("name")):
            yield Breach(f"{function.path}.name", function.index)


def _long_name(request: Request) -> Iterator[Breach]:
    for function in (*request.functions, *request.called):
        name = function.text("name") or ""
        if len(name) > _LONGEST_NAME:
            yield Breach(f"{function.path}.name", function.index, {"most": _LONGEST_NAME, "length": len(name)})


def _long_description(request: Request) -> Iterator[Breach]:
    for function in request.functions:
        length = len(function.text("description") or "")
        if length > _LONGEST_DESCRIPTION:
            yield Breach(f"{function.path}.description", facts={"most": _LONGEST_DESCRIPTION, "length": length})


_TOO_LONG = (
    "Invalid '{where}': string too long. Expected a string with maximum length {most}, but got a string with length "
    "{length} instead."
)

RULES = (
    Rule(
        "tools-empty",
        "tools holds at least one tool, or is left out.",
        "[] is too short - 'tools'",
        _none,
        ("scottleibrand/slackAskBot#9", "vllm-project/vllm#39741"),
        "leave tools out of the llm_config of an agent that has none",
    ),
    Rule(
        "tools-too-many",
        "A request offers 128 tools at most.",
        "Invalid 'tools': array too long. Expected an array with maximum length {most}, but got an array with length "
        "{length} instead.",
        _too_many,
        ("vishalmysore/Tools4AI#16",),
        "give each agent the tools of its own job",
        param="tools",
        code="array_above_max_length",
    ),
    Rule(
        "functions-and-tools",
        "A request offers functions or tools, not both.",
        "Invalid request: 'functions' and 'tools' cannot both be provided. 'functions' are deprecated; use the 'tools' "
        "parameter instead.",
        _both,
        ("microsoft/autogen#3285",),
        'register every tool in the same way: register_for_llm without api_style="function", and no functions in llm_config',
    ),
    Rule(
        "function-name-pattern",
        "The name of a function holds letters, digits, _ and - only, in the history too.",
        f"Invalid '{{where}}': string does not match pattern. Expected a string that matches the pattern '{NAME}'.",
        _name,
        ("run-llama/llama_index#16093", "mcp-use/mcp-use#90"),
        "name the tool with letters, digits, _ and - only; a dot, a space or an umlaut is refused",
        param="{where}",
        code="invalid_value",
    ),
    Rule(
        "function-name-long",
        "The name of a function has 64 characters at most, in the history too.",
        _TOO_LONG,
        _long_name,
        ("ravitemer/mcphub.nvim#243",),
        "give the tool a shorter name",
        param="{where}",
        code="string_above_max_length",
    ),
    Rule(
        "function-description-long",
        "The description of a function has 1024 characters at most.",
        _TOO_LONG,
        _long_description,
        ("getsentry/sentry-mcp#106",),
        "shorten the description; AutoGen takes it from register_for_llm(description=...) or the docstring",
        param="{where}",
        code="string_above_max_length",
    ),
)
