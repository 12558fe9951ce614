"""Teams of agentchat: who speaks, who chooses, and how a team ends, also one that would not end by itself."""

from __future__ import annotations

import pytest

pytest.importorskip("autogen_agentchat", reason="autogen-agentchat is not installed")

from autogen_agentchat.agents import BaseChatAgent, CodeExecutorAgent, SocietyOfMindAgent, UserProxyAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import TextMessage
from autogen_agentchat.tools import AgentTool
from autogen_core.models import UserMessage

from autogen_harness import call, fail, result, say


def spoken(messages):
    return [(message.source, message.content) for message in messages if isinstance(message, TextMessage)]


def test_a_round_robin_takes_one_script_for_all(harness, cast):
    """Turns go to whoever asks, in the team's own order."""
    harness.llm.script(say("a plan").by("planner"), say("a text").by("writer"), say("TERMINATE").by("planner"))

    messages = cast.run(cast.team(cast.agent("planner"), cast.agent("writer")))

    assert [("planner", "a plan"), ("writer", "a text"), ("planner", "TERMINATE")] == spoken(messages)


def test_agents_of_a_team_can_have_a_script_each(harness, cast):
    """Whatever the order in which they ask."""
    harness.llm.agent("writer").script(say("a text"))
    harness.llm.agent("planner").script(say("a plan"), say("TERMINATE"))

    messages = cast.run(cast.team(cast.agent("planner"), cast.agent("writer")))

    assert ["a plan", "a text", "TERMINATE"] == [said for _, said in spoken(messages)]


def price(ticker: str) -> str:
    """Price of a stock."""
    return f"{ticker} costs 12"


def test_a_tool_result_of_one_agent_is_a_reference_for_another(harness, cast):
    """Results belong to the test, not to an agent."""
    harness.llm.script(
        call("price", ticker="NVDA").by("planner"),
        say("asked").by("planner"),
        say(result("price"), ". TERMINATE").by("writer"),
    )

    messages = cast.run(cast.team(cast.agent("planner", price), cast.agent("writer")))

    assert "NVDA costs 12. TERMINATE" == messages[-1].content


# -- who speaks next ---------------------------------------------------------------------------------------------------------


def three(cast, **options):
    return cast.selected(cast.agent("planner"), cast.agent("writer"), cast.agent("critic"), **options)


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])
def test_a_selector_takes_the_agent_of_the_next_turn(harness, cast, streaming):
    """Its requests are named as such, and take no turn of the script."""
    harness.llm.script(say("a text").by("writer"), say("a plan").by("planner"), say("TERMINATE").by("critic"))

    messages = cast.run(three(cast, model_client_streaming=streaming))

    assert ["writer", "planner", "critic"] == [name for name, _ in spoken(messages)]
    assert ["selection", "reply"] * 3 == [request.purpose for request in harness.llm.requests]
    assert ("planner", "writer", "critic") == harness.llm.requests[0].candidates


def test_a_selector_can_be_scripted(harness, cast):
    """AutoGen asks again after an answer that names nobody: each answer is one of the selector's turns."""
    harness.llm.selector.script("somebody, please", "writer")
    harness.llm.script(say("TERMINATE"))

    messages = cast.run(three(cast))

    assert [("writer", "TERMINATE")] == spoken(messages)


def test_an_agent_that_may_not_speak_twice_is_no_candidate(harness, cast):
    """AutoGen would ask three times, and then let the previous speaker go on."""
    harness.expect("selection-not-scripted")
    harness.llm.script(say("a text").by("writer"), say("TERMINATE").by("writer"))
    harness.expect("turns-left")

    with pytest.raises(RuntimeError, match="the candidates are planner, critic"):
        cast.run(three(cast))


@pytest.mark.parametrize("options", [{}, {"selector_prompt": "{history} Who is next?"}], ids=["prompt", "own-prompt"])
def test_a_name_that_the_team_does_not_offer_is_a_finding(harness, cast, options):
    """The nearest candidate is named, also where the prompt lists none; AutoGen itself would ask once more."""
    harness.expect("selection-not-scripted", script="selector")
    harness.llm.selector.script("writter", "writer")
    harness.llm.script(say("TERMINATE"))

    cast.run(three(cast, **options))

    assert "did you mean 'writer'?" in harness.ledger.findings[0].fix


def test_a_prompt_of_the_users_own_need_not_list_the_candidates(harness, cast):
    """They are known from the team, not from the text."""
    harness.llm.script(say("TERMINATE").by("writer"))

    messages = cast.run(three(cast, selector_prompt="{history} Who is next?"))

    assert [("writer", "TERMINATE")] == spoken(messages)


# -- other teams and agents --------------------------------------------------------------------------------------------------


def test_a_handoff_is_a_tool_that_runs(harness, cast):
    """Swarm: the tool is AutoGen's own."""
    harness.llm.script(call("transfer_to_bob").by("alice"), say("TERMINATE").by("bob"))

    messages = cast.run(cast.team(cast.agent("alice", handoffs=["bob"]), cast.agent("bob"), kind="Swarm"))

    assert ("bob", "TERMINATE") == spoken(messages)[-1]
    assert ["transfer_to_bob"] == harness.transcript.tool_calls


def test_a_handoff_with_arguments_that_are_none_does_not_hang(harness, cast):
    """AutoGen by itself would wait for ever for its result."""
    harness.llm.script(fail.null_arguments("transfer_to_bob").by("alice"), say("TERMINATE").by("bob"))

    cast.run(cast.team(cast.agent("alice", handoffs=["bob"]), cast.agent("bob"), kind="Swarm"))

    assert ["bad-args"] == [run.outcome for run in harness.transcript.tool_runs]


def test_a_graph_asks_its_nodes_in_their_names(harness, cast):
    """One of them at a time, or two at once."""
    from autogen_agentchat.teams import DiGraphBuilder, GraphFlow

    first, left, right = (cast.agent(name) for name in ("first", "left", "right"))
    graph = DiGraphBuilder().add_node(first).add_node(left).add_node(right).add_edge(first, left).add_edge(first, right)
    for agent in (first, left, right):
        harness.llm.agent(agent.name).script(say(f"I am {agent.name}"))

    messages = cast.run(GraphFlow([first, left, right], graph.build()))

    assert {("left", "I am left"), ("right", "I am right")} <= {*spoken(messages)}


def test_a_society_of_mind_asks_in_its_own_name(harness, cast):
    """And its inner agents in theirs."""
    harness.llm.script(say("one").by("left"), say("TERMINATE").by("right"), say("a sum").by("society"))
    inner = cast.team(cast.agent("left"), cast.agent("right"))

    messages = cast.run(SocietyOfMindAgent("society", team=inner, model_client=cast.client))

    assert "a sum" == messages[-1].content


def test_an_agent_as_a_tool_asks_in_its_own_name(harness, cast):
    """The request of the one inside comes while the tool of the other runs."""
    harness.llm.script(call("writer", task="write").by("boss"), say("a poem").by("writer"), say("done").by("boss"))
    boss = cast.agent("boss", AgentTool(cast.agent("writer"), return_value_as_last_message=True))

    cast.run(boss)

    assert [("boss", "a poem")] == [(run.agent, run.result) for run in harness.transcript.tool_runs]


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # the SDK's own, of every parsed completion
def test_an_orchestrator_asks_in_its_own_name(harness, cast):
    """MagenticOne's ledger is a turn like any other."""
    verdict = {
        name: {"reason": "so it is", "answer": answer}
        for name, answer in {
            "is_request_satisfied": True,
            "is_progress_being_made": True,
            "is_in_loop": False,
            "instruction_or_question": "",
            "next_speaker": "writer",
        }.items()
    }
    harness.llm.agent("MagenticOneOrchestrator").script(say("facts"), say("plan"), say(json=verdict), say("the end"))

    messages = cast.run(cast.team(cast.agent("writer"), kind="MagenticOneGroupChat", model_client=cast.client))

    assert "the end" == messages[-1].content


class Own(BaseChatAgent):
    """An agent of the user's own, that asks the model by itself."""

    produced_message_types = (TextMessage,)

    def __init__(self, name, client):
        super().__init__(name, "One of mine.")
        self.client = client

    async def on_messages(self, messages, cancellation_token):
        made = await self.client.create([UserMessage(content="well?", source="user")])
        return Response(chat_message=TextMessage(content=made.content, source=self.name))

    async def on_reset(self, cancellation_token):
        pass


@pytest.mark.parametrize("in_team", [False, True], ids=["alone", "in-a-team"])
def test_an_agent_of_the_users_own_asks_in_its_name(harness, cast, in_team):
    """Whether it runs alone or in a team."""
    harness.llm.script(say("TERMINATE").by("mine"))
    mine = Own("mine", cast.client)

    assert "TERMINATE" == cast.run(cast.team(mine) if in_team else mine)[-1].content


# -- people and code ---------------------------------------------------------------------------------------------------------


def test_a_person_says_what_is_scripted(harness, cast):
    """Nobody sits at the console of a test."""
    harness.human.says("more, please")
    harness.llm.script(say("a plan"), say("TERMINATE"))

    messages = cast.run(cast.team(cast.agent("planner"), UserProxyAgent("user")))

    assert ("user", "more, please") in spoken(messages)


def test_a_person_who_is_asked_unscripted_is_a_finding(harness, cast):
    """The console is not read."""
    harness.expect("human-asked")
    harness.llm.script(say("a plan"), say("TERMINATE"))

    cast.run(cast.team(cast.agent("planner"), UserProxyAgent("user")))


def test_the_users_own_way_to_ask_is_left_alone(harness, cast):
    """A function is no console."""
    harness.llm.script(say("a plan"))

    messages = cast.run(cast.team(cast.agent("planner"), UserProxyAgent("user", input_func=lambda _: "TERMINATE")))

    assert ("user", "TERMINATE") == spoken(messages)[-1]


@pytest.mark.parametrize("allowed", [False, True], ids=["refused", "allowed"])
@pytest.mark.filterwarnings("ignore:Using LocalCommandLineCodeExecutor", "ignore:No approval function")
def test_code_from_a_message_runs_only_where_it_is_allowed(harness, cast, tmp_path, allowed):
    """Local execution, as in AutoGen's own examples."""
    from autogen_ext.code_executors.local import LocalCommandLineCodeExecutor

    if allowed:
        harness.code.allow()
    else:
        harness.expect("code-executed")
    marker = tmp_path / "was-here"
    harness.llm.script(say(f"```python\nopen({str(marker)!r}, 'w').close()\n```"), say("TERMINATE"))
    coder = CodeExecutorAgent("coder", LocalCommandLineCodeExecutor(work_dir=tmp_path), sources=["planner"])

    cast.run(cast.team(cast.agent("planner"), coder))

    assert allowed == marker.exists()


# -- the end -----------------------------------------------------------------------------------------------------------------


def test_a_team_ends_when_an_agent_has_no_turn(harness, cast):
    """AutoGen makes of it a RuntimeError with a traceback as text; the finding is recorded beside it."""
    harness.expect("script-exhausted", agent="writer")
    harness.llm.script(say("a plan").by("planner"))

    with pytest.raises(RuntimeError, match="writer asked the model once more"):
        cast.run(cast.team(cast.agent("planner"), cast.agent("writer")))


HANGING = """
import asyncio, pytest
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_ext.models.openai import OpenAIChatCompletionClient
from autogen_harness import call

async def forever() -> str:
    "Waits for what never comes."
    await asyncio.Event().wait()

def team():
    client = OpenAIChatCompletionClient(model="gpt-4o")
    return RoundRobinGroupChat([AssistantAgent("one", client, tools=[forever]), AssistantAgent("two", client)])

def test_by_run(harness):
    harness.llm.script(call("forever"))
    asyncio.run(team().run(task="go"))

@pytest.mark.asyncio
async def test_by_pytest_asyncio(harness):
    harness.llm.script(call("forever"))
    await asyncio.wait_for(team().run(task="go"), None)

def test_after_them(harness):
    "Nothing is left over."
"""


def test_a_team_that_hangs_is_ended(pytester, cast):
    """By the watchdog, on every loop; the next test is not touched, and nothing warns."""
    pytester.makeini(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\nharness_hang_seconds = 1\nfilterwarnings = error"
    )
    pytester.makepyfile(HANGING)

    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly", "-W", "error")

    ran.assert_outcomes(passed=1, failed=2)
    ran.stdout.fnmatch_lines_random(["*chat-hung: nothing happened for 1 s of real time; the last turn was 1, call forever()*"])
