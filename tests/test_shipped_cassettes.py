"""Every shipped cassette is held against the shapes that the real services were seen to send.

The rules stand in ``shipped_shapes``, one module a service; each is a sentence, and each file's name lists the rules it owes.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from shipped_shapes import duckduckgo, webhook, yahoo
from shipped_shapes.reading import EVERY, ROOT, Rule, shipped

from autogen_harness.cassettes.files import formats
from autogen_harness.cassettes.matching import matchers
from autogen_harness.model import HttpRequest

SCHEMA = "cassette.schema.json"
RULES = yahoo.RULES | duckduckgo.RULES | webhook.RULES
OWED = [(name, rule) for name, rules in RULES.items() for rule in (*EVERY, *rules)]


def test_every_file_has_rules_and_every_rule_a_file() -> None:
    """A file that is added without rules for its kind is refused, and so is a name that has lost its file."""
    files = {
        path.relative_to(ROOT).with_suffix("").as_posix() for path in ROOT.rglob("*") if path.is_file() and path.name != SCHEMA
    }
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


@pytest.mark.parametrize("name", RULES)
def test_loads_as_it_stands(name: str) -> None:
    """The harness's loader reads from a file what stands in it, and the interaction answers its own request."""
    (interaction,) = formats.load(ROOT / f"{name}.json").interactions
    reply, ours = interaction.outcome, shipped(name)
    assert (reply.status, reply.reason, reply.headers, reply.body) == (ours.status, ours.reason, ours.headers, ours.body)
    form = matchers.shape(interaction)
    assert matchers.key(form, matchers.Asked(interaction.request)) == matchers.own_key(form, interaction)


@pytest.mark.parametrize(
    ("name", "method", "url"),
    [
        ("yahoo/chart-gspc", "GET", "https://query2.finance.yahoo.com/v8/finance/chart/^GSPC?range=1d&interval=1d&crumb=abc"),
        ("yahoo/chart-eurusd", "GET", "https://query1.finance.yahoo.com/v8/finance/chart/EURUSD=X?interval=1d&range=1d"),
        ("yahoo/too-many-requests", "GET", "https://query1.finance.yahoo.com/v8/finance/chart/%5EFTSE?interval=1m&range=5d"),
        ("duckduckgo/mercury", "GET", "https://api.duckduckgo.com/?no_html=1&format=json&q=Mercury"),
        ("duckduckgo/semiconductor-companies", "GET", "https://api.duckduckgo.com/?q=semiconductor%20companies&format=json"),
        ("webhook/slack-ok", "POST", "https://hooks.slack.com/services/TABC/BDEF/xyz"),
        ("webhook/discord-ok", "POST", "https://discordapp.com/api/v10/webhooks/42/t-o_k?thread_id=7"),
        ("webhook/github-ok", "POST", "https://api.github.com/repos/me/mine/dispatches"),
        ("webhook/accepted", "POST", shipped("webhook/redirect").header("location")),
    ],
)
def test_answers_the_spellings_of_a_request(name: str, method: str, url: str) -> None:
    """What a client may write differently (host, order, encoding, ids, the target of a redirect) is answered all the same."""
    (interaction,) = formats.load(ROOT / f"{name}.json").interactions
    asked = matchers.Asked(HttpRequest(method, url, (), b"any body"))
    form = matchers.shape(interaction)
    assert asked.origin in matchers.origins(interaction)
    assert matchers.key(form, asked) == matchers.own_key(form, interaction)


def test_the_page_lists_every_file() -> None:
    """The documentation has one row for every shipped name, and none for a name that is not shipped."""
    page = (Path(__file__).parents[1] / "docs" / "shipped-cassettes.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([a-z]+/[a-z-]+)` \|", page, re.MULTILINE)) == sorted(RULES)
