"""Each declared fault in a real chat of classic AutoGen: what it makes of it, what the model is told, and the verdict."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import autogen
import pytest

from autogen_harness import call, calls, fail, result, say
from autogen_harness.errors import ScriptBroken

LINE = tuple(int(part) for part in autogen.__version__.split(".")[:2])
IS_0_2 = LINE < (0, 3)
"""The old line checks no types, and refuses names that it does not know; later ones check, and drop such names."""

TWO_MODELS = {"config_list": [{"model": "gpt-4o"}, {"model": "gpt-4o-mini"}]}


def get_price(ticker: Annotated[str, "its symbol"], days: Annotated[int, "how many"] = 1) -> str:
    """Price of a stock."""
    return f"{ticker} {days!r}"


def talk(user, assistant):
    return user.initiate_chat(assistant, message="go").chat_history


def a_talk(user, assistant):
    return asyncio.run(user.a_initiate_chat(assistant, message="go")).chat_history


both = pytest.mark.parametrize("chat", [talk, a_talk], ids=["sync", "async"])


# -- wrong calls -------------------------------------------------------------------------------------------------------------


CALLS = {
    "hallucinated": (fail.hallucinated_tool("buy", ticker="A"), "unknown", "Function buy not found"),
    "malformed": (fail.malformed_json("get_price", ticker="A"), "bad-args", "must be in JSON format"),
    "malformed-by-itself": (fail.malformed_json("get_price"), "bad-args", "must be in JSON format"),
    "truncated": (fail.truncated_json("get_price", ticker="A"), "bad-args", "must be in JSON format"),
    "empty": (fail.empty_arguments("get_price"), "bad-args", "must be in JSON format"),
    "missing": (fail.missing_argument("get_price", days=2), "bad-args", "ticker"),
    "wrong-types": (fail.wrong_types("get_price", ticker="A", days="many"), "ok" if IS_0_2 else "bad-args", "many"),
    "extra": (
        fail.extra_argument("get_price", ticker="A", currency="EUR"),
        *(("bad-args", "unexpected keyword") if IS_0_2 else ("ok", "A 1")),
    ),
}


@both
@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_call_reaches_autogen_and_is_no_finding(harness, cast, chat, name):
    """AutoGen tells the model what was wrong, or runs the tool all the same; the turn says that it is meant."""
    turn, outcome, told = CALLS[name]
    harness.llm.script(turn, say("TERMINATE"))
    history = chat(*cast.pair(get_price))
    (run,) = harness.transcript.tool_runs
    assert (turn.tool, outcome) == (run.tool, run.outcome)
    assert told in str(run.result)
    assert told in str(harness.llm.requests[1].messages[-1]["content"])
    assert "TERMINATE" == history[-1]["content"]


def test_null_arguments_crash_autogen(harness, cast):
    """Its error comes out of the chat, which is what the test then says."""
    harness.llm.script(fail.null_arguments("get_price"))
    with pytest.raises(UnboundLocalError):
        talk(*cast.pair(get_price))
    assert ["bad-args"] == [run.outcome for run in harness.transcript.tool_runs]


IDS = {
    "long": (fail.long_call_id("get_price", ticker="A"), "string too long", ["A 1"]),
    "one-for-two": (
        fail.duplicate_call_id(call("get_price", ticker="A"), call("get_price", ticker="B")),
        "Duplicate value for 'tool_call_id'",
        ["A 1", "B 1"],
    ),
}


@pytest.mark.parametrize(("turn", "refusal", "results"), IDS.values(), ids=IDS)
def test_an_id_that_autogen_sends_back_is_refused_by_the_api(harness, cast, turn, refusal, results):
    """The tools run, and the next request is answered with the error of the API: no finding, since the turn means it."""
    harness.llm.script(turn)
    with pytest.raises(Exception, match=refusal) as raised:
        talk(*cast.pair(get_price))
    assert 400 == raised.value.status_code
    assert results == [run.result for run in harness.transcript.tool_runs]


def test_a_wrong_call_among_sound_ones(harness, cast):
    """The sound ones run; a reference to their result is not disturbed."""
    harness.llm.script(
        calls(call("get_price", ticker="A"), fail.truncated_json("get_price", ticker="B")),
        say(result("get_price", call=0), " TERMINATE"),
    )
    history = talk(*cast.pair(get_price))
    assert ["ok", "bad-args"] == [run.outcome for run in harness.transcript.tool_runs]
    assert "A 1 TERMINATE" == history[-1]["content"]


def test_a_wrong_type_that_nothing_checks_may_make_the_tool_raise(harness, cast):
    """A tool in a ``function_map`` takes what comes, in every version; the turn says that it raises."""

    def double(n: Annotated[int, "a number"]) -> str:
        """Doubles."""
        return str(n / 2)

    user, assistant = cast.user(function_map={"double": double}), cast.assistant(tools=[double])
    harness.llm.script(fail.wrong_types("double", n="two").raises(TypeError), say("TERMINATE"))
    talk(user, assistant)
    assert ["raised"] == [run.outcome for run in harness.transcript.tool_runs]


def test_a_fault_excuses_one_call_only(harness, cast):
    """The same mistake, not declared, is a finding at its own turn."""
    harness.llm.script(fail.malformed_json("get_price"), call("get_price", tickr="A"), say("TERMINATE"))
    harness.expect("tool-bad-args", tool="get_price", script="")
    talk(*cast.pair(get_price))
    assert [None, 2] == [finding.turn for finding in harness.ledger.findings]


# -- what the response says --------------------------------------------------------------------------------------------------


RESPONSES = {
    "truncated": (fail.truncated_json("get_price", ticker="A"), "length", None, None),
    "malformed": (fail.malformed_json("get_price", ticker="A"), "tool_calls", None, None),
    "refusal": (fail.refusal("I cannot"), "stop", None, "I cannot"),
    "filter": (fail.content_filter("I was"), "content_filter", "I was", None),
    "empty": (fail.empty_reply(), "stop", "", None),
    "in-text": (fail.call_in_text("get_price", ticker="A"), "stop", '{"name":"get_price","arguments":{"ticker":"A"}}', None),
}


@pytest.mark.parametrize(("turn", "finish", "content", "refusal"), RESPONSES.values(), ids=RESPONSES)
def test_the_response_has_the_fields_of_the_sdk(harness, turn, finish, content, refusal):
    """Whoever reads it below an agent: reason, content, refusal."""
    harness.llm.script(turn)
    function = {"name": "get_price", "parameters": {"type": "object", "properties": {"ticker": {"type": "string"}}}}
    wrapper = autogen.OpenAIWrapper(config_list=[{"model": "gpt-4o"}])
    response = wrapper.create(messages=[{"role": "user", "content": "go"}], tools=[{"type": "function", "function": function}])
    (choice,) = response.choices
    assert (finish, content, refusal) == (choice.finish_reason, choice.message.content, choice.message.refusal)
    assert content is not None or refusal or choice.message.tool_calls


TEXTS = {
    "in-text": (fail.call_in_text("get_price", ticker="A"), '{"name":"get_price","arguments":{"ticker":"A"}}'),
    "filter": (fail.content_filter("I was"), "I was"),
    "filter-at-once": (fail.content_filter(), ""),
    "empty": (fail.empty_reply(), ""),
}


@pytest.mark.parametrize(("turn", "said"), TEXTS.values(), ids=TEXTS)
def test_a_wrong_text_is_a_text_to_autogen(harness, cast, turn, said):
    """It looks at no reason and reads no call in it: the agent says it, and the other answers with its default."""
    harness.llm.script(turn, say("TERMINATE"))
    history = talk(*cast.pair(get_price))
    assert [said, "", "TERMINATE"] == [message["content"] for message in history[1:]]
    assert [] == harness.transcript.tool_calls


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of AutoGen's own, which pytest.warns says again in its own name
def test_a_refusal_is_nothing_to_autogen(harness, cast):
    """It warns of the content that is missing, drops the reason, and the agent says its default."""
    harness.llm.script(fail.refusal("I cannot"), say("TERMINATE"))
    with pytest.warns(UserWarning, match="is None"):
        history = talk(*cast.pair(get_price))
    assert ["", "", "TERMINATE"] == [message["content"] for message in history[1:]]


# -- errors, and deliveries that break ---------------------------------------------------------------------------------------


ERRORS = {
    "rate-limit": (fail.rate_limit(retry_after=2), 429, "rate_limit_exceeded"),
    "server": (fail.server_error(503), 503, None),
    "context": (fail.context_length(), 400, "context_length_exceeded"),
    "prompt": (fail.prompt_filtered(), 400, "content_filter"),
}


@pytest.mark.parametrize(("turn", "status", "code"), ERRORS.values(), ids=ERRORS)
def test_an_error_of_the_api_comes_out_of_the_chat(harness, cast, turn, status, code):
    """As the SDK's own class where it is installed, with the fields of the API's body."""
    harness.llm.script(turn)
    with pytest.raises(Exception, match=turn.message[:40]) as raised:
        talk(*cast.pair(get_price))
    assert (status, code) == (raised.value.status_code, raised.value.code)


SPENT = [fail.rate_limit(), fail.server_error(), fail.timeout(), fail.connection_reset(), fail.context_length()]


@both
@pytest.mark.parametrize("turn", SPENT, ids=str)
def test_an_error_is_spent_on_the_attempt_that_meets_it(harness, cast, chat, turn):
    """AutoGen goes on with the next model, which takes the next turn."""
    harness.llm.script(turn, say("TERMINATE"))
    history = chat(cast.user(), cast.assistant(llm_config=TWO_MODELS))
    assert "TERMINATE" == history[-1]["content"]
    assert ["gpt-4o", "gpt-4o-mini"] == [request.params["model"] for request in harness.llm.requests]


@both
@pytest.mark.parametrize("how", ["reset", "error", "stall"])
def test_a_delivery_that_breaks_is_made_again_to_the_next_model(harness, cast, chat, how):
    """The same turn, whole, and once: the tool runs one time, under the id that was on its way."""
    user, assistant = cast.user(tools=[get_price]), cast.assistant(tools=[get_price], llm_config=TWO_MODELS)
    harness.llm.script(fail.broken_delivery(call("get_price", ticker="A"), how=how), say(result("get_price"), " TERMINATE"))
    history = chat(user, assistant)
    assert ["get_price"] == harness.transcript.tool_calls
    assert "A 1 TERMINATE" == history[-1]["content"]
    assert [1, 1, 2] == [turn.number for turn in harness.llm.turns]
    assert ["gpt-4o", "gpt-4o-mini", "gpt-4o"] == [request.params["model"] for request in harness.llm.requests]


def test_a_call_that_breaks_off_may_be_meant_to_raise(harness, cast):
    """The error is expected once, of the call that arrives."""

    def save(path: Annotated[str, "where"]) -> str:
        """Saves."""
        raise PermissionError(path)

    user, assistant = cast.user(tools=[save]), cast.assistant(tools=[save], llm_config=TWO_MODELS)
    harness.llm.script(fail.broken_delivery(call("save", path="/etc/x").raises(PermissionError)), say("TERMINATE"))
    talk(user, assistant)
    assert ["raised"] == [run.outcome for run in harness.transcript.tool_runs]


def test_a_hallucinated_tool_in_a_group_chat(harness, cast):
    """Whoever executes tools says that it is not found, and the group goes on."""
    user, assistant = cast.pair(get_price)
    harness.llm.script(fail.hallucinated_tool("buy", ticker="A").by("assistant"), say("TERMINATE").by("assistant"))
    history = talk(user, cast.group(user, assistant))
    assert [("unknown", "user")] == [(run.outcome, run.agent) for run in harness.transcript.tool_runs]
    assert "TERMINATE" == history[-1]["content"]


KINDS = {"reset": "Connection error", "error": "server had an error", "stall": "timed out"}


@pytest.mark.parametrize("how", KINDS)
def test_a_delivery_that_breaks_for_the_only_model_comes_out(harness, cast, how):
    """And the chat that is started again the same way gets the whole answer."""
    harness.llm.script(fail.broken_delivery(say("TERMINATE"), how=how))
    user, assistant = cast.pair(get_price)
    with pytest.raises(Exception, match=KINDS[how]):
        talk(user, assistant)
    assert "TERMINATE" == talk(user, assistant)[-1]["content"]


# -- what a script does wrong, in a real chat --------------------------------------------------------------------------------


MISTAKES = {
    "wrong-name": (call("get_price", tickr="A"), "did you mean 'ticker'?"),
    "missing": (call("get_price", days=1), "correct the turn"),
    "wrong-type": (call("get_price", ticker="A", days="many"), "correct the turn"),
    "coerced": (call("get_price", ticker="A", days="5"), "correct the turn"),
}


@both
@pytest.mark.parametrize(("turn", "fix"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_of_the_script_is_told_once(harness, cast, chat, turn, fix):
    """At the turn that makes it, whatever AutoGen then finds as well, or lets pass."""
    harness.expect("tool-bad-args", tool="get_price", script="")
    harness.llm.script(turn, say("TERMINATE"))
    chat(*cast.pair(get_price))
    (finding,) = harness.ledger.findings
    assert (1, "assistant") == (finding.turn, finding.fields["agent"])
    assert fix in finding.fix


def legacy(cast):
    """An assistant that offers ``functions``, as AutoGen's first versions did."""
    parameters = {"type": "object", "properties": {"ticker": {"type": "string"}}, "required": ["ticker"]}
    functions = [{"name": "get_price", "description": "Price.", "parameters": parameters}]
    config = {"config_list": [{"model": "gpt-4o"}], "functions": functions}
    return cast.user(function_map={"get_price": get_price}), cast.assistant(llm_config=config)


def test_faults_and_mistakes_under_legacy_functions(harness, cast):
    """The same, with the schema of the function."""
    harness.expect("tool-bad-args", tool="get_price", script="")
    harness.llm.script(
        fail.malformed_json("get_price", ticker="A"),
        fail.missing_argument("get_price"),
        call("get_price", ticker=5),
        say("TERMINATE"),
    )
    talk(*legacy(cast))
    assert ["bad-args", "bad-args", "ok"] == [run.outcome for run in harness.transcript.tool_runs]


NOT_UNDER_FUNCTIONS = {
    "several": (calls(call("get_price", ticker="A"), call("get_price", ticker="B")), "one call a turn"),
    "no-id": (fail.long_call_id("get_price", ticker="A"), "would prove nothing"),
}


@pytest.mark.parametrize(("turn", "why"), NOT_UNDER_FUNCTIONS.values(), ids=NOT_UNDER_FUNCTIONS)
def test_what_legacy_functions_cannot_carry_is_not_played(harness, cast, turn, why):
    """One call, and no ids."""
    harness.expect("script-broken")
    harness.llm.script(turn)
    with pytest.raises(ScriptBroken, match=why):
        talk(*legacy(cast))


def test_a_choice_of_the_configuration_is_respected(harness, cast):
    """``tool_choice`` in an ``llm_config`` reaches the model with every request."""
    harness.expect("script-broken")
    config = {"config_list": [{"model": "gpt-4o", "tool_choice": "required"}]}
    user, assistant = cast.user(tools=[get_price]), cast.assistant(tools=[get_price], llm_config=config)
    harness.llm.script(call("get_price", ticker="A"), say("TERMINATE"))
    with pytest.raises(ScriptBroken, match="demands a call"):
        talk(user, assistant)


def test_arguments_that_autogen_itself_describes_are_sound(harness, cast):
    """What it writes into schemas for the types that tools have: none of them is refused when it fits."""

    def report(
        names: Annotated[list[str], "who"],
        weights: Annotated[dict[str, float], "how much"],
        kind: Annotated[str | None, "which"] = None,
        deep: Annotated[bool | None, "how"] = None,
    ) -> str:
        """Reports."""
        return json.dumps([names, weights, kind, deep])

    sound = [
        call("report", names=["a"], weights={"a": 1}),
        call("report", names=[], weights={}, kind=None, deep=True),
        call("report", names=["a"], weights={"a": 0.5}, kind="x"),
    ]
    harness.llm.script(*sound, say("TERMINATE"))
    talk(*cast.pair(report))
    assert 3 == len(harness.transcript.tool_calls)
