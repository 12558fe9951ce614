"""The page of the rules is the table of the rules."""

from __future__ import annotations

from pathlib import Path

from autogen_harness.llm.rules.rule import EVERYONE, OPENAI
from autogen_harness.llm.rules.table import TABLE

PAGE = Path(__file__).resolve().parents[3] / "docs" / "request-rules.md"
BEGIN, END = "<!-- rules: begin -->\n", "<!-- rules: end -->\n"

_WHO = {EVERYONE: "all", OPENAI: "openai, azure"}


def table():
    """The table as Markdown; to write it into the page, run this file."""
    rows = [f"| `{rule.id}` | {_law(rule)} | `{rule.message}` | {_who(rule)} | {_sources(rule)} |" for rule in TABLE]
    return "\n".join(
        ["| rule | what a request must hold | the API's message | dialects | source |", "| --- " * 5 + "|", *rows, ""]
    )


def _law(rule):
    return rule.law + (" *(note)*" if rule.warning else "")


def _who(rule):
    return _WHO.get(rule.dialects) or ", ".join(sorted(rule.dialects))


def _sources(rule):
    return ", ".join(_linked(source) for source in rule.sources)


def _linked(source):
    repository, _, number = source.partition("#")
    address = source if source.startswith("https://") else f"https://github.com/{repository}/issues/{number}"
    return f"[{source.removeprefix('https://').split('/')[0] if address == source else source}]({address})"


def test_the_page_shows_the_table():
    """Every rule with its law, message, dialects and sources, as the code has them."""
    shown = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    assert shown == table(), "run: python tests/llm/rules/test_page.py"


if __name__ == "__main__":
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(before + BEGIN + table() + END + rest.split(END)[1], encoding="utf-8")
