"""Tools that are not plain functions, and what AutoGen's way to them does to their arguments."""

from __future__ import annotations

import asyncio
import gc
import json
import warnings
from functools import partial, wraps
from typing import Annotated

import pytest

from autogen_harness import call, fail, result, say


def fine(x: Annotated[int, "a number"] = 1) -> str:
    """Works."""
    return f"got {x!r}"


def needy(x: Annotated[int, "a number"]) -> str:
    """Needs its argument."""
    return f"got {x!r}"


def in_map(cast, tool):
    """The tool as it stands, in a ``function_map``."""
    return cast.user(function_map={tool.__name__: tool}), cast.assistant(tools=[tool])


def talk(user, assistant):
    return user.initiate_chat(assistant, message="go")


def a_talk(user, assistant):
    return asyncio.run(user.a_initiate_chat(assistant, message="go"))


both = pytest.mark.parametrize("chat", [talk, a_talk], ids=["sync", "async"])


@both
def test_a_tool_whose_decorator_supplies_an_argument_may_raise_itself(harness, cast, chat):
    """Its signature asks for more than the model sends; its body ran, so the error is its own."""

    def query(db: Annotated[str, "supplied"], x: Annotated[int, "a number"] = 1) -> str:
        """Queries."""
        raise ConnectionError(db)

    @wraps(query)
    def connected(**arguments):
        return query("a database", **arguments)

    user, assistant = in_map(cast, connected)
    harness.expect("tool-raised", type="ConnectionError")
    harness.llm.script(fail.missing_argument("query", x=2), say("TERMINATE"))
    chat(user, assistant)


@both
def test_a_partial_and_a_callable_object_are_watched_too(harness, cast, chat):
    """Tools that are not plain functions: what their body raises is theirs, what does not fit is the call's."""

    class Multiplier:
        __name__ = "multiply"

        def __call__(self, x: int) -> str:
            return str(10 // x)

    user = cast.user(function_map={"multiply": Multiplier(), "fixed": partial(needy, 4)})
    assistant = cast.assistant(tools=[fine])
    for name, properties in {"multiply": {"x": {"type": "integer"}}, "fixed": {}}.items():
        schema = {"name": name, "description": name, "parameters": {"type": "object", "properties": properties}}
        assistant.update_tool_signature({"type": "function", "function": schema}, is_remove=False)
    harness.expect("tool-raised", tool="multiply", type="ZeroDivisionError")
    harness.expect("tool-bad-args", tool="multiply")
    harness.expect("tool-bad-args", tool="fixed")
    harness.llm.script(
        call("multiply", x=0),
        call("multiply", z=1),
        call("fixed"),
        call("fixed", y=2),
        say(result("fixed", call=0), " TERMINATE"),
    )
    assert "got 4 TERMINATE" == chat(user, assistant).chat_history[-1]["content"]


def test_a_tool_with_open_keywords_takes_any_name(harness, cast):
    """``**kwargs`` drops nothing, so nothing is found."""

    def anything(**fields: int) -> str:
        """Takes all."""
        return str(sorted(fields))

    user, assistant = cast.user(function_map={"anything": anything}), cast.assistant()
    parameters = {"type": "object", "properties": {}, "additionalProperties": {"type": "integer"}}
    schema = {"name": "anything", "description": "Takes all.", "parameters": parameters}
    assistant.update_tool_signature({"type": "function", "function": schema}, is_remove=False)
    harness.llm.script(call("anything", a=1, b=2), say(result("anything"), " TERMINATE"))
    assert "['a', 'b'] TERMINATE" == talk(user, assistant).chat_history[-1]["content"]


def test_an_async_tool_in_a_sync_chat_inside_a_loop_is_what_its_autogen_makes_of_it(harness, cast):
    """Up to 0.9 there is no second loop for it, and the error comes out of the chat. 0.14 runs it in a thread."""

    async def later() -> str:
        """Answers."""
        return "ok"

    user, assistant = cast.pair(later)
    crashed = ""

    async def body():
        talk(user, assistant)

    harness.llm.script(call("later"), say("TERMINATE"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # AutoGen's own coroutine, which it could not run
        try:
            asyncio.run(body())
        except RuntimeError as error:
            crashed = str(error)
        gc.collect()
    if crashed:
        harness.expect("turns-left")
        assert "already running" in crashed
    assert ([] if crashed else ["later"]) == harness.transcript.tool_calls


@pytest.mark.parametrize("text", ["C:\\", 'quote " and \\n', "line\nbreak", "ä€", "\\" * 3], ids=repr)
def test_any_text_survives_the_way_into_a_tool(harness, cast, text):
    """Or AutoGen breaks it, which is then its finding and never silent."""

    def echo(text: Annotated[str, "what"], more: Annotated[str, "what"]) -> str:
        """Echoes."""
        return json.dumps([text, more])

    user, assistant = in_map(cast, echo)
    harness.llm.script(call("echo", text=text, more="x"), say("TERMINATE"))
    talk(user, assistant)
    (run,) = harness.transcript.tool_runs
    if run.outcome == "ok":
        assert [text, "x"] == json.loads(run.result)
    else:
        harness.expect("tool-bad-args", tool="echo")
