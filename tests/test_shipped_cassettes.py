"""Every shipped cassette is held against the shapes that the real services were seen to send.

The rules stand in ``shipped_shapes``, one module a service; each is a sentence, and each file's name lists the rules it owes.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from shipped_shapes import duckduckgo, webhook, yahoo
from shipped_shapes.reading import EVERY, ROOT, Rule, shipped

RULES = yahoo.RULES | duckduckgo.RULES | webhook.RULES
OWED = [(name, rule) for name, rules in RULES.items() for rule in (*EVERY, *rules)]


def test_every_file_has_rules_and_every_rule_a_file() -> None:
    """A file that is added without rules for its kind is refused, and so is a name that has lost its file."""
    files = {path.relative_to(ROOT).with_suffix("").as_posix() for path in ROOT.rglob("*") if path.is_file()}
    assert files == RULES.keys()


def test_every_rule_is_a_sentence() -> None:
    """What a rule demands can be read without its code."""
    mute = [rule.__name__ for _, rule in OWED if not (rule.__doc__ or "").endswith(".")]
    assert mute == []


@pytest.mark.parametrize(("name", "rule"), [pytest.param(*owed, id=f"{owed[0]}-{owed[1].__name__}") for owed in OWED])
def test_shape(name: str, rule: Rule) -> None:
    """The file obeys the rule; else the rule's sentence and what is wrong are shown."""
    wrong = list(rule(shipped(name)))
    assert wrong == [], rule.__doc__


def test_the_page_lists_every_file() -> None:
    """The documentation has one row for every shipped name, and none for a name that is not shipped."""
    page = (Path(__file__).parents[1] / "docs" / "shipped-cassettes.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([a-z]+/[a-z-]+)` \|", page, re.MULTILINE)) == sorted(RULES)
