"""Chats in other threads and loops, chats that raise, and chats that do not end."""

from __future__ import annotations

import asyncio
import re
import threading
from typing import Annotated

import autogen
import pytest

from autogen_harness import Harness, HarnessFailure, call, result, say
from autogen_harness.settings import Settings

pytest_plugins = ["pytester"]

needs_run = pytest.mark.skipif(not hasattr(autogen.ConversableAgent, "run"), reason="run() came with 0.9")


def double(x: Annotated[int, "a number"]) -> int:
    """Doubles."""
    return 2 * x


def broken() -> str:
    """Raises."""
    raise ValueError("bad")


def slow_and_broken() -> str:
    """Raises after a while of real time."""
    threading.Event().wait(0.3)
    raise ValueError("bad")


waiting: list[threading.Event] = []


def stuck() -> str:
    """Waits until the test lets it go."""
    waiting.append(threading.Event())
    waiting[0].wait()
    return "at last"


@needs_run
def test_run_with_process_is_scripted(harness, cast):
    """The chat is in a thread of AutoGen's; its summary arrives when its events are processed."""
    user, assistant = cast.pair(double)
    harness.llm.script(call("double", x=4), say(result("double"), " TERMINATE"))
    response = user.run(assistant, message="go", summary_method="last_msg")
    response.process()
    assert "8" in response.summary
    assert ["double"] == harness.transcript.tool_calls


@needs_run
def test_run_without_a_recipient_makes_its_own_executor(harness, cast):
    """``agent.run(message=..., tools=...)``: AutoGen makes the user."""
    assistant = cast.assistant()
    tool = autogen.tools.Tool(name="double", description="Doubles", func_or_tool=double)
    harness.llm.script(call("double", x=4), say(result("double"), " TERMINATE"))
    response = assistant.run(message="go", tools=tool, max_turns=3)
    response.process()
    assert ["double"] == harness.transcript.tool_calls


@needs_run
def test_a_run_async_is_scripted(harness, cast):
    """``a_run``: the chat is a task of the test's own loop."""
    user, assistant = cast.pair(double)
    harness.llm.script(call("double", x=4), say(result("double"), " TERMINATE"))

    async def body():
        response = await user.a_run(assistant, message="go")
        await response.process()

    asyncio.run(body())
    assert ["double"] == harness.transcript.tool_calls


@needs_run
def test_an_error_inside_run_is_recorded_even_where_nobody_processes_it(harness, cast):
    """An exhausted script ends the thread's chat; ``process()`` would raise it, and is never called here."""
    user, assistant = cast.pair()
    harness.expect("script-exhausted", agent="assistant")
    before = set(threading.enumerate())
    user.run(assistant, message="go")
    for thread in set(threading.enumerate()) - before:
        thread.join()


@needs_run
def test_a_run_that_nobody_processes_is_judged_to_its_end(cast):
    """The test is over before the chat: the verdict waits for it, and what went wrong in it is told."""
    user, assistant = cast.pair(slow_and_broken)
    with pytest.raises(HarnessFailure) as caught, Harness() as harness:
        harness.llm.script(call("slow_and_broken"), say("TERMINATE"))
        user.run(assistant, message="go")
    assert ["tool-raised"] == [finding.rule for finding in caught.value.findings]


@needs_run
def test_a_run_that_never_ends_is_a_hung_chat(cast):
    """With the line of the test's own code where it waits."""
    user, assistant = cast.pair(stuck)
    before = set(threading.enumerate())
    with pytest.raises(HarnessFailure) as caught, Harness(settings=Settings(hang_seconds=0.2)) as harness:
        harness.llm.script(call("stuck"), say("TERMINATE"))
        user.run(assistant, message="go")
        while not waiting:
            pass
    waiting.pop().set()
    for thread in set(threading.enumerate()) - before:
        thread.join()
    (finding,) = [one for one in caught.value.findings if one.rule == "chat-hung"]
    assert re.search(r"a chat that run\(\) started .* waits at .*test_classic_runs\.py:\d+ \(stuck\)$", finding.what)


@needs_run
def test_a_person_behind_run_is_scripted(harness, cast):
    """``run`` asks through a stream of its own, which would wait for an event handler."""
    user, assistant = cast.user(human_input_mode="ALWAYS"), cast.assistant()
    harness.human.says("exit")
    harness.llm.script(say("one"))
    user.run(assistant, message="go").process()
    assert 1 == len(harness.human.asked)


@needs_run
def test_a_person_behind_a_run_is_scripted(harness, cast):
    """``a_run`` has a stream of its own too, which is awaited: here 0.9 can ask."""
    user, assistant = cast.user(human_input_mode="ALWAYS"), cast.assistant()
    harness.human.says("go on", "exit")
    harness.llm.script(say("one"), say("two"))

    async def body():
        await (await user.a_run(assistant, message="go")).process()

    asyncio.run(body())
    assert 2 == len(harness.human.asked)


def talk(user, assistant):
    return user.initiate_chat(assistant, message="go")


def test_two_threads_at_a_time_each_follow_their_agents_script(harness, cast):
    """Even two agents with one client between them."""
    pairs = {name: (cast.user(f"user_{name}", tools=[double]), cast.assistant(name, tools=[double])) for name in ("a", "b")}
    pairs["b"][1].client = pairs["a"][1].client
    for index, name in enumerate(pairs):
        turns = [call("double", x=index + n) for n in range(10)]
        harness.llm.agent(name).script(*turns, say(f"{name} TERMINATE"))
    outcomes = {}
    threads = [threading.Thread(target=lambda n=name, p=pair: outcomes.update({n: talk(*p)})) for name, pair in pairs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {"a": "a TERMINATE", "b": "b TERMINATE"} == {n: o.chat_history[-1]["content"] for n, o in outcomes.items()}
    for index, name in enumerate(pairs):
        runs = [run for run in harness.transcript.tool_runs if run.agent == f"user_{name}"]
        assert [{"x": index + n} for n in range(10)] == [run.arguments for run in runs]


def test_chats_gathered_in_one_loop_each_follow_their_agents_script(harness, cast):
    """``asyncio.gather`` of two chats; their model calls are made in executor threads."""
    pairs = {name: (cast.user(f"user_{name}", tools=[double]), cast.assistant(name, tools=[double])) for name in ("a", "b")}
    for name in pairs:
        harness.llm.agent(name).script(*(call("double", x=n) for n in range(5)), say(f"{name} TERMINATE"))

    async def body():
        return await asyncio.gather(*(user.a_initiate_chat(assistant, message="go") for user, assistant in pairs.values()))

    assert ["a TERMINATE", "b TERMINATE"] == [outcome.chat_history[-1]["content"] for outcome in asyncio.run(body())]


@pytest.mark.parametrize("way", ["sync", "async"])
def test_an_exhausted_script_ends_the_chat_and_hints_at_termination(harness, cast, way):
    """A longer text with TERMINATE in it does not end a chat whose test is AutoGen's default, equality."""
    user, assistant = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False), cast.assistant()
    harness.expect("script-exhausted", agent="assistant")
    harness.llm.script(say("bye. TERMINATE"))
    with pytest.raises(Exception, match="is_termination_msg"):
        talk(user, assistant) if way == "sync" else asyncio.run(user.a_initiate_chat(assistant, message="go"))


def test_a_swallowed_exception_is_judged_all_the_same(cast):
    """The chat ends well, the body catches everything: the verdict still holds."""
    with pytest.raises(HarnessFailure) as caught, Harness() as harness:
        user, assistant = cast.pair(broken)
        harness.llm.script(call("broken"), say("all fine TERMINATE"))
        talk(user, assistant)
    assert ["tool-raised"] == [finding.rule for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("turn", "rules"),
    {
        "met": (call("broken").raises(ValueError, match="^bad$"), []),
        "other-class": (call("broken").raises(KeyError), ["tool-raised"]),
        "other-text": (call("broken").raises(ValueError, match="good"), ["tool-raised"]),
        "does-not-raise": (call("double", x=1).raises(ValueError), ["expectation-unmet"]),
    }.values(),
)
def test_an_expected_error_must_be_the_one_that_is_raised(cast, turn, rules):
    """``.raises(...)`` met is no finding; unmet, it is one: what happened, or that nothing did."""
    caught = []
    try:
        with Harness() as harness:
            user, assistant = cast.pair(broken, double)
            harness.llm.script(turn, say("TERMINATE"))
            talk(user, assistant)
    except HarnessFailure as failure:
        caught = [finding.rule for finding in failure.findings]
    assert rules == caught


def test_a_reference_that_leads_nowhere_is_a_finding_of_its_turn(harness, cast):
    """The turn cannot be played; the message shows what the result holds."""
    user, assistant = cast.pair(double)
    harness.expect("script-broken", turn=2)
    harness.llm.script(call("double", x=1), say(result("double").price))
    with pytest.raises(Exception, match="has no 'price'"):
        talk(user, assistant)


HUNG = """
import asyncio, threading
import autogen

def wait() -> str:
    "Waits for ever."
    threading.Event().wait()

def test_hung(harness):
    from autogen_harness import call, say
    user = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    assistant = autogen.AssistantAgent("assistant", llm_config={"config_list": [{"model": "m"}]})
    user.register_for_execution()(assistant.register_for_llm(description="d")(wait))
    harness.llm.script(call("wait"), say("TERMINATE"))
    START
"""


@pytest.mark.parametrize(
    "start",
    ['user.initiate_chat(assistant, message="go")', 'asyncio.run(user.a_initiate_chat(assistant, message="go"))'],
    ids=["sync", "async"],
)
def test_a_chat_that_hangs_is_ended_and_says_after_which_turn(pytester, start):
    """The watchdog raises in the main thread, AutoGen may swallow it as a tool's error: the finding stands."""
    pytester.makepyfile(HUNG.replace("START", start))
    loaded = () if _is_installed() else ("-p", "autogen_harness.pytest_plugin")
    outcome = pytester.runpytest_inprocess(*loaded, "-p", "no:randomly", "-p", "no:asyncio", "-o", "harness_hang_seconds=0.3")
    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*chat-hung: nothing happened for 0.3 s*the last turn was 1, call wait()*"])


def _is_installed():
    from importlib.metadata import entry_points

    return any(entry.name == "autogen_harness" for entry in entry_points(group="pytest11"))
