"""Conditions: which turn answers a request, how often, and what is told of one that does not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playing import Playing

from autogen_harness import UsageError, call, calls, fail, result, say
from autogen_harness.errors import ScriptExhausted
from autogen_harness.llm.asking.conditions import Condition
from autogen_harness.llm.asking.seen import Seen
from autogen_harness.llm.replies import Reply
from autogen_harness.llm.script.script import MOST_REPEATS
from autogen_harness.model import LlmRequest, ToolRun
from autogen_harness.transcript import Transcript


def told(*contents, agent="planner", purpose="reply", model="gpt-4o", **fields):
    messages = [{"role": "user", "content": one} if isinstance(one, (str, list)) else one for one in contents]
    return LlmRequest(agent, purpose, messages, ("search",), {"model": model}, **fields)


def searched(content, tool="search"):
    """The messages of a call and its result, as the API wants them."""
    function = {"name": tool, "arguments": "{}"}
    return (
        {"role": "assistant", "content": None, "tool_calls": [{"id": f"id-{tool}", "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": f"id-{tool}", "content": content},
    )


class Table(Playing):
    """Asked with whole messages, or their texts."""

    def ask(self, *contents, **fields):
        reply = self.llm.answer(told(*contents, **fields))
        return reply.text if isinstance(reply, Reply) else str(reply)


@pytest.fixture
def table():
    return Table()


FOUND = searched('{"price": 905.5, "names": ["NVIDIA", "AMD"], "by": {"page": 2}}')
MULTIMODAL = [{"type": "text", "text": "what is"}, {"type": "image_url", "image_url": {}}, {"type": "text", "text": "this"}]

HOLDS = {
    "text": ({"text": "price"}, told("the price?"), True),
    "other-text": ({"text": "Price"}, told("the price?"), False),
    "pattern": ({"text": re.compile("(?i)PRICE")}, told("the price?"), True),
    "not-a-pattern": ({"text": "p.*e"}, told("the price?"), False),
    "the-last-message-only": ({"text": "price"}, told("the price?", "and news?"), False),
    "in-parts": ({"text": "this"}, told(MULTIMODAL), True),
    "no-message": ({"text": "price"}, told(), False),
    "before-the-question": ({"text": "price"}, told("the price?", "Summarize.", purpose="summary"), True),
    "not-the-question": ({"text": "Summarize"}, told("the price?", "Summarize.", purpose="summary"), False),
    "result-text": ({"last_result": "905"}, told("go", *FOUND), True),
    "result-pattern": ({"last_result": re.compile(r"\bAMD\b")}, told("go", *FOUND), True),
    "result-part": ({"last_result": {"price": 905.5, "by": {"page": 2}}}, told("go", *FOUND), True),
    "result-pattern-inside": ({"last_result": {"names": [re.compile("NVI"), "AMD"]}}, told("go", *FOUND), True),
    "result-string-is-whole": ({"last_result": {"names": ["NVI", "AMD"]}}, told("go", *FOUND), False),
    "result-list-is-whole": ({"last_result": {"names": ["NVIDIA"]}}, told("go", *FOUND), False),
    "result-true-is-not-1": ({"last_result": {"by": {"page": True}}}, told("go", *FOUND), False),
    "result-number": ({"last_result": 7}, told("go", *searched("7")), True),
    "result-false": ({"last_result": False}, told("go", *searched("true")), False),
    "result-before": ({"last_result": "905"}, told("go", *FOUND, "and now?"), True),
    "no-result": ({"last_result": {"price": 905.5}}, told("go"), False),
    "not-json": ({"last_result": {"price": 905.5}}, told("go", *searched("{'price': 905.5}")), False),
    "legacy": ({"last_result": "905", "tool": "f"}, told({"role": "function", "name": "f", "content": "905"}), True),
    "tool": ({"tool": "search"}, told("go", *FOUND), True),
    "tool-is-a-whole-name": ({"tool": "sea"}, told("go", *FOUND), False),
    "the-last-tool": ({"tool": "search"}, told("go", *FOUND, *searched("x", "other")), False),
    "tool-not-its-agent": ({"tool": "search"}, told("go", FOUND[0], {**FOUND[1], "name": "user"}), True),
    "tool-of-an-unknown-call": ({"tool": "search"}, told("go", {**FOUND[1], "tool_call_id": "x"}), False),
    "no-tool": ({"tool": "search"}, told("go"), False),
    "agent": ({"agent": "planner"}, told("go"), True),
    "agents": ({"agent": re.compile("^plan")}, told("go"), True),
    "another-agent": ({"agent": "plan"}, told("go"), False),
    "model": ({"model": "gpt-4o"}, told("go"), True),
    "another-model": ({"model": "gpt-4o"}, told("go", model="gpt-4o-mini"), False),
    "model-in-the-body": ({"model": "m"}, LlmRequest("a", "reply", (), body={"model": "m"}), True),
    "predicate": ({"predicate": lambda request: len(request.messages) == 1}, told("go"), True),
    "predicate-raises": ({"predicate": lambda request: request.absent}, told("go"), False),
    "both": ({"text": "price", "agent": "planner"}, told("the price?"), True),
    "one-of-two": ({"text": "price", "agent": "writer"}, told("the price?"), False),
}


@pytest.mark.parametrize(("asked", "request_", "holds"), HOLDS.values(), ids=HOLDS)
def test_a_condition_holds_where_all_that_it_asks_does(asked, request_, holds):
    """And says by differences why not."""
    assert holds is (not Condition(**asked).differences(Seen(request_)))


def test_a_reference_can_be_asked_for():
    """It is filled in when it is held against a request; while it leads nowhere it does not hold, and says why."""
    condition = Condition(text=result("search").names[0])
    runs = [ToolRun("search", "user", {}, "ok", '{"names": ["NVIDIA"]}')]
    assert [] == condition.differences(Seen(told("NVIDIA it is"), 1, runs))
    assert "text with 'NVIDIA'" == repr(condition.differences(Seen(told("AMD it is"), 1, runs))[0].expected)
    (difference,) = condition.differences(Seen(told("NVIDIA it is")))
    assert "has not run so far" in repr(difference.actual)


def test_turns_with_a_condition_stand_beside_the_order(table):
    """The first that holds answers, in the order of the script; else the next turn in order."""
    table.llm.script(say("one"), say("price").when(text="price"), say("two"), say("any price").when(text="pri"), say("three"))
    asked = ["x", "price", "y", "price", "price"]
    assert ["one", "price", "two", "any price", "three"] == [table.ask(text) for text in asked]
    assert [1, 2, 3, 4, 5] == [turn.number for turn in table.llm.turns]
    assert [] == table.llm.leftovers() + table.ledger.findings


def test_requests_of_an_agent_are_counted(table):
    """By itself, and apart from the summaries that it writes."""
    table.llm.script(say("third").when(number=3, agent="planner"), *(say(str(n)) for n in range(5)))
    table.llm.summary.script("sum")
    seen = [table.ask(agent=agent) for agent in ("planner", "writer", "writer", "planner")]
    table.ask(purpose="summary")
    assert ["0", "1", "2", "3", "third"] == [*seen, table.ask()]


TIMES = {
    "once": ({}, 2, 0, 1),
    "twice": ({"times": 2}, 2, 0, 0),
    "twice-played-once": ({"times": 2}, 1, 1, 0),
    "twice-optional": ({"times": 2, "optional": True}, 1, 0, 0),
    "any-never": ({"times": "any"}, 0, 1, 0),
    "any": ({"times": "any"}, 4, 0, 0),
    "never": ({}, 0, 1, 0),
    "never-optional": ({"optional": True}, 0, 0, 0),
}


@pytest.mark.parametrize(("often", "asked", "left", "exhausted"), TIMES.values(), ids=TIMES)
def test_a_turn_is_played_as_often_as_it_says(table, often, asked, left, exhausted):
    """Once, so many times, or any number but none; what is owed is left over, unless it is optional."""
    table.llm.script(say("hi").when(text="hello", **often))
    refused = 0
    for _ in range(asked):
        try:
            table.ask("hello")
        except ScriptExhausted:
            refused += 1
    assert (left, exhausted) == (len(table.llm.leftovers()), refused)


LEFT = {
    "never-asked": ((), "turn 1 was not played; no request came"),
    "closest": (
        ("the prize?", "no", "nothing"),
        "turn 1 was not played; the closest was request 3 of planner\n  text: expected text with 'price', got \"nothing\"",
    ),
}


@pytest.mark.parametrize(("asked", "what"), LEFT.values(), ids=LEFT)
def test_a_turn_that_never_answered_says_what_came_closest(table, asked, what):
    """The latest of those that differ least, as differences."""
    table.llm.script(say("hi").when(text="price"))
    for text in asked:
        with pytest.raises(ScriptExhausted):
            table.ask(text)
    (left,) = table.llm.leftovers()
    assert f'the chat ended and the script has 1 turn left, from turn 1: say "hi".when(text="price")\n{what}' == left.what


def test_fewer_differences_are_closer(table):
    """However late the others come."""
    table.llm.script(say("hi").when(text="price", number=9, model="m"), say("1"), say("2"))
    table.ask("the price?")
    table.ask("nothing")
    assert "the closest was request 1 of planner" in table.llm.leftovers()[0].what


def test_a_turn_that_was_played_too_seldom_says_how_often(table):
    """And what was asked instead."""
    table.llm.script(say("hi").when(text="price", times=3), say("ok"))
    table.ask("price")
    table.ask("other")
    assert "turn 1 was played once; the closest was request 2 of planner" in table.llm.leftovers()[0].what


def test_a_turn_that_another_one_hides_is_told_so(table):
    """It would have answered."""
    table.llm.script(say("first").when(text="price", times=2), say("hidden").when(text="price"))
    table.ask("price")
    table.ask("price")
    (left,) = table.llm.leftovers()
    assert "it would have answered request 2 of planner, and a turn before it did" in left.what
    assert ([2], 2) == (left.fields["numbers"], left.turn)


def test_a_request_that_no_condition_wants_is_told_the_nearest(table):
    """As differences; a turn that is bound to another agent is further away."""
    table.llm.script(say("a").when(text="price").by("writer"), say("b").when(text="news"), say("c").when(text="x", number=7))
    with pytest.raises(ScriptExhausted) as caught:
        table.ask("the price?")
    assert "the script has no turn left that answers this (0 played)\nturn 1 does not answer it, say" in str(caught.value)
    assert '\n  agent: expected "writer", got "planner"' in str(caught.value)


def test_leftovers_are_listed_by_their_own_numbers(table):
    """What was played in between is not among them."""
    table.llm.script(say("a"), say("b").when(text="x"), say("c").when(text="price"), say("d"))
    table.ask("first")
    table.ask("price")
    for finding in table.llm.leftovers():
        table.ledger.record(finding)
    rows = [(row.turn, row.scripted) for row in Transcript(table.ledger).rows]
    played = [("1", 'say "a"'), ("3", 'say "c".when(text="price")')]
    assert [*played, ("2", 'say "b".when(text="x")'), ("4", 'say "d"')] == rows


def test_a_condition_binds_to_an_agent_as_by_does(table):
    """In a script of its own, too, and in that of the selector."""
    table.llm.script(say("for the writer").by("writer").when(text="go"), say("else"))
    assert ["else", "for the writer"] == [table.ask("go"), table.ask("go", agent="writer")]
    table.llm.selector.script(say("writer").when(text="plan"), say("planner").when(times="any"))
    question = "Choose from ['planner', 'writer']"
    chosen = [table.ask(text, question, purpose="selection", agent="selector") for text in ("hi", "the plan", "hi")]
    assert ["planner", "writer", "planner"] == chosen


def test_a_second_script_ends_what_may_still_be_played(table):
    """Each chat has its own answers."""
    table.llm.script(say("old").when(times="any"))
    table.ask()
    table.llm.script(say("new"))
    assert "new" == table.ask()
    with pytest.raises(ScriptExhausted):
        table.ask()
    assert [1, 2] == [turn.number for turn in table.llm.turns]


def test_a_loop_is_caught(table):
    """A turn without end that is asked the same again and again; the finding is told once, however often it happens."""
    table.llm.script(call("search").when(times="any"))
    for _ in range(MOST_REPEATS):
        table.ask("go", *searched("same"))
    assert [] == table.rules
    for _ in range(2):
        with pytest.raises(ScriptExhausted, match=r"turn 1 answered planner 10 times, and each time it was asked the same"):
            table.ask("go", *searched("same"))
    assert ["script-looping"] * 2 == table.rules
    assert 1 == len({finding.what for finding in table.ledger.findings})


def test_after_a_loop_another_request_is_judged_by_itself(table):
    """It finds no turn, which is not the loop again."""
    table.llm.script(say("hm").when(text="same", times="any"))
    for text in ["same"] * MOST_REPEATS:
        table.ask(text)
    for text in ("same", "other"):
        with pytest.raises(ScriptExhausted):
            table.ask(text)
    assert ["script-looping", "script-exhausted"] == table.rules


def test_a_predicate_need_not_look_at_requests_that_do_not_matter():
    """Those of other agents may have nothing that it looks for."""
    condition = Condition(agent="writer", predicate=lambda request: request.absent)
    assert ["agent"] == [one.path for one in condition.differences(Seen(told("go")))]


def test_a_finding_points_at_the_time_when_it_happened(table):
    """Of a turn that is played more than once."""
    table.llm.script(say("hm").when(times=3).expecting(messages=1))
    for messages in ("a", "bb", "c"):
        table.ask(*messages)
    assert [[], ["request-unexpected"], []] == [row.rules for row in Transcript(table.ledger).rows]


NO_LOOPS = {
    "said-so": ({"times": 50}, lambda _: ("same",), {}),
    "new-text": ({"times": "any"}, lambda n: (f"text {n}",), {}),
    "agents": ({"times": "any"}, lambda _: ("same",), {"agent": "agent {}"}),
    "chat-goes-on": ({"times": "any"}, lambda n: (f"text {n}", "Choose."), {"purpose": "summary"}),
}


@pytest.mark.parametrize(("often", "asked", "fields"), NO_LOOPS.values(), ids=NO_LOOPS)
def test_what_changes_is_no_loop(table, often, asked, fields):
    """Another text, another agent; nor is a number that the test says."""
    script = table.llm.summary.script if "purpose" in fields else table.llm.script
    script(say("hm").when(**often))
    for n in range(50):
        table.ask(*asked(n), **{name: value.format(n) for name, value in fields.items()})
    assert [] == table.rules


def test_a_script_that_goes_on_is_no_loop(table):
    """As long as turns are played that come to an end."""
    table.llm.script(say("go on").when(text="continue?", times="any"), *(say(str(n)) for n in range(5)))
    for _ in range(5):
        for text in ["continue?"] * MOST_REPEATS + ["next"]:
            table.ask(text)
    assert [] == table.rules


WRONG = {
    "nothing": ({}, "asks nothing"),
    "empty-text": ({"text": ""}, "would hold for every text"),
    "empty-result": ({"last_result": ""}, "would hold for every text"),
    "text": ({"text": 3}, r"when\(text=...\) takes text or a compiled pattern or result\(...\), not 3"),
    "agent": ({"agent": ["a"]}, "takes text or a compiled pattern"),
    "number": ({"number": "1"}, "takes a number"),
    "boolean": ({"number": True}, "takes a number"),
    "zero": ({"number": 0}, "counted from 1"),
    "times": ({"text": "x", "times": 0}, 'a number from 1, or "any"'),
    "often": ({"text": "x", "times": "often"}, 'a number from 1, or "any"'),
    "predicate": ({"predicate": True}, "takes a function of the request"),
}


@pytest.mark.parametrize(("asked", "message"), WRONG.values(), ids=WRONG)
def test_a_condition_that_cannot_be_is_refused_where_it_is_written(asked, message):
    """Not when the chat runs."""
    with pytest.raises(UsageError, match=message):
        say("x").when(**asked)


def test_a_condition_is_written_once_and_for_the_whole_turn():
    """Two conditions would be a riddle; one request is answered by all calls of a turn."""
    with pytest.raises(UsageError, match="write both into one when"):
        say("x").when(text="a").when(number=2)
    with pytest.raises(UsageError, match=r"write calls\(...\).when"):
        calls(call("a").when(text="x"))


@pytest.mark.parametrize("turn", [call("t", x=1), calls(call("t")), say("x"), fail(429)], ids=str)
def test_every_turn_can_have_a_condition(turn):
    """It goes with ``.by`` in any order, and changes nothing else."""
    assert turn.by("a").when(text="x") == turn.when(text="x").by("a")
    assert (
        f'{turn}.when(text="x", tool=re.compile(\'^s\'), times="any", optional=true)'
        == turn.when(tool=re.compile("^s"), text="x", times="any", optional=True).conditioned
    )


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_every_request_is_answered_by_the_first_turn_that_wants_it(wanted, asked):
    """Whatever is asked: by a turn for it as long as there is one, then by the order, and what is not played is left."""
    table = Table()
    table.llm.script(*(say(f"{text}{n}").when(text=text) for n, text in enumerate(wanted)), *(say("order") for _ in asked))
    free = [f"{text}{n}" for n, text in enumerate(wanted)]
    for text in asked:
        expected = next((one for one in free if one.startswith(text)), "order")
        assert expected == table.ask(text)
        if expected in free:
            free.remove(expected)
    left = [turn for finding in table.llm.leftovers() for turn in finding.fields["turns"]]
    assert free == [turn.split('"')[1] for turn in left if ".when" in turn]
