"""The last look before a file is written."""

from __future__ import annotations

import base64
import gzip
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.cassettes import Cassette, Interaction
from autogen_harness.cassettes.files.formats import dump
from autogen_harness.cassettes.filtering import Leak, leaks, refuse
from autogen_harness.errors import SecretFound
from autogen_harness.model import HttpReply, HttpRequest

SECRET = 'hunter2"hunter2/+'
KNOWN = {SECRET: "OPENAI_API_KEY"}


def cassette(body, number=0):
    """A text with two interactions, one of which has this body."""
    bodies = [b"ok", b"ok"]
    bodies[number] = body
    one, two = (Interaction(HttpRequest("GET", "https://a.test/"), HttpReply(200, "OK", (), each)) for each in bodies)
    return dump(Cassette((one, two)))


HIDDEN = {
    "json": (json.dumps({"é": 1, "echo": [SECRET]}), "outcome.response.body.json.echo[0]", ("escaped",)),
    "text": (f"it is {SECRET}", "outcome.response.body.text", ("escaped",)),
    "json in json": (json.dumps({"echo": json.dumps({"a": SECRET})}), "outcome.response.body.json.echo", ("escaped",) * 2),
    "gzip": (gzip.compress(SECRET.encode(), mtime=0), "outcome.response.body.base64", ("base64", "gzip")),
    "base64": (
        json.dumps({"a": base64.b64encode(b"me:" + SECRET.encode()).decode()}),
        "outcome.response.body.json.a",
        ("base64",),
    ),
    "a key": (json.dumps({SECRET: 1}), f"outcome.response.body.json.{SECRET}", ("escaped",)),
}


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(("body", "pointer", "how"), HIDDEN.values(), ids=HIDDEN)
def test_a_secret_is_told_with_its_interaction_and_place(number, body, pointer, how):
    """And with the notations that hide it, and never with its value."""
    text = cassette(body if isinstance(body, bytes) else body.encode(), number)
    (leak,) = leaks(text, KNOWN)
    assert (leak.name, leak.interaction, leak.pointer, leak.how) == ("OPENAI_API_KEY", number + 1, pointer, how)
    assert leak.line <= text.count("\n")


def test_lines_of_json_are_interactions():
    """As in the form for large cassettes: the first line says what the file is."""
    lines = ['{"format": "x"}', '["k", {"request": {"url": "u"}}]', '["k", {"request": {"url": "hunter2hunter2"}}]']
    assert leaks("\n".join(lines), {"hunter2hunter2": "it"}) == [Leak("it", 3, 28, (), 2, "request.url")]


def test_other_text_has_lines_and_columns():
    """Counted in characters."""
    assert leaks("é: 1\né: hunter2hunter2\n", {"hunter2hunter2": "it"}) == [Leak("it", 2, 4)]


def test_a_file_with_a_secret_is_refused_and_the_value_is_not_told(tmp_path):
    """The error has the places as data and as text, and says what to do."""
    with pytest.raises(SecretFound) as caught:
        refuse(tmp_path / "x.json", cassette(SECRET.encode(), 1), KNOWN)
    error = caught.value
    assert [(leak.interaction, leak.name) for leak in error.leaks] == [(2, "OPENAI_API_KEY")]
    assert "interaction 2, outcome.response.body.text: OPENAI_API_KEY" in str(error)
    assert "record_secret_names" in str(error)
    assert not re.search("hunter2", str(error) + repr(error) + repr(error.leaks))


def test_the_name_of_a_file_is_looked_at(tmp_path):
    """A name is made from what was asked for."""
    with pytest.raises(SecretFound) as caught:
        refuse(tmp_path / "hunter2hunter2.json", cassette(b""), {"hunter2hunter2": "it"})
    assert "hunter2" not in str(caught.value)
    refuse(tmp_path / "fine.json", cassette(b""), {"hunter2hunter2": "it"})


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode), st.text("abcXYZ09+/=&é", min_size=8, max_size=20))
def test_a_secret_anywhere_in_a_body_is_found_in_what_is_written(around, secret):
    """Whether the file keeps the body as structure, as text or as base64."""
    text = cassette(around + json.dumps({"a": secret}).encode() + around)
    assert leaks(text, {secret: "it"}) != []
