"""The types of the real ``openai`` package accept every shape. It is not in every environment: see tests/compat/run.py."""

from __future__ import annotations

import json
from functools import cache

import pytest
from drawn_replies import SOUND, replies
from hypothesis import given, settings
from hypothesis import strategies as st

from autogen_harness.llm.wire import Envelope, chunks, completion
from autogen_harness.llm.wire.models import models
from autogen_harness.llm.wire.response_events import events
from autogen_harness.llm.wire.responses import ResponseEnvelope, response

pytest.importorskip("openai", reason="validates our shapes by the types of the openai package")

from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

adapter = cache(TypeAdapter)  # building one takes longer than all its work
ENVELOPES = st.builds(Envelope, st.just("0" * 24), st.just("gpt-4o"), legacy=st.booleans(), include_usage=st.booleans())


def validates(kind, value):
    """Strictly, as it comes from the wire: an int is no string, and an unknown literal is refused."""
    adapter(kind).validate_json(json.dumps(value), strict=True)


@settings(deadline=None)
@given(replies(SOUND), ENVELOPES)
def test_completions(reply, envelope):
    """Whole and in chunks."""
    validates(ChatCompletion, completion(reply, envelope))
    for chunk in chunks(reply, envelope):
        validates(ChatCompletionChunk, chunk)


@settings(deadline=None)
@given(replies(SOUND))
def test_responses(reply):
    """Whole and in events."""
    envelope = ResponseEnvelope("0" * 24, {"model": "gpt-4o"})
    validates(Response, response(reply, envelope))
    for event in events(reply, envelope):
        validates(ResponseStreamEvent, event)


def test_models():
    """The list."""
    for one in models()["data"]:
        validates(Model, one)
