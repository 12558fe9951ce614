"""Requests of any shape: nothing is raised, and nothing that the API takes is refused."""

from __future__ import annotations

import json
import string

import pytest
from api_requests.bodies import STRICT, formatted
from api_requests.cases import CASES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autogen_harness.llm.rules import violations
from autogen_harness.model import DIALECTS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
dialects = st.sampled_from([*DIALECTS])
QUIET = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def _places(value, steps=()):
    """The way to every value inside."""
    yield steps
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*steps, key))


def _replaced(value, steps, new):
    """A copy with another value in one place."""
    if not steps:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[steps[0]] = _replaced(value[steps[0]], steps[1:], new)
    return copy


@QUIET
@given(JSON, dialects)
def test_any_json_is_judged(value, dialect):
    """Whatever arrives on a socket."""
    violations(value, dialect)


@QUIET
@given(st.data(), dialects)
def test_a_request_with_anything_in_one_place_is_judged(data, dialect):
    """Every place of every request of the table, with a value of any type in it."""
    whole = data.draw(st.sampled_from([case.broken for case in CASES if len(str(case.broken)) < 2000]))
    place = data.draw(st.sampled_from(list(_places(whole))))
    violations(_replaced(whole, place, data.draw(JSON)), dialect)


@pytest.mark.parametrize("value", [None, [], "text", 3, {1: 2}, {"messages": "hi", "tools": {}, "model": []}])
def test_what_is_no_request_is_judged(value):
    """Python's own garbage as well."""
    for dialect in DIALECTS:
        violations(value, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "wrap", [lambda inner: {"type": "array", "items": inner}, lambda inner: [inner]], ids=["schema", "list"]
)
def test_values_may_be_nested_more_deeply_than_the_stack(wrap, dialect):
    """Wherever a rule looks into a value that a user made."""
    deep = {"type": "string"}
    for _ in range(3000):
        deep = wrap(deep)
    bodies = [_replaced(case.broken, place, deep) for case in CASES[::3] for place in _places(case.broken) if len(place) < 7]
    for one in bodies[::9]:
        violations(one, dialect)


names = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=64)
texts = st.text(max_size=20)
scalars = st.sampled_from(["string", "number", "integer", "boolean"]).map(lambda kind: {"type": kind})
types = st.recursive(
    scalars,
    lambda inner: (
        inner.map(lambda one: {"type": "array", "items": one})
        | st.lists(inner, min_size=2, max_size=2).map(lambda several: {"anyOf": several})
        | st.dictionaries(names, inner, max_size=2).map(lambda own: {**STRICT, "properties": own, "required": [*own]})
    ),
    max_leaves=4,
)
parameters = st.dictionaries(names, types, max_size=3).map(lambda own: {**STRICT, "properties": own, "required": [*own]})
tools = st.builds(
    lambda name, schema, text, strict: {
        "type": "function",
        "function": {"name": name, "description": text, "parameters": schema, "strict": strict},
    },
    names,
    parameters,
    texts,
    st.booleans(),
)
said = st.builds(lambda role, text: {"role": role, "content": text}, st.sampled_from(["user", "assistant"]), texts)
named = st.builds(lambda text, name: {"role": "user", "content": text, "name": name}, texts, names)


@st.composite
def answered(draw):
    """A message that calls tools, and its answers in any order."""
    idents = draw(st.lists(st.text(string.ascii_letters, min_size=1, max_size=40), min_size=1, max_size=3, unique=True))
    calls = [
        {"id": one, "type": "function", "function": {"name": draw(names), "arguments": json.dumps({"a": draw(texts)})}}
        for one in idents
    ]
    answers = [{"role": "tool", "tool_call_id": one, "content": draw(texts)} for one in draw(st.permutations(idents))]
    return [{"role": "assistant", "content": draw(st.none() | texts), "tool_calls": calls}, *answers]


@st.composite
def requests(draw):
    parts = draw(st.lists(answered() | said.map(lambda one: [one]) | named.map(lambda one: [one]), min_size=1, max_size=4))
    system = draw(st.sampled_from([[], [{"role": "system", "content": "You help."}]]))
    more = draw(
        st.sampled_from([{}, {"temperature": 0.2, "seed": 3}, {"stream": True, "stream_options": {"include_usage": True}}])
    )
    offered = draw(st.lists(tools, max_size=3))
    choice = {"tools": offered, "tool_choice": draw(st.sampled_from(["auto", "none", "required"]))} if offered else {}
    formats = draw(st.sampled_from([{}, {"response_format": formatted(STRICT)["response_format"]}]))
    return {"model": "gpt-4o", "messages": [*system, *(one for part in parts for one in part)], **more, **choice, **formats}


@QUIET
@given(requests(), dialects)
def test_a_request_as_the_api_wants_it_is_taken(request_body, dialect):
    """Histories that fit together, tools with schemas of every kind, choices, structured output."""
    assert violations(request_body, dialect) == []
