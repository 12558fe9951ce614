"""What agents may not do behind a test's back: ask a person, execute code."""

from __future__ import annotations

import asyncio

import autogen
import pytest
from autogen.coding import LocalCommandLineCodeExecutor

from autogen_harness import say

LINE = tuple(int(part) for part in autogen.__version__.split(".")[:2])

PROGRAM = """Run this:
```python
open("made", "w").write("by an agent")
print("it", "ran")
```
"""


@pytest.fixture(autouse=True)
def no_docker(monkeypatch):
    """AutoGen looks for a Docker daemon for any code config, and leaves the socket open."""
    monkeypatch.setattr("autogen.code_utils.is_docker_running", lambda: False)


@pytest.fixture
def asking(cast):
    """A user that asks a person at each turn, and an assistant."""
    return cast.user(human_input_mode="ALWAYS"), cast.assistant()


def test_a_scripted_person_answers(harness, asking):
    """Answers in order; ``exit`` ends the chat as it does in AutoGen."""
    user, assistant = asking
    harness.human.says("go on", "exit")
    harness.llm.script(say("one"), say("two"))
    outcome = user.initiate_chat(assistant, message="go")
    assert ["go", "one", "go on", "two"] == [message["content"] for message in outcome.chat_history]
    assert 2 == len(harness.human.asked)


def test_an_unscripted_question_is_a_finding_and_ends_the_chat(harness, asking):
    """It does not wait for a terminal, and does not fail in pytest's own words about stdin."""
    user, assistant = asking
    harness.expect("human-asked")
    harness.llm.script(say("one"))
    outcome = user.initiate_chat(assistant, message="go")
    assert "one" == outcome.chat_history[-1]["content"]
    assert "human_input_mode" in harness.ledger.findings[0].fix


def test_an_async_chat_asks_as_its_autogen_does(harness, asking):
    """0.9 cannot await its own console, which no script can mend: the error is shown as it is, and nothing hangs."""
    user, assistant = asking
    harness.human.says("ok", *([] if LINE == (0, 9) else ["exit"]))
    harness.llm.script(say("one"), *([] if LINE == (0, 9) else [say("two")]))
    if LINE == (0, 9):
        with pytest.raises(TypeError, match="await"):
            asyncio.run(user.a_initiate_chat(assistant, message="go"))
    else:
        asyncio.run(user.a_initiate_chat(assistant, message="go"))
    assert (1 if LINE == (0, 9) else 2) == len(harness.human.asked)


def test_an_unscripted_question_in_an_async_chat_is_a_finding(harness, asking):
    """The same finding as in a sync chat, whatever AutoGen then does with the answer."""
    user, assistant = asking
    harness.expect("human-asked")
    harness.llm.script(say("one"))
    try:
        asyncio.run(user.a_initiate_chat(assistant, message="go"))
    except TypeError as error:
        assert LINE == (0, 9), error  # noqa: PT017 - the others raise nothing


def executor(folder):
    return {"executor": LocalCommandLineCodeExecutor(work_dir=folder)}


def legacy(folder):
    return {"work_dir": str(folder), "use_docker": False}


ways = pytest.mark.parametrize("config", [executor, legacy])


@ways
@pytest.mark.parametrize("way", ["sync", "async"])
def test_code_from_a_message_is_refused_and_recorded(harness, cast, tmp_path, config, way):
    """By an executor and by AutoGen's own way; the model is told, the machine is not touched."""
    user, assistant = cast.user(code_execution_config=config(tmp_path)), cast.assistant()
    harness.expect("code-executed")
    harness.llm.script(say(PROGRAM), say("TERMINATE"))
    if way == "sync":
        outcome = user.initiate_chat(assistant, message="go")
    else:
        outcome = asyncio.run(user.a_initiate_chat(assistant, message="go"))
    assert "harness.code.allow()" in outcome.chat_history[2]["content"]
    assert not (tmp_path / "made").exists()


@ways
def test_allowed_code_runs(harness, cast, tmp_path, config):
    """``harness.code.allow()``: AutoGen executes as ever."""
    user, assistant = cast.user(code_execution_config=config(tmp_path)), cast.assistant()
    harness.code.allow()
    harness.llm.script(say(PROGRAM), say("TERMINATE"))
    outcome = user.initiate_chat(assistant, message="go")
    assert "it ran" in outcome.chat_history[2]["content"]
    assert (tmp_path / "made").exists()


def test_the_default_user_proxy_executes_nothing(harness, cast, tmp_path, monkeypatch):
    """``UserProxyAgent("user")`` with its defaults: Docker is off, so it would execute on this machine."""
    monkeypatch.setenv("AUTOGEN_USE_DOCKER", "0")
    monkeypatch.chdir(tmp_path)
    user, assistant = autogen.UserProxyAgent("user", human_input_mode="NEVER"), cast.assistant()
    harness.expect("code-executed")
    harness.llm.script(say(PROGRAM), say("TERMINATE"))
    user.initiate_chat(assistant, message="go", max_turns=2)
    assert not list(tmp_path.rglob("made"))
