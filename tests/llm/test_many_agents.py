"""Many agents at the same time: what each is told is the same, however their requests come between each other."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness import call, calls, result, say
from autogen_harness.ledger import Ledger
from autogen_harness.llm.player import ScriptPlayer
from autogen_harness.llm.references import results
from autogen_harness.llm.replies import Reply
from autogen_harness.model import LlmRequest, ToolRun, TurnPlayed

AGENTS = [f"agent {n}" for n in range(8)]
TURNS = [
    calls(call("search", n=1), call("search", n=2)),
    call("score", first=result("search", call=0), last=result("search")),
    say(result("score").first, " and ", result("search", call=1).n),
    say("the fourth").when(number=4),
    say("the last").when(text="done"),
]


class Office:
    """Agents that ask one player; each is a generator that goes one step further at each ``next``."""

    def __init__(self):
        self.ledger = Ledger()
        self.llm = ScriptPlayer(self.ledger, lambda *_args, **_options: None, "seed")

    def work(self, agent, turns):
        """Asks until the last word, and runs what the model calls in the wrong order; gives each answer."""
        self.llm.agent(agent).script(*turns)
        text = "go"
        while text:
            reply = self.llm.answer(LlmRequest(agent, "reply", ({"role": "user", "content": text},), ("search", "score")))
            yield reply
            for made in reversed(reply.calls):
                arguments = json.loads(made.arguments)
                outcome = json.dumps({**arguments, "by": agent})
                self.ledger.record(ToolRun(made.name, "user", arguments, "ok", outcome, call_id=made.id))
                yield made
            text = {"the fourth": "done", "the last": ""}.get(reply.text, "go")


ALONE = {agent: list(Office().work(agent, TURNS)) for agent in AGENTS}


@given(st.lists(st.sampled_from(AGENTS), max_size=80))
def test_no_agent_notices_the_others(order):
    """Words, arguments, references and ids of each are those of an agent that is alone, whoever goes first."""
    office = Office()
    working = {agent: office.work(agent, TURNS) for agent in AGENTS}
    said = {agent: [] for agent in AGENTS}
    for agent in [*order, *(agent for agent in AGENTS for _ in range(20))]:
        said[agent] += [step for step in (next(working[agent], None),) if step is not None]
    for agent in AGENTS:
        assert ALONE[agent] == said[agent]
        assert f'{{"n":1,"by":"{agent}"}} and 2' in [step.text for step in said[agent] if isinstance(step, Reply)]
    assert [] == office.ledger.findings + office.llm.leftovers()


def test_ids_of_agents_are_not_shared():
    """No call of one has the id of a call of another."""
    ids = [made.id for agent in AGENTS for step in ALONE[agent] if isinstance(step, Reply) for made in step.calls]
    assert 3 * len(AGENTS) == len({*ids})


def ledger_of(*entries):
    ledger = Ledger()
    for entry in entries:
        ledger.record(entry)
    return ledger


def ran(tool, ident, outcome=""):
    return ToolRun(tool, "user", {}, "ok", outcome or f"{tool} {ident}", call_id=ident)


def played(script, *pairs):
    return TurnPlayed(1, script or "someone", "reply", "", script, pairs)


KNOWN = {
    "in-the-order-of-the-calls": (
        "",
        [played("", ("1", "a"), ("2", "a"), ("3", "b")), ran("b", "3"), ran("a", "2"), ran("a", "1")],
        ["a 1", "a 2", "b 3"],
    ),
    "unknown-ids-stay": (
        "",
        [played("", ("1", "a"), ("2", "a")), ran("a", "2"), ran("a", None), ran("a", "1")],
        ["a 1", "a None", "a 2"],
    ),
    "own-calls-only": ("p", [played("p", ("1", "a")), played("w", ("2", "a")), ran("a", "1"), ran("a", "2")], ["a 1"]),
    "others-where-it-made-none": (
        "p",
        [played("p", ("1", "b")), played("w", ("2", "a")), ran("b", "1"), ran("a", "2")],
        ["b 1", "a 2"],
    ),
    "everybody-knows-all": (
        "",
        [played("p", ("1", "a")), played("", ("2", "a")), ran("a", "1"), ran("a", "2")],
        ["a 1", "a 2"],
    ),
    "not-run-yet": ("p", [played("p", ("1", "a")), played("w", ("2", "a")), ran("a", "2")], []),
}


@pytest.mark.parametrize(("script", "entries", "known"), KNOWN.values(), ids=KNOWN)
def test_a_script_knows_the_results_of_its_own_calls(script, entries, known):
    """In the order in which its turns made them; of tools that it never called, those of others."""
    assert known == [run.result for run in results.known_to(script, ledger_of(*entries))]
