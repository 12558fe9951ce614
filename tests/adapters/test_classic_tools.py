"""What happens to tool calls that go wrong: AutoGen tells the model a text and goes on, the harness records a finding."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from functools import wraps
from typing import Annotated

import autogen
import pytest

from autogen_harness import Harness, HarnessFailure, call, calls, result, say
from autogen_harness.llm.replies import Reply, ToolCall

HAS_RUN = hasattr(autogen.ConversableAgent, "run")
"""From 0.9 on: wrong names are dropped, and arguments of registered tools are validated."""


def fine(x: Annotated[int, "a number"] = 1) -> str:
    """Works."""
    return f"got {x!r}"


def needy(x: Annotated[int, "a number"]) -> str:
    """Needs its argument."""
    return f"got {x!r}"


def broken(x: Annotated[int, "a number"] = 1) -> str:
    """Raises."""
    raise ConnectionError("db down")


def unsure(x: Annotated[int, "a number"] = 1) -> str:
    """Asserts."""
    assert x == 2, "nope"
    return "ok"


def stopping(x: Annotated[int, "a number"] = 1) -> str:
    """Exhausts an iterator."""
    return next(iter(()))


def mistaken(x: Annotated[int, "a number"] = 1) -> str:
    """Has a TypeError in its body, which is no fault of the arguments."""
    return len(x)


async def broken_later(x: Annotated[int, "a number"] = 1) -> str:
    """Raises after a wait."""
    await asyncio.sleep(1)
    raise ConnectionError("db down")


def resilient(tool):
    @wraps(tool)
    def wrapper(*args, **kwargs):
        return tool(*args, **kwargs)

    return wrapper


def strict(tool):
    @wraps(tool)
    def wrapper(*args, **kwargs):
        raise PermissionError("not allowed")

    return wrapper


@resilient
async def wrapped(x: Annotated[int, "a number"] = 1) -> str:
    """A sync wrapper around an async tool."""
    return "ok"


@resilient
def behind(x: Annotated[int, "a number"]) -> str:
    """Needs its argument, behind a decorator that takes anything."""
    return f"got {x!r}"


@strict
def refused(x: Annotated[int, "a number"] = 1) -> str:
    """Its decorator raises before the tool's own body begins."""
    return "ok"


def in_map(cast, tool):
    """The tool as it stands, in a ``function_map``."""
    return cast.user(function_map={tool.__name__: tool}), cast.assistant(tools=[tool])


def registered(cast, tool):
    """The tool as AutoGen wraps it in ``register_for_execution``."""
    return cast.pair(tool)


def talk(user, assistant):
    return user.initiate_chat(assistant, message="go")


def a_talk(user, assistant):
    return asyncio.run(user.a_initiate_chat(assistant, message="go"))


ways = pytest.mark.parametrize("wiring", [in_map, registered])
both = pytest.mark.parametrize("chat", [talk, a_talk], ids=["sync", "async"])

FAULTS = {
    "raise": (broken, {"x": 1}, "tool-raised", {"type": "ConnectionError", "message": "db down", "error": ConnectionError}),
    "raise-async": (broken_later, {"x": 1}, "tool-raised", {"type": "ConnectionError", "error": ConnectionError}),
    "assert": (unsure, {"x": 1}, "tool-raised", {"type": "AssertionError"}),
    "type-error-inside": (mistaken, {"x": 1}, "tool-raised", {"type": "TypeError"}),
    "stop-iteration": (stopping, {"x": 1}, "tool-raised", {"type": "StopIteration"}),
    "decorator-raises": (refused, {"x": 1}, "tool-raised", {"type": "PermissionError"}),
    "wrong-name": (fine, {"y": 1}, "tool-bad-args", {"tool": "fine"}),
    "wrong-name-beside-a-right-one": (fine, {"x": 1, "y": 1}, "tool-bad-args", {"tool": "fine"}),
    "missing-behind-a-decorator": (behind, {}, "tool-bad-args", {"tool": "behind"}),
    "missing": (needy, {}, "tool-bad-args", {"tool": "needy"}),
}


@both
@ways
@pytest.mark.parametrize(("tool", "arguments", "rule", "fields"), FAULTS.values(), ids=FAULTS)
def test_every_failure_of_a_tool_is_its_finding(harness, cast, tool, arguments, rule, fields, wiring, chat):  # noqa: PLR0917 - a table
    """However the tool is wired and the chat is run, on every AutoGen line."""
    user, assistant = wiring(cast, tool)
    harness.expect(rule, **fields)
    harness.llm.script(call(tool.__name__, arguments), say("TERMINATE"))
    chat(user, assistant)
    assert [rule] == [finding.rule for finding in harness.ledger.findings]


@both
def test_a_tool_that_ran_without_the_argument_that_autogen_dropped_is_shown_as_it_ran(harness, cast, chat):
    """0.9 and later run it with its default; 0.2 does not run it."""
    user, assistant = cast.pair(fine)
    harness.expect("tool-bad-args", tool="fine")
    harness.llm.script(call("fine", y=5), say("TERMINATE"))
    chat(user, assistant)
    assert (["fine"] if HAS_RUN else []) == harness.transcript.tool_calls
    assert [{"y": 5}] == [run.arguments for run in harness.transcript.tool_runs]


@both
def test_a_wrong_type_is_a_finding_whether_or_not_autogen_validates(harness, cast, chat):
    """0.9 and later refuse it with pydantic's error; 0.2 hands it through: a real model would hold to the tool's schema."""
    user, assistant = cast.pair(needy)
    harness.expect("tool-bad-args", tool="needy")
    harness.llm.script(call("needy", x="many"), say("TERMINATE"))
    chat(user, assistant)
    assert [] == [finding for finding in harness.ledger.findings if finding.rule != "tool-bad-args"]


@both
@ways
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Python says "never awaited", as it should
def test_a_coroutine_that_nothing_awaited_is_a_finding_or_awaited(harness, cast, wiring, chat):
    """A sync wrapper around an async tool: 0.14 awaits it where it sees it; else the model gets ``<coroutine>`` or an error."""
    user, assistant = wiring(cast, wrapped)
    harness.llm.script(call("wrapped", x=1), say("TERMINATE"))
    chat(user, assistant)
    content = str(harness.transcript.tool_runs[0].result)
    if content.startswith("<coroutine"):
        harness.expect("tool-raised", type="coroutine")
    elif "serializable" in content:
        harness.expect("tool-raised", type="TypeError")
    else:
        assert "ok" == content


def unknown_names():
    yield "executor-lacks-it", lambda cast: (cast.user(), cast.assistant(tools=[fine])), "fine"
    yield "both-lack-it", lambda cast: (cast.user(), cast.assistant()), "nope"
    yield "not-offered-but-executed", lambda cast: (cast.user(tools=[fine]), cast.assistant()), "fine"
    yield "article-wiring", lambda cast: (cast.user(), cast.assistant(tools=[fine], function_map={"fine": fine})), "fine"


@both
@pytest.mark.parametrize(("wiring", "name"), [row[1:] for row in unknown_names()], ids=[row[0] for row in unknown_names()])
def test_a_tool_that_one_side_does_not_know_is_one_finding(harness, cast, wiring, name, chat):
    """Not offered to the model, or not held by the agent that executes: said once."""
    user, assistant = wiring(cast)
    harness.expect("tool-unknown", tool=name)
    harness.llm.script(call(name), say("TERMINATE"))
    chat(user, assistant)
    assert ["tool-unknown"] == [finding.rule for finding in harness.ledger.findings]


def test_a_misspelt_tool_names_the_nearest(harness, cast):
    """The finding says which tool was meant."""
    user, assistant = cast.pair(fine)
    harness.expect("tool-unknown", tool="fime")
    harness.llm.script(call("fime"), say("TERMINATE"))
    talk(user, assistant)
    assert "did you mean 'fine'?" == harness.ledger.findings[0].fix


RAW = {"empty": "", "no-json": "{x: 1", "python": "{'x': 1}", "null": "null", "list": "[1]", "number": "1"}


@both
@pytest.mark.parametrize("raw", RAW.values(), ids=RAW)
def test_arguments_that_are_no_json_object_are_a_finding(harness, cast, monkeypatch, raw, chat):
    """A model can send anything; some of it crashes AutoGen itself, which must not hide the cause."""
    user, assistant = cast.pair(fine)
    harness.expect("tool-bad-args", tool="fine")
    replies = iter([Reply(calls=(ToolCall("call_1", "fine", raw),)), Reply("TERMINATE")])
    monkeypatch.setattr(harness.llm, "answer", lambda request, *, legacy=False: next(replies))
    try:
        chat(user, assistant)
    except Exception as error:  # noqa: BLE001 - whichever class AutoGen's own crash has in this version
        assert "StopIteration" != type(error).__name__  # noqa: PT017 - most of them raise nothing
    assert ["tool-bad-args"] == [finding.rule for finding in harness.ledger.findings]
    assert ["bad-args"] == [run.outcome for run in harness.transcript.tool_runs]
    assert raw == harness.transcript.tool_runs[0].raw


def exits(x: Annotated[int, "a number"] = 1) -> str:
    """Leaves the process."""
    sys.exit("bye")


async def exits_later(x: Annotated[int, "a number"] = 1) -> str:
    """Leaves the process after a wait."""
    sys.exit("bye")


@both
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # 0.14 runs async tools in a thread
@pytest.mark.parametrize("tool", [exits, exits_later])
def test_a_tool_that_leaves_the_process_is_a_finding(harness, cast, tool, chat):
    """SystemExit passes AutoGen by, or comes out of its thread as another error; the finding names it."""
    user, assistant = cast.pair(tool)
    harness.expect("tool-raised", type="SystemExit")
    harness.llm.script(call(tool.__name__))
    with pytest.raises(BaseException):  # noqa: B017, PT011 - SystemExit, or KeyError from the thread of 0.14
        chat(user, assistant)
    assert ["tool-raised"] == [finding.rule for finding in harness.ledger.findings]


@both
@ways
@pytest.mark.parametrize("tool", [broken, broken_later])
def test_a_tool_that_raised_says_where(harness, cast, tool, wiring, chat):
    """The innermost line of the user's own code, not AutoGen's or the harness's."""
    user, assistant = wiring(cast, tool)
    harness.expect("tool-raised")
    harness.llm.script(call(tool.__name__, x=1), say("TERMINATE"))
    chat(user, assistant)
    (finding,) = harness.ledger.findings
    assert re.search(rf"raised ConnectionError: db down, at .*test_classic_tools\.py:\d+ \({tool.__name__}\)$", finding.what)


@pytest.mark.skipif(not HAS_RUN, reason="before 0.9 AutoGen does not check simple types")
def test_what_a_refused_argument_is_told_ends_before_the_links_of_pydantic(harness, cast):
    """They lead to its documentation, not to the mistake; nor does what the tool returns belong to its arguments."""
    user, assistant = registered(cast, needy)
    harness.expect("tool-bad-args")
    harness.llm.script(call("needy", x="no"), say("TERMINATE"))
    talk(user, assistant)
    (finding,) = harness.ledger.findings
    assert "errors.pydantic.dev" not in finding.what
    assert " -> " not in finding.what + finding.fix


def test_a_call_that_was_meant_to_raise_and_did_not_says_what_it_returned(cast):
    """By its turn."""
    user, assistant = cast.pair(fine)
    with pytest.raises(HarnessFailure) as caught, Harness() as harness:
        harness.llm.script(call("fine", x=3).raises(ValueError), say("TERMINATE"))
        talk(user, assistant)
    assert ["turn 1 says .raises(ValueError); fine returned got 3"] == [finding.what for finding in caught.value.findings]


@both
def test_a_call_that_is_meant_to_raise_is_no_finding_and_its_text_reaches_the_model(harness, cast, chat):
    """``.raises(Type, match=...)`` says so on the turn itself."""
    user, assistant = cast.pair(broken)
    harness.llm.script(call("broken", x=1).raises(ConnectionError, match="db"), say("sorry: ", result("broken"), " TERMINATE"))
    assert "sorry: Error: db down TERMINATE" == chat(user, assistant).chat_history[-1]["content"]


def test_one_of_parallel_calls_can_be_meant_to_raise(harness, cast):
    """``.raises`` counts inside ``calls`` as well."""
    user, assistant = cast.pair(broken, fine)
    harness.llm.script(calls(call("fine", x=3), call("broken", x=1).raises(ConnectionError)), say("TERMINATE"))
    talk(user, assistant)
    assert ["ok", "raised"] == [run.outcome for run in harness.transcript.tool_runs]


def test_what_the_harness_refuses_inside_a_tool_is_one_finding(harness, cast):
    """The attempt to connect is the cause; that the tool raised is only how it came out."""

    def fetch() -> str:
        """Fetches."""
        socket.create_connection(("api.example.com", 443))
        return "never"

    user, assistant = cast.pair(fetch)
    harness.expect("network-attempted")
    harness.llm.script(call("fetch"), say("TERMINATE"))
    talk(user, assistant)
    assert ["network-attempted"] == [finding.rule for finding in harness.ledger.findings]
    assert ["raised"] == [run.outcome for run in harness.transcript.tool_runs]


def test_a_tool_that_is_cancelled_has_not_raised(harness, cast):
    """Who cancels it sees that: nothing is swallowed, so there is nothing to find."""

    async def never(x: Annotated[int, "a number"] = 1) -> str:
        """Waits for ever."""
        await asyncio.Event().wait()

    user, assistant = cast.pair(never)
    harness.llm.script(call("never"))

    async def impatient():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(user.a_initiate_chat(assistant, message="go"), 60)

    asyncio.run(impatient())
    assert ["raised"] == [run.outcome for run in harness.transcript.tool_runs]
