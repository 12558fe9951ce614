"""What goes over the wire for a request of classic AutoGen: what its ``OpenAIClient`` and the SDK below it make of it.

Each step is done where the client of the installed AutoGen has it; the names are those of its methods in
``autogen/oai/client.py``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from autogen_harness.adapters.strict_schema import strict_schema

Body = dict[str, Any]

_OTHERS = ("anthropic", "bedrock", "cerebras", "cohere", "google", "groq", "mistral", "ollama", "responses", "together")
_OF_THE_SDK = ("extra_headers", "extra_query", "timeout")
_UNKNOWN_TO_REASONING = (
    "temperature",
    "frequency_penalty",
    "presence_penalty",
    "top_p",
    "logprobs",
    "top_logprobs",
    "logit_bias",
)
_WITHOUT_SYSTEM = ("o1-mini", "o1-preview", "o1-mini-2024-09-12", "o1-preview-2024-09-12")


def dialect_of(config: Mapping[str, Any]) -> str:
    """Whose rules a request with this entry of ``config_list`` must keep; ``"other"`` where it is no chat completion.

    Empty where the entry does not say: the address may be that of any server that speaks OpenAI's protocol.
    """
    if config.get("model_client_cls"):
        return "other"
    kind = str(config.get("api_type") or "")
    named = {"azure": "azure", "deepseek": "strict-compatible", **dict.fromkeys(_OTHERS, "other")}
    return next((dialect for start, dialect in named.items() if kind.startswith(start)), "")


def sent(params: Mapping[str, Any], client: Any = None) -> Body:
    """The body of the request that ``client`` would send for ``params``, which are not changed.

    Args:
        params: what ``OpenAIWrapper`` hands to its clients.
        client: the class; that of the imported AutoGen by default.
    """
    client = client or import_module("autogen.oai.client").OpenAIClient
    body = {key: value for key, value in params.items() if key not in _OF_THE_SDK}
    body.update(body.pop("extra_body", None) or {})
    body["messages"] = [dict(message) for message in params.get("messages") or ()]
    for step, change in _STEPS.items():
        if hasattr(client, step):
            change(body)
    _format(body, client)
    return body


def _system_as_user(body: Body) -> None:
    if "mistral" in _model(body):
        for message in body["messages"]:
            message.update({"role": "user"} if message.get("role") == "system" else {})


def _for_reasoning(body: Body) -> None:
    if not _model(body).startswith("o1"):
        return
    for name in _UNKNOWN_TO_REASONING:
        body.pop(name, None)
    if "max_tokens" in body:
        body["max_completion_tokens"] = body.pop("max_tokens")
    for message in body["messages"] if _model(body) in _WITHOUT_SYSTEM else ():
        if message.get("role") == "system":
            message.update(role="user", content=f"System message: {message.get('content')}")


def _alternating(body: Body) -> None:
    if _model(body) != "deepseek-reasoner" or not body["messages"]:
        return
    messages = body["messages"]
    first = next((message for message in messages if message.get("role") == "system"), None)
    if first is not None:
        messages.insert(0, messages.pop(messages.index(first)))
    swapped, previous = {"user": "assistant", "assistant": "user"}, ""
    for message in messages:
        if message.get("role") == previous:
            message["role"] = swapped.get(previous, previous)
        previous = str(message.get("role") or previous)
    if messages[-1].get("role") != "user":
        messages.append({"role": "user", "content": "continue"})


def _with_usage(body: Body) -> None:
    for message in body["messages"]:
        message.setdefault("role", "user")  # since the same version
    if body.get("stream") and "response_format" not in body:
        body["stream_options"] = {"include_usage": True, **(body.get("stream_options") or {})}


_STEPS: Mapping[str, Callable[[Body], None]] = {
    "_convert_system_role_to_user": _system_as_user,
    "_process_reasoning_model_params": _for_reasoning,
    "_patch_messages_for_deepseek_reasoner": _alternating,
    "_add_streaming_usage_to_params": _with_usage,
}


def _model(body: Body) -> str:
    return str(body.get("model") or "")


def _format(body: Body, client: Any) -> None:
    """Structured output: a class or a schema becomes what the API takes; from then on nothing is streamed."""
    wanted = body.get("response_format")
    if wanted is None or "response_format" not in inspect.signature(client).parameters:
        return
    body.pop("stream", None)
    body.pop("stream_options", None)
    if hasattr(wanted, "model_json_schema"):
        body["response_format"] = _json_schema(wanted.__name__, wanted.model_json_schema())
    elif isinstance(wanted, Mapping) and not (wanted.get("type") == "json_object" and _knows(client, "json_object")):
        # The API's own table too, {"type": "json_schema", ...}, is taken for a schema: so does AutoGen.
        body["response_format"] = _json_schema("response_format", wanted)


def _json_schema(name: str, schema: Mapping[str, Any]) -> Body:
    return {"type": "json_schema", "json_schema": {"schema": strict_schema(schema), "name": name, "strict": True}}


def _knows(client: Any, word: str) -> bool:
    """Does this version of the client compare with ``word``? Some wrap every dict, later ones leave one kind as it is."""
    constants = inspect.unwrap(client.create).__code__.co_consts
    inner = [one for code in constants if inspect.iscode(code) for one in code.co_consts]
    return word in constants or word in inner
