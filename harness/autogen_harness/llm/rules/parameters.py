"""The parameters of a request: which there are, which must be there, which allow each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autogen_harness.llm.rules import models
from autogen_harness.llm.rules.request import Part, Request
from autogen_harness.llm.rules.rule import EVERYONE, Breach, Find, Rule

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

# The same package: types/shared_params/response_format_json_schema.py.
_FORMATS = ("json_object", "json_schema", "text")
_KNOWN_OF_FORMAT = frozenset({"type", "json_schema"})
_KNOWN_OF_SCHEMA = frozenset({"name", "description", "schema", "strict"})


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


def _unknown_format(request: Request) -> Iterator[Breach]:
    kind = request.response_format.text("type")
    if kind is not None and kind not in _FORMATS:
        yield Breach("response_format.type", facts={"kind": kind})


def _unknown_inside(request: Request) -> Iterator[Breach]:
    outer = request.response_format
    if outer.value.get("type") not in _FORMATS:
        return  # a schema alone, as a rule of its own says
    for part, known in ((outer, _KNOWN_OF_FORMAT), (outer.part("json_schema"), _KNOWN_OF_SCHEMA)):
        yield from (Breach(f"{part.path}.{key}") for key in part.value if key not in known)


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


def _max_tokens(request: Request) -> Iterator[Breach]:
    if request.has("max_tokens") and models.refuses_max_tokens(request.model):
        yield Breach("max_tokens")


def _stream_options(request: Request) -> Iterator[Breach]:
    if request.has("stream_options") and not request.body.get("stream"):
        yield Breach("stream_options")


def _no_json_said(request: Request) -> Iterator[Breach]:
    asked = request.response_format.value.get("type") == "json_object"
    if asked and request.messages and not any("json" in text.lower() for text in _texts(request)):
        yield Breach("response_format")


def _texts(request: Request) -> Iterator[str]:
    for message in request.messages:
        texts = (message.text("content"), *(part.text("text") for part in message.parts("content")))
        yield from (text for text in texts if text is not None)


_ONLY_WITH = "Invalid value for '{where}': '{where}' is only allowed when '%s' are specified."

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
        "response-format-unknown",
        "The type of response_format is json_object, json_schema or text.",
        "Invalid value: '{kind}'. Supported values are: 'json_object', 'json_schema', and 'text'.",
        _unknown_format,
        ("epuerta9/deep-research-py#19",),
        'wrap the schema: {"type": "json_schema", "json_schema": {"name": ..., "schema": {...}, "strict": true}}',
        param="{where}",
        code="invalid_value",
    ),
    Rule(
        "parameter-unknown-inside",
        "Every key of response_format is one of the API.",
        "Unknown parameter: '{where}'.",
        _unknown_inside,
        ("spring-projects/spring-ai#2969",),
        'write {"type": "json_schema", "json_schema": {"name": ..., "schema": {...}, "strict": true}}',
        param="{where}",
        code="unknown_parameter",
    ),
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
    Rule(
        "json-object-unasked",
        "With response_format json_object, a message says the word JSON.",
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        _no_json_said,
        ("https://platform.openai.com/docs/guides/structured-outputs",),
        "say in the system message that the answer is JSON",
        param="messages",
        warning=True,  # documented, and no thread quotes the answer
    ),
)
