"""Group chats: who speaks next is a question to the model as well, asked by agents that AutoGen makes for it."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import Annotated

import pytest

from autogen_harness import Harness, HarnessFailure, call, fail, result, say

HAS_PATTERNS = find_spec("autogen.agentchat.group") is not None

if HAS_PATTERNS:
    from autogen import ConversableAgent
    from autogen.agentchat import initiate_group_chat
    from autogen.agentchat.group import AgentTarget, ContextVariables, OnCondition, ReplyResult, StringLLMCondition
    from autogen.agentchat.group.patterns import DefaultPattern

    def note(text: Annotated[str, "what"]):
        """Notes something."""
        return ReplyResult(message=f"noted {text}", context_variables=ContextVariables({"noted": text}))


def talk(user, manager):
    return user.initiate_chat(manager, message="go")


def a_talk(user, manager):
    return asyncio.run(user.a_initiate_chat(manager, message="go"))


both = pytest.mark.parametrize("chat", [talk, a_talk], ids=["sync", "async"])


def look_up(name: Annotated[str, "whom"]) -> str:
    """Looks someone up."""
    return f"{name} is fine"


@pytest.fixture
def group(cast):
    """A user that executes, a planner and a writer, under a manager that asks the model who speaks."""
    user = cast.user(tools=[look_up])
    planner, writer = cast.assistant("planner", tools=[look_up]), cast.assistant("writer")
    return user, cast.group(user, planner, writer)


def said(harness):
    """Who said what. Not from the chat's history: an async group leaves the message that ended it out."""
    return [(turn.agent, turn.said) for turn in harness.llm.turns if turn.purpose == "reply"]


def speakers(harness):
    return [agent for agent, _ in said(harness)]


@both
def test_turns_that_name_their_agent_choose_the_speaker(harness, group, chat):
    """``.by()`` is enough: the selector's default is the agent of the next turn."""
    user, manager = group
    harness.llm.script(say("a plan").by("planner"), say("a text").by("writer"), say("good. TERMINATE").by("planner"))
    chat(user, manager)
    assert ["planner", "writer", "planner"] == speakers(harness)
    selections = [turn for turn in harness.llm.turns if turn.purpose == "selection"]
    assert [("select planner", True), ("select writer", True), ("select planner", True)] == [
        (t.said, t.default) for t in selections
    ]


@both
def test_a_group_runs_tools_and_returns_to_who_called(harness, group, chat):
    """The call goes to the agent that can execute it, its result can be quoted by another agent."""
    user, manager = group
    harness.llm.script(call("look_up", name="Ada").by("planner"), say(result("look_up"), ". TERMINATE").by("writer"))
    chat(user, manager)
    assert ["planner", "writer"] == speakers(harness)
    assert ["look_up"] == harness.transcript.tool_calls


@both
def test_a_scripted_selector_wins(harness, group, chat):
    """``harness.llm.selector.script``: names, in order; the turns then need no ``.by()``."""
    user, manager = group
    harness.llm.selector.script("writer", "planner")
    harness.llm.script(say("first"), say("second TERMINATE"))
    chat(user, manager)
    assert ["writer", "planner"] == speakers(harness)


@both
def test_an_unclear_selection_is_asked_again(harness, group, chat):
    """AutoGen asks once more when not exactly one name is said; each answer is a turn of the selector's script."""
    user, manager = group
    harness.llm.selector.script("planner or writer", "writer")
    harness.llm.script(say("TERMINATE"))
    chat(user, manager)
    assert ["writer"] == speakers(harness)
    assert 2 == len([turn for turn in harness.llm.turns if turn.purpose == "selection"])


@both
@pytest.mark.parametrize("forbid", [False, True], ids=["no-name", "forbidden"])
def test_a_selection_that_nothing_says_is_a_finding(harness, group, chat, forbid):
    """A turn without ``.by()`` says nothing of the speaker; ``forbid()`` says that the model must not be asked."""
    user, manager = group
    turn = say("TERMINATE")
    harness.llm.script(turn.by("planner") if forbid else turn)
    if forbid:
        harness.llm.selector.forbid()
    harness.expect("selection-not-scripted")
    harness.expect("turns-left", script="")
    with pytest.raises(Exception, match="who speaks next"):
        chat(user, manager)


def test_an_agent_that_is_no_candidate_is_not_selected(harness, group):
    """``.by()`` an agent outside the group is no answer to the selector."""
    user, manager = group
    harness.llm.script(say("TERMINATE").by("stranger"))
    harness.expect("selection-not-scripted")
    harness.expect("turns-left")
    with pytest.raises(Exception, match="who speaks next"):
        talk(user, manager)


@both
def test_a_misspelt_name_in_the_selectors_script_is_a_finding(harness, group, chat):
    """AutoGen asks again, and would go on as if nothing had been."""
    user, manager = group
    harness.llm.selector.script("wrter", "writer")
    harness.llm.script(say("TERMINATE"))
    harness.expect("selection-not-scripted", script="selector")
    chat(user, manager)
    (finding,) = harness.ledger.findings
    assert finding.what.endswith('says "wrter", and the candidates are user, planner, writer')


@both
def test_a_misspelt_name_of_a_turn_is_shown_the_candidates(harness, group, chat):
    """AutoGen writes them into its question."""
    user, manager = group
    harness.llm.script(say("TERMINATE").by("planer"))
    harness.expect("selection-not-scripted")
    harness.expect("turns-left")
    with pytest.raises(
        Exception, match=r"turn 1 is .by\(\"planer\"\), and the candidates are user, planner, writer. did you mean"
    ):
        chat(user, manager)


def test_an_agent_without_a_model_that_has_a_turn_is_named(cast):
    """It is chosen until the rounds are over, and its turn is left."""
    user = cast.user()
    manager = cast.group(user, cast.assistant("writer"), max_round=4)
    with pytest.raises(HarnessFailure) as caught, Harness() as harness:
        harness.llm.script(say("one").by("writer"), say("TERMINATE").by("user"))
        talk(user, manager)
    (finding,) = caught.value.findings
    assert finding.fix.startswith("user was chosen to speak ")
    assert "select user (default, " in str(caught.value)


@both
def test_agents_can_have_scripts_of_their_own(harness, group, chat):
    """``harness.llm.agent(name).script``: an agent's own turns, whatever the order of speakers."""
    user, manager = group
    harness.llm.selector.script("planner", "writer", "planner")
    harness.llm.agent("planner").script(say("one"), say("three TERMINATE"))
    harness.llm.agent("writer").script(say("two"))
    chat(user, manager)
    assert [("planner", 'say "one"'), ("writer", 'say "two"'), ("planner", 'say "three TERMINATE"')] == said(harness)


@both
def test_the_selector_can_fail(harness, group, chat):
    """A fault of the model while it chooses comes out of the chat as the SDK's or the harness's error."""
    user, manager = group
    harness.llm.selector.script(fail(500, message="overloaded"))
    with pytest.raises(Exception, match="overloaded"):
        chat(user, manager)


@pytest.mark.parametrize("method", ["round_robin", "callable"])
def test_a_group_that_does_not_ask_needs_no_selector(harness, cast, method):
    """Round robin and a function of one's own: no selection reaches the model."""
    user, first, second = cast.user(), cast.assistant("first"), cast.assistant("second")
    choose = method if method == "round_robin" else (lambda last, chat: second if last is first else first)
    manager = cast.group(user, first, second, speaker_selection_method=choose)
    harness.llm.script(say("one"), say("two TERMINATE"))
    talk(user, manager)
    assert ["first", "second"] == speakers(harness)
    assert not [turn for turn in harness.llm.turns if turn.purpose == "selection"]


@both
def test_names_that_begin_alike_are_told_apart(harness, cast, chat):
    """``writer`` is not ``writer_2``."""
    user = cast.user()
    manager = cast.group(user, cast.assistant("writer"), cast.assistant("writer_2"))
    harness.llm.script(say("one").by("writer_2"), say("two TERMINATE").by("writer"))
    chat(user, manager)
    assert ["writer_2", "writer"] == speakers(harness)


@pytest.mark.skipif(not HAS_PATTERNS, reason="group patterns came with 0.9")
def test_group_patterns_execute_tools_and_hand_over(harness, cast):
    """``initiate_group_chat``: AutoGen's own tool executor runs the tools, handoffs are tools, context is passed on."""
    writer = ConversableAgent("writer", llm_config=cast.config)

    planner = ConversableAgent("planner", llm_config=cast.config, functions=[note])
    planner.handoffs.add_llm_condition(OnCondition(target=AgentTarget(writer), condition=StringLLMCondition("when planned")))
    pattern = DefaultPattern(initial_agent=planner, agents=[planner, writer])
    harness.llm.script(
        call("note", text="x").by("planner"), call("transfer_to_writer_1").by("planner"), say("written").by("writer")
    )
    outcome, context, _last = initiate_group_chat(pattern=pattern, messages="go", max_rounds=8)
    assert "written" == outcome.chat_history[-1]["content"]
    assert "x" == context["noted"]
    assert ["note", "transfer_to_writer_1"] == harness.transcript.tool_calls
