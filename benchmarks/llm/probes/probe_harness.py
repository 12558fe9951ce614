"""autogen-harness: its scripts, over the socket for the openai package, and in process for AutoGen's agents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import asking
import faults
import other_apis as others
from probing import Answer, error_of, holds, installed, is_red, main, mistakes_told

from autogen_harness import call, calls, fail, result, say
from autogen_harness.server import ScriptRun, ScriptServer

IN_A_CHAT = """
import warnings
from autogen_harness import say

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import autogen

def test(harness):
    agent = autogen.AssistantAgent("agent", llm_config={"config_list": [{"model": "gpt-4o"}]})

    def ask():
        return agent.generate_reply(messages=[{"role": "user", "content": "go"}])

"""


@contextmanager
def served(*turns: Any, **options: Any) -> Iterator[tuple[ScriptRun, Any]]:
    """A server with one script, and a client of the openai package."""
    with ScriptServer() as server:
        run = server.script("probe", *turns)
        with asking.client(server.url, **{"api_key": run.key, **options}) as client:
            yield run, client


def asked(ask: Callable[[Any], Answer], *turns: Any) -> Answer:
    """Script these turns and ask."""
    with served(*turns) as (_, client):
        return ask(client)


def invalid_requests() -> Answer:
    return asked(asking.invalid_requests, *[say("one")] * 24)


def broken_history() -> Answer:
    return asked(asking.broken_history, say("one"))


def exhausted() -> Answer:
    return is_red(_test("harness.llm.script(say('one'))", "ask(); ask()"))


def exhausted_and_swallowed() -> Answer:
    return is_red(_test("harness.llm.script(say('one'))", "ask()", "try: ask()", "except Exception: pass"))


def left_over() -> Answer:
    return is_red(_test("harness.llm.script(say('one'), say('two'))", "ask()"))


def script_checked_against_tools() -> Answer:
    def told_of(tool: str, arguments: dict[str, Any], options: dict[str, Any]) -> object:
        with served(call(tool, arguments)) as (run, client):
            error_of(lambda: asking.ask(client, **options))
            return run.findings()

    return mistakes_told(told_of)


def fault_then_retry() -> Answer:
    with served(fail.rate_limit(retry_after=0), say("FIRST"), say("SECOND"), max_retries=1) as (_, client):
        return faults.spent_on_its_attempt(client)


def broken_delivery_served_again() -> Answer:
    return asked(faults.served_again, fail.broken_delivery(say("FIRST"), after=1), say("SECOND"))


def streamed_calls() -> Answer:
    return asked(asking.streamed_calls, calls(call("add", asking.FIRST), call("add", asking.SECOND)))


def usage_chunk() -> Answer:
    return asked(asking.usage_chunk, say("one two"))


def usage() -> Answer:
    return asked(asking.usage, say("one two"))


def per_agent() -> Answer:
    return agents_of_one_double()


def agents_of_one_double() -> Answer:
    with ScriptServer() as server:
        run = server.script("probe")
        for agent in ("first", "second"):
            run.llm.agent(agent).script(say(f"of the {agent}"))
        first, second = (asking.client(server.url, api_key=run.key_of(agent)) for agent in ("first", "second"))
        return asking.own_turns(first, second)


def chosen() -> Answer:
    return asked(asking.chosen, say("of prices").when(text="price"), say("of news").when(text="news"))


def references() -> Answer:
    return asked(asking.reference, call("add", x=result("add").total))


def legacy_functions() -> Answer:
    return asked(asking.legacy_functions, call("add", x=1))


def rate_limit_with_retry_after() -> Answer:
    return asked(faults.rate_limit, fail.rate_limit(retry_after=7))


def malformed_arguments() -> Answer:
    return asked(faults.malformed_arguments, fail.malformed_json("add", x=1))


def truncated_by_length() -> Answer:
    return asked(faults.truncated_by_length, fail.truncated_json("add", x=1))


def refusal() -> Answer:
    return asked(faults.refusal, fail.refusal("I will not."))


def content_filter() -> Answer:
    return asked(faults.content_filter, fail.content_filter("I"))


def break_in_the_stream() -> Answer:
    return asked(faults.break_in_the_stream, fail.broken_delivery(say("one two three four"), after=2))


def snapshots() -> Answer:
    with served(say("one"), say("two")) as (run, client):
        return asking.snapshots(client, lambda: [one.messages for one in run.llm.requests])


def openai_3() -> Answer:
    return asked(asking.openai_3, say("one"))


def responses_api() -> Answer:
    return asked(others.responses_api, say("one"))


def judges_the_client() -> Answer:
    with served(fail.rate_limit(retry_after=30), say("one")) as (run, client):
        error_of(lambda: asking.said(client))
        asking.said(client)
        return holds(run.findings(), f"its findings are {run.findings()}: it keeps no time of a client")


def answers_without_a_script() -> Answer:
    return asked(asking.unscripted_call)


def other_apis() -> Answer:
    with served() as (run, _):
        return others.anthropic(run.url.removesuffix("/v1"))


def _test(*lines: str) -> str:
    return IN_A_CHAT + "\n".join(f"    {line}" for line in lines)


if __name__ == "__main__":
    main(globals(), installed("autogen-harness", "pyautogen", "openai"))
