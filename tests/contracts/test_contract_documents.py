"""What the reference says about contracts is so."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from autogen_harness.contracts import Hints
from autogen_harness.contracts.registry import CHAIN_LAWS, LAWS, TEAM_LAWS

pytest_plugins = ["pytester"]

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = (DOCS / "contracts.md").read_text(encoding="utf-8")
ALL = (*LAWS, *CHAIN_LAWS, *TEAM_LAWS)
ROWS = re.findall(r"^\| `([a-z0-9-]+)` \| (.*?) \| (.*)\|$", (DOCS / "laws.md").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("law", ALL, ids=lambda law: law.id)
def test_every_law_stands_in_the_reference(law):
    """Once, with the sentence that a failure prints, whether it only warns, and the hints that it needs."""
    ((_, sentence, needs),) = [row for row in ROWS if row[0] == law.id]

    assert sentence == law.sentence + " (warning)" * (law.severity == "warning")
    assert [hint for hint in law.needs if f"`{hint}`" not in needs] == []


def test_the_reference_has_no_other_law():
    """One that was taken away, or renamed, is not promised."""
    assert {row[0] for row in ROWS} == {law.id for law in ALL}


def test_no_two_laws_share_a_name():
    """A name is a test id."""
    names = [law.id for law in ALL]

    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name)] == []


def test_every_hint_stands_in_the_reference():
    """None is accepted that nobody can know of."""
    assert [entry.name for entry in fields(Hints) if f"`{entry.name}" not in TEXT] == []


def test_the_first_example_does_what_the_page_says(pytester: pytest.Pytester):
    """All green but the law that is shown red."""
    pytester.makepyfile(re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)[1])
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-q")

    outcomes = result.parseoutcomes()
    assert outcomes.pop("passed") > 10
    assert outcomes == {"failed": 1}
    shown = re.search(r"```\n(schema-and-signature-agree: .*?)```", TEXT, re.DOTALL)[1].strip().splitlines()
    result.stdout.fnmatch_lines(shown)
