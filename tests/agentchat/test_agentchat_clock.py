"""Virtual time in agentchat: its tools wait without waiting, and its queues do not move the clock."""

from __future__ import annotations

import asyncio
import time

import pytest

pytest.importorskip("autogen_agentchat", reason="autogen-agentchat is not installed")

from autogen_harness import call, calls, say


async def patient(x: int = 1) -> str:
    """Waits for an hour."""
    await asyncio.sleep(3600)
    return "at last"


def asleep(x: int = 1) -> str:
    """Sleeps for an hour, in the thread that AutoGen gives it."""
    time.sleep(3600)
    return "at last"


@pytest.mark.parametrize("tool", [patient, asleep])
def test_a_tool_that_waits_for_an_hour_takes_none(harness, cast, tool):
    """In a team, whose members talk through queues."""
    harness.llm.script(call(tool.__name__).by("one"), say("waited").by("one"), say("TERMINATE").by("two"))

    cast.run(cast.team(cast.agent("one", tool), cast.agent("two")))

    assert 3600 == harness.clock.elapsed
    assert ["at last"] == [run.result for run in harness.transcript.tool_runs]


@pytest.mark.asyncio
async def test_calls_of_one_turn_wait_together(harness, cast):
    """They run at the same time, so two hours are one. Here under pytest-asyncio."""
    harness.llm.script(calls(call("patient", x=1), call("patient", x=2)), say("done"))

    await cast.agent("one", patient).run(task="go")

    assert 3600 == harness.clock.elapsed


@pytest.mark.anyio
async def test_a_limit_around_a_run_ends_it_in_virtual_time(harness, cast, anyio_backend):
    """``wait_for`` around a tool that would take an hour. Here under anyio."""
    harness.llm.script(call("patient"))

    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(cast.agent("one", patient).run(task="go"), 60)

    assert 60 == harness.clock.elapsed
