"""For each rule a request that breaks it and no other, what the API answers, and a neighbour that it takes."""

from __future__ import annotations

from typing import Any, NamedTuple

from api_requests.bodies import (
    OBJECT,
    STRICT,
    answer,
    asking,
    body,
    formatted,
    having,
    history,
    strict,
    taking,
    tool,
    user,
)

PARAMETERS = "tools[0].function.parameters"
BAD = "invalid_function_parameters"
LONG = "string_above_max_length"
NAME = "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
CHARACTERS = "string too long. Expected a string with maximum length {}, but got a string with length {} instead."
EMPTY = "empty array. Expected an array with minimum length 1, but got an empty array instead."
IN = "Invalid schema for function 'search': In context={}, {}"


class Case(NamedTuple):
    """``broken`` breaks the rule alone and is answered with the fields; ``kept`` is like it, and fine."""

    rule: str
    broken: dict[str, Any]
    message: str
    param: str | None
    code: str | None
    kept: dict[str, Any]
    dialect: str = "openai"


def _deep(levels):
    value: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        value = {"type": "object", "properties": {"a": value}, "required": ["a"], "additionalProperties": False}
    return value["properties"]


def _named(length):
    return {"q" * length: {"type": "null"}}


CASES = [
    # parameters
    Case(
        "parameter-missing",
        {"model": "gpt-4o"},
        "Missing required parameter: 'messages'.",
        "messages",
        "missing_required_parameter",
        body(),
    ),
    Case(
        "parameter-missing",
        body(user(), {"content": "Hi"}),
        "Missing required parameter: 'messages[1].role'.",
        "messages[1].role",
        "missing_required_parameter",
        body(user(), user()),
    ),
    Case(
        "parameter-missing",
        body(tools=[{"function": {"name": "f"}}]),
        "Missing required parameter: 'tools[0].type'.",
        "tools[0].type",
        "missing_required_parameter",
        body(tools=[{"type": "function", "function": {"name": "f"}}]),
    ),
    Case(
        "parameter-missing",
        body(tools=[tool(), {"type": "function", "name": "f"}]),
        "Missing required parameter: 'tools[1].function'.",
        "tools[1].function",
        "missing_required_parameter",
        body(tools=[tool(), {"type": "custom", "custom": {"name": "f"}}]),
    ),
    Case(
        "model-missing",
        body(model=None),
        "you must provide a model parameter",
        None,
        None,
        body(model="gpt-4o-mini"),
    ),
    Case(
        "parameter-unknown",
        body(top_k=3),
        "Unrecognized request argument supplied: top_k",
        None,
        None,
        body(top_p=0.3, seed=1, store=False, metadata={"a": "b"}, verbosity="low"),
    ),
    Case(
        "parameter-unknown",
        body(top_k=3, max_retries=2),
        "Unrecognized request arguments supplied: top_k, max_retries",
        None,
        None,
        body(max_completion_tokens=3),
    ),
    Case(
        "response-format-unknown",
        body(response_format=OBJECT),
        "Invalid value: 'object'. Supported values are: 'json_object', 'json_schema', and 'text'.",
        "response_format.type",
        "invalid_value",
        body(response_format={"type": "text"}),
    ),
    Case(
        "parameter-unknown-inside",
        body(response_format={"type": "json_schema", "schema": OBJECT}),
        "Unknown parameter: 'response_format.schema'.",
        "response_format.schema",
        "unknown_parameter",
        body(response_format={"type": "json_schema", "json_schema": {"name": "r", "schema": OBJECT}}),
    ),
    Case(
        "function-call-without-functions",
        body(function_call="auto"),
        "Invalid value for 'function_call': 'function_call' is only allowed when 'functions' are specified.",
        "function_call",
        None,
        body(function_call="auto", functions=[{"name": "f", "parameters": OBJECT}]),
    ),
    Case(
        "tool-choice-without-tools",
        body(tool_choice="auto"),
        "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        "tool_choice",
        None,
        body(tool_choice="auto", tools=[tool()]),
    ),
    Case(
        "parallel-tool-calls-without-tools",
        body(parallel_tool_calls=False),
        "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
        "parallel_tool_calls",
        None,
        body(parallel_tool_calls=False, tools=[tool()]),
    ),
    Case(
        "tool-choice-shape",
        body(tool_choice="search", tools=[tool()]),
        "'$.tool_choice' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
        None,
        None,
        body(tool_choice={"type": "function", "function": {"name": "search"}}, tools=[tool()]),
    ),
    Case(
        "tool-choice-not-offered",
        body(tool_choice={"type": "function", "function": {"name": "find"}}, tools=[tool()]),
        "Tool choice 'find' not found in 'tools' parameter.",
        "tool_choice",
        None,
        body(tool_choice={"type": "function", "function": {"name": "find"}}, tools=[tool("find")]),
    ),
    *(
        Case(
            "max-tokens-unsupported",
            body(model=model, max_tokens=9),
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "max_tokens",
            "unsupported_parameter",
            body(model=other, max_tokens=9),
        )
        for model, other in [
            ("o1-mini", "gpt-4o"),
            ("o3", "o3-by-someone-else"),
            ("o3-mini-2025-01-31", "gpt-4.1-2025-04-14"),
            ("o4-mini", "gpt-35-turbo"),
            ("gpt-5-nano", "llama-3"),
        ]
    ),
    Case(
        "stream-options-without-stream",
        body(stream_options={"include_usage": True}),
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        "stream_options",
        None,
        body(stream_options={"include_usage": True}, stream=True),
    ),
    Case(
        "json-object-unasked",
        body(response_format={"type": "json_object"}),
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        "messages",
        None,
        body(user("Answer in JSON"), response_format={"type": "json_object"}),
    ),
    # messages
    Case("messages-empty", {**body(), "messages": []}, f"Invalid 'messages': {EMPTY}", "messages", "empty_array", body()),
    Case(
        "role-unknown",
        body(user(), {"role": "bot", "content": "Hi"}),
        "Invalid value: 'bot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
        None,
        None,
        body(user(), {"role": "developer", "content": "Hi"}),
    ),
    Case(
        "content-object",
        body(user(), user({"text": "Hi"})),
        "Invalid type for 'messages[1].content': expected one of a string or array of objects, but got an object instead.",
        "messages[1].content",
        "invalid_type",
        body(user(), user([{"type": "text", "text": "Hi"}])),
    ),
    Case(
        "content-null",
        body(user(None)),
        "Invalid value for 'content': expected a string, got null.",
        "messages.[0].content",
        None,
        body(user("")),
    ),
    Case(
        "content-null",
        body(user(), {"role": "assistant", "content": None}),
        "Invalid value for 'content': expected a string, got null.",
        "messages.[1].content",
        None,
        body(*history("call_1")),  # beside calls it may be
    ),
    *(
        Case(
            "content-null",
            body(*before, {"role": role, "content": None, **more}),
            "Invalid value for 'content': expected a string, got null.",
            f"messages.[{len(before)}].content",
            None,
            body(*before, {"role": role, "content": "", **more}),
        )
        for role, before, more in [
            ("system", [], {}),
            ("developer", [], {}),
            ("tool", [user(), asking("call_1")], {"tool_call_id": "call_1"}),
        ]
    ),
    Case(
        "content-part-untyped",
        body(user(), asking("call_1"), answer("call_1", content=[{"symbol": "NVDA"}])),
        "Missing required parameter: 'messages[2].content[0].type'.",
        "messages[2].content[0].type",
        "missing_required_parameter",
        body(user([{"type": "text", "text": "Hi"}])),
    ),
    Case(
        "message-name-pattern",
        body(user(), user(name="my agent")),
        f"Invalid 'messages[1].name': {NAME}",
        "messages[1].name",
        "invalid_value",
        body(user(), user(name="my_agent-2")),
    ),
    *(
        Case(
            "role-unsupported",
            body({"role": role, "content": "x", **more}, model=model),
            f"Unsupported value: 'messages[0].role' does not support '{role}' with this model.",
            "messages[0].role",
            "unsupported_value",
            body({"role": role, "content": "x", **more}, model=other),
        )
        for role, model, other, more in [
            ("system", "o1-mini", "o1", {}),
            ("developer", "o1-preview-2024-09-12", "o3", {}),
            ("function", "o3-mini", "gpt-4o", {"name": "f"}),
        ]
    ),
    # calls in the history
    Case(
        "tool-call-unanswered",
        body(user(), asking("call_1", "call_2"), answer("call_2"), user("And?")),
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        "The following tool_call_ids did not have response messages: call_1",
        "messages.[3].role",
        None,
        body(user(), asking("call_1", "call_2"), answer("call_2"), answer("call_1"), user("And?")),
    ),
    Case(
        "tool-call-unanswered",
        body(user(), asking("call_1", "call_2")),
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        "The following tool_call_ids did not have response messages: call_1, call_2",
        "messages.[1].role",
        None,
        body(*history("call_1", "call_2")),
        "strict-compatible",
    ),
    Case(
        "tool-message-orphan",
        body(user(), answer("call_1")),
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        "messages.[1].role",
        None,
        body(*history("call_1")),
    ),
    Case(
        "tool-message-orphan",
        body(*history("call_1"), user("And?"), answer("call_1")),
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        "messages.[4].role",
        None,
        body(*history("call_1"), user("And?")),
    ),
    Case(
        "tool-message-orphan-compatible",
        body(user(), answer("call_1")),
        "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
        None,
        "invalid_request_error",
        body(*history("call_1")),
        "strict-compatible",
    ),
    Case(
        "tool-message-of-another-call",
        body(*history("call_1"), answer("call_9")),
        "Invalid parameter: 'tool_call_id' of 'call_9' not found in 'tool_calls' of previous message.",
        "messages.[3].tool_call_id",
        None,
        body(*history("call_1", "call_9")),
    ),
    Case(
        "tool-message-without-id",
        body(user(), asking("call_1"), answer(None)),
        "Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.",
        "messages.[2].tool_call_id",
        None,
        body(*history("call_1")),
    ),
    Case(
        "tool-call-answered-twice",
        body(*history("call_1"), answer("call_1")),
        "Invalid parameter: Duplicate value for 'tool_call_id' of 'call_1', in messages[2] and messages[3].",
        "messages.[3].tool_call_id",
        None,
        body(*history("call_1"), *history("call_1")),  # the same id in another message is another call
    ),
    Case(
        "tool-call-id-long",
        body(*history("c" * 41)),
        f"Invalid 'messages[1].tool_calls[0].id': {CHARACTERS.format(40, 41)}",
        "messages[1].tool_calls[0].id",
        LONG,
        body(*history("c" * 40)),
    ),
    Case(
        "tool-calls-empty",
        body(user(), {"role": "assistant", "content": "no", "tool_calls": []}),
        f"Invalid 'messages[1].tool_calls': {EMPTY}",
        "messages[1].tool_calls",
        "empty_array",
        body(user(), {"role": "assistant", "content": "no"}),
    ),
    Case(
        "tool-calls-too-many",
        body(*history(*(f"call_{i}" for i in range(129)))),
        "Invalid 'messages[1].tool_calls': array too long. Expected an array with maximum length 128, but got an array with "
        "length 129 instead.",
        None,
        None,
        body(*history(*(f"call_{i}" for i in range(128)))),
    ),
    Case(
        "tool-call-arguments-no-text",
        body(*history("call_1", arguments={"q": "x"})),
        "Invalid type for 'messages[1].tool_calls[0].function.arguments': expected a string, but got an object instead.",
        "messages[1].tool_calls[0].function.arguments",
        "invalid_type",
        body(*history("call_1", arguments='{"q": "x"}')),
    ),
    *(
        Case(
            "tool-call-arguments-no-object",
            body(*history("call_1", arguments=arguments)),
            "messages.1.tool_calls.0.function.arguments: arguments must be a valid JSON object string",
            None,
            None,
            body(*history("call_1", arguments="{}")),
            "strict-compatible",
        )
        for arguments in ('{"q": ', "[1]", "", {"q": "x"}, [])
    ),
    # tools
    Case("tools-empty", body(tools=[]), "[] is too short - 'tools'", None, None, body(tools=[tool()])),
    Case(
        "tools-too-many",
        body(tools=[tool(f"t{i}") for i in range(129)]),
        "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 129 instead.",
        "tools",
        "array_above_max_length",
        body(tools=[tool(f"t{i}") for i in range(128)]),
    ),
    Case(
        "functions-and-tools",
        body(tools=[tool()], functions=[{"name": "f", "parameters": OBJECT}]),
        "Invalid request: 'functions' and 'tools' cannot both be provided. 'functions' are deprecated; use the 'tools' "
        "parameter instead.",
        None,
        None,
        body(tools=[tool(), tool("f")]),
    ),
    Case(
        "function-name-pattern",
        body(tools=[tool(), tool("get.price")]),
        f"Invalid 'tools[1].function.name': {NAME}",
        "tools[1].function.name",
        "invalid_value",
        body(tools=[tool(), tool("get-price_2")]),
    ),
    Case(
        "function-name-pattern",
        body(*history("call_1", name="two words")),
        f"Invalid 'messages[1].tool_calls[0].function.name': {NAME}",
        "messages[1].tool_calls[0].function.name",
        "invalid_value",
        body(*history("call_1", name="two_words")),
    ),
    Case(
        "function-name-pattern",
        body(functions=[{"name": "größe", "parameters": OBJECT}]),
        f"Invalid 'functions[0].name': {NAME}",
        "functions[0].name",
        "invalid_value",
        body(functions=[{"name": "groesse", "parameters": OBJECT}]),
    ),
    Case(
        "function-name-long",
        body(tools=[tool("n" * 65)]),
        f"Invalid 'tools[0].function.name': {CHARACTERS.format(64, 65)}",
        "tools[0].function.name",
        LONG,
        body(tools=[tool("n" * 64)]),
    ),
    Case(
        "function-description-long",
        body(tools=[tool(description="d" * 1025)]),
        f"Invalid 'tools[0].function.description': {CHARACTERS.format(1024, 1025)}",
        "tools[0].function.description",
        LONG,
        body(tools=[tool(description="d" * 1024)]),
    ),
    # schemas
    *(
        Case(
            "schema-malformed",
            having("q", value),
            f"Invalid schema for function 'search': {text} is not of type 'object', 'boolean'.",
            PARAMETERS,
            BAD,
            having("q", {}),
        )
        for value, text in [([], "[]"), ("string", "'string'")]
    ),
    Case(
        "schema-combined",
        taking({"type": "object", "properties": {}, "anyOf": [OBJECT, OBJECT]}),
        "Invalid schema for function 'search': schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/"
        "'not' at the top level.",
        PARAMETERS,
        BAD,
        having("q", {"anyOf": [OBJECT, {"type": "string"}]}),  # below the top it may be
    ),
    *(
        Case(
            "schema-no-object",
            taking(value),
            f"Invalid schema for function 'search': schema must be a JSON Schema of 'type: \"object\"', got 'type: {said}'.",
            None,
            None,
            taking(OBJECT),
        )
        for value, said in [({"type": "string"}, '"string"'), ({}, "null")]
    ),
    Case(
        "schema-without-properties",
        taking({"type": "object"}),
        IN.format("()", "object schema missing properties."),
        PARAMETERS,
        BAD,
        taking({"type": "object", "properties": {}}),
    ),
    Case(
        "schema-array-without-items",
        having("objects", {"type": "array"}),
        IN.format("('properties', 'objects')", "array schema missing items."),
        PARAMETERS,
        BAD,
        having("objects", {"type": "array", "items": {"type": "string"}}),
    ),
    Case(
        "schema-array-without-items",
        having("a", {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"b": {"type": ["null", "array"]}}}]}),
        IN.format("('properties', 'a', 'anyOf', '1', 'properties', 'b', 'type', '1')", "array schema missing items."),
        PARAMETERS,
        BAD,
        having("items", {"type": "string"}),  # a property that is called items
    ),
    Case(
        "schema-array-without-items",
        having("a", {"type": "object", "additionalProperties": {"type": "array"}}),
        IN.format("('properties', 'a', 'additionalProperties')", "array schema missing items."),
        PARAMETERS,
        BAD,
        having("a", {"type": "object", "additionalProperties": True}),
    ),
    Case(
        "schema-array-without-items",
        body(functions=[{"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "array"}}}}]),
        "Invalid schema for function 'f': In context=('properties', 'a'), array schema missing items.",
        "functions[0].parameters",
        BAD,
        body(functions=[{"name": "f", "parameters": OBJECT}]),
    ),
    Case(
        "schema-type-unknown",
        having("q", {"type": "str"}),
        "Invalid schema for function 'search': 'str' is not valid under any of the given schemas.",
        PARAMETERS,
        BAD,
        having("q", {"type": "string"}),
    ),
    # strict schemas
    Case(
        "strict-object-open",
        taking({**STRICT, "additionalProperties": True}, strict=True),
        IN.format("()", "'additionalProperties' is required to be supplied and to be false."),
        PARAMETERS,
        BAD,
        taking({**STRICT, "additionalProperties": True}),  # without strict it may be
    ),
    Case(
        "strict-object-open",
        strict({"value": {"type": "object", "properties": {}, "required": []}}),
        IN.format("('properties', 'value')", "'additionalProperties' is required to be supplied and to be false."),
        PARAMETERS,
        BAD,
        strict({"value": {"type": "object", "properties": {}, "required": [], "additionalProperties": False}}),
    ),
    Case(
        "strict-object-open",
        formatted({**STRICT, "additionalProperties": True}),
        "Invalid schema for response_format 'r': In context=(), 'additionalProperties' is required to be supplied and to be "
        "false.",
        "response_format",
        None,
        formatted({**STRICT, "additionalProperties": True}, strict=False),
    ),
    Case(
        "strict-property-optional",
        strict({"id": {"type": "string"}, "q": {"type": "string"}}, required=["q"]),
        IN.format(
            "()", "'required' is required to be supplied and to be an array including every key in properties. Missing 'id'."
        ),
        None,
        None,
        strict({"id": {"type": ["string", "null"]}, "q": {"type": "string"}}),
    ),
    Case(
        "strict-untyped",
        strict({"method": {"description": "which"}}),
        IN.format("('properties', 'method')", "schema must have a 'type' key."),
        None,
        None,
        strict({"method": {"enum": ["a"]}}),
    ),
    Case(
        "strict-keyword",
        strict({"q": {"allOf": [{"type": "string"}]}}),
        IN.format("('properties', 'q')", "'allOf' is not permitted."),
        PARAMETERS,
        BAD,
        strict({"q": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "not": {"type": "string"}}),
    ),
    Case(
        "strict-default",
        strict({"error": {"type": "string", "default": ""}}),
        IN.format("('properties', 'error')", "'default' is not permitted."),
        PARAMETERS,
        BAD,
        having("error", {"type": "string", "default": ""}),
        "azure",
    ),
    Case(
        "strict-format",
        strict({"url": {"type": "string", "format": "uri"}}),
        IN.format("('properties', 'url')", "'uri' is not a valid format."),
        PARAMETERS,
        BAD,
        strict({"url": {"type": "string", "format": "uuid"}}),
    ),
    *(
        Case(
            "strict-large",
            strict(properties),
            f"Invalid schema for function 'search': {said}.",
            PARAMETERS,
            BAD,
            strict(fewer),
        )
        for said, properties, fewer in [
            ("11 levels, and strict mode allows 10", _deep(11), _deep(10)),
            (
                "120001 characters, and strict mode allows 120000",
                {"q" * 120_001: {"type": "null"}},
                {"q" * 120_000: {"type": "null"}},
            ),
            ("1001 enum values, and strict mode allows 1000", {"q": {"enum": [*range(1001)]}}, {"q": {"enum": [*range(1000)]}}),
        ]
    ),
]
