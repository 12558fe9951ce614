"""The parameters of a request: which there are, which must be there, which the model does not take."""

from __future__ import annotations

from collections.abc import Iterator

from autogen_harness.llm.rules import models
from autogen_harness.llm.rules.request import Part, Request
from autogen_harness.llm.rules.rule import EVERYONE, Breach, Rule

# The keys of the openai package's CompletionCreateParams (types/chat/completion_create_params.py, 3.57.0).
# fmt: off
KNOWN = frozenset((
    "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens",
    "max_tokens", "messages", "metadata", "modalities", "model", "moderation", "n", "parallel_tool_calls", "prediction",
    "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning_effort",
    "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options",
    "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
))
# fmt: on
"""Every parameter of chat completions."""


def _missing(request: Request) -> Iterator[Breach]:
    if not request.has("messages"):
        yield Breach("messages")
    wanted = (
        *((message, ("role",)) for message in request.messages),
        *((call, ("id", "type")) for call in request.calls),
        *((tool, ("type", *_named_by(tool))) for tool in request.tools),
        *((function, ("name",)) for function in request.functions),
    )
    for part, keys in wanted:
        yield from (Breach(f"{part.path}.{key}", part.index) for key in keys if part.value.get(key) is None)


def _named_by(tool: Part) -> tuple[str, ...]:
    return ("function",) if tool.value.get("type") == "function" else ()


def _model_missing(request: Request) -> Iterator[Breach]:
    if not request.has("model"):
        yield Breach("model")


def _unknown(request: Request) -> Iterator[Breach]:
    names = [name for name in request.body if name not in KNOWN]
    if names:
        yield Breach(facts={"s": "s" if len(names) > 1 else "", "names": ", ".join(map(str, names))})


def _max_tokens(request: Request) -> Iterator[Breach]:
    if request.has("max_tokens") and models.refuses_max_tokens(request.model):
        yield Breach("max_tokens")


def _stream_options(request: Request) -> Iterator[Breach]:
    if request.has("stream_options") and not request.body.get("stream"):
        yield Breach("stream_options")


RULES = (
    Rule(
        "parameter-missing",
        "What the API cannot do without is there: messages, roles, ids and types of calls, types and names of tools.",
        "Missing required parameter: '{where}'.",
        _missing,
        ("microsoft/autogen#6935", "openai/openai-cookbook#1248", "microsoft/semantic-kernel#6825"),
        'add what the message names; a tool is {"type": "function", "function": {"name": ..., "parameters": ...}}',
        param="{where}",
        code="missing_required_parameter",
    ),
    Rule(
        "model-missing",
        "The request names a model.",
        "you must provide a model parameter",
        _model_missing,
        ("danielmiessler/Fabric#239", "transitive-bullshit/agentic#530"),
        'name the model in llm_config: {"config_list": [{"model": "gpt-4o"}]}',
        dialects=frozenset({"openai"}),  # Azure takes the deployment in the address
    ),
    Rule(
        "parameter-unknown",
        "Every parameter is one of the API.",
        "Unrecognized request argument{s} supplied: {names}",
        _unknown,
        ("davidmigloz/langchain_dart#712", "namankhurpia/Easy-open-ai#38"),
        "take the key out of llm_config, which AutoGen hands on; another server than OpenAI's may know it: llm_dialect",
    ),
    Rule(
        "max-tokens-unsupported",
        "Reasoning models take max_completion_tokens in place of max_tokens (a pinned table of models).",
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        _max_tokens,
        ("griptape-ai/ComfyUI-Griptape#312", "nalgeon/pokitoki#48", "memochou1993/gpt-ai-assistant#361"),
        "write max_completion_tokens in llm_config",
        param="max_tokens",
        code="unsupported_parameter",
    ),
    Rule(
        "stream-options-without-stream",
        "stream_options comes with stream.",
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        _stream_options,
        ("BerriAI/litellm#5803",),
        "take stream_options out of llm_config, or stream",
        param="stream_options",
        dialects=EVERYONE,
    ),
)
