"""Tools whose body is a chat of agents, with one mistake at a time; their model is the contract's."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Collection
from typing import Any

import pytest

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.verdict import breach_in
from autogen_harness.errors import UsageError

autogen = pytest.importorskip("autogen", reason="no classic AutoGen is installed")

SCHEMA = {
    "name": "ask",
    "description": "Ask an agent.",
    "parameters": {
        "type": "object",
        "properties": {"question": {"type": "string", "description": "The question.", "examples": ["What is it?"]}},
        "required": ["question"],
        "additionalProperties": False,
    },
}
LAWS = {
    "nesting-ends",
    "nobody-is-asked",
    "conversations-do-not-leak",
    "outer-history-stays-outside",
    "inner-failures-are-errors",
    "no-code-is-executed",
    "nesting-is-quiet",
    "works-in-asynchronous-chats",
    "an-inner-end-does-not-end-the-outer-chat",
}


class Nested:
    """A tool that makes one mistake; "" is none."""

    def __init__(self, bug: str = "") -> None:
        self.bug = bug
        self.shared: Any = None

    def agents(self) -> tuple[Any, Any]:
        tools = [{"type": "function", "function": SCHEMA}] if self.bug == "offers itself" else []
        config = {"config_list": [{"model": "gpt-4o"}], **({"tools": tools} if tools else {})}
        helper = autogen.AssistantAgent("helper", llm_config=config)
        runner = autogen.UserProxyAgent(
            "runner",
            human_input_mode="ALWAYS" if self.bug == "asks a person" else "NEVER",
            code_execution_config={"use_docker": False} if self.bug == "executes code" else False,
            is_termination_msg=lambda message: "TERMINATE" in (message.get("content") or ""),
        )
        runner.register_function({"ask": self.ask})
        return runner, helper

    def ask(self, question: str) -> str:
        """Ask the inner agent."""
        if self.bug == "raises":
            return self.chat(question)
        try:
            return self.chat(question)
        except Exception as error:  # noqa: BLE001  # whatever breaks the inner chat
            return json.dumps({"error": f"the inner chat failed: {type(error).__name__}"})

    def chat(self, question: str) -> str:
        runner, helper = self.agents()
        if self.bug == "keeps its agents":
            runner, helper = self.shared = self.shared or (runner, helper)
        more = {} if self.bug in {"offers itself", "goes on for ever"} else {"max_turns": 3}
        options = {"silent": self.bug != "prints", "clear_history": self.bug != "keeps its agents", **more}
        if self.bug == "runs a loop of its own":
            chat = asyncio.run(runner.a_initiate_chat(helper, message=question, **options))
        else:
            chat = runner.initiate_chat(helper, message=question, **options)
        last = chat.chat_history[-1]
        answer = last.get("content") or ""
        if last.get("tool_calls") or not answer or answer == question:
            return json.dumps({"error": "no answer"})
        return json.dumps({"answer": answer if self.bug == "hands the end on" else answer.replace("TERMINATE", "").strip()})


def red(tool: Callable[..., Any], laws: Collection[str] = LAWS, **hints: Any) -> dict[str, str]:
    test = tool_contract(tool, pattern="nested", schema=SCHEMA, **hints)
    with World(test.contract) as world:
        found = {law.id: breach_in(law, world) for law in test.laws if law.id in laws}
        assert world.unseen == ""
    return {law: breach.what for law, breach in found.items() if breach}


@pytest.mark.parametrize(
    ("bug", "law", "said"),
    [
        ("offers itself", "nesting-ends", "the tool is called within itself, 21 deep"),
        ("goes on for ever", "nesting-ends", "with a model that always calls a tool, it asks the model more than 20 times"),
        ("asks a person", "nobody-is-asked", "a person is asked: "),
        ("keeps its agents", "conversations-do-not-leak", "what one call asked is in what the model is asked in the next"),
        ("raises", "inner-failures-are-errors", "the model fails with fail 401, and the tool raises "),
        ("executes code", "no-code-is-executed", 'code from a message is about to be executed: "print('),
        ("prints", "nesting-is-quiet", "what the inner agents say is printed, in "),
        (
            "runs a loop of its own",
            "works-in-asynchronous-chats",
            "called by a chat that is asynchronous, its result is another",
        ),
        ("hands the end on", "an-inner-end-does-not-end-the-outer-chat", "TERMINATE, stands in the result"),
    ],
)
def test_each_mistake_turns_its_law_red(bug: str, law: str, said: str):
    """That law and no other."""
    found = red(Nested(bug).ask)

    assert set(found) == {law}
    assert said in found[law]


def test_a_tool_that_keeps_its_agents_to_itself_breaks_no_law():
    """The same without a mistake, and a thread for the inner loop where the chat is asynchronous."""

    def in_a_thread(question: str) -> str:
        answers: list[str] = []
        work = threading.Thread(target=lambda: answers.append(Nested("runs a loop of its own").ask(question)))
        work.start()
        work.join()
        return answers[0]

    assert red(Nested().ask) == {}
    assert red(in_a_thread) == {}


def test_bounds_are_the_author_s_to_say():
    """What is right for one is too much for another."""
    assert "asks the model more than 2 times" in red(Nested().ask, limits={"llm_calls": 2})["nesting-ends"]


def test_a_tool_that_asks_no_model_that_we_know_is_not_checked():
    """It may speak to another framework: nothing is said of it."""

    def ask(question: str) -> str:
        return json.dumps({"answer": question[::-1]})

    test = tool_contract(ask, pattern="nested", schema=SCHEMA)
    for law in test.laws:
        if law.id in LAWS:
            with World(test.contract) as world:
                assert breach_in(law, world) is None
                assert world.unseen.startswith("agents that ask a model")


def test_a_question_that_only_the_inner_model_is_told_makes_a_difference():
    """Its answer is the same to all, for it is a script; what it was asked is not."""

    def deaf(question: str) -> str:
        """Ask something, but not that."""
        return Nested().ask("What is it?")

    law = "every-argument-matters"
    found = {}
    for tool in (Nested().ask, deaf):
        test = tool_contract(tool, pattern="nested", schema=SCHEMA)
        with World(test.contract) as world:
            found[tool.__name__] = breach_in(next(one for one in test.laws if one.id == law), world)

    assert found["ask"] is None
    assert "question makes no difference" in found["deaf"].what


class Desk:
    """Two agents of the outer chat, and a tool that either asks them too, or makes agents of its own."""

    def __init__(self) -> None:
        self.nested = Nested()
        self.user, self.clerk = self.nested.agents()
        self.user._oai_messages[self.clerk].append({"role": "user", "content": "Good morning."})

    def keeps_apart(self, question: str) -> str:
        return self.nested.ask(question)

    def asks_the_outer_agents(self, question: str) -> str:
        self.user.initiate_chat(self.clerk, message=question, silent=True, clear_history=False, max_turns=1)
        return json.dumps({"answer": "It is done."})

    def retells(self, question: str) -> str:
        said = [message["content"] for messages in self.user.chat_messages.values() for message in messages]
        return self.nested.ask("\n".join([*said, question]))


@pytest.mark.parametrize(("method", "leaks"), [("keeps_apart", False), ("asks_the_outer_agents", True), ("retells", True)])
@pytest.mark.parametrize("given", ["as a list", "by a function", "by one of a group"])
def test_what_the_outer_chat_heard_stays_there(method: str, leaks: bool, given: str):  # noqa: FBT001  # a table's column
    """However the agents are given; afterwards they have heard what they had, and nothing else."""
    desk = Desk()
    agents = [desk.user, desk.clerk]
    outer = {"as a list": agents, "by a function": lambda: agents, "by one of a group": group_of(agents)}[given]

    assert bool(red(getattr(desk, method), {"outer-history-stays-outside"}, outer=outer)) is leaks
    heard = [message["content"] for message in desk.user.chat_messages[desk.clerk]]
    assert heard[0] == "Good morning."
    assert not any("canary" in text for text in heard)


def group_of(agents: list[Any]) -> Any:
    return autogen.GroupChatManager(autogen.GroupChat(agents, messages=[]), llm_config=False)


def test_without_the_outer_agents_their_history_is_not_looked_at():
    """And with something that holds no agent, the contract says so."""
    gaps = tool_contract(Nested().ask, pattern="nested", schema=SCHEMA).not_checked
    assert ("outer-history-stays-outside", "outer") in gaps
    with pytest.raises(UsageError, match="there is no agent with a history in it"):
        red(Nested().ask, outer=[])
