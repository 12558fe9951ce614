"""The reference page names everything that the plugin takes and says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autogen_harness.model import RULES
from autogen_harness.report import marker
from autogen_harness.settings import KEYS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "harness.md"


@pytest.mark.parametrize(
    ("heading", "names"),
    [("### Findings", set(RULES)), ("## Configuration", {*KEYS, *marker.KEYS})],
    ids=["rules", "keys"],
)
def test_the_tables_have_a_row_for_each_name(heading, names):
    """No more and no less."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n{heading}\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)) == names
