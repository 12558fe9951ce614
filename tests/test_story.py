"""The story of a run: what it says of a test that fails, and that it says the same from several processes."""

from __future__ import annotations

import re

import pytest

from autogen_harness.model import Finding, HttpExchange, HttpRequest, LlmRequest, Note, Slept, ToolRun, TurnPlayed
from autogen_harness.report.telling import WIDTH, Told, lines_of, story

REQUEST = HttpRequest("GET", "https://example.com/a")

LINES = {
    "scripted  analyst: say hello": TurnPlayed(1, "analyst", "reply", "say hello"),
    'ran       price(ticker="A") -> {"price": 1}': ToolRun("price", "user", {"ticker": "A"}, "ok", '{"price": 1}'),
    "ran       price() was not found on user": ToolRun("price", "user", None, "unknown"),
    "ran       price() raised ValueError: no": ToolRun("price", "user", {}, "raised", "Error: no", ValueError("no")),
    "played    web/a: GET https://example.com/a -> 200": HttpExchange(REQUEST, "web/a", "200"),
    "waited    2 virtual seconds": Slept(2, "time.sleep"),
    "found     tool-raised: price raised": Finding("tool-raised", "price raised"),
    "noted     retry: not checked": Note("retry", "not checked"),
}


@pytest.mark.parametrize("line", LINES)
def test_an_entry_is_one_line(line):
    """Each kind of entry begins with its word."""
    assert [line] == lines_of([LINES[line]])


def test_answers_that_nobody_scripted_and_requests_are_left_out():
    """The default of a summary is not news, and a request is seen in the turn that answers it."""
    assert [] == lines_of([TurnPlayed(0, "a", "summary", "the last", "summary", default=True), LlmRequest("a", "reply", ())])


def test_waits_in_a_row_are_one_line_at_their_place():
    """Before what came next."""
    entries = [Slept(1, "s"), Slept(0.5, "s"), Note("a", "b"), Slept(1, "s")]

    assert ["waited    1.5 virtual seconds in 2 waits", "noted     a: b", "waited    1 virtual second"] == lines_of(entries)


def test_lines_stay_narrow():
    """A long answer is cut, a list of laws goes on in the next line."""
    long = ToolRun("price", "user", {"ticker": "A" * 500}, "ok", "x" * 500)
    laws = [Told(f"a/t.py::test_x[law-number-{n}]", law=f"law-number-{n}", not_checked=[["l", "h i"]] * 20) for n in range(30)]

    assert max(map(len, [*story([Told("a/t.py::t", lines=lines_of([long]))]), *story(laws)])) <= WIDTH


def test_a_broken_law_makes_its_contract_and_its_folder_red():
    """Broken ones stand first; the other contract stays ok; totals count everything."""
    absent = [["two", "upstream"], ["three", "success"], ["four", "upstream"]]
    told = [
        Told("a/t.py::test_x[one]", "passed", "one", turns=1, runs=2, played=3),
        Told("a/t.py::test_x[two]", "failed", "two"),
        Told("a/t.py::test_y[one]", "passed", "one", not_checked=absent),
        Told("b/t.py::test_z", "skipped"),
    ]

    counts = "1 turn scripted, 2 tool calls run, 3 interactions played, 3 properties checked"
    assert story(told) == [
        "",
        "a",
        "  FAIL test_x: 1 of 2 properties hold",
        "         broken    two",
        "         checked   one",
        "  ok   test_y: 1 of 1 properties hold",
        "         checked   one",
        "         unchecked without upstream: two, four",
        "         unchecked without success: three",
        "  verdict: a: RED (2 passed, 1 failed)",
        "",
        "b",
        "  skip test_z",
        "  verdict: b: green (1 skipped)",
        "",
        f"  total: 2 folders RED (2 passed, 1 failed, 1 skipped); {counts}",
    ]


def test_the_story_is_the_same_from_one_process_and_from_two(pytester):
    """Under xdist it is printed by the process that runs no test; a failure at teardown turns the test red."""
    pytester.makepyfile(
        test_it="""
        import time
        import pytest

        @pytest.fixture
        def broken():
            yield
            raise ValueError

        def test_waits(harness):
            time.sleep(60)

        def test_asks(harness):
            harness.expect("tool-raised")

        def test_ends_badly(broken):
            pass

        @pytest.mark.skip(reason="shown")
        def test_not():
            pass
        """
    )
    options = ("--harness-story", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-o")
    options += ("asyncio_default_fixture_loop_scope=function",)

    alone = told_by(pytester.runpytest_subprocess(*options))

    assert alone == told_by(pytester.runpytest_subprocess(*options, "-n", "2"))
    assert alone == [
        ".",
        "  ok   test_waits",
        "         waited    60 virtual seconds",
        "  FAIL test_asks",
        "         failed    expectation-unmet: the test expects 1 x tool-raised, and it happened 0 times",
        "  FAIL test_ends_badly",
        "         failed    ValueError",
        "  skip test_not",
        "  verdict: .: RED (1 passed, 2 failed, 1 skipped)",
    ]


def told_by(run):
    text = re.search(r"=+ autogen-harness =+\n\n(.*?)\n\n", run.stdout.str(), re.DOTALL)
    assert text, run.stdout.str()
    return text.group(1).splitlines()
