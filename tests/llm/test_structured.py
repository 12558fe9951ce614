"""Structured output: a turn cannot say what the real API would never have answered."""

from __future__ import annotations

import pytest

from autogen_harness import say
from autogen_harness.errors import ScriptBroken
from autogen_harness.ledger import Ledger
from autogen_harness.llm.player import ScriptPlayer
from autogen_harness.llm.replies import Reply
from autogen_harness.model import LlmRequest

SCHEMA = {"type": "object", "properties": {"price": {"type": "number"}}, "required": ["price"]}


class Model:
    """As a Pydantic model tells its schema."""

    @staticmethod
    def model_json_schema():
        return SCHEMA


HOLDING_TO_IT = {
    "model": Model,
    "api": {"type": "json_schema", "json_schema": {"name": "quote", "schema": SCHEMA}},
    "schema": SCHEMA,
}


def answer(turn, wanted):
    ledger = Ledger()
    player = ScriptPlayer(ledger, lambda rule, fields: None)
    player.script(turn)
    return player.answer(LlmRequest("analyst", "reply", (), (), {"response_format": wanted})), ledger


@pytest.mark.parametrize("wanted", HOLDING_TO_IT.values(), ids=HOLDING_TO_IT)
def test_json_that_the_format_refuses_is_a_mistake_of_the_script(wanted):
    """However the format is written; the message says what differs."""
    with pytest.raises(ScriptBroken, match=r"turn 1 .* response_format asks for: \$: 'price' is a required property"):
        answer(say(json={"prize": 1}), wanted)


@pytest.mark.parametrize("wanted", [*HOLDING_TO_IT.values(), {"type": "json_object"}, {"type": "text"}, {"type": 7}, None])
def test_json_that_fits_is_said(wanted):
    """And where nothing is asked for, or what cannot be understood, everything fits."""
    reply, ledger = answer(say(json={"price": 1.5}), wanted)
    assert Reply('{"price":1.5}') == reply
    assert not ledger.findings


def test_a_json_object_is_one():
    """The API's older mode has no schema, and still never answers with a list."""
    with pytest.raises(ScriptBroken, match="is not of type 'object'"):
        answer(say(json=[1]), {"type": "json_object"})


def test_text_is_not_held_to_it():
    """A model may refuse to answer in form; ``say("...")`` scripts that."""
    assert Reply("I cannot") == answer(say("I cannot"), SCHEMA)[0]
