"""Tool calls that go wrong: AutoGen tells the model a text, or waits for ever; the harness records a finding."""

from __future__ import annotations

import asyncio
import gc
import time
from functools import wraps

import pytest

pytest.importorskip("autogen_agentchat", reason="autogen-agentchat is not installed")

from autogen_core import CancellationToken
from autogen_core.tools import BaseTool, FunctionTool, StaticWorkbench, TextResultContent, ToolResult
from pydantic import BaseModel

from autogen_harness import call, calls, fail, result, say


def fine(x: int = 1) -> str:
    """Works."""
    return f"got {x!r}"


def needy(x: int) -> str:
    """Needs its argument."""
    return f"got {x!r}"


def broken(x: int = 1) -> str:
    """Raises."""
    raise ConnectionError("db down")


async def broken_later(x: int = 1) -> str:
    """Raises after a wait."""
    await asyncio.sleep(1)
    raise ConnectionError("db down")


def unsure(x: int = 1) -> str:
    """Asserts."""
    assert x == 2, "nope"
    return "ok"


def stopping(x: int = 1) -> str:
    """Exhausts an iterator, which no future can carry."""
    return next(iter(()))


def leaving(x: int = 1) -> str:
    """Ends the process."""
    raise SystemExit(3)


async def failing(x: int = 1) -> str:
    """Fails the test, by what is no Exception."""
    pytest.fail("not like this")


def resilient(tool):
    @wraps(tool)
    def wrapper(*args, **kwargs):
        return tool(*args, **kwargs)

    return wrapper


class Unwritable(BaseModel):
    value: object


def unwritable(x: int = 1) -> Unwritable:
    """Gives what cannot be made text."""
    return Unwritable(value=object())


FAULTS = {
    "raise": (broken, {"x": 1}, "tool-raised", {"type": "ConnectionError", "message": "db down", "error": ConnectionError}),
    "raise-async": (broken_later, {"x": 1}, "tool-raised", {"type": "ConnectionError", "error": ConnectionError}),
    "assert": (unsure, {"x": 1}, "tool-raised", {"type": "AssertionError"}),
    "stop-iteration": (stopping, {"x": 1}, "tool-raised", {"type": "StopIteration"}),
    "system-exit": (leaving, {"x": 1}, "tool-raised", {"type": "SystemExit", "error": SystemExit}),
    "pytest-fail": (failing, {"x": 1}, "tool-raised", {"type": "Failed", "message": "not like this"}),
    "result-without-text": (unwritable, {"x": 1}, "tool-raised", {"type": "TypeError"}),
    "wrong-name": (fine, {"y": 1}, "tool-bad-args", {"tool": "fine"}),
    "wrong-name-beside-a-right-one": (fine, {"x": 1, "y": 1}, "tool-bad-args", {"tool": "fine"}),
    "missing": (needy, {}, "tool-bad-args", {"tool": "needy"}),
    "wrong-type": (needy, {"x": "many"}, "tool-bad-args", {"tool": "needy"}),
}


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(("tool", "arguments", "rule", "fields"), FAULTS.values(), ids=FAULTS)
def test_every_failure_of_a_tool_is_its_finding(harness, cast, tool, arguments, rule, fields, streaming):  # noqa: PLR0917 - a table
    """One finding, and the chat goes on to its end: also where AutoGen by itself would wait for ever."""
    harness.expect(rule, **fields)
    harness.llm.script(call(tool.__name__, arguments), say("all is well"))

    messages = cast.run(cast.agent("analyst", tool, model_client_stream=streaming))

    assert "all is well" == messages[-1].content
    assert [rule] == [finding.rule for finding in harness.ledger.findings]


@pytest.mark.parametrize("tool", [broken, stopping, leaving, failing])
def test_a_turn_can_mean_its_tool_to_raise(harness, cast, tool):
    """``.raises`` meets the tool's own exception, not what AutoGen is handed in its place."""
    kind = {broken: ConnectionError, stopping: StopIteration, leaving: SystemExit, failing: pytest.fail.Exception}[tool]
    harness.llm.script(call(tool.__name__, x=1).raises(kind), say("done"))

    cast.run(cast.agent("analyst", tool))


def test_one_of_parallel_calls_can_raise(harness, cast):
    """The others are not touched, and each row tells its own."""
    harness.llm.script(calls(call("fine", x=1), call("broken", x=2).raises(ConnectionError), call("fine", x=3)), say("done"))

    cast.run(cast.agent("analyst", fine, broken))

    assert {(1, "ok"), (2, "raised"), (3, "ok")} == {(run.arguments["x"], run.outcome) for run in harness.transcript.tool_runs}


def picky(x: int = 1) -> str:
    """Takes its time, and does not like two."""
    time.sleep(1)
    if x == 2:
        raise ValueError(f"not {x}")
    return f"got {x}"


def test_calls_of_the_same_tool_do_not_touch_each_other(harness, cast):
    """Each is watched by itself, and the tool stays as it was made."""
    tool = FunctionTool(picky, "Picky.")
    harness.llm.script(calls(call("picky", x=1), call("picky", x=2).raises(ValueError), call("picky", x=3)), say("done"))

    cast.run(cast.agent("analyst", tool))

    assert {1: "ok", 2: "raised", 3: "ok"} == {run.arguments["x"]: run.outcome for run in harness.transcript.tool_runs}
    assert tool._func is picky


def test_a_tool_that_is_not_there_is_unknown(harness, cast):
    """The nearest name is offered, and it did not run."""
    harness.expect("tool-unknown", tool="fime")
    harness.llm.script(call("fime"), say("done"))

    cast.run(cast.agent("analyst", fine))

    (finding,) = harness.ledger.findings
    assert "'fine'" in finding.fix
    assert [] == harness.transcript.tool_calls


def test_a_coroutine_as_result_is_a_finding(harness, cast):
    """A sync wrapper around an async tool: AutoGen takes its coroutine for success. Python need not warn of it as well."""

    @resilient
    async def wrapped(x: int = 1) -> str:
        """Never awaited."""
        return "ok"

    harness.expect("tool-raised", type="coroutine", tool="wrapped")
    harness.llm.script(call("wrapped", x=1), say("done"))

    cast.run(cast.agent("analyst", wrapped))

    gc.collect()


def test_a_result_that_is_structured_goes_into_references(harness, cast):
    """A model comes as JSON, and text that is JSON is read as such."""

    def found(query: str) -> Unwritable:
        """Finds."""
        return Unwritable(value=[{"name": query}])

    harness.llm.script(call("found", query="q"), say("found ", result("found").value[0].name))

    assert "found q" == cast.run(cast.agent("analyst", found))[-1].content


def test_what_the_harness_refused_inside_a_tool_is_no_second_finding(harness, cast):
    """The network guard recorded it already."""

    def fetch(x: int = 1) -> str:
        """Reaches out."""
        import socket

        socket.create_connection(("example.com", 80))

    harness.expect("network-attempted")
    harness.llm.script(call("fetch", x=1), say("done"))

    cast.run(cast.agent("analyst", fetch))

    assert ["raised"] == [run.outcome for run in harness.transcript.tool_runs]


# -- tools that are not functions --------------------------------------------------------------------------------------------


class Args(BaseModel):
    x: int


class Counter(BaseTool[Args, str]):
    """A tool with a class, and a state, of its own."""

    def __init__(self):
        super().__init__(Args, str, "counter", "Counts.")
        self.count = 0

    async def run(self, args, cancellation_token):
        self.count += args.x
        if self.count > 2:
            raise OverflowError("too many")
        return str(self.count)


def test_a_tool_of_a_class_keeps_its_state_and_is_watched(harness, cast):
    """It is the user's own object that runs."""
    counter = Counter()
    harness.llm.script(call("counter", x=1), call("counter", x=2).raises(OverflowError), say("done"))

    cast.run(cast.agent("analyst", counter))

    assert 3 == counter.count
    assert ["ok", "raised"] == [run.outcome for run in harness.transcript.tool_runs]


def test_arguments_that_a_tool_of_a_class_refuses_are_bad(harness, cast):
    """Its body was never entered."""
    harness.expect("tool-bad-args", tool="counter")
    harness.llm.script(call("counter", x="many"), say("done"))

    cast.run(cast.agent("analyst", Counter()))

    assert ["bad-args"] == [run.outcome for run in harness.transcript.tool_runs]


class Remote(StaticWorkbench):
    """A workbench whose tools run elsewhere: of a failure only the answer is known."""

    async def call_tool(self, name, arguments=None, cancellation_token=None, call_id=None):
        return ToolResult(name=name, result=[TextResultContent(content="HTTP 500")], is_error=True)


def test_an_error_of_a_workbench_is_a_finding_without_an_exception(harness, cast):
    """Detected by ``is_error``, not by text."""
    harness.expect("tool-raised", tool="fine", type="is_error", message="HTTP 500")
    harness.llm.script(call("fine", x=1), say("done"))

    cast.run(cast.agent("analyst", tools=None, workbench=Remote([FunctionTool(fine, "Works.")])))


def test_a_tool_that_a_test_uses_itself_raises_to_the_test(harness):
    """No agent executes it: its exception is the test's own business."""
    with pytest.raises(ConnectionError):
        asyncio.run(FunctionTool(broken, "Raises.").run_json({"x": 1}, CancellationToken()))

    assert [] == harness.ledger.findings


def test_a_tool_inside_a_tool_is_the_outer_ones_business(harness, cast):
    """The outer tool may expect the failure of the inner one."""

    async def outer(x: int = 1) -> str:
        """Uses another tool."""
        try:
            await FunctionTool(broken, "Raises.").run_json({"x": x}, CancellationToken())
        except ConnectionError:
            return "caught"

    harness.llm.script(call("outer", x=1), say("done"))

    cast.run(cast.agent("analyst", outer))

    assert [("outer", "ok", "caught")] == [(run.tool, run.outcome, run.result) for run in harness.transcript.tool_runs]


FLAWS = {
    "hallucinated": (fail.hallucinated_tool("fime"), "unknown"),
    "malformed": (fail.malformed_json("fine", x=1), "bad-args"),
    "truncated": (fail.truncated_json("fine", x=1), "bad-args"),
    "wrong-types": (fail.wrong_types("fine", x="many"), "bad-args"),
    "missing": (fail.missing_argument("needy"), "bad-args"),
    "extra": (fail.extra_argument("fine", x=1, y=2), "ok"),
    "null": (fail.null_arguments("fine"), "ok"),
    "empty": (fail.empty_arguments("fine"), "bad-args"),
}


@pytest.mark.parametrize(("turn", "outcome"), FLAWS.values(), ids=FLAWS)
@pytest.mark.filterwarnings("ignore:Finish reason mismatch")  # AutoGen says so of a call that was cut off
def test_a_declared_fault_of_the_model_is_expected(harness, cast, turn, outcome):
    """AutoGen refuses some, and runs the tool with its defaults for others; the test said that it is meant."""
    harness.llm.script(turn, say("done"))

    assert "done" == cast.run(cast.agent("analyst", fine, needy))[-1].content
    assert [outcome] == [run.outcome for run in harness.transcript.tool_runs]
    assert ["tool-unknown" if outcome == "unknown" else "tool-bad-args"] == [one.rule for one in harness.ledger.findings]
