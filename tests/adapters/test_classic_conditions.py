"""Conditions, expectations and many agents in real chats of classic AutoGen."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import threading
import warnings

import pytest

from autogen_harness import call, calls, result, say
from autogen_harness.errors import ScriptExhausted
from autogen_harness.report.failure import render_table


def get_price(ticker: str) -> str:
    """Price of a stock."""
    return json.dumps({"symbol": ticker, "price": len(ticker) * 100.5})


def test_turns_are_chosen_by_what_is_said(harness, cast):
    """Two questions in the order in which nobody wrote them down."""
    user, analyst = cast.pair(get_price)
    harness.llm.script(
        say("No news. TERMINATE").when(text="news"),
        call("get_price", ticker="NVDA")
        .when(text=re.compile("price|cost"))
        .expecting(tools=["get_price"], messages=range(2, 9)),
        say("It is ", result("get_price").price, ". TERMINATE")
        .when(tool="get_price", last_result={"symbol": "NVDA"})
        .expecting(results={"get_price": {"price": 402.0}}, without="sk-"),
    )
    ends = [user.initiate_chat(analyst, message=f"Any {about}?").chat_history[-1]["content"] for about in ("price", "news")]
    assert ["It is 402.0. TERMINATE", "No news. TERMINATE"] == ends
    assert [2, 3, 1] == [turn.number for turn in harness.llm.turns]


def test_what_a_turn_expects_of_its_request_fails_the_test_afterwards(harness, cast):
    """The chat itself goes on to its end."""
    user, analyst = cast.pair(get_price)
    harness.llm.script(
        call("get_price", ticker="NVDA").expecting(tools=["search", ...]),
        say("TERMINATE").expecting(result={"price": 1}, without=re.compile("secret-[0-9]+")),
    )
    user.initiate_chat(analyst, message="Use secret-42.")
    for finding in harness.ledger.findings:
        assert "request-unexpected" == finding.rule
    first, second = ([one.path for one in finding.fields["differences"]] for finding in harness.ledger.findings)
    assert ["tools.search"] == first
    assert ["result.price", "messages[1].content"] == second
    harness.expect("request-unexpected", count=2, agent="assistant")


def test_a_chat_that_goes_round_in_circles_is_ended(harness, cast):
    """By a finding that names the turn, and long before AutoGen's own limit."""
    user, analyst = cast.user(default_auto_reply="Go on."), cast.assistant()
    harness.llm.script(say("hm").when(times="any"))
    harness.expect("script-looping", agent="assistant")
    with pytest.raises(Exception, match="turn 1 answered assistant 10 times"):
        user.initiate_chat(analyst, message="Go on.")
    assert '1     assistant  say "hm".when(times="any") (9 times)' in render_table(harness.transcript.rows)


# -- references ----------------------------------------------------------------------------------------------------------


async def slow_price(ticker: str) -> str:
    """Price of a stock, of which the first one asked for comes last."""
    await asyncio.sleep({"NVDA": 3, "AMD": 1}.get(ticker, 2))
    return json.dumps({"symbol": ticker})


def test_parallel_calls_are_counted_as_the_turn_makes_them(harness, cast):
    """Not as they end: a reference to one of them is the same in every run."""
    user, analyst = cast.pair(slow_price)
    harness.llm.script(
        calls(*(call("slow_price", ticker=ticker) for ticker in ("NVDA", "AMD", "TSM"))),
        say(*(result("slow_price", call=n, path="$.symbol") for n in range(3)), result("slow_price").symbol, " TERMINATE"),
    )
    chat = asyncio.run(user.a_initiate_chat(analyst, message="Prices?"))
    assert "NVDAAMDTSMTSM TERMINATE" == chat.chat_history[-1]["content"]


def test_every_tool_run_knows_the_id_of_its_call(harness, cast):
    """On every line, also where AutoGen does not hand it on."""
    user, analyst = cast.pair(get_price)
    harness.llm.script(calls(call("get_price", ticker="A"), call("get_price", ticker="AB")), say("TERMINATE"))
    user.initiate_chat(analyst, message="Prices?")
    made = [ident for turn in harness.llm.turns for ident, _ in turn.calls]
    assert made == [run.call_id for run in harness.transcript.tool_runs]
    assert [{"ticker": "A"}, {"ticker": "AB"}] == [run.arguments for run in harness.transcript.tool_runs]


# -- many agents ---------------------------------------------------------------------------------------------------------

TICKERS = ["A" * n for n in range(1, 9)]


def _desks(harness, cast, tool):
    """Eight pairs of agents that all use the same tool, each with a script of its own."""
    pairs = []
    for ticker in TICKERS:
        name = f"analyst_{len(ticker)}"
        user, analyst = cast.user(f"user_{len(ticker)}", [tool]), cast.assistant(name, [tool])
        harness.llm.agent(name).script(
            call(tool.__name__, ticker=ticker),
            call(tool.__name__, ticker=result(tool.__name__).symbol).expecting(result={"symbol": ticker}),
            say(name, ": ", result(tool.__name__, call=0).symbol, " TERMINATE").when(tool=tool.__name__, number=3),
        )
        pairs.append((user, analyst))
    return pairs


def _seen(chats):
    """What was said in each chat, with the ids of its calls."""
    return [
        [(message.get("content"), [one["id"] for one in message.get("tool_calls") or ()]) for message in chat.chat_history]
        for chat in chats
    ]


def _in_turn(pairs):
    return [user.initiate_chat(analyst, message="Price?") for user, analyst in pairs]


def _in_threads(pairs):
    chats = [None] * len(pairs)
    ready = threading.Barrier(len(pairs))

    def run(number, user, analyst):
        ready.wait()
        chats[number] = user.initiate_chat(analyst, message="Price?")

    threads = [threading.Thread(target=run, args=(number, *pair)) for number, pair in enumerate(pairs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return chats


def _on_one_loop(pairs):
    async def run():
        return await asyncio.gather(*(user.a_initiate_chat(analyst, message="Price?") for user, analyst in pairs))

    return asyncio.run(run())


def lookup(ticker: str) -> str:
    """Looks a stock up."""
    return json.dumps({"symbol": ticker})


async def slow_lookup(ticker: str) -> str:
    """Looks a stock up; some take longer than others."""
    await asyncio.sleep(len(ticker) * 5 % 8)
    return lookup(ticker)


slow_lookup.__name__ = lookup.__name__  # so that every way makes the same chats


def test_agents_at_work_at_the_same_time_each_follow_their_own_script(harness, cast):
    """In turn, in threads and on one event loop: the same words, the same references, the same ids."""
    seen = {}
    for way, tool in {_in_turn: lookup, _in_threads: lookup, _on_one_loop: slow_lookup}.items():
        with harness.example():
            seen[way] = _seen(way(_desks(harness, cast, tool)))
    assert [f"analyst_{len(ticker)}: {ticker} TERMINATE" for ticker in TICKERS] == [chat[-1][0] for chat in seen[_in_turn]]
    assert seen[_in_turn] == seen[_in_threads] == seen[_on_one_loop]


def test_sequential_chats_name_their_summaries_in_every_listing(harness, cast):
    """One is scripted, one is the default; both say who asked for it: whoever began the chat."""
    user, planner, writer = cast.user(), cast.assistant("planner"), cast.assistant("writer")
    harness.llm.agent("planner").script(say("a plan TERMINATE"))
    harness.llm.agent("writer").script(say("a text TERMINATE").expecting(last_message="They plan."))
    harness.llm.summary.script(say("They plan.").when(text="a plan"))
    chats = user.initiate_chats(
        [
            {"recipient": planner, "message": "Plan", "summary_method": "reflection_with_llm"},
            {"recipient": writer, "message": "Write", "summary_method": "reflection_with_llm"},
        ]
    )
    assert ["They plan.", "a text TERMINATE"] == [chat.summary for chat in chats]
    assert ["reply", "summary", "reply", "summary"] == [turn.purpose for turn in harness.llm.turns]
    table = render_table(harness.transcript.rows)
    assert re.search(r'^summary 1 +user \(summary\) +say "They plan."', table, re.MULTILINE)
    assert re.search(r"^summary +user \(summary\) +the last message \(default\)", table, re.MULTILINE)
    assert [("planner", "reply"), ("user", "summary"), ("writer", "reply"), ("user", "summary")] == [
        (request.agent, request.purpose) for request in harness.llm.requests
    ]


def test_async_sequential_chats_wait_for_each_other(harness, cast):
    """By their prerequisites, with the scripts of their agents."""
    user, planner, writer = cast.user(), cast.assistant("planner"), cast.assistant("writer")
    harness.llm.agent("planner").script(say("a plan TERMINATE"))
    harness.llm.agent("writer").script(say("a text TERMINATE").expecting(last_message="a plan"))
    chats = asyncio.run(
        user.a_initiate_chats(
            [
                {"chat_id": 1, "recipient": planner, "message": "Plan", "summary_method": "last_msg"},
                {"chat_id": 2, "recipient": writer, "message": "Write", "prerequisites": [1]},
            ]
        )
    )
    assert "a text TERMINATE" == chats[2].chat_history[-1]["content"]


def test_a_selector_is_scripted_by_what_was_said(harness, cast):
    """Its conditions look at the chat, not at AutoGen's question; the table says what was asked for."""
    user, planner, writer = cast.user(), cast.assistant("planner"), cast.assistant("writer")
    manager = cast.group(user, planner, writer)
    harness.llm.agent("planner").script(say("the plan is ready"))
    harness.llm.agent("writer").script(say("written TERMINATE"))
    harness.llm.selector.script(
        say("writer").when(text="plan is ready"), say("planner").when(text="begin").expecting(messages=range(2, 9))
    )
    user.initiate_chat(manager, message="Please begin")
    assert ["planner", "writer"] == [request.agent for request in harness.llm.requests if request.purpose == "reply"]
    table = render_table(harness.transcript.rows)
    assert re.search(r'^selector 2 +\(speaker selection\) +say "planner".when\(text="begin"\)', table, re.MULTILINE)


def test_group_chats_at_the_same_time_share_what_is_asked_of_the_selector_and_the_summary(harness, cast):
    """Conditions tell the chats apart, whoever asks first."""

    def group(city):
        user, planner, writer = (cast.user(f"user_{city}"), *(cast.assistant(f"{who}_{city}") for who in ("planner", "writer")))
        harness.llm.agent(planner.name).script(say(f"a plan for {city}"))
        harness.llm.agent(writer.name).script(say(f"written in {city} TERMINATE"))
        begin = {"message": f"begin in {city}", "summary_method": "reflection_with_llm"}
        return user.a_initiate_chat(cast.group(user, planner, writer), **begin)

    async def run(cities):
        return await asyncio.gather(*map(group, cities))

    cities = ["oslo", "rome", "lima"]
    harness.llm.selector.script(
        *(say(f"planner_{city}").when(text=f"begin in {city}") for city in cities),
        *(say(f"writer_{city}").when(text=f"plan for {city}") for city in cities),
    )
    harness.llm.summary.script(*(say(f"sum of {city}").when(agent=f"user_{city}", text="TERMINATE") for city in cities))
    chats = asyncio.run(run(["lima", "oslo", "rome"]))
    assert ["sum of lima", "sum of oslo", "sum of rome"] == [chat.summary for chat in chats]


def test_a_selector_that_may_say_the_same_for_ever_is_no_loop(harness, cast):
    """AutoGen's question is the same each time, and the chat goes on."""
    user, planner = cast.user(), cast.assistant("planner")
    other = cast.assistant("writer")
    manager = cast.group(user, planner, other, max_round=15)
    harness.llm.selector.script(say("planner").when(times="any"))
    harness.llm.script(*(say(f"step {n}") for n in range(14)))
    user.initiate_chat(manager, message="Please begin")
    assert 14 == len([turn for turn in harness.llm.turns if turn.purpose == "selection"])


def test_an_agent_inside_a_tool_and_a_nested_chat_have_scripts_of_their_own(harness, cast):
    """And the requests of both are told by their names."""
    expert, asker = cast.assistant("expert"), cast.user("asker", max_consecutive_auto_reply=0)

    def ask_expert(question: str) -> str:
        """Asks the expert."""
        return asker.initiate_chat(expert, message=question, max_turns=1).summary

    user, chief = cast.user(tools=[ask_expert]), cast.assistant("chief", [ask_expert])
    critic = cast.assistant("critic")
    writer = cast.assistant("writer")
    writer.register_nested_chats([{"recipient": critic, "max_turns": 1, "summary_method": "last_msg"}], trigger=chief)
    harness.llm.agent("chief").script(
        call("ask_expert", question="why?"), say("because ", result("ask_expert")), say("thanks TERMINATE").when(text="fine")
    )
    harness.llm.agent("expert").script(say("physics").when(text="why?"))
    harness.llm.agent("critic").script(say("fine").expecting(last_message="because physics"))
    user.initiate_chat(chief, message="Explain", max_turns=2)
    chief.initiate_chat(writer, message="because physics", max_turns=2)
    assert ["chief", "expert", "chief", "critic", "chief"] == [request.agent for request in harness.llm.requests]


def test_what_is_forbidden_fails_whoever_swallows_it(harness, cast):
    """From 0.9 on AutoGen makes a warning of it and goes on with an empty summary."""
    user, planner = cast.user(), cast.assistant("planner")
    harness.llm.summary.forbid()
    harness.llm.script(say("a plan TERMINATE"))
    with warnings.catch_warnings(), contextlib.suppress(ScriptExhausted):
        warnings.simplefilter("ignore")
        user.initiate_chat(planner, message="Plan", summary_method="reflection_with_llm")
    assert ["script-exhausted"] == [finding.rule for finding in harness.ledger.findings]
    harness.expect("script-exhausted", agent="user")
