"""What a contract costs before a law is checked: counted, not timed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autogen_harness.contracts import registry, subject
from autogen_harness.contracts.hints import Hints

MODULE = """
import sys
from autogen_harness.contracts import tool_contract

def price(ticker: str) -> str:
    return "1"

test_price = tool_contract(price, pattern=("async", "callback", "chained", "error-handled", "nested", "webhook"))
print([name for name in ("hypothesis", "freezegun", "requests", "aiohttp") if name in sys.modules])
"""


def test_a_module_that_makes_a_contract_loads_nothing_that_only_checks_need():
    """Other processes import it for its tool, some for every law, and draw nothing."""
    done = subprocess.run([sys.executable, "-c", MODULE], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"


def test_a_schema_is_looked_at_once_however_many_laws_ask(monkeypatch: pytest.MonkeyPatch):
    """Whether it can be worked with is asked for each law that calls the tool."""
    looked: list[object] = []
    malformed = subject.malformed
    monkeypatch.setattr(subject, "malformed", lambda schema: looked.append(schema) or malformed(schema))
    made = subject.contract(lambda text: text, pattern="sync", schema=SCHEMA, upstream=(), hints=Hints())

    assert len(registry.owed(made)[0]) > 10
    assert looked == [SCHEMA]


SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
