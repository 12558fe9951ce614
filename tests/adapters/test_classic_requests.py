"""Requests of real agents that the API would refuse: found, told with sender and mend, also where nobody sees the error."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any, Literal

import autogen
import pytest
from pydantic import BaseModel

from autogen_harness import Harness, HarnessFailure, call, calls, say

RULE = "request-rejected"
UNKNOWN = {"extra_body": {"top_k": 3}}
"""A parameter that other servers know, in the way in which every version lets it through."""


class Money(BaseModel):
    """An amount."""

    amount: float
    currency: str = "USD"


def look_up(name: Annotated[str, "whom"]) -> str:
    """Looks someone up."""
    return f"{name} is fine"


def refused(chat):
    """The findings of a chat that is judged, and their text."""
    with pytest.raises(HarnessFailure) as failure, Harness() as harness:
        harness.llm.script(say("TERMINATE"))
        harness.llm.summary.script()
        with suppress(Exception):  # the API's error, where AutoGen hands it on
            chat()
    found = [one for one in failure.value.findings if one.rule == RULE]
    return found, str(failure.value)


def breaks(found):
    return [one.fields["breaks"] for one in found]


def ask(cast, assistant, **options):
    user = cast.user()
    return lambda: user.initiate_chat(assistant, message="go", **options)


def test_functions_and_tools_of_one_agent_are_refused(cast):
    """AutoGen sends both where tools are registered in both styles."""
    agent = cast.assistant(tools=[look_up])
    agent.register_for_llm(name="old", description="Old", api_style="function")(look_up)
    (found,), text = refused(ask(cast, agent))
    assert found.fields["breaks"] == "functions-and-tools"
    assert found.fields["agent"] == "assistant"
    assert "register every tool in the same way" in text


def test_too_many_tools_are_refused(cast):
    """128 of them are taken."""
    agent = cast.assistant()
    for number in range(129):
        agent.register_for_llm(name=f"look_up_{number}", description="Looks up")(look_up)
    found, text = refused(ask(cast, agent))
    assert breaks(found) == ["tools-too-many"]
    assert "maximum length 128, but got an array with length 129" in text


ANNOTATIONS = {
    "list": list,
    "list-of-str": list[str],
    "dict": dict,
    "dict-of-any": dict[str, Any],
    "any": Any,
    "optional": str | None,
    "union": str | list,
    "literal": Literal["a", "b"],
    "model": Money,
}


@pytest.mark.parametrize("kind", ANNOTATIONS.values(), ids=ANNOTATIONS)
def test_the_schema_that_autogen_makes_of_an_annotation_is_taken(cast, kind):
    """In every version, also where the annotation says little."""

    def tool(value) -> str:
        return "done"

    tool.__annotations__ = {"value": Annotated[kind, "what"], "return": str}
    agent, user = cast.assistant(), cast.user()
    agent.register_for_llm(name="tool", description="A tool")(tool)
    with Harness() as harness:
        harness.llm.script(say("TERMINATE"))
        user.initiate_chat(agent, message="go")
    assert harness.transcript.notes == []


def test_a_schema_of_ones_own_is_judged(cast):
    """Written by hand, with the types of Python, and an array of nothing in particular."""
    properties = {"tags": {"type": "array"}, "price": {"type": "float"}}
    function = {"name": "tag", "description": "Tags", "parameters": {"type": "object", "properties": properties}}
    config = {"config_list": [{"model": "gpt-4o"}], "tools": [{"type": "function", "function": function}]}
    with pytest.raises(HarnessFailure, match="annotate the parameter as list"), Harness() as harness:
        harness.llm.script(say("TERMINATE"))
        with pytest.raises(Exception, match=r"In context=\('properties', 'tags'\), array schema missing items"):
            ask(cast, cast.assistant(llm_config=config))()
    (note,) = harness.transcript.notes
    assert "'float' is not valid" in note.text


def test_a_name_that_the_api_refuses_is_traced_to_its_agent(cast):
    """A group sends it with every message; the agent that asks is not the one to mend."""
    critic = autogen.ConversableAgent("the critic", llm_config=False, default_auto_reply="I doubt it")
    user, writer = cast.user(), cast.assistant("writer")
    manager = cast.group(user, critic, writer, speaker_selection_method="round_robin")
    (found,), text = refused(lambda: user.initiate_chat(manager, message="go"))
    assert (found.fields["agent"], found.fields["breaks"]) == ("writer", "message-name-pattern")
    assert "is from 'the critic', as user: \"I doubt it\"" in text
    assert "name the agent with letters, digits, _ and - only" in text


def resumed(cast, *history):
    """An assistant that goes on with a history from elsewhere."""
    agent, user = cast.assistant(tools=[look_up]), cast.user(tools=[look_up])
    agent._oai_messages[user] = list(history)
    return lambda: user.initiate_chat(agent, message="go on", clear_history=False)


def asked(ident):
    made = {"id": ident, "type": "function", "function": {"name": "look_up", "arguments": '{"name": "Ada"}'}}
    return {"role": "assistant", "content": None, "tool_calls": [made]}


HISTORIES = {
    "a call that nobody answered": (
        "tool-call-unanswered",
        [asked("call_1")],
        "messages[1] is from assistant: it calls look_up",
    ),
    "an answer whose call was cut off": (
        "tool-message-orphan",
        [{"role": "tool", "tool_call_id": "call_1", "content": "Ada is fine"}],
        'messages[1] is from tool: "Ada is fine"',
    ),
    "an id of another provider": (
        "tool-call-id-long",
        [asked("c" * 41), {"role": "tool", "tool_call_id": "c" * 41, "content": "Ada is fine"}],
        "messages[1] is from assistant: it calls look_up",
    ),
    "a message without content": (
        "content-null",
        [{"role": "user", "content": None, "name": "boss"}],
        "messages[1] is from 'boss', as user: no content",
    ),
}


@pytest.mark.parametrize(("rule", "history", "where"), HISTORIES.values(), ids=HISTORIES)
def test_a_resumed_history_must_fit_together(cast, rule, history, where):
    """Which message is at fault, who said it, and how it begins."""
    (found,), text = refused(resumed(cast, *history))
    assert found.fields["breaks"] == rule
    assert where in text
    assert f"fix: {found.fix}" in text
    assert f'if it was meant: harness.expect("request-rejected", breaks="{rule}")' in text


def test_a_history_that_autogen_cuts_apart_is_refused(cast, tmp_path, monkeypatch):
    """Its ``MessageHistoryLimiter`` puts the last message that fits behind the first: a call behind one of its answers."""
    user, agent = cast.pair(look_up)
    monkeypatch.chdir(tmp_path)  # to import these leaves a .cache in the working folder, by a default argument of 0.2
    from autogen.agentchat.contrib.capabilities import transform_messages, transforms

    limiter = transforms.MessageHistoryLimiter(max_messages=4)
    transform_messages.TransformMessages(transforms=[limiter]).add_to_agent(agent)
    with pytest.raises(HarnessFailure) as failure, Harness() as harness:
        harness.llm.script(call("look_up", name="Ada"), call("look_up", name="Bob"), say("TERMINATE"))
        with suppress(Exception):
            user.initiate_chat(agent, message="go")
    found = [one for one in failure.value.findings if one.rule == RULE]
    assert {"tool-call-unanswered", "tool-message-orphan"} <= set(breaks(found))
    assert ["tool", "assistant", "assistant", "tool"] == [one["role"] for one in harness.llm.requests[-1].body["messages"][1:]]


class Swallowing(autogen.ConversableAgent):
    """Says sorry where its model fails, as production agents do."""

    def generate_oai_reply(self, *args, **kwargs):
        try:
            return super().generate_oai_reply(*args, **kwargs)
        except Exception:  # noqa: BLE001 - that is the point
            return True, "Sorry, try again"


@pytest.mark.parametrize("group", [False, True], ids=["alone", "in-a-group"])
def test_an_agent_that_swallows_the_error_does_not_hide_it(cast, group):
    """The chat ends well, the test does not; asked again and again, it is told once."""
    agent = Swallowing("quiet", llm_config={"config_list": [{"model": "gpt-4o", **UNKNOWN}]})
    agent._reply_func_list.insert(0, {**agent._reply_func_list[0], "reply_func": Swallowing.generate_oai_reply})
    user = cast.user(max_consecutive_auto_reply=2, default_auto_reply="again")
    other = cast.group(user, agent, speaker_selection_method="round_robin", max_round=6) if group else agent
    found, text = refused(lambda: user.initiate_chat(other, message="go"))
    assert breaks(found) == ["parameter-unknown"]
    assert "the API refuses a request of quiet: Unrecognized request argument supplied: top_k, 3 times" in text
    assert "turns-left" in text


def test_a_finding_can_be_expected_by_its_rule(cast):
    """And the turn waits for a request that the API takes."""
    agent, user = cast.assistant(llm_config={"config_list": [{"model": "gpt-4o", **UNKNOWN}]}), cast.user()
    good = cast.assistant("good")
    with Harness() as harness:
        harness.expect(RULE, agent="assistant", breaks="parameter-unknown", param=None)
        harness.llm.script(say("TERMINATE"))
        with pytest.raises(Exception, match="Unrecognized request argument supplied: top_k"):
            user.initiate_chat(agent, message="go")
        user.initiate_chat(good, message="go")
    assert ["good"] == [turn.agent for turn in harness.llm.turns]


def test_each_config_is_held_to_the_rules_of_its_server(cast):
    """A key that OpenAI does not know is fine for another server, and for a provider with an API of its own."""
    user = cast.user()
    for config in ({"api_type": "deepseek"}, {"api_type": "anthropic"}):
        with Harness() as harness:
            harness.llm.script(say("TERMINATE"))
            agent = cast.assistant(llm_config={"config_list": [{"model": "m", "api_key": "k", **config}]})
            agent.client._config_list[0].update(UNKNOWN)
            user.initiate_chat(agent, message="go")
    with Harness() as harness:
        harness.llm.dialect = "strict-compatible"
        harness.llm.script(say("TERMINATE"))
        user.initiate_chat(cast.assistant(llm_config={"config_list": [{"model": "m", **UNKNOWN}]}), message="go")


def test_parallel_calls_and_their_answers_are_fine(cast):
    """Two calls at once, answered by one agent in one go, and again."""
    user, agent = cast.pair(look_up)
    with Harness() as harness:
        both = calls(call("look_up", name="Ada"), call("look_up", name="Bob"))
        harness.llm.script(both, both, say("TERMINATE"))
        user.initiate_chat(agent, message="go")
    assert ["look_up"] * 4 == harness.transcript.tool_calls
