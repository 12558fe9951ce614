"""The JSON Schema of script files is what the reader knows, as far as a schema can say it."""

from __future__ import annotations

import re

import pytest
from bending import bend, must_agree
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scripted_turns import SCRIPTS, TEXTS

from autogen_harness import documents, library, schemas
from autogen_harness.cli import main
from autogen_harness.scripts import dump, loads
from autogen_harness.scripts.schema import script_schema, text

CHECKER = schemas.Checker(script_schema())
QUICK = settings(
    max_examples=25, deadline=None, phases=[Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)

ONLY_THE_READER_KNOWS = re.compile(
    r"not a regular expression|no built-in exception|the path |when\(|expecting\(|no range|"
    r"cuts the reply off|no turn|would hold for every text"
)
"""Of a file that the schema accepts and the reader refuses."""


def test_the_schema_that_is_shipped_is_the_one_that_the_reader_is(capsys):
    """If not: autogen-harness script schema > fixtures/scripts/script.schema.json."""
    assert (library.root() / "scripts" / "script.schema.json").read_text(encoding="utf-8") == text()
    assert main(["script", "schema"]) == 0
    assert capsys.readouterr().out == text()


def test_the_schema_is_well_formed_and_says_what_each_key_means():
    """An editor shows the descriptions."""
    made = script_schema()

    assert schemas.malformed(made) == []
    assert all(one["description"] for one in made["properties"].values())


@QUICK
@given(SCRIPTS)
def test_what_the_reader_accepts_the_schema_accepts(script):
    """Every script that can be written."""
    assert CHECKER.problems(documents.parse_yaml(dump(script), "s.yaml")) == []


def places_in(value, steps=()):
    yield steps
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inside:
        yield from places_in(one, (*steps, step))


ODD = st.sampled_from(
    [
        None,
        True,
        5,
        -1,
        2.5,
        "",
        "a",
        "f",
        "any",
        "forbid",
        "${a.b}",
        "${a b}",
        [],
        ["a"],
        {},
        {"a": 1},
        {"say": "a"},
        {"$result": "a.b"},
        {"$result": 1},
        {"$result": "a b"},
        {"$text": "a"},
        {"$pattern": "a"},
        {"call": "f"},
        {"$result": "a", "b": 1},
        {"from": 1, "to": 2},
        "timeout",
        "refusal",
        "a.B",
        {"type": "ValueError"},
    ]
)
KEYS = st.sampled_from(
    ["call", "calls", "args", "say", "say_json", "fail", "by", "when", "expect", "raises", "status", "text", "times"]
)


@st.composite
def bent_files(draw):
    """A script as plain data, with one value or key that is another than it was."""
    value = documents.parse_yaml(dump(draw(SCRIPTS)), "s.yaml")
    return bend(draw, value, list(places_in(value)), KEYS | TEXTS, ODD)


@settings(QUICK, max_examples=80)
@given(bent_files())
def test_reader_and_schema_agree_about_files_that_are_wrong(value):
    """What one refuses the other refuses, but for what only the reader can know."""
    must_agree(CHECKER, value, lambda: loads(documents.write_yaml(value)), ONLY_THE_READER_KNOWS)


@pytest.mark.parametrize("name", sorted(path.stem for path in (library.root() / "scripts").rglob("*.yaml")))
def test_shipped_scripts_are_scripts(name):
    """And point editors at the schema."""
    (path,) = (library.root() / "scripts").rglob(f"{name}.yaml")
    written = path.read_text(encoding="utf-8")

    assert loads(written).about
    assert written.startswith("# yaml-language-server: $schema=")
