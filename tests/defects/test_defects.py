"""Every known defect of the article's tools is found by the law that is there for it, and the mended twin keeps them all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from defects.table import BENCHES, OUT_OF_REACH
from defects.workbench import Bench, Defect, few_draws, law_named, look

from autogen_harness.contracts import registry, verdict

DEFECTS = [pytest.param(bench, defect, id=defect.id) for bench in BENCHES for defect in bench.defects]
TWINS = [
    pytest.param(bench, law.id, id=f"{bench.tool}-{law.id}") for bench in BENCHES for law in registry.owed(bench.mended)[0]
]


def skip_without(package: str) -> None:
    """Some tools are made of a framework's agents."""
    if package and find_spec(package) is None:
        pytest.skip(f"{package} is not installed")


@pytest.fixture(autouse=True)
def draws() -> Iterator[None]:
    """A few calls, the same in every run: the tables of the laws find these defects."""
    with few_draws():
        yield


@pytest.mark.parametrize(("bench", "defect"), DEFECTS)
def test_a_defect_breaks_its_law(bench: Bench, defect: Defect):
    """And the breach says what is wrong, not something else."""
    skip_without(bench.package)
    found = look(defect.law, bench.with_only(defect.id))

    assert found.breach is not None
    assert defect.says in found.breach.what


@pytest.mark.parametrize(("bench", "law"), TWINS)
def test_the_mended_twin_keeps_every_law(bench: Bench, law: str):
    """The same contract, with nothing wrong."""
    skip_without(bench.package)
    verdict.check(law_named(law, bench.mended), bench.mended)


STUDY = {"W": 7, "S": 16, "A": 15, "K": 16, "H": 13, "E": 24, "X": 5}
"""How many defects of each kind the study of the article found."""

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "contracts-how.md").read_text(encoding="utf-8")


def test_every_defect_of_the_study_stands_in_the_table():
    """Found, or out of reach with the reason; each once."""
    known = [defect.id for bench in BENCHES for defect in bench.defects] + [one.id for one in OUT_OF_REACH]
    assert sorted(known) == sorted(f"{letter}{number + 1}" for letter, most in STUDY.items() for number in range(most))
    assert all(one.reason for one in OUT_OF_REACH)


def test_the_page_says_what_finds_each():
    """The tables of docs/contracts-how.md are of these rows; how many calls it took may differ."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| [A-Z]\d+ \|", line)]

    found = {(row[0], row[1], row[2].strip("`")) for row in rows if len(row) == 5}
    assert found == {(defect.id, defect.what, defect.law) for bench in BENCHES for defect in bench.defects}
    missed = {tuple(row) for row in rows if len(row) == 3}
    assert missed == {(one.id, one.what, one.reason) for one in OUT_OF_REACH}
