"""What each message must be on its own: its role, its content, its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autogen_harness.llm.rules import models
from autogen_harness.llm.rules.request import Part, Request, objects
from autogen_harness.llm.rules.rule import EVERYONE, Breach, Rule

NAME = "^[a-zA-Z0-9_-]+$"
"""The pattern of names, as the API quotes it."""

# Which texts an assistant's message may carry in place of its content: the docstring of the openai package's
# ChatCompletionAssistantMessageParam.
_IN_PLACE_OF_CONTENT = ("tool_calls", "function_call", "refusal", "audio")


def unlike_a_name(name: str | None) -> bool:
    """Is this a name that the API's pattern refuses? The empty one too."""
    return name is not None and not re.fullmatch(NAME, name)


_ROLES = ("system", "assistant", "user", "function", "tool", "developer")


def _empty(request: Request) -> Iterator[Breach]:
    if request.body.get("messages") == []:
        yield Breach("messages")


def _unknown_role(request: Request) -> Iterator[Breach]:
    for message in request.messages:
        role = message.text("role")
        if role is not None and role not in _ROLES:
            yield Breach(f"{message.path}.role", message.index, {"role": role})


def _content_object(request: Request) -> Iterator[Breach]:
    for message in request.messages:
        if isinstance(message.value.get("content"), dict):
            yield Breach(f"{message.path}.content", message.index)


def _content_null(request: Request) -> Iterator[Breach]:
    for message in request.messages:
        if message.value.get("content") is None and _needs_content(message):
            yield Breach(message.path, message.index)


def _needs_content(message: Part) -> bool:
    role = message.value.get("role")
    if role == "assistant":
        return not any(message.value.get(key) for key in _IN_PLACE_OF_CONTENT)
    return role in ("system", "developer", "user", "tool")


def _untyped_part(request: Request) -> Iterator[Breach]:
    for message in request.messages:
        for number, part in objects(message.value.get("content")):
            if part.get("type") is None:
                yield Breach(f"{message.path}.content[{number}]", message.index)


def _name(request: Request) -> Iterator[Breach]:
    for message in request.messages:
        if unlike_a_name(message.text("name")):
            yield Breach(f"{message.path}.name", message.index)


def _role_of_model(request: Request) -> Iterator[Breach]:
    refused = models.refused_roles(request.model)
    for message in request.messages:
        role = message.text("role")
        if role in refused:
            yield Breach(f"{message.path}.role", message.index, {"role": role})


RULES = (
    Rule(
        "messages-empty",
        "There is at least one message.",
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        _empty,
        ("CopilotKit/CopilotKit#529",),
        "send at least the user's message",
        param="messages",
        code="empty_array",
        dialects=EVERYONE,
    ),
    Rule(
        "role-unknown",
        "A message's role is one of the API.",
        "Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
        _unknown_role,
        ("https://portkey.ai/error-library/invalid-value-error-10477", "lss233/kirara-ai#1028"),
        "write system, developer, user, assistant, or tool",
        dialects=EVERYONE,
    ),
    Rule(
        "content-object",
        "A message's content is text or an array of parts.",
        "Invalid type for '{where}': expected one of a string or array of objects, but got an object instead.",
        _content_object,
        ("pydantic/pydantic-ai#2653", "clusterzx/paperless-ai#748"),
        "make text of the content first: json.dumps(...)",
        param="{where}",
        code="invalid_type",
        dialects=EVERYONE,
    ),
    Rule(
        "content-null",
        "A message has content; the assistant's may be null beside tool calls only.",
        "Invalid value for 'content': expected a string, got null.",
        _content_null,
        ("langchain-ai/langchainjs#4153", "microsoft/autogen#5699"),
        'put a string into the message\'s content, "" where there is nothing to say',
        param="messages.[{index}].content",
        dialects=EVERYONE,
    ),
    Rule(
        "content-part-untyped",
        "Each part of a content that is an array says its type.",
        "Missing required parameter: '{where}.type'.",
        _untyped_part,
        ("neuron-core/neuron-ai#76", "langchain-ai/langgraphjs#370", "microsoft/autogen#6935"),
        'send text, or parts such as {"type": "text", "text": "..."}; turn a list that a tool returns into text first',
        param="{where}.type",
        code="missing_required_parameter",
    ),
    Rule(
        "message-name-pattern",
        "A message's name holds letters, digits, _ and - only.",
        f"Invalid '{{where}}': string does not match pattern. Expected a string that matches the pattern '{NAME}'.",
        _name,
        ("microsoft/autogen#3017", "microsoft/autogen#941", "ag2ai/ag2#451"),
        "name the agent with letters, digits, _ and - only: AutoGen sends its name with what it says",
        param="{where}",
        code="invalid_value",
    ),
    Rule(
        "role-unsupported",
        "The model takes the message's role (a pinned table of models).",
        "Unsupported value: '{where}' does not support '{role}' with this model.",
        _role_of_model,
        ("TheR1D/shell_gpt#717", "agno-agi/agno#1621", "microsoft/agent-framework#1077"),
        "use a role that the model knows, tools in place of functions, or another model",
        param="{where}",
        code="unsupported_value",
    ),
)
