"""Record real chats against a model on a socket, play the script that came of it, and compare the conversations."""

from __future__ import annotations

import asyncio
import json
from importlib.util import find_spec
from typing import Annotated

import pytest

from autogen_harness import UsageError, call, calls, fail, result, say
from autogen_harness.scripts import load
from autogen_harness.server import ScriptServer

pytestmark = [
    pytest.mark.skipif(find_spec("openai") is None, reason="recording asks a real model, which takes the openai package"),
    pytest.mark.harness(allow_hosts=["127.0.0.1"]),
]


def search(query: Annotated[str, "what"]) -> str:
    """Searches."""
    return json.dumps({"companies": [{"name": f"{query} Robotics Inc", "revenue": 905.5, "ids": [10417, 2]}], "more": False})


def score(name: Annotated[str, "who"], revenue: Annotated[float, "how much"] = 0.0) -> str:
    """Scores."""
    return f"{name} scores {revenue * 2}"


@pytest.fixture
def model():
    """A model on a socket: what plays the real endpoint here."""
    with ScriptServer() as server:
        yield server.script("real")


@pytest.fixture
def real(cast, model, monkeypatch):
    """Agents whose configuration leads to that model."""
    cast.config = config(model)
    return cast


def config(*models):
    return {"config_list": [{"model": "gpt-4o", "api_key": one.key, "base_url": one.url} for one in models]}


def told(chat):
    """The conversation without the ids of calls, which are new in every run."""
    return [
        {
            "role": one.get("role"),
            "name": one.get("name"),
            "content": (one.get("content") or "") if one.get("role") != "tool" else [],
            "calls": [
                (made["function"]["name"], json.loads(made["function"]["arguments"])) for made in one.get("tool_calls") or ()
            ],
            "results": [answer["content"] for answer in one.get("tool_responses") or ()],
        }
        for one in chat.chat_history
    ]


def test_a_recorded_script_gives_the_same_conversation(harness, real, model, tmp_path):
    """Texts, calls, results and their order; and what was quoted from a tool is a reference in the file."""
    model.llm.script(
        call("search", query="Acme").saying("Let me look."),
        calls(call("score", name="Acme Robotics Inc", revenue=905.5), call("score", name="someone else")),
        say("Acme Robotics Inc makes 905.5 million. TERMINATE"),
    )
    user, assistant = real.pair(search, score)
    with harness.record_script(tmp_path / "acme.yaml") as recording:
        live = user.initiate_chat(assistant, message="Look at Acme")
    assert ["search", "score", "score"] == harness.transcript.tool_calls

    user, assistant = real.pair(search, score)
    harness.llm.load(tmp_path / "acme.yaml")
    assert told(live) == told(user.initiate_chat(assistant, message="Look at Acme"))
    found = result("search").companies[0]
    first, second, last = load(recording.path).turns
    assert ("Acme", ("Let me look.",)) == (first.arguments["query"], first.said)
    assert repr({"name": found.name, "revenue": found.revenue}) == repr(dict(second.calls[0].arguments))
    assert "someone else" == second.calls[1].arguments["name"]
    assert repr((found.name, " makes ", found.revenue, " million. TERMINATE")) == repr(last.parts)
    assert [] == model.findings()


def test_what_was_asked_is_known_while_recording_too(harness, real, model, tmp_path):
    """Requests with their turns, assertions, and the table of the conversation."""
    model.llm.script(call("search", query="Acme"), say("done TERMINATE"))
    user, assistant = real.pair(search)
    with harness.record_script(tmp_path / "x.yaml"):
        user.initiate_chat(assistant, message="go")
    harness.llm.assert_called("search", query="Acme")
    assert ["search"] == [one["function"]["name"] for one in harness.llm.requests[0].turn.answer["tool_calls"]]
    assert "done TERMINATE" == harness.llm.requests[1].turn.answer["content"]
    assert ["assistant 1", "assistant 2"] == [row.turn for row in harness.transcript.rows]


def test_each_agent_of_a_group_gets_a_script_of_its_own(harness, real, model, tmp_path):
    """With the speaker selector's and the summary's answers beside them."""
    model.llm.script(say("a plan"), say("a text TERMINATE"))
    model.llm.selector.script("planner", "writer")
    model.llm.summary.script("They wrote.")

    def talk():
        user, planner, writer = real.user(), real.assistant("planner"), real.assistant("writer")
        return user.initiate_chat(real.group(user, planner, writer), message="go", summary_method="reflection_with_llm")

    with harness.record_script(tmp_path / "group.yaml") as recording:
        live = talk()
    script = recording.script
    assert ["planner", "writer"] == [*script.agents]
    assert () == script.turns
    assert [("planner",), ("writer",)] == [turn.parts for turn in script.selector]
    assert [("They wrote.",)] == [turn.parts for turn in script.summary]

    harness.llm.load(recording.path)
    again = talk()
    assert told(live) == told(again)
    assert live.summary == again.summary


@pytest.mark.asyncio
async def test_chats_at_the_same_time_are_told_apart(harness, real, model, tmp_path):
    """Each agent's turns are its own, in its own order, whoever the model answered first."""
    agents = ("anna", "bert", "carl")
    for name in agents:
        model.llm.agent(name).script(call("search", query=name), say(f"{name} Robotics Inc it is. TERMINATE"))

    async def talk():
        pairs = []
        for name in agents:
            real.config = {"config_list": [{**config(model)["config_list"][0], "api_key": model.key_of(name)}]}
            pairs.append((real.user(tools=[search]), real.assistant(name, tools=[search])))
        return await asyncio.gather(*(user.a_initiate_chat(one, message="go") for user, one in pairs))

    with harness.record_script(tmp_path / "many.yaml") as recording:
        live = await talk()
    assert set(agents) == {*recording.script.agents}

    harness.llm.load(recording.path)
    assert [*map(told, live)] == [*map(told, await talk())]


def test_a_fault_that_autogen_met_is_a_turn(harness, real, model, tmp_path):
    """The first entry of the config list fails, the second answers: so it goes when played."""
    model.llm.script(fail(402, message="No money", code="billing"), say("made it TERMINATE"))
    real.config = config(model, model)
    with harness.record_script(tmp_path / "fault.yaml") as recording:
        live = real.user().initiate_chat(real.assistant(), message="go")
    first, second = recording.script.turns
    assert (402, "No money", "billing") == (first.status, first.message, first.code)
    assert ("made it TERMINATE",) == second.parts

    harness.llm.load(recording.path)
    assert told(live) == told(real.user().initiate_chat(real.assistant(), message="go"))


def test_what_the_sdk_tries_again_is_one_answer(harness, real, model, tmp_path):
    """Its retries wait in real time, and AutoGen never sees them: neither does the script."""
    model.llm.script(fail(429, retry_after=0.01), say("made it TERMINATE"))
    with harness.record_script(tmp_path / "retry.yaml") as recording:
        real.user().initiate_chat(real.assistant(), message="go")
    assert [("made it TERMINATE",)] == [turn.parts for turn in recording.script.turns]
    assert [] == harness.clock.sleeps


FLAWS = {
    "malformed": fail.malformed_json("search", query="x"),
    "empty": fail.empty_arguments("search"),
    "hallucinated": fail.hallucinated_tool("serch", query="x"),
    "missing": fail.missing_argument("search"),
    "wrong-types": fail.wrong_types("search", query=5),
}


@pytest.mark.parametrize("turn", FLAWS.values(), ids=FLAWS)
def test_a_wrong_answer_is_recorded_as_a_declared_fault(harness, real, model, tmp_path, turn):
    """So that the played script is green where the model was wrong and the agent coped."""
    model.llm.script(turn, say("sorry TERMINATE"))
    for rule in ("tool-bad-args", "tool-unknown"):
        harness._expect(rule, {}, demanded=False)
    user, assistant = real.pair(search)
    with harness.record_script(tmp_path / "flaw.yaml") as recording:
        user.initiate_chat(assistant, message="go")
    assert turn.flaw.name == recording.script.turns[0].flaw.name


def test_no_secret_is_written(harness, real, model, tmp_path, monkeypatch):
    """Keys of the environment, of the configuration, named ones, and what looks like one; what was removed is said."""
    monkeypatch.setenv("MY_SERVICE_TOKEN", "hunter2hunter2")
    mine, shaped = "correct horse battery", "sk-abcdefghijklmnopqrstuvwx"
    model.llm.script(
        call("search", query="hunter2hunter2"), say(f"{mine}, {shaped}, {model.key} and hunter2hunter2. TERMINATE")
    )
    user, assistant = real.pair(search)
    with harness.record_script(tmp_path / "secret.yaml", secrets=[mine]) as recording:
        user.initiate_chat(assistant, message="go")
    text = recording.path.read_text(encoding="utf-8")
    assert [] == [one for one in ("hunter2", mine, shaped, model.key) if one in text]
    assert {"MY_SERVICE_TOKEN": 2, "secret": 1, "OpenAI or Anthropic key": 1, "API key": 1} == dict(recording.removed)
    assert "Removed: " in recording.script.about
    assert any("MY_SERVICE_TOKEN (2 times)" in note.text for note in harness.transcript.notes)


def test_a_host_that_is_not_allowed_is_not_asked(harness, real, model, tmp_path):
    """Recording opens no door: the finding names the host, and nothing is written."""
    real.config["config_list"][0]["base_url"] = "http://model.example.com/v1"
    harness.expect("network-attempted", host="model.example.com")
    with pytest.raises(Exception, match=r"Connection error|blocked"), harness.record_script(tmp_path / "x.yaml"):
        real.user().initiate_chat(real.assistant(), message="go")
    assert [] == [*tmp_path.iterdir()]


def test_an_error_that_is_not_the_models_is_no_turn(harness, real, tmp_path, monkeypatch):
    """Without a key no client can be made: that comes out as ever, and nothing is written."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    del real.config["config_list"][0]["api_key"]
    with pytest.raises(Exception, match=r"(?i)api_key|credentials"), harness.record_script(tmp_path / "x.yaml"):
        real.user().initiate_chat(real.assistant(), message="go")
    assert [] == [*tmp_path.iterdir()]


def test_a_run_that_fails_keeps_what_was_said_apart(harness, real, model, tmp_path):
    """A real run costs money; but the script is not there as if it were whole."""
    model.llm.script(say("one"))
    with pytest.raises(ZeroDivisionError), harness.record_script(tmp_path / "x.yaml") as recording:
        real.user().initiate_chat(real.assistant(), message="go", max_turns=1)
        raise ZeroDivisionError
    assert ["x.failed.yaml"] == [one.name for one in tmp_path.iterdir()]
    assert ("one",) == load(recording.path).turns[0].parts


def test_scripted_answers_go_on_after_the_recording(harness, real, model, tmp_path):
    """Within one test, and with the agents that were there before."""
    model.llm.script(say("real"))
    user, assistant = real.pair()
    with harness.record_script(tmp_path / "x.yaml"):
        user.initiate_chat(assistant, message="go", max_turns=1)
    harness.llm.script(say("scripted"))
    assert "scripted" == user.initiate_chat(assistant, message="go", max_turns=1).chat_history[-1]["content"]


MISTAKES = {
    "there-already": ({"name": "there.yaml"}, "there already; remove it, or write"),
    "no-yaml": ({"name": "x.json"}, "write x.yaml in place of x.json"),
    "ci": ({"ci": "true"}, "this is CI"),
    "nobody-asked": ({}, "no agent asked the model"),
}


@pytest.mark.parametrize(("how", "text"), MISTAKES.values(), ids=MISTAKES)
def test_what_cannot_be_recorded_is_refused(harness, tmp_path, monkeypatch, how, text):
    """Before any money is spent, and nothing is overwritten."""
    monkeypatch.setenv("CI", how.get("ci", ""))
    there = tmp_path / "there.yaml"
    there.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=text), harness.record_script(tmp_path / how.get("name", "x.yaml")):
        pass
    assert "mine" == there.read_text(encoding="utf-8")
    assert [there] == [*tmp_path.iterdir()]


def test_two_recordings_at_a_time_are_refused(harness, tmp_path):
    """There is one model to listen to."""
    with (
        pytest.raises(UsageError, match="recorded already"),
        harness.record_script(tmp_path / "x.yaml"),
        harness.record_script(tmp_path / "y.yaml"),
    ):
        pass
