"""The JSON Schema of cassette files is what the reader knows, as far as a schema can say it."""

from __future__ import annotations

import json
import re

from bending import bend, must_agree
from drawn_cassettes import CASSETTES
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from autogen_harness import library, schemas
from autogen_harness.cassettes.files import store
from autogen_harness.cassettes.files.formats import dump, loads
from autogen_harness.cassettes.files.schema import cassette_schema, text
from autogen_harness.cli import main

CHECKER = schemas.Checker(cassette_schema())
QUICK = settings(
    max_examples=40, deadline=None, phases=[Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)

ONLY_THE_READER_KNOWS = re.compile(
    "not a regular expression|cannot be turned into bytes|not a URL|not an absolute|no moment|kept exactly"
)
"""Of a file that the schema accepts and the reader refuses."""


def test_the_schema_that_is_shipped_is_the_one_that_the_reader_is(capsys):
    """If not: autogen-harness cassette schema > fixtures/cassettes/cassette.schema.json."""
    assert (library.root() / "cassettes" / "cassette.schema.json").read_text(encoding="utf-8") == text()
    assert main(["cassette", "schema"]) == 0
    assert capsys.readouterr().out == text()


def test_the_schema_is_no_cassette():
    """It lies beside them, and is not played."""
    assert [one.name for one in store.listing() if "schema" in one.name] == []


def test_the_schema_is_well_formed_and_says_what_each_key_means():
    """An editor shows the descriptions."""
    made = cassette_schema()
    tables = [made, *(one for part in made["$defs"].values() for one in (part, *part.get("anyOf", ())))]
    assert schemas.malformed(made) == []
    assert all(key["description"] for table in tables for key in table.get("properties", {}).values())


@QUICK
@given(CASSETTES)
def test_what_the_reader_accepts_the_schema_accepts(cassette):
    """Every cassette that can be written."""
    assert CHECKER.problems(json.loads(dump(cassette))) == []


def places_in(value, steps=()):
    yield steps
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inside:
        if step != "json":
            yield from places_in(one, (*steps, step))


ODD = st.sampled_from(
    json.loads("""[null, true, 0, 5, -1, 2.5, 600, "", "a", "any", "GET", "get", "http://b.test/", "1.1", "reset", "uuid",
    "/a/", "/(/", "/a/\\n", "recorded", "\\n", "a\\nb", "2026-01-31T12:00:00Z", [], ["a"], [["a", "b"]], ["ab"], {},
    {"a": 1}, {"text": "a"}, {"json": 1}, {"base64": "YQ=="}, {"text": "a", "coded": true}, {"kind": "reset"}]""")
)
TABLES = (cassette_schema(), *cassette_schema()["$defs"].values())
KEYS = st.sampled_from(
    sorted({key for table in TABLES for key in table.get("properties", {})} | {"json", "text", "base64", "coded", "a"})
)


@st.composite
def bent_files(draw):
    """A cassette as plain data, with one value or key that is another than it was."""
    value = json.loads(dump(draw(CASSETTES)))
    return bend(draw, value, list(places_in(value)), KEYS, ODD)


@settings(QUICK, max_examples=300)
@given(bent_files())
def test_reader_and_schema_agree_about_files_that_are_wrong(value):
    """What one refuses the other refuses, but for what only the reader can know."""
    must_agree(CHECKER, value, lambda: loads(json.dumps(value)), ONLY_THE_READER_KNOWS)
