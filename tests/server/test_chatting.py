"""A conversation over the socket: the same script, the same rules, the same findings as in process."""

from __future__ import annotations

import json
import subprocess
import threading
from shutil import which

import pytest

from autogen_harness import call, calls, fail, result, say
from autogen_harness.errors import UsageError
from autogen_harness.server import ScriptServer

PRICE_FUNCTION = {"name": "get_price", "parameters": {"type": "object", "properties": {"ticker": {"type": "string"}}}}
UNASKED = {"role": "tool", "tool_call_id": "call_1", "content": "a result of no call"}


def rules(run):
    return [finding.rule for finding in run.findings()]


def test_a_whole_conversation(server, client):
    """A result that the client sends back is what references of the script point at."""
    run = server.script("chat", call("get_price", ticker="NVDA"), say("It is ", result("get_price").price, "."))
    asks = client(run)
    first = asks.chat("What is the price?")
    (made,) = first.message["tool_calls"]
    assert (made["function"], first.json["choices"][0]["finish_reason"]) == (
        {"name": "get_price", "arguments": '{"ticker": "NVDA"}'},
        "tool_calls",
    )
    answered = {"role": "tool", "tool_call_id": made["id"], "content": '{"price": 905.5}'}
    second = asks.chat("What is the price?", {"role": "assistant", "content": None, "tool_calls": [made]}, answered)
    assert second.message["content"] == "It is 905.5."
    assert run.findings() == []
    assert run.transcript.tool_calls == ["get_price"]
    assert [attempt.outcome for attempt in run.attempts] == ["200", "200"]


def test_a_result_that_every_later_request_repeats_is_one_run(server, client):
    """Histories grow, and hold all that was before; two calls of one tool are two runs."""
    run = server.script("chat", calls(call("get_price", ticker="A"), call("get_price", ticker="B")), say("x"), say("y"))
    asks = client(run)
    made = asks.chat("Prices?").message["tool_calls"]
    told = [{"role": "tool", "tool_call_id": one["id"], "content": [{"type": "text", "text": one["id"]}]} for one in made]
    history = ["Prices?", {"role": "assistant", "content": None, "tool_calls": made}, *told]
    asks.chat(*history)
    asks.chat(*history, {"role": "assistant", "content": "x"}, "And?")
    runs = run.transcript.tool_runs
    assert [(one.arguments["ticker"], one.result) for one in runs] == [("A", made[0]["id"]), ("B", made[1]["id"])]


def test_the_responses_api(server, client):
    """The same player behind other shapes; instructions hold for one response, what was said for the whole conversation."""
    run = server.script("chat", say("first"), say("second"))
    asks = client(run)
    body = {"model": "gpt-4o", "input": "hi", "instructions": "Be brief."}
    first = asks.send("POST", "/v1/responses", body).json
    assert first["output"][0]["content"][0]["text"] == "first"
    more = {"model": "gpt-4o", "input": "and?", "previous_response_id": first["id"], "stream": True}
    last = json.loads(asks.send("POST", "/v1/responses", more).events[-1])
    assert (last["type"], last["response"]["output"][0]["content"][0]["text"]) == ("response.completed", "second")
    roles = [[message["role"] for message in request.messages] for request in run.llm.requests]
    assert roles == [["developer", "user"], ["user", "assistant", "user"]]
    lost = asks.send("POST", "/v1/responses", {**more, "previous_response_id": "resp_0"})
    assert (lost.status, lost.json["error"]["code"]) == (400, "previous_response_not_found")


def test_a_mistake_of_ours_is_an_answer_and_a_finding(server, client, monkeypatch):
    """The connection does not just end."""
    run = server.script("chat")
    monkeypatch.setattr(run.llm, "answer", lambda *_, **__: 1 / 0)
    told = client(run).chat("hi")
    assert (told.status, told.json["error"]["type"]) == (500, "harness_error")
    assert [finding.rule for finding in run.findings() if "division by zero" in finding.what] == ["script-broken"]


def test_equal_results_of_legacy_functions_of_two_agents_are_two(server, client):
    """At the same place of both histories."""
    run = server.script("old")
    for agent in ("a", "b"):
        run.llm.agent(agent).script(say(result("get_price")))
        told = [{"role": "assistant", "content": None, "function_call": {"name": "get_price", "arguments": "{}"}}]
        told += [{"role": "function", "name": "get_price", "content": agent}]
        assert client(run, agent).chat("Price?", *told, tools=(), functions=[PRICE_FUNCTION]).message["content"] == agent


def test_legacy_functions(server, client):
    """A request that offers functions is answered in their words."""
    run = server.script("old", call("get_price", ticker="NVDA"), say(result("get_price")))
    asks = client(run)
    made = asks.chat("Price?", tools=(), functions=[PRICE_FUNCTION]).message
    assert made["function_call"] == {"name": "get_price", "arguments": '{"ticker": "NVDA"}'}
    told = [{"role": "assistant", "content": None, "function_call": made["function_call"]}]
    told += [{"role": "function", "name": "get_price", "content": "905.5"}]
    assert asks.chat("Price?", *told, tools=(), functions=[PRICE_FUNCTION]).message["content"] == "905.5"
    assert run.findings() == []


def test_a_stream_ends_with_done(server, client):
    """And is the message in pieces."""
    run = server.script("chat", calls(call("get_price", ticker="NVDA"), call("get_price", ticker="AMD")))
    told = client(run).chat("Prices?", stream=True, stream_options={"include_usage": True})
    assert told.headers["content-type"].startswith("text/event-stream")
    *chunks, done = told.events
    made = [json.loads(chunk) for chunk in chunks]
    assert done == "[DONE]"
    assert (made[-1]["choices"], made[-1]["usage"]["total_tokens"] > 0) == ([], True)
    deltas = [part for chunk in made[:-1] for part in chunk["choices"][0]["delta"].get("tool_calls", ())]
    assert {part["index"] for part in deltas} == {0, 1}
    first = "".join(part["function"]["arguments"] for part in deltas if part["index"] == 0)
    assert json.loads(first) == {"ticker": "NVDA"}


@pytest.mark.parametrize(
    ("turns", "asked", "wanted"),
    [
        ((), ("hi",), (422, "script_exhausted", "script-exhausted")),
        ((say(result("get_price")),), ("hi",), (422, "script_broken", "script-broken")),
        ((say("hi"),), (UNASKED,), (400, "invalid_request_error", "request-rejected")),
    ],
    ids=["no turn", "a turn that cannot be played", "the API would refuse it"],
)
def test_a_request_without_an_answer_is_refused_with_the_reason(server, client, turns, asked, wanted):
    """Never a made-up answer, and never one that a client tries again; the finding is the one of a test in process."""
    run = server.script("chat", *turns)
    told = client(run).chat(*asked)
    assert told.json["error"]["message"]
    assert {(told.status, told.json["error"]["type"], rule) for rule in rules(run)} >= {wanted}
    assert told.headers["x-should-retry"] == (None if told.status == 400 else "false")


def test_a_turn_for_a_tool_that_is_not_offered_is_a_finding(server, client):
    """The lint of scripts is the same."""
    run = server.script("chat", call("get_prize", ticker="NVDA"))
    client(run).chat("hi")
    (finding,) = run.findings()
    assert (finding.rule, "did you mean 'get_price'?" in finding.fix) == ("tool-unknown", True)


def test_turns_left_are_a_finding_and_an_expected_one_is_none(server, client):
    """The verdict is the one of a harness."""
    run = server.script("chat", say("one"), say("two"))
    client(run).chat("hi")
    assert rules(run) == ["turns-left"]
    run.expect("turns-left")
    assert run.findings() == []
    run.expect("tool-raised")
    assert rules(run) == ["expectation-unmet"]


def test_agents_are_told_apart_by_key_or_header(server, client):
    """A name may hold anything; each agent has its script."""
    run = server.script("team: two")
    run.llm.agent("planner").script(say("plan"))
    run.llm.agent("Mr. Ü: writer").script(say("text"))
    assert client(run, "planner").chat("hi").message["content"] == "plan"
    assert client(run, "Mr. Ü: writer").chat("hi").message["content"] == "text"
    told = client(run).chat("hi", headers={"X-Harness-Agent": "planner"})
    assert "planner" in told.json["error"]["message"]
    assert [attempt.agent for attempt in run.attempts] == ["planner", "Mr. Ü: writer", "planner"]


def test_a_key_names_the_script(server, client):
    """A key of some other form means the only one there is; with two it names none."""
    one = server.script("one", say("first"), say("second"))
    asks = client(one, Authorization="Bearer sk-built-in")
    assert asks.chat("hi").message["content"] == "first"
    server.script("two")
    refused = asks.chat("hi")
    assert (refused.status, refused.json["error"]["code"]) == (401, "invalid_api_key")
    assert "'one', 'two'" in refused.json["error"]["message"]
    assert asks.chat("hi", headers={"X-Harness-Script": "one"}).message["content"] == "second"
    assert [finding.rule for finding in server.strays] == ["http-unmatched"]
    with pytest.raises(UsageError, match="'one' already"):
        server.script("one")


@pytest.mark.parametrize(
    ("messages", "purpose"),
    [
        ([{"role": "system", "content": "Read it.\nThen select the next role from ['a', 'b'] to play."}], "selection"),
        ([{"role": "user", "content": "Summarize the takeaway from the conversation. Do not add"}], "summary"),
        ([{"role": "user", "content": "Read this"}], "reply"),
    ],
)
def test_the_purpose_of_autogen_s_own_requests_is_known_by_its_prompts(server, client, messages, purpose):
    """Their answers are not taken from the turns of agents."""
    run = server.script("chat", say("a reply"))
    run.llm.selector.script("b")
    run.llm.summary.script("They agreed.")
    said = client(run).chat(*messages, tools=()).message["content"]
    assert said == {"selection": "b", "summary": "They agreed.", "reply": "a reply"}[purpose]


def test_the_purpose_can_be_said(server, client):
    """For prompts of the user's own."""
    run = server.script("chat")
    run.llm.selector.script("writer")
    assert client(run).chat("Who?", headers={"X-Harness-Purpose": "selection"}).message["content"] == "writer"


def test_many_threads_share_a_server_and_nothing_is_crossed(server, client):
    """Eight scripts, eight connections at the same time, each conversation its own."""
    heard = {}
    barrier = threading.Barrier(8)

    def talk(name):
        run = server.script(name, *(say(f"{name}-{turn}") for turn in range(20)))
        asks = client(run)
        barrier.wait()
        heard[name] = [asks.chat(f"{name} {turn}", stream=turn % 2 == 0).text for turn in range(20)]
        assert run.findings() == []

    threads = [threading.Thread(target=talk, args=(f"s{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 8
    for name, answers in heard.items():
        for turn, text in enumerate(answers):
            others = [other for other in heard if other != name and f"{other}-" in text]
            assert (others, str(turn) in text) == ([], True)


@pytest.mark.skipif(which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("more", [[], ["--http1.0"]], ids=["1.1", "1.0"])
def test_curl(server, more):
    """The plainest client; HTTP/1.0 as well, where the end of the stream is the end of the connection."""
    run = server.script("chat", say("Hello, wörld."), fail(429, retry_after=2))
    body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}], "stream": True})
    command = ["curl", "-sS", "-i", *more, f"{run.url}/chat/completions", "-H", f"Authorization: Bearer {run.key}", "-d", body]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert '"content": "Hello,"' in told
    assert told.rstrip().endswith("data: [DONE]")
    limited = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert " 429 " in limited
    assert "retry-after: 2" in limited
    assert run.findings() == []


def test_models(server, client):
    """Some clients ask before they chat."""
    asks = client(server.script("chat"))
    listed = asks.send("GET", "/v1/models").json
    assert (listed["object"], "gpt-4o" in [one["id"] for one in listed["data"]]) == ("list", True)
    assert asks.send("GET", "/v1/models/gpt-4o").json["id"] == "gpt-4o"
    missing = asks.send("GET", "/v1/models/gpt-0")
    assert (missing.status, missing.json["error"]["code"]) == (404, "model_not_found")


def test_azure_s_way_of_asking(server, client):
    """The deployment stands in the path, the key in a header of its own."""
    run = server.script("chat", say("hello"))
    asks = client(run, Authorization="")
    path = "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
    assert asks.send("POST", path, body, **{"api-key": run.key}).message["content"] == "hello"
    assert run.llm.requests[0].dialect == "azure"


@pytest.mark.parametrize(
    ("method", "path", "meant"),
    [
        ("POST", "/v1/chat/completion", "did you mean /v1/chat/completions?"),
        ("POST", "/v1/v1/chat/completions", "did you mean /v1/chat/completions?"),
        ("POST", "/v1/completions", "did you mean /v1/chat/completions?"),
        ("GET", "/v1/chat/completions", "ask it by POST"),
        ("DELETE", "/v1/models/gpt-4o", "ask it by GET"),
        ("POST", "/v1/embeddings", "a scripted model chats; script what needs more by a cassette"),
    ],
)
def test_a_path_that_is_not_there_is_a_finding(server, client, method, path, meant):
    """With what was meant: the nearest path, another method, or neither where nothing is near."""
    run = server.script("chat")
    told = client(run).send(method, path)
    assert (told.status, told.json["error"]["message"].endswith(meant)) == (404, True), told.text
    (finding,) = run.findings()
    assert (finding.rule, finding.fields["url"], finding.fix) == ("http-unmatched", path, meant)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "BREW"])
def test_a_method_that_the_api_has_nowhere_is_refused_in_json(server, client, method):
    """Not by a page of HTML."""
    told = client(server.script("chat")).send(method, "/v1/models")
    assert (told.status, told.headers["content-type"]) == (501, "application/json")


def test_a_port_that_there_is_not_is_a_mistake_of_the_user():
    """As one that is taken."""
    with pytest.raises(UsageError, match="give another port"):
        ScriptServer(port=65536)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(server, client, body):
    """In the words of the API, it is a finding, and the connection goes on."""
    run = server.script("chat", say("hi"))
    asks = client(run)
    told = asks.send("POST", "/v1/chat/completions", body)
    assert (told.status, told.json["error"]["type"]) == (400, "invalid_request_error")
    assert asks.chat("hi").message["content"] == "hi"
    (finding,) = run.findings()
    assert (finding.rule, finding.fields["message"]) == ("request-rejected", told.json["error"]["message"])


@pytest.mark.parametrize(
    "body", [{"messages": 7}, {"messages": [7], "tools": [7]}, {"tools": {"a": 1}, "stream_options": 3}, {}], ids=str
)
def test_garbage_never_ends_the_connection(server, client, body):
    """Whatever comes, an answer goes back."""
    asks = client(server.script("chat", say("hi")))
    assert asks.send("POST", "/v1/chat/completions", body).status in (200, 400)


def test_ids_are_the_same_in_every_run(client):
    """For goldens of whoever asks."""

    def run():
        with ScriptServer() as server:
            asks = client(server.script("chat", call("get_price", ticker="A"), say("x")))
            return [asks.chat("hi").json, asks.chat("ho").json]

    assert run() == run()


def test_only_this_machine_is_served_unless_told():
    """And a port that is taken is said so."""
    with pytest.raises(UsageError, match="allow_remote=True, --allow-remote"):
        ScriptServer(host="0.0.0.0")
    with ScriptServer(host="0.0.0.0", allow_remote=True) as server:
        port = int(server.url.split(":")[2].split("/")[0])
        with pytest.raises(UsageError, match=f"{port}"):
            ScriptServer(port=port)
