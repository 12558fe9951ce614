from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT / "benchmarks" / "llm"
PROBES = sorted((BENCH / "probes").glob("probe_*.py"))


def module(name):
    """A module of the benchmark, which is no package: by its file, with its neighbours in reach while it loads."""
    spec = importlib.util.spec_from_file_location(f"bench_llm_{name}", BENCH / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    known = set(sys.modules)
    sys.path.insert(0, str(BENCH))
    try:
        sys.modules[spec.name] = made
        spec.loader.exec_module(made)
    finally:
        sys.path.remove(str(BENCH))
        for loaded in set(sys.modules) - known:
            if str(getattr(sys.modules[loaded], "__file__", "")).startswith(str(BENCH)):
                del sys.modules[loaded]
    return made


@pytest.fixture(scope="module")
def results():
    return json.loads((BENCH / "results.json").read_text(encoding="utf-8"))


def test_the_page_shows_the_results_as_they_are_stored(results):
    """Nobody edits the table by hand, and nobody stores results without showing them."""
    page = module("page")

    text = page.PAGE.read_text(encoding="utf-8")
    assert text == page.between(text, page.lines_of(results))


def test_every_double_that_is_asked_has_its_results(results):
    """A column is neither forgotten nor left over, and has an answer with its evidence for every question."""
    run, questions = module("run"), module("questions").QUESTIONS

    assert [double.name for double in run.DOUBLES] == [double["name"] for double in results["doubles"]]
    for double in results["doubles"]:
        answers = double.get("answers", {})
        assert "not installed" in double or list(questions) == list(answers)
        for answer in answers.values():
            assert re.fullmatch(r"yes|no|not applicable|error|\d+ of \d+", answer["verdict"])
            assert answer["evidence"]


def test_no_result_names_a_machine(results):
    """The data file holds what doubles do, not where they did it."""
    assert not re.findall(r"/(?:home|root|work|tmp|Users)/", json.dumps(results))


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.stem)
def test_every_program_compiles_and_answers_every_question_in_order(probe):
    """A question without a program would be a guess."""
    text = probe.read_text(encoding="utf-8")

    compile(text, str(probe), "exec")
    assert list(module("questions").QUESTIONS) == re.findall(
        r"^(?:def )?(\w+)(?:\(\) -> Answer:| = not_applicable\()", text, re.MULTILINE
    )


def test_a_double_that_is_not_installed_has_no_verdict():
    """What could not be asked is neither a yes nor a no, and the reason stands under the table."""
    lines = module("page").lines_of({"date": "2026-01-01", "doubles": [{"name": "absent", "not installed": "no such version"}]})

    cells = {line.split(" | ")[1].removesuffix(" |") for line in lines if line.startswith("|")}
    assert cells == {"absent", "---", "not installed"}
    assert lines[-1] == "- absent: not installed: no such version"


def test_every_program_belongs_to_a_double():
    """A program that nobody runs shows nothing."""
    assert {double.probe for double in module("run").DOUBLES} == {probe.name for probe in PROBES}


def test_the_invalid_requests_are_23_and_differ():
    """The count in the table is of different requests, none of which is the valid one."""
    requests = module("invalid_requests")

    assert len(requests.INVALID) == 23
    assert len({json.dumps(one, sort_keys=True) for one in [*requests.INVALID.values(), requests.VALID]}) == 24
