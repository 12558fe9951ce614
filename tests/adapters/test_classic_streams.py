"""``stream`` in an ``llm_config``: what AutoGen does with pieces happens, and the conversation is the same as without."""

from __future__ import annotations

import json

import autogen
import pytest

from autogen_harness import call, calls, fail, result, say


class Screen:
    """Where AutoGen shows pieces: 0.2 prints them, later ones send events."""

    def __init__(self):
        self.pieces = []

    def print(self, *objects, **_):
        self.pieces += [str(one) for one in objects if "\x1b" not in str(one) and ">>>>>>>>" not in str(one)]

    def send(self, message):
        if type(message).__name__ == "StreamEvent":
            self.pieces.append(message.content.content)


@pytest.fixture
def screen():
    """What is shown while the test runs."""
    screen = Screen()
    with autogen.io.IOStream.set_default(screen):
        yield screen


def get_price(ticker: str) -> str:
    """Price of a stock."""
    return json.dumps({"ticker": ticker, "price": 905.5})


class Streaming:
    """Agents whose model streams, however their AutoGen is told: in the config, in its entries, or, in 0.9, not in a config."""

    def __init__(self, cast):
        self.cast = cast

    def assistant(self, *, models=("gpt-4o",), tools=(), **config):
        entries = [{"model": model} for model in models]
        ways = [
            {"config_list": [{**entry, "stream": True} for entry in entries], **config},
            {"config_list": entries, "stream": True, **config},
        ]
        for self.cast.config in ways:
            try:
                assistant = self.cast.assistant(tools=tools)
            except (TypeError, ValueError):
                continue
            return assistant
        self.cast.config = {"config_list": entries, **config}
        assistant = self.cast.assistant(tools=tools)
        assistant.client = autogen.OpenAIWrapper(**{**dict(assistant.llm_config.items()), "stream": True})
        return assistant

    def pair(self, *tools, **options):
        return self.cast.user(tools=tools), self.assistant(tools=tools, **options)


@pytest.fixture
def streaming(harness, cast):
    """Inside a harness, where clients need no key."""
    return Streaming(cast)


def test_the_pieces_are_shown_and_joined(harness, streaming, screen):
    """Each piece goes to the output by itself; the message is the whole text, calls are calls with all of their arguments."""
    user, assistant = streaming.pair(get_price)
    harness.llm.script(
        calls(call("get_price", ticker="NVDA"), call("get_price", ticker='A "quoted" \\ 12345 name')),
        say("One is ", result("get_price", call=0).price, ". TERMINATE"),
    )
    chat = user.initiate_chat(assistant, message="Prices?", silent=True)
    assert chat.chat_history[-1]["content"] == "One is 905.5. TERMINATE"
    assert [run.arguments["ticker"] for run in harness.transcript.tool_runs] == ["NVDA", 'A "quoted" \\ 12345 name']
    assert [piece for piece in screen.pieces if piece] == ["One", " is", " 905.5.", " TERMINATE"]


def test_the_conversation_is_the_one_without_stream(harness, cast, streaming):
    """But for the content beside calls, which AutoGen makes of pieces: empty, not none."""

    def history(cast):
        user, assistant = cast.pair(get_price)
        harness.llm.script(call("get_price", ticker="NVDA"), say("TERMINATE"))
        return user.initiate_chat(assistant, message="Price?", silent=True).chat_history

    def plain(message):
        calls = [made["function"] for made in message.get("tool_calls") or ()]
        return message["role"], message.get("content") or "", calls

    whole, pieces = history(cast), history(streaming)
    assert [plain(message) for message in whole] == [plain(message) for message in pieces]


def test_usage_is_counted_without_the_network(harness, streaming):
    """AutoGen's own count downloads a table; the summary has an estimate."""
    user, assistant = streaming.pair()
    harness.llm.script(say("Some words that count. TERMINATE"))
    user.initiate_chat(assistant, message="hi", silent=True)
    usage = assistant.client.total_usage_summary["gpt-4o"]
    assert usage["prompt_tokens"] > 0
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_legacy_functions(harness, streaming):
    """A function call in pieces."""
    schema = {"name": "get_price", "parameters": {"type": "object", "properties": {"ticker": {"type": "string"}}}}
    assistant = streaming.assistant(functions=[schema])
    user = streaming.cast.user(function_map={"get_price": get_price})
    harness.llm.script(call("get_price", ticker="NVDA"), say("TERMINATE"))
    user.initiate_chat(assistant, message="Price?", silent=True)
    assert harness.transcript.tool_calls == ["get_price"]


@pytest.mark.parametrize("how", ["reset", "error", "stall"])
def test_a_stream_that_breaks_fails_over_and_is_served_again(harness, streaming, screen, how):
    """AutoGen tries the next config, whose equal request gets the whole answer; what was shown was shown."""
    user, assistant = streaming.pair(models=("gpt-4o", "gpt-4o-mini"))
    harness.llm.script(fail.broken_delivery(say("once upon a time TERMINATE"), after=3, how=how))
    chat = user.initiate_chat(assistant, message="hi", silent=True)
    assert chat.chat_history[-1]["content"] == "once upon a time TERMINATE"
    assert [piece for piece in screen.pieces if piece] == ["once", " upon", "once", " upon", " a", " time", " TERMINATE"]


def test_a_failure_is_raised_before_the_first_piece(harness, streaming):
    """As without a stream."""
    user, assistant = streaming.pair()
    harness.llm.script(fail(429))
    with pytest.raises(Exception, match="429"):
        user.initiate_chat(assistant, message="hi", silent=True)


@pytest.mark.filterwarnings("ignore:The o1 model does not support streaming")
def test_what_autogen_does_not_stream_arrives_whole(harness, streaming):
    """Models of the line o1, since 0.9."""
    user, assistant = streaming.pair(models=("o1",))
    harness.llm.script(say("TERMINATE"))
    chat = user.initiate_chat(assistant, message="hi", silent=True)
    assert chat.chat_history[-1]["content"] == "TERMINATE"


def test_the_request_says_that_it_streams(harness, streaming):
    """In its parameters, where the API would see it."""
    user, assistant = streaming.pair()
    harness.llm.script(say("TERMINATE"))
    user.initiate_chat(assistant, message="hi", silent=True)
    assert harness.llm.requests[0].params["stream"] is True
