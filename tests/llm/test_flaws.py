"""Declared faults: what arrives of an answer that is wrong, what an error of the API says, what a break costs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playing import Playing

from autogen_harness import UsageError, call, calls, fail, result, say
from autogen_harness.llm.incoming import request_of
from autogen_harness.llm.replies import Break, Reply, ToolCall
from autogen_harness.llm.rules.table import TABLE
from autogen_harness.llm.turns.fail import arrived
from autogen_harness.llm.turns.flaws import FLAWS
from autogen_harness.llm.turns.turn import Fail, Turn
from autogen_harness.llm.wire.failures import error_body
from autogen_harness.model import Finding, TurnPlayed
from autogen_harness.verdict import expectation

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ARGUMENTS = st.dictionaries(st.text(), JSON, max_size=4)

PRICE = {
    "type": "object",
    "properties": {"ticker": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["ticker"],
}
TOOLS = [{"type": "function", "function": {"name": "price", "description": "Price.", "parameters": PRICE}}]
MORE = {"type": "function", "function": {"name": "news", "parameters": {"type": "object", "properties": {}}}}


class Table(Playing):
    """Asked with one message and a tool."""

    def ask(self, text="go", *, agent="analyst", purpose="reply", **more):
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], "tools": TOOLS, **more}
        return self.llm.answer(request_of(body, agent, purpose))

    @property
    def verdict(self):
        return [finding.rule for finding in self.findings]


@pytest.fixture
def table():
    return Table()


def played(turn):
    """What arrives of the one turn of a script."""
    table = Table()
    table.llm.script(turn)
    return table.ask()


# -- what arrives ------------------------------------------------------------------------------------------------------------


SENT = {
    "hallucinated": (fail.hallucinated_tool("buy", ticker="A"), "buy", '{"ticker": "A"}', "tool_calls"),
    "malformed": (fail.malformed_json("price", ticker="A"), "price", '{"ticker": "A",}', "tool_calls"),
    "malformed-by-itself": (fail.malformed_json("price"), "price", '{"query": "latest results", "limit": 10,}', "tool_calls"),
    "truncated": (fail.truncated_json("price", ticker="NVDA"), "price", '{"ticker": "', "length"),
    "truncated-by-itself": (fail.truncated_json("price"), "price", '{"query": "latest results"', "length"),
    "wrong-types": (fail.wrong_types("price", ticker=5), "price", '{"ticker": 5}', "tool_calls"),
    "missing": (fail.missing_argument("price"), "price", "{}", "tool_calls"),
    "extra": (fail.extra_argument("price", ticker="A", x=1), "price", '{"ticker": "A", "x": 1}', "tool_calls"),
    "null": (fail.null_arguments("price"), "price", "null", "tool_calls"),
    "empty": (fail.empty_arguments("price"), "price", "", "tool_calls"),
    "a-mapping": (
        fail.extra_argument("price", {"ticker": "A", "self": 1}),
        "price",
        '{"ticker": "A", "self": 1}',
        "tool_calls",
    ),
}


@pytest.mark.parametrize(("turn", "tool", "arguments", "finish"), SENT.values(), ids=SENT)
def test_a_wrong_call_is_sent_as_a_model_would_send_it(turn, tool, arguments, finish):
    """One call with an id of the usual form, its text, and the reason why the answer ended."""
    reply = played(turn)
    (made,) = reply.calls
    assert (tool, arguments, finish) == (made.name, made.arguments, reply.finish_reason())
    assert made.id.startswith("call_")
    assert 29 == len(made.id)
    assert reply.text is None


SAID = {
    "call-in-text": (fail.call_in_text("price", ticker="A"), Reply('{"name":"price","arguments":{"ticker":"A"}}'), "stop"),
    "refusal": (fail.refusal("I cannot"), Reply(None, refusal="I cannot"), "stop"),
    "filter": (fail.content_filter("I was"), Reply("I was", finish="content_filter"), "content_filter"),
    "filter-at-once": (fail.content_filter(), Reply("", finish="content_filter"), "content_filter"),
    "empty": (fail.empty_reply(), Reply(""), "stop"),
}


@pytest.mark.parametrize(("turn", "reply", "finish"), SAID.values(), ids=SAID)
def test_a_wrong_text_is_sent_as_a_model_would_send_it(turn, reply, finish):
    """Text, refusal and the reason why the answer ended; no call."""
    made = played(turn)
    assert reply == made
    assert finish == made.finish_reason()


@pytest.mark.parametrize("write", [fail.malformed_json, fail.truncated_json], ids=["malformed", "truncated"])
@given(arguments=ARGUMENTS)
def test_broken_json_is_never_json_by_accident(write, arguments):
    """Whatever the arguments are; and the same text in every run."""
    (made,) = played(write("price", arguments)).calls
    with pytest.raises(ValueError, match=r"."):
        json.loads(made.arguments)
    assert made.arguments == played(write("price", arguments)).calls[0].arguments


def test_ids_that_the_api_does_not_take_back():
    """One id for two calls, and one of 64 characters; the calls themselves are sound."""
    twice = played(fail.duplicate_call_id(call("price", ticker="A"), call("price", ticker="B")))
    assert ['{"ticker": "A"}', '{"ticker": "B"}'] == [made.arguments for made in twice.calls]
    assert 1 == len({made.id for made in twice.calls})
    (made,) = played(fail.long_call_id("price", ticker="A")).calls
    assert 64 == len(made.id)


def test_wrong_calls_stand_beside_sound_ones():
    """In one answer, each with an id of its own; the last one that is cut off says how the answer ends."""
    reply = played(calls(call("price", ticker="A"), fail.malformed_json("price"), fail.truncated_json("price", ticker="B")))
    assert ['{"ticker": "A"}', '{"query": "latest results", "limit": 10,}', '{"ticker":'] == [
        made.arguments for made in reply.calls
    ]
    assert 3 == len({made.id for made in reply.calls})
    assert "length" == reply.finish_reason()


def test_a_fault_takes_references_like_any_call(table):
    """They are filled in before the text is broken."""
    table.llm.script(fail.malformed_json("price", ticker=result("search").name))
    with pytest.raises(UsageError, match="has not run"):
        table.ask()
    assert ["script-broken"] == table.verdict


# -- how it reads ------------------------------------------------------------------------------------------------------------


SHOWN = {
    'fail.malformed_json price(ticker="A")': fail.malformed_json("price", ticker="A"),
    "fail.wrong_types price(days=[]).raises(TypeError)": fail.wrong_types("price", days=[]).raises(TypeError),
    "fail.null_arguments price()": fail.null_arguments("price"),
    'fail.duplicate_call_id a(), b(x="y")': fail.duplicate_call_id(call("a"), call("b", x="y")),
    "calls a(), fail.malformed_json b()": calls(call("a"), fail.malformed_json("b")),
    'fail.call_in_text {"name": "price", "arguments": {}}': fail.call_in_text("price"),
    'fail.refusal "No."': fail.refusal("No."),
    "fail.content_filter": fail.content_filter(),
    "fail.empty_reply": fail.empty_reply(),
    "fail.rate_limit": fail.rate_limit(retry_after=2),
    "fail.server_error 503": fail.server_error(503),
    "fail.context_length": fail.context_length(),
    "fail.prompt_filtered": fail.prompt_filtered(),
    'fail.broken_delivery say "x"': fail.broken_delivery(say("x")),
    "fail.broken_delivery fail.malformed_json b()": fail.broken_delivery(fail.malformed_json("b")),
    "fail.broken_delivery calls a(), b()": fail.broken_delivery(calls(call("a"), call("b"))),
}


@pytest.mark.parametrize(("text", "turn"), SHOWN.items(), ids=SHOWN)
def test_a_fault_says_so_in_the_story(text, turn):
    """By the name under which it was written."""
    assert text == str(turn)


def test_a_fault_is_bound_and_reused_like_any_turn():
    """``.by()`` gives a new turn with the same fault, and equal turns are equal."""
    turn = fail.missing_argument("price")
    assert ("analyst", turn.flaw) == (turn.by("analyst").agent, turn.by("analyst").flaw)
    assert turn == fail.missing_argument("price")
    assert turn != fail.wrong_types("price")
    assert turn != call("price")


def test_every_flaw_is_written_by_its_name():
    """No row of the table without a method of ``fail``; and no request rule that is none."""
    assert [] == [name for name in FLAWS if not callable(getattr(fail, name, None))]
    rejected = {rule for flaw in FLAWS.values() for rule in flaw.rejected_as}
    assert rejected
    assert rejected <= {rule.id for rule in TABLE}


WRONG = {
    "one-id-for-one-call": (lambda: fail.duplicate_call_id(call("a")), "takes two calls or more"),
    "text-in-calls": (lambda: calls(call("a"), fail.call_in_text("b")), "not fail.call_in_text "),
    "error-in-calls": (lambda: calls(fail.timeout()), r"not fail\.timeout$"),
    "broken-in-calls": (lambda: calls(call("a"), fail.broken_delivery(call("b"))), r"broken_delivery\(calls\(...\)\)"),
    "cut-off-and-on": (lambda: calls(fail.truncated_json("a"), call("b")), "no call can follow it: write it last"),
    "no-server-error": (lambda: fail.server_error(429), r"for others write fail\(429\)"),
    "broken-error": (lambda: fail.broken_delivery(fail(500)), "takes an answer, such as say"),
    "broken-text": (lambda: fail.broken_delivery("text"), "takes an answer, such as say"),
    "broken-how": (lambda: fail.broken_delivery(say("x"), how="slow"), "'reset', 'error', 'stall'"),
    "broken-when": (lambda: fail.broken_delivery(say("x"), after=-1), "0 or more"),
    "refusal": (lambda: fail.refusal(None), "is text, not None"),
}


@pytest.mark.parametrize(("write", "message"), WRONG.values(), ids=WRONG)
def test_a_fault_that_cannot_be_is_refused_where_it_is_written(write, message):
    """With what to write instead."""
    with pytest.raises(UsageError, match=message):
        write()


# -- errors of the API -------------------------------------------------------------------------------------------------------


BODIES = {
    "rate-limit": (fail.rate_limit(retry_after=20), 429, "tokens", None, "rate_limit_exceeded", "try again in 20s"),
    "server": (fail.server_error(), 500, "server_error", None, None, "Sorry about that"),
    "context": (fail.context_length(), 400, "invalid_request_error", "messages", "context_length_exceeded", "maximum context"),
    "prompt": (fail.prompt_filtered(), 400, None, "prompt", "content_filter", "content management policy"),
    "plain-429": (fail(429), 429, "requests", None, None, "Error code: 429"),
    "plain-5xx": (fail(502), 502, "server_error", None, None, "Error code: 502"),
    "plain": (fail(404, code="model_not_found"), 404, "invalid_request_error", None, "model_not_found", "Error code: 404"),
}


@pytest.mark.parametrize("name", BODIES)
def test_an_error_carries_the_body_that_the_api_sends(name):
    """Status, type, param, code and message, as public threads quote them."""
    turn, *fields, text = BODIES[name]
    body = error_body(turn)
    assert fields == [turn.status, body["type"], body["param"], body["code"]]
    assert text in body["message"]


# -- deliveries that break ---------------------------------------------------------------------------------------------------


def test_a_broken_delivery_is_served_again_to_the_same_question(table):
    """Whole, with the same ids, under the number of the same turn; then the script goes on."""
    table.llm.script(fail.broken_delivery(call("price", ticker="A"), after=3, how="stall"), say("done"))
    first, again, last = table.ask(), table.ask(), table.ask("next")
    assert Break(3, "stall") == first.broken
    assert replace(first, broken=None) == again
    assert Reply("done") == last
    assert [
        (1, 'fail.broken_delivery call price(ticker="A")', ()),
        (1, 'call price(ticker="A") (again)', ((again.calls[0].id, "price"),)),
        (2, 'say "done"', ()),
    ] == [(turn.number, turn.said, turn.calls) for turn in table.ledger.of(TurnPlayed)]
    assert [] == table.llm.leftovers()


def test_another_model_that_is_asked_the_same_gets_the_answer_too(table):
    """A client that fails over changes the model and nothing else."""
    table.llm.script(fail.broken_delivery(say("x")))
    table.ask()
    assert Reply("x") == table.ask(model="gpt-4o-mini")


@pytest.mark.parametrize("other", [{"text": "something else"}, {"tools": [*TOOLS, MORE]}], ids=["text", "tools"])
def test_another_question_takes_the_next_turn(table, other):
    """What broke off is then lost, as it would be for a client that does not try again."""
    table.llm.script(fail.broken_delivery(say("x")), say("y"), say("z"))
    table.ask()
    assert [Reply("y"), Reply("z")] == [table.ask(**other), table.ask()]


def test_a_broken_delivery_is_of_one_agent_and_purpose(table):
    """Another agent that asks the same takes a turn of its own; the selector's answers break off by themselves."""
    table.llm.script(fail.broken_delivery(say("x")), say("y"))
    table.llm.selector.script(fail.broken_delivery(say("planner")))
    table.ask()
    assert "reset" == table.ask(purpose="selection").broken.how
    assert Reply("y") == table.ask(agent="writer")
    assert [Reply("x"), Reply("planner")] == [table.ask(), table.ask(purpose="selection")]


def test_reset_forgets_what_broke_off(table):
    """For the next example of a property-based test."""
    table.llm.script(fail.broken_delivery(say("x")))
    table.ask()
    table.llm.reset()
    table.llm.script(say("y"))
    assert Reply("y") == table.ask()


@pytest.mark.parametrize(
    ("how", "kind", "status"), [("reset", "connection", None), ("stall", "timeout", None), ("error", "status", 500)]
)
def test_who_waits_for_the_whole_answer_meets_an_error(how, kind, status):
    """Nothing of an answer that is not streamed arrives before its break."""
    met = arrived(Reply("x", broken=Break(2, how)))
    assert isinstance(met, Fail)
    assert (kind, status) == (met.kind, met.status)
    assert Reply("x") == arrived(Reply("x"))
    assert fail.timeout() == arrived(fail.timeout())


# -- what a fault allows -----------------------------------------------------------------------------------------------------


def bad(tool="price"):
    return Finding("tool-bad-args", "x", fields={"tool": tool, "agent": "user"})


ALLOWED = {
    "it-may-happen": ([bad()], []),
    "it-need-not": ([], []),
    "once": ([bad(), bad()], ["tool-bad-args"]),
    "to-this-tool": ([bad("other")], ["tool-bad-args"]),
    "and-nothing-else": ([bad(), Finding("tool-raised", "x", fields={"tool": "price"})], ["tool-raised"]),
}


@pytest.mark.parametrize(("happened", "verdict"), ALLOWED.values(), ids=ALLOWED)
def test_a_fault_allows_the_finding_that_it_brings(table, happened, verdict):
    """What AutoGen makes of it differs between versions, so it is allowed and not demanded; and only once."""
    table.llm.script(fail.malformed_json("price", ticker="A"))
    table.ask()
    for finding in happened:
        table.ledger.record(finding)
    assert verdict == table.verdict


def test_what_a_test_demands_goes_before_what_a_turn_allows(table):
    """A finding that meets both meets the expectation that fails without it."""
    table.llm.script(fail.malformed_json("price", ticker="A"))
    table.ask()
    table.expected.append(expectation("tool-bad-args"))
    table.ledger.record(bad())
    assert [] == table.verdict


HISTORIES = {
    "long-id": (fail.long_call_id("price", ticker="A"), "openai"),
    "one-id": (fail.duplicate_call_id(call("price", ticker="A"), call("price", ticker="B")), "openai"),
    "malformed": (fail.malformed_json("price"), "strict-compatible"),
    "null": (fail.null_arguments("price"), "strict-compatible"),
}


@pytest.mark.parametrize(("turn", "dialect"), HISTORIES.values(), ids=HISTORIES)
def test_a_history_with_the_fault_may_be_refused_as_often_as_it_is_sent(table, turn: Turn, dialect):
    """The API refuses it, as it would in earnest; that is what the turn is there for, and no finding more."""
    table.llm.dialect = dialect
    table.llm.script(turn, say("never said"))
    made = table.ask()
    answered = [{"role": "tool", "tool_call_id": one.id, "content": "1"} for one in made.calls]
    history = [{"role": "user", "content": "go"}, made.message(), *answered]
    for agent in ("analyst", "analyst", "writer"):
        refused = table.ask(messages=history, agent=agent)
        assert isinstance(refused, Fail)
        assert 400 == refused.status
    assert {"analyst", "writer"} == {finding.fields["agent"] for finding in table.ledger.findings}
    assert [] == table.verdict


def test_a_sound_call_is_delivered_as_it_is():
    """A turn without a fault has none put in."""
    reply = played(call("price", ticker="A"))
    assert Reply(calls=(ToolCall(reply.calls[0].id, "price", '{"ticker": "A"}'),)) == reply
