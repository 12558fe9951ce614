"""An agent as a tool: the coordinator asks, and a chat of two other agents answers."""

from __future__ import annotations

from autogen_harness import Harness, call, fault, result, say
from autogen_harness.contracts import tool_contract
from nested.agents import build_agents
from nested.tool import ASK_RESEARCH_AGENT_SCHEMA, ask_research_agent

QUESTION = "What does NVIDIA make?"


def test_the_coordinator_passes_on_what_the_researcher_finds(harness: Harness) -> None:
    """The inner chat searches the web; its answer is the tool's, without the word that ended it."""
    user, coordinator = build_agents()
    harness.http.play("duckduckgo/nvidia")
    harness.llm.agent("coordinator").script(
        call("ask_research_agent", question=QUESTION),
        say("I am told: ", result("ask_research_agent").answer, " TERMINATE"),
    )
    harness.llm.agent("researcher").script(
        call("search_web", query="NVIDIA"),
        say(result("search_web").results[0].text, " TERMINATE"),
    )

    chat = user.initiate_chat(coordinator, message=QUESTION)

    search, answer = harness.transcript.tool_runs
    assert (search.agent, answer.agent) == ("research_runner", "user")
    assert "TERMINATE" not in answer.result
    assert chat.summary.startswith("I am told: Nvidia Corporation")


def test_an_inner_chat_that_breaks_is_an_answer_for_the_outer_one(harness: Harness) -> None:
    """One script for all agents, in the order they speak; the search fails and the coordinator hears of it."""
    user, coordinator = build_agents()
    harness.http.play("duckduckgo/nvidia", fault=fault.status(503))
    harness.llm.script(
        call("ask_research_agent", question=QUESTION).by("coordinator"),
        call("search_web", query="NVIDIA").by("researcher"),
        say("The search is down: ", result("search_web").error, " TERMINATE").by("researcher"),
        say(result("ask_research_agent").answer, " TERMINATE").by("coordinator"),
    )

    chat = user.initiate_chat(coordinator, message=QUESTION)

    assert chat.summary.startswith("The search is down: the server answered 503")


def test_a_researcher_who_never_ends_is_stopped(harness: Harness) -> None:
    """After four turns the inner chat is over, and the tool says that there was no answer."""
    user, coordinator = build_agents()
    harness.http.play("duckduckgo/nvidia", times=3)
    harness.llm.agent("researcher").script(*[call("search_web", query="NVIDIA")] * 4)
    harness.llm.agent("coordinator").script(
        call("ask_research_agent", question=QUESTION),
        say("Nothing found: ", result("ask_research_agent").error, " TERMINATE"),
    )

    chat = user.initiate_chat(coordinator, message=QUESTION)

    assert chat.summary.startswith("Nothing found: the research agent had no answer after 4 turns")


test_ask_research_agent = tool_contract(
    ask_research_agent,
    pattern="nested",
    schema=ASK_RESEARCH_AGENT_SCHEMA,
    output_schema=("question", "answer", "turns"),
    outer=build_agents,
)
