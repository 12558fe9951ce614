"""What a request of classic AutoGen is on the wire: what its client and the SDK make of it before they send it."""

from __future__ import annotations

import copy
import inspect
import warnings
from importlib.util import find_spec

import pytest
from autogen.oai.client import OpenAIClient
from pydantic import BaseModel, Field

from autogen_harness import Harness, say
from autogen_harness.adapters.classic_wire import dialect_of, sent
from autogen_harness.adapters.strict_schema import strict_schema
from autogen_harness.llm.rules import violations

HAS_SDK = find_spec("openai") is not None
HAS_STRUCTURED = "response_format" in inspect.signature(OpenAIClient).parameters


class Money(BaseModel):
    """An amount."""

    amount: float
    currency: str = Field("USD", description="ISO code")


class Invoice(BaseModel):
    total: Money = Field(description="all of it")
    lines: list[Money]
    note: str | None = None


def body(*messages, **more):
    return {"model": "gpt-4o", "messages": list(messages) or [{"role": "user", "content": "Hi"}], **more}


def test_what_only_autogen_and_the_sdk_know_stays_at_home(cast):
    """Keys of the SDK's call do not travel, ``extra_body`` does; the wrapper keeps its own."""
    config = {
        "config_list": [
            {"model": "gpt-4o", "api_key": "k", "base_url": "http://127.0.0.1:9/v1", "price": [0.1, 0.2], "tags": ["a"]}
        ],
        "timeout": 3,
        "temperature": 0.1,
        "cache_seed": 41,
    }
    with Harness() as harness:
        harness.llm.script(say("TERMINATE"))
        cast.user().initiate_chat(cast.assistant(llm_config=config), message="go")
    (request,) = harness.llm.requests
    assert {"model", "messages", "temperature"} == set(request.body) - {"stream"}


def test_the_request_is_not_changed():
    """It is AutoGen's own list of messages, which goes on being used."""
    params = body({"role": "system", "content": "x"}, model="o1-mini", temperature=1, extra_body={"seed": 3}, extra_headers={})
    before = copy.deepcopy(params)
    made = sent(params)
    assert params == before
    assert made["seed"] == 3
    assert "extra_headers" not in made


def test_a_model_that_reasons_is_asked_as_it_wants_it():
    """AutoGen since 0.8 takes out what o1 refuses; before, the API refuses it."""
    params = body({"role": "system", "content": "x"}, model="o1-mini", temperature=1, max_tokens=3)
    repaired = hasattr(OpenAIClient, "_process_reasoning_model_params")
    found = [one.rule for one in violations(sent(params))]
    assert found == ([] if repaired else ["max-tokens-unsupported", "role-unsupported"])


@pytest.mark.skipif(not HAS_STRUCTURED, reason="this AutoGen does not know structured output")
@pytest.mark.parametrize("wanted", [Invoice, Invoice.model_json_schema()], ids=["class", "schema"])
def test_structured_output_is_what_strict_mode_takes(wanted):
    """A class or a schema becomes a closed schema; nothing is streamed."""
    made = sent(body(response_format=wanted, stream=True))
    assert violations(made, "azure") == [] or "default" in str(made)
    assert violations(made) == []
    assert made["response_format"]["json_schema"]["strict"] is True
    assert "stream" not in made


def test_a_schema_is_made_strict():
    """Objects closed, properties required, null no default, and a reference that has company written out."""
    made = strict_schema(Invoice.model_json_schema())
    money = made["$defs"]["Money"]
    assert (money["additionalProperties"], money["required"]) == (False, ["amount", "currency"])
    assert made["required"] == ["total", "lines", "note"]
    assert made["properties"]["total"] == {**money, "description": "all of it"}
    assert "default" not in made["properties"]["note"]
    assert made["properties"]["lines"]["items"] == {"$ref": "#/$defs/Money"}
    assert strict_schema({"properties": {"a": {"allOf": [{"type": "null"}]}}})["properties"] == {"a": {"type": "null"}}


@pytest.mark.skipif(not HAS_SDK, reason="the openai package is not installed")
def test_a_schema_is_made_strict_as_the_sdk_does_it():
    """The original is asked where it is there."""
    from openai.lib._pydantic import to_strict_json_schema

    class Node(BaseModel):
        child: Node | None = None
        invoice: Invoice = Field(description="of it")
        tags: list[str] = []

    Node.model_rebuild(_types_namespace={"Node": Node})
    for model in (Money, Invoice, Node):
        assert strict_schema(model.model_json_schema()) == to_strict_json_schema(model)


class Recorder:
    """In place of the SDK: keeps what it is asked to send."""

    def __init__(self):
        self.chat = self.completions = self
        self.base_url, self.api_key = "https://api.openai.com/v1", "sk-" + "x" * 48
        self.bodies = []

    def create(self, **kwargs):
        self.bodies.append(copy.deepcopy({key: value for key, value in kwargs.items() if key != "response_format"}))
        self.bodies[-1] |= {"response_format": kwargs["response_format"]} if "response_format" in kwargs else {}


REQUESTS = {
    "plain": body(),
    "o1": body({"role": "system", "content": "x"}, {"role": "user", "content": "y"}, model="o1-mini", top_p=1, max_tokens=3),
    "mistral": body({"role": "system", "content": "x"}, model="mistral-large"),
    "deepseek": body(
        {"role": "user", "content": "a"},
        {"role": "user", "content": "b"},
        {"role": "system", "content": "x"},
        {"role": "assistant", "content": "c"},
        model="deepseek-reasoner",
    ),
    "class": body(response_format=Invoice),
    "schema": body(response_format=Invoice.model_json_schema()),
    "json-object": body(response_format={"type": "json_object"}),
}


@pytest.mark.skipif(not HAS_SDK, reason="the openai package is not installed")
@pytest.mark.parametrize("name", REQUESTS)
def test_the_body_is_the_one_that_autogens_own_client_sends(name):
    """AutoGen's client is asked to send it to a recorder, in every version that has one."""
    params, recorder = REQUESTS[name], Recorder()
    if "response_format" in params and not HAS_STRUCTURED:
        pytest.skip("this AutoGen does not know structured output")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # AutoGen says what it takes out
        OpenAIClient(recorder).create(copy.deepcopy(params))
    (real,) = recorder.bodies
    assert {**sent(params), "stream": False} == {"stream": False, **real}


@pytest.mark.parametrize(
    ("config", "dialect"),
    [
        ({}, ""),
        ({"api_type": "openai"}, ""),
        ({"api_type": "azure"}, "azure"),
        ({"api_type": "deepseek"}, "strict-compatible"),
        ({"api_type": "anthropic"}, "other"),
        ({"api_type": "responses"}, "other"),
        ({"model_client_cls": "Mine"}, "other"),
    ],
)
def test_an_entry_of_the_config_says_whose_rules_hold(config, dialect):
    """As AutoGen chooses the client by it."""
    assert dialect_of(config) == dialect
