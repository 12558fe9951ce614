"""The table of ways to test tools, and how it is made of their runs."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path

import pytest
from defects.table import BENCHES
from hypothesis import given
from hypothesis import strategies as st

BENCH = Path(__file__).resolve().parents[1] / "benchmarks" / "contracts"


def module(name):
    """A module of the benchmark that needs no other one, by its file."""
    spec = importlib.util.spec_from_file_location(f"bench_contracts_{name}", BENCH / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


page, scoring = module("page"), module("scoring")


@pytest.fixture(scope="module")
def results():
    return json.loads((BENCH / "results.json").read_text(encoding="utf-8"))


def test_the_page_shows_the_results_as_they_are_stored(results):
    """Nobody edits the table by hand, and nobody stores results without showing them."""
    text = page.page().read_text(encoding="utf-8")

    assert text == page.between(text, results)


def test_every_way_is_asked_for_every_defect_that_it_can_be_asked_for(results):
    """A chain or a team is no single tool, for which alone other tools are made; nothing else is left out."""
    every = {bench.tool: {defect.id for defect in bench.defects} for bench in BENCHES}
    single = {tool: defects for tool, defects in every.items() if tool not in ("sales chain", "desk")}

    asked = {way: {tool: set(one["defects"]) for tool, one in tools.items()} for way, tools in results["ways"].items()}
    ours = ("contract", "tables", "handwritten")
    assert asked == {way: every if way in ours else single for way in page.TITLES}


def test_no_result_names_a_machine(results):
    """The data file holds what was found, not where."""
    assert not re.findall(r"/(?:home|root|work|tmp|Users)/", json.dumps(results))


@pytest.mark.parametrize("bench", BENCHES, ids=lambda bench: bench.tool)
def test_every_tool_has_its_hand_written_tests(bench):
    """From 4 to 8 of them, one with many values counted once."""
    text = (BENCH / "handwritten" / f"test_{re.sub('[^a-z]', '_', bench.tool)}.py").read_text(encoding="utf-8")

    assert 4 <= len(re.findall(r"^def test_", text, re.MULTILINE)) <= 8


REDS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 99) | st.none())


@given(st.lists(st.tuples(REDS, REDS), min_size=1, max_size=6))
def test_found_is_what_is_red_with_the_defect_alone(seeds):
    """Counted for each seed; what the mended tool shows with that seed has not found anything."""
    runs = [run(defect, seed, red) for seed, pair in enumerate(seeds) for defect, red in zip(("S1", ""), pair, strict=True)]

    scored = scoring.scored(runs, range(len(seeds)))

    assert scored["defects"]["S1"]["found"] == sum(bool(set(broken) - set(mended)) for broken, mended in seeds)
    assert set(scored["defects"]["S1"]["by"]) == {key for broken, mended in seeds for key in set(broken) - set(mended)}
    assert scored["mended"]["red"] == sum(bool(mended) for _, mended in seeds)


def test_one_run_of_what_draws_nothing_stands_for_all_seeds():
    """Its next run would say the same."""
    runs = [run("S1", 0, {"test_a_timeout": 3}), run("", 0, {})]

    assert scoring.scored(runs, range(20))["defects"]["S1"] == {"found": 20, "calls": 3, "by": ["test_a_timeout"]}


def test_a_run_that_hangs_has_found_the_defect_where_the_mended_tool_does_not_hang():
    """After no known number of calls, and in no time that counts."""
    hung, calm = {"hang": None}, run("", 0, {})

    assert scoring.scored([run("S1", 0, hung), calm], [0])["defects"]["S1"] == {"found": 1, "calls": None, "by": ["hang"]}
    assert scoring.scored([run("S1", 0, hung), run("", 0, hung)], [0])["defects"]["S1"]["found"] == 0


def run(defect, seed, red):
    return {"defect": defect, "seed": seed, "red": red, "calls": 9, "seconds": None if "hang" in red else 1.0}
