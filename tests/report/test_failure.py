"""The text of a failed test: the conversation as a table, each finding with its mend."""

from __future__ import annotations

import pytest

from autogen_harness import Finding, Harness, HarnessFailure, call, calls, result, say
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpExchange, HttpRequest, LlmRequest, Slept, ToolRun
from autogen_harness.report.failure import WIDTH, causes_of, render_table
from autogen_harness.transcript import Row, Transcript

EXPECTED = """\
3 findings: tool-unknown, expectation-unmet, turns-left

turn  agent      scripted                                           what happened
----  ---------  -------------------------------------------------  --------------------------------------------------
1     assistant  calls get_stock_price(ticker="NVDA"),                waited 1.5 s (time.sleep)
                   serch_web(query="NVIDIA")                          GET https://query1.example/NVDA -> 200
                                                                      (yahoo/chart-nvda)
                                                                    get_stock_price -> {"symbol": "NVDA",
                                                                      "current_price": 905.5}
                                                                    serch_web was not found on user
                                                                    <-- tool-unknown
2     planner    say "NVDA is " +
                   result("get_stock_price").current_price
3                call save(path="a.txt")                            (not played)
                                                                    <-- turns-left
4                say "bye TERMINATE"                                (not played)

1. tool-unknown: turn 1 calls serch_web, and assistant offers the model get_stock_price, search_web, save
   fix: did you mean 'search_web'?
   if it was meant: fail.hallucinated_tool("serch_web", ...), or harness.expect("tool-unknown", tool="serch_web")

2. expectation-unmet: the test expects 1 x chat-hung, and it happened 0 times
   fix: remove the expectation, or find out why it no longer happens

3. turns-left: the chat ended and the script has 2 turns left, from turn 3: call save(path="a.txt")
   this may follow from the findings above"""


def message_of():
    """A run without a framework: its adapter's part is played here."""
    with pytest.raises(HarnessFailure) as caught, Harness() as harness:
        harness.expect("chat-hung")
        harness.llm.script(
            calls(call("get_stock_price", ticker="NVDA"), call("serch_web", query="NVIDIA")),
            say("NVDA is ", result("get_stock_price").current_price).by("planner"),
            call("save", path="a.txt").by("planner"),
            say("bye TERMINATE").by("planner"),
        )
        reply = ask(harness, "assistant")
        harness.ledger.record(Slept(1.5, "time.sleep"))
        harness.ledger.record(HttpExchange(HttpRequest("GET", "https://query1.example/NVDA"), "yahoo/chart-nvda", "200"))
        price = '{"symbol": "NVDA", "current_price": 905.5}'
        harness.ledger.record(ToolRun("get_stock_price", "user", {}, "ok", price, call_id=reply.calls[0].id))
        harness.ledger.record(ToolRun("serch_web", "user", {}, "unknown", "Error: ...", call_id=reply.calls[1].id))
        ask(harness, "planner")
    return str(caught.value)


def ask(harness, agent):
    return harness.llm.answer(LlmRequest(agent, "reply", (), ("get_stock_price", "search_web", "save")))


def test_the_message_shows_the_conversation_and_how_to_mend_it():
    """The whole text of one failing run."""
    assert message_of() == EXPECTED


LONG = Row("1", "assistant", 'call search(query="' + "word " * 40 + '")', ["search -> " + "z" * 150], ["tool-raised"])


def test_long_cells_are_wrapped_and_no_line_is_too_wide():
    """Nothing is cut: every word of a cell is in its column."""
    lines = render_table([LONG]).splitlines()
    assert WIDTH >= max(map(len, lines))
    assert 40 == sum(line.count("word") for line in lines)
    assert 150 == sum(line.count("z") for line in lines)


def test_a_run_in_which_nothing_happened_has_no_table():
    """Only its findings; one is not said twice."""
    with pytest.raises(HarnessFailure) as caught, Harness() as harness:
        harness.expect("chat-hung")
    assert str(caught.value).splitlines() == [
        "expectation-unmet: the test expects 1 x chat-hung, and it happened 0 times",
        "   fix: remove the expectation, or find out why it no longer happens",
    ]


LEFT, CAUSE = Finding("turns-left", "left"), Finding("tool-raised", "boom")
BROKEN = Finding("script-broken", "no x", fields={"tool": "a"})
MISSPELT = Finding("script-broken", "no x", fields={"tool": "search"})
CAUSES = {
    "left over after a cause": ([LEFT, CAUSE], [], [CAUSE]),
    "left over alone": ([LEFT], [], [LEFT]),
    "left over beside an expectation": (
        [LEFT, Finding("expectation-unmet", "x")],
        [],
        [LEFT, Finding("expectation-unmet", "x")],
    ),
    "quoted tool failed": ([CAUSE, BROKEN], ["raised"], [CAUSE]),
    "quoted tool failed as expected": ([BROKEN], ["raised"], [BROKEN]),
    "quoted tool did well": ([CAUSE, BROKEN], ["ok"], [CAUSE, BROKEN]),
    "quoted tool is misspelt": ([CAUSE, MISSPELT], ["unknown"], [CAUSE]),
    "quoted tool is nothing like it": ([CAUSE, MISSPELT], ["raised"], [CAUSE, MISSPELT]),
}


@pytest.mark.parametrize(("findings", "outcomes", "causes"), CAUSES.values(), ids=CAUSES)
def test_causes_are_told_from_what_may_follow(findings, outcomes, causes):
    """Nothing follows from nothing."""
    ledger = Ledger()
    for outcome in outcomes:
        ledger.record(ToolRun("a" if MISSPELT not in findings else "serch", "user", {}, outcome))
    assert causes == causes_of(findings, Transcript(ledger))
