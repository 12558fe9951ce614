"""Whose rules hold: set for a project, for a test, or from a point on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from api_requests.bodies import body, strict

from autogen_harness import Harness
from autogen_harness.errors import UsageError
from autogen_harness.ledger import Ledger
from autogen_harness.llm.incoming import request_of
from autogen_harness.llm.player import ScriptPlayer
from autogen_harness.llm.turns.turn import Fail, say
from autogen_harness.model import Finding, Note
from autogen_harness.settings import Settings

DEFAULTED = strict({"q": {"type": "string", "default": ""}})


def test_the_setting_is_the_dialect_of_the_harness():
    """The marker's key of the same name replaces it, as it does every setting."""
    assert Harness().llm.dialect == "openai"
    assert Harness(settings=Settings(llm_dialect="azure")).llm.dialect == "azure"


@pytest.mark.parametrize(("wrong", "hint"), [("azzure", "did you mean 'azure'"), ("vllm", "the dialects are openai, azure")])
def test_an_unknown_dialect_is_refused_where_it_is_written(wrong, hint):
    """With the nearest that there is."""
    with pytest.raises(UsageError, match=f"harness.llm.dialect = '{wrong}': {hint}"):
        Harness().llm.dialect = wrong


def answered(request, dialect="openai"):
    """The answer to a request, and what was recorded beside it."""
    ledger = Ledger()
    player = ScriptPlayer(ledger, lambda *_, **__: None)
    player.dialect = dialect
    player.script(say("yes"))
    return player.answer(request), [*ledger.of(Finding), *ledger.of(Note)]


@pytest.mark.parametrize(
    ("dialect", "own", "refused"),
    [
        ("openai", "", False),
        ("azure", "", True),
        ("openai", "azure", True),
        ("azure", "openai", False),
        ("azure", "other", False),
    ],
)
def test_a_request_that_says_whose_rules_hold_is_held_to_them(dialect, own, refused):
    """What an agent's configuration says is nearer than the setting."""
    reply, recorded = answered(replace(request_of(DEFAULTED, "analyst"), dialect=own), dialect)
    assert isinstance(reply, Fail) == refused
    assert [one.fields["breaks"] for one in recorded] == (["strict-default"] if refused else [])


def test_the_answer_has_the_fields_of_the_api():
    """Status, message, type, param and code, of the first rule that is broken; all of them are findings."""
    reply, recorded = answered(request_of(body(top_k=1, stream_options={"include_usage": True}), "analyst"))
    assert (reply.status, reply.message) == (400, "Unrecognized request argument supplied: top_k")
    assert (reply.type, reply.param, reply.code) == ("invalid_request_error", None, None)
    assert [one.fields["breaks"] for one in recorded] == ["parameter-unknown", "stream-options-without-stream"]


def test_a_doubt_is_noted_and_answered():
    """No source shows that the API refuses it."""
    reply, (note,) = answered(request_of(body(response_format={"type": "json_object"}), "analyst"))
    assert reply.text == "yes"
    assert "analyst: 'messages' must contain the word 'json'" in note.text
    assert "json-object-unasked" in note.text


def test_a_request_without_a_body_is_not_judged():
    """An adapter that cannot say what would be sent says nothing."""
    reply, recorded = answered(request_of({}, "analyst"))
    assert (reply.text, recorded) == ("yes", [])
