"""From exchanges with a model to a script: the same answers when played, references where they quote, no secrets."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autogen_harness import call, calls, fail, result, say
from autogen_harness.clock import VirtualClock
from autogen_harness.ledger import Ledger
from autogen_harness.llm.player import ScriptPlayer
from autogen_harness.llm.recording.quoting import Quotable
from autogen_harness.llm.recording.recorder import Recorder
from autogen_harness.llm.recording.script_making import script_of
from autogen_harness.llm.recording.secrets import Secrets
from autogen_harness.llm.recording.transcribing import noted, turn_of
from autogen_harness.llm.references.reference import Reference, fill
from autogen_harness.llm.replies import Reply, ToolCall
from autogen_harness.llm.script.script_file import ScriptFile
from autogen_harness.model import LlmRequest, ToolRun
from autogen_harness.scripts import dump
from autogen_harness.scripts.reading import loads
from autogen_harness.secrecy.known import named, of_environment

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-5000, 5000)
    | st.floats(-1e6, 1e6, allow_nan=False)
    | st.text("abcdef xyz-'\"é", max_size=9)
)
data = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc d", max_size=3), inner, max_size=4)
)


def run(tool, value, ident=None, outcome="ok"):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return ToolRun(tool, "user", {}, outcome, text, call_id=ident)


def history(*runs, before=""):
    """What a model saw: a question, and then the results."""
    return [{"role": "user", "content": before}, *({"role": "tool", "content": one.result} for one in runs)]


def quotable(*runs, before=""):
    return Quotable(runs, history(*runs, before=before))


COMPANY = {
    "companies": [{"name": "Acme Robotics", "revenue": 905.5, "id": 10417, "tags": ["AI", "robots"]}],
    "count": 1,
    "ok": True,
}
ACME = result("search").companies[0]

QUOTED = {
    "text": ("Acme Robotics", ACME.name),
    "decimals": (905.5, ACME.revenue),
    "large-number": (10417, ACME.id),
    "list": (["AI", "robots"], ACME.tags),
    "mapping": (COMPANY["companies"][0], ACME),
    "all": (COMPANY, result("search")),
    "as-text": (json.dumps(COMPANY), result("search", as_text=True)),
    "inside": ({"who": ["Acme Robotics", 1]}, {"who": [ACME.name, 1]}),
    "short-text": ("AI", "AI"),
    "small-number": (1, 1),
    "true": (True, True),
    "null": (None, None),
    "empty": ("", ""),
    "empty-list": ([], []),
    "other-text": ("Acme", "Acme"),
    "other-type": ("905.5", "905.5"),
    "whole-number": (905, 905),
}


@pytest.mark.parametrize(("value", "wanted"), QUOTED.values(), ids=QUOTED)
def test_which_arguments_are_quotations(value, wanted):
    """Equal to one specific value of an earlier result; anything else stays as it is."""
    assert repr({"x": wanted}) == repr(quotable(run("search", COMPANY)).data({"x": value}))


NOT_QUOTED = {
    "said-by-the-user": ("Acme Robotics", [run("search", COMPANY)], "Look at Acme Robotics, please"),
    "number-said-by-the-user": (905.5, [run("search", COMPANY)], "Is it 905.5 or more?"),
    "in-two-results": ("Acme Robotics", [run("search", COMPANY), run("score", {"name": "Acme Robotics"})], ""),
    "twice-in-one": ("Acme Robotics", [run("search", ["Acme Robotics", "Acme Robotics"])], ""),
    "of-a-failed-tool": ("Acme Robotics", [run("search", COMPANY, outcome="raised")], ""),
    "of-a-tool-no-file-can-name": ("Acme Robotics", [run("my.search", COMPANY)], ""),
    "never-shown": ("Acme Robotics", [], ""),
}


@pytest.mark.parametrize(("value", "runs", "before"), NOT_QUOTED.values(), ids=NOT_QUOTED)
def test_a_value_that_may_come_from_elsewhere_is_no_quotation(value, runs, before):
    """What the user said, or what stands in two places, stays as it is."""
    assert {"x": value} == quotable(*runs, before=before).data({"x": value})


def test_what_the_model_made_up_is_no_quotation_of_a_tool_that_repeats_it():
    """The argument of an earlier call comes back in its result."""
    made = {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "search", "arguments": '{"q": "NVIDIA"}'}}]}
    ran = run("search", {"symbol": "NVIDIA", "price": 905.5})
    found = Quotable([ran], [made, *history(ran)[1:]])
    assert {"q": "NVIDIA"} == found.data({"q": "NVIDIA"})
    assert repr({"p": result("search").price}) == repr(found.data({"p": 905.5}))


def test_a_value_that_a_longer_word_holds_was_not_said():
    """The user wrote of an Acme Roboticsville."""
    found = quotable(run("search", COMPANY), before="Acme Roboticsville, number 104170, 905.51")
    assert repr({"x": ACME.name, "y": ACME.id, "z": ACME.revenue}) == repr(
        found.data({"x": "Acme Robotics", "y": 10417, "z": 905.5})
    )


def test_earlier_calls_of_a_tool_are_counted():
    """The latest is the default; the others have numbers from the first."""
    runs = [run("price", {"now": 905.5}), run("price", {"now": 123.25}), run("news", "A headline of today")]
    wanted = [result("price", call=0).now, result("price").now, result("news")]
    assert repr(wanted) == repr(quotable(*runs).data([905.5, 123.25, "A headline of today"]))


def test_arguments_that_are_a_whole_result_are_quoted_one_by_one():
    """A turn names its arguments; there is no reference to all of them."""
    turn = call("score", {"name": "Acme Robotics", "id": 10417})
    quoted = quotable(run("search", {"found": {"name": "Acme Robotics", "id": 10417}})).quoted(turn)
    found = result("search").found
    assert repr(call("score", {"name": found.name, "id": found.id})) == repr(quoted)


TEXTS = {
    "sentence": ("It is Acme Robotics, 905.5.", ["It is ", ACME.name, ", ", ACME.revenue, "."]),
    "alone": ("Acme Robotics", [ACME.name]),
    "first-and-last": ("Acme Robotics has 10417", [ACME.name, " has ", ACME.id]),
    "twice": ("905.5 and 905.5", [ACME.revenue, " and ", ACME.revenue]),
    "other-decimals": ("905.55, 1905.5 and 905.5.1", ["905.55, 1905.5 and 905.5.1"]),
    "negative": ("-905.5", ["-905.5"]),
    "longer-word": ("Acme Roboticsville", ["Acme Roboticsville"]),
    "six-letters": ("robots", [ACME.tags[1]]),
    "short": ("AI it is", ["AI it is"]),
    "nothing": ("Hello", ["Hello"]),
}


@pytest.mark.parametrize(("text", "wanted"), TEXTS.values(), ids=TEXTS)
def test_which_pieces_of_a_text_are_quotations(text, wanted):
    """Whole words and whole numbers."""
    assert repr(wanted) == repr(quotable(run("search", COMPANY)).text(text))


def test_the_longest_of_quotations_that_overlap_is_taken():
    """A name inside of a title."""
    found = quotable(run("search", {"name": "Robotics", "title": "Acme Robotics"}))
    assert repr([result("search").title, " and ", result("search").name]) == repr(found.text("Acme Robotics and Robotics"))


@given(st.lists(data, max_size=3), data, st.data())
def test_references_give_back_what_was_recorded(values, other, draw):
    """Whatever tools gave and models said: filled in, the turn is the one that was recorded."""
    runs = [run(f"tool{number % 2}", value) for number, value in enumerate(values)]
    inside = draw.draw(st.sampled_from([*values, other]))
    said = {"a": inside, "b": [other, inside]}
    made = quotable(*runs).data(said)
    assert said == fill(made, runs)
    assert json.dumps(said) == json.dumps(fill(made, runs))


@given(st.lists(data, max_size=2), st.text("abcdef xyz.,0159-", max_size=30), st.data())
def test_texts_with_references_are_the_text_that_was_recorded(values, text, draw):
    """Also where the pieces stand side by side."""
    runs = [run(f"tool{number}", value) for number, value in enumerate(values)]
    quoted = draw.draw(st.sampled_from(["", *(json.dumps(value) for value in values)]))
    text = f"{text}{quoted}{text}"
    assume(text)
    turn = quotable(*runs).quoted(say(text))
    assert text == turn.text(fill(turn.parts, runs))


def request(agent="analyst", purpose="reply", messages=(), offered=("search", "score")):
    schema = {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}
    tools = [{"type": "function", "function": {"name": name, "parameters": schema}} for name in offered]
    body = {"model": "gpt-4o", "messages": list(messages), "tools": tools}
    return LlmRequest(agent, purpose, messages, offered, {"model": "gpt-4o"}, body)


def made(name, arguments, ident="call_1"):
    return ToolCall(ident, name, arguments)


ANSWERS = {
    "text": (Reply("hi"), say("hi")),
    "empty": (Reply(""), fail.empty_reply()),
    "none": (Reply(None), fail.empty_reply()),
    "call": (Reply(calls=(made("search", '{"q": "x"}'),)), call("search", q="x")),
    "calls": (
        Reply(calls=(made("search", '{"q": "x"}'), made("score", '{"q": "y"}', "call_2"))),
        calls(call("search", q="x"), call("score", q="y")),
    ),
    "text-beside-a-call": (Reply("I look.", (made("search", '{"q": "x"}'),)), call("search", q="x").saying("I look.")),
    "hallucinated": (Reply(calls=(made("serch", "{}"),)), fail.hallucinated_tool("serch")),
    "missing": (Reply(calls=(made("search", "{}"),)), fail.missing_argument("search")),
    "extra": (Reply(calls=(made("search", '{"q": "x", "n": 1}'),)), fail.extra_argument("search", q="x", n=1)),
    "types": (Reply(calls=(made("search", '{"q": 1}'),)), fail.wrong_types("search", q=1)),
    "malformed": (Reply(calls=(made("search", '{"q": '),)), fail.malformed_json("search")),
    "list": (Reply(calls=(made("search", "[1]"),)), fail.malformed_json("search")),
    "truncated": (Reply(calls=(made("search", '{"q": '),), finish="length"), fail.truncated_json("search")),
    "null": (Reply(calls=(made("search", "null"),)), fail.null_arguments("search")),
    "no-arguments": (Reply(calls=(made("search", ""),)), fail.empty_arguments("search")),
    "one-id": (
        Reply(calls=(made("search", '{"q": "x"}'), made("score", '{"q": "y"}'))),
        fail.duplicate_call_id(call("search", q="x"), call("score", q="y")),
    ),
    "truncated-last": (
        Reply(calls=(made("search", "{oops", "call_1"), made("search", "{oops", "call_2")), finish="length"),
        calls(fail.malformed_json("search"), fail.truncated_json("search")),
    ),
    "refusal": (Reply(None, refusal="No."), fail.refusal("No.")),
    "filtered": (Reply("So", finish="content_filter"), fail.content_filter("So")),
    "failure": (fail(429, retry_after=2), fail(429, retry_after=2)),
}


@pytest.mark.parametrize(("answer", "wanted"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_has_a_turn(answer, wanted):
    """With what is wrong with it declared."""
    assert wanted == turn_of(request(), answer)


CALLS = st.builds(
    ToolCall,
    st.sampled_from(["", "call_1", "call_2"]),
    st.sampled_from(["search", "score", "serch", ""]) | st.text(max_size=3),
    st.sampled_from(["", "null", "{", "[]", "1", '{"q": NaN}', '{"q": "x"}', '{"q": 1}', '{"n": {}}', "{}"])
    | st.text(max_size=5),
)
REPLIES = st.builds(
    Reply,
    st.none() | st.text(max_size=9),
    st.lists(CALLS, max_size=3).map(tuple),
    st.none() | st.text(max_size=3),
    st.sampled_from([None, "length", "content_filter"]),
)


@given(REPLIES, data)
def test_whatever_a_model_answers_has_a_turn_that_can_be_written(answer, value):
    """Nothing that a provider sends stops the agents that wait for it, or the file in the end."""
    found = run("search", {"found": value})
    asked = request(messages=history(found))
    turn = Secrets({}).cleaned(Quotable([found], asked.messages).quoted(turn_of(asked, answer)))
    assert all(noted(answer))
    assert repr(loads(dump(ScriptFile((turn,)))).turns) == repr((turn,))


NOTED = {
    "cut-off": (Reply("So", finish="length"), "cut off"),
    "malformed": (Reply(calls=(made("search", "{oops"),)), "'{oops'"),
    "unnamed": (Reply(calls=(made("", "{}"),)), "no name"),
}


@pytest.mark.parametrize(("answer", "text"), NOTED.values(), ids=NOTED)
def test_what_a_turn_cannot_say_is_noted(answer, text):
    """In the report, with the turn."""
    assert [True] == [text in note for note in noted(answer)]


@pytest.mark.parametrize("answer", [answer for answer, _ in ANSWERS.values()][:8], ids=[*ANSWERS][:8])
def test_nothing_is_noted_of_what_a_turn_says(answer):
    """A report that says too much is not read."""
    assert [] == [*noted(answer)]


class Run:
    """A ledger in which a recorder listens to a made-up run."""

    def __init__(self):
        self.ledger = Ledger()
        self.recorder = Recorder(self.ledger)

    def asks(self, agent, answer, purpose="reply"):
        messages = [{"role": "tool", "content": one.result} for one in self.ledger.of(ToolRun)]
        asked = request(agent, purpose, messages)
        self.recorder.heard(asked, answer, self.recorder.known(asked))

    def ran(self, tool, value, ident):
        self.ledger.record(run(tool, value, ident))

    def script(self, **secrets):
        return script_of(self.recorder.exchanges, Secrets(secrets))


def test_one_agent_is_the_script_of_all():
    """A file for one agent reads as simply as it can."""
    run = Run()
    run.asks("analyst", Reply("one"))
    run.asks("analyst", Reply("two"))
    assert ScriptFile((say("one"), say("two"))) == run.script()


def test_agents_selector_and_summary_have_scripts_of_their_own():
    """Each in its own order."""
    run = Run()
    run.asks("selector", Reply("planner"), "selection")
    run.asks("planner", Reply("a plan"))
    run.asks("writer", Reply("a text"))
    run.asks("planner", Reply("better"))
    run.asks("writer", Reply("in short"), "summary")
    wanted = ScriptFile(
        (), {"planner": (say("a plan"), say("better")), "writer": (say("a text"),)}, (say("planner"),), (say("in short"),)
    )
    assert wanted == run.script()


def test_agents_quote_what_their_scripts_will_know():
    """Two agents call one tool at the same time: each one's reference means its own call."""
    run = Run()
    for agent, ident in (("anna", "call_a"), ("bert", "call_b")):
        run.asks(agent, Reply(calls=(made("search", json.dumps({"q": agent}), ident),)))
    run.ran("search", {"name": "Bert Robotics"}, "call_b")
    run.ran("search", {"name": "Anna Robotics"}, "call_a")
    for agent in ("anna", "bert"):
        run.asks(agent, Reply(f"{agent.title()} Robotics"))
    script = run.script()
    assert [repr((result("search").name,))] * 2 == [repr(script.agents[agent][1].parts) for agent in ("anna", "bert")]


def test_the_ledger_holds_a_recorded_run_as_any_other():
    """Requests with their turns, by the script that each will stand in."""
    run = Run()
    run.asks("analyst", Reply(calls=(made("search", '{"q": "x"}'),)))
    run.asks("analyst", fail(429))
    played = ScriptPlayer(run.ledger, lambda *_, **__: None).requests
    assert [("analyst", 1), ("analyst", 2)] == [(one.turn.script, one.turn.number) for one in played]
    assert [(("call_1", "search"),), ()] == [one.turn.calls for one in played]
    assert "search" == played[0].turn.answer["tool_calls"][0]["function"]["name"]
    assert {} == played[1].turn.answer


@given(st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=5), data)
def test_what_is_recorded_can_be_written_and_read(kinds, value):
    """As a file, with references in it."""
    run = Run()
    run.asks("analyst", Reply(calls=(made("search", '{"q": "x"}'),)))
    run.ran("search", {"found": value}, "call_1")
    for kind in kinds:
        run.asks("analyst", ANSWERS[kind][0])
    run.asks("analyst", Reply(f"It is {json.dumps(value)}."))
    run.asks("analyst", Reply(calls=(made("score", json.dumps({"q": value})),)))
    script = run.script()
    assert repr(script.turns) == repr(loads(dump(script)).turns)


class World:
    """Agents with tools, in a run that can be had twice: a recorder hears the model, or a player takes its place."""

    def __init__(self, ledger):
        self.ledger = ledger
        self.seen = {}

    def request(self, agent):
        return LlmRequest(
            agent, "reply", self.seen.setdefault(agent, [{"role": "user", "content": "Acme?"}]), ("search", "score")
        )

    def execute(self, agent, reply, results):
        self.seen[agent] = [*self.seen[agent], reply.message()]
        for made, value in zip(reply.calls, results, strict=True):
            ran = run(made.name, value, made.id)
            self.ledger.record(ran)
            self.seen[agent] = [*self.seen[agent], {"role": "tool", "content": ran.result, "tool_call_id": made.id}]


@st.composite
def conversations(draw):
    """Steps of a run: who asks, what the model says and calls, much of it from earlier results, and what the tools give."""
    known, steps = ["Acme"], []
    for number in range(draw(st.integers(1, 5))):
        value = st.sampled_from(known) | data
        arguments = draw(st.lists(st.dictionaries(st.sampled_from(["q", "n"]), value, max_size=2), max_size=2))
        named = [draw(st.sampled_from(["search", "score"])) for _ in arguments]
        made = zip(named, arguments, strict=True)
        calls = tuple(
            ToolCall(f"call_{number}_{n}", name, json.dumps(one, ensure_ascii=False)) for n, (name, one) in enumerate(made)
        )
        quoted = draw(st.sampled_from(known))
        text = draw(st.sampled_from(["", f"It is {quoted if isinstance(quoted, str) else json.dumps(quoted)}."]))
        results = [draw(data) for _ in calls]
        known += [*results, *(leaf for value in results if isinstance(value, dict) for leaf in value.values())]
        steps.append((draw(st.sampled_from(["anna", "bert"])), Reply(text or ("" if not calls else None), calls), results))
    return steps


@settings(deadline=None)
@given(conversations())
def test_a_played_script_answers_as_the_model_did(steps):
    """Whatever was said, called and quoted, by one agent or two, with the same tools: every answer is the recorded one."""
    live = World(Ledger())
    recorder = Recorder(live.ledger)
    for agent, reply, results in steps:
        asked = live.request(agent)
        recorder.heard(asked, reply, recorder.known(asked))
        live.execute(agent, reply, results)

    again = World(Ledger())
    player = ScriptPlayer(again.ledger, lambda *_, **__: None)
    player.add(loads(dump(script_of(recorder.exchanges, Secrets({})))))
    for agent, reply, results in steps:
        played = player.answer(again.request(agent))
        assert reply.text == played.text
        assert [(one.name, one.arguments) for one in reply.calls] == [(one.name, one.arguments) for one in played.calls]
        again.execute(agent, played, results)
    assert [] == player.leftovers()


def test_a_slow_model_is_no_hang():
    """While it is waited for, from however many threads, silence means nothing; afterwards it is counted anew."""
    ledger = Ledger()
    recorder = Recorder(ledger)
    with recorder.waiting():
        with recorder.waiting():
            assert ledger.quiet_seconds == 0
        assert ledger.quiet_seconds == 0
    assert ledger.quiet_seconds > 0


def test_waits_are_real_while_a_clock_is_paused():
    """The back-off of a client must reach the server it spares; afterwards time is virtual again."""
    with VirtualClock() as clock:
        with clock.paused():
            time.sleep(0)
        assert [] == clock.sleeps
        time.sleep(3600)
        assert [3600] == clock.sleeps
        assert 3600 == clock.elapsed


# -- secrets -----------------------------------------------------------------------------------------------------------------

FORMS = {
    "OpenAI or Anthropic key": "sk-proj-abcdefghijklmnop1234",
    "bearer token": "abcdefghijklmnop",
    "basic credentials": "dXNlcjpwYXNzd29yZA==",
    "GitHub token": "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "Slack token": "xoxb-123456789012-abcdef",
    "AWS key": "AKIAABCDEFGHIJKLMNOP",
    "Google key": "AIza" + "a1B2c" * 7,
    "JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_def",
    "password of a URL": "me:hunter2hunter2",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
}
BEFORE = {"bearer token": "Authorization: Bearer ", "basic credentials": "Basic ", "password of a URL": "https://"}
AFTER = {"password of a URL": "@host/"}


@pytest.mark.parametrize("name", FORMS)
def test_what_has_the_form_of_a_secret_is_removed(name):
    """And what stands around it is kept."""
    before, after = f"so {BEFORE.get(name, '')}", f"{AFTER.get(name, '')}, it is"
    secrets = Secrets({})
    assert f"{before}<removed: {name}>{after}" == secrets.text(before + FORMS[name] + after)
    assert {name: 1} == dict(secrets.removed)


@pytest.mark.parametrize(
    "text",
    ["a task-based approach", "skim-milk", "Bearer of news", "basic idea", "https://host:80/a@b", "AKIA", "ghp_x", "eyJ"],
)
def test_words_are_no_secrets(text):
    """A text that is cut where nothing was secret gives another conversation."""
    assert text == Secrets({}).text(text)


NAMES = {
    "OPENAI_API_KEY": True,
    "MY_TOKEN": True,
    "DB_PASSWORD": True,
    "aws_secret_access_key": True,
    "AUTH_HEADER": True,
    "apikey": True,
    "KEYBOARD": False,
    "AUTHOR": False,
    "PATH": False,
    "MONKEY": False,
}


@pytest.mark.parametrize(("name", "secret"), NAMES.items(), ids=NAMES)
def test_which_names_of_the_environment_mean_a_secret(name, secret):
    """By whole words of the name."""
    assert ({"long enough": name} if secret else {}) == of_environment({name: "long enough"})


def test_short_values_are_no_secrets():
    """They would be found in every text."""
    assert {} == of_environment({"MY_TOKEN": "1234567"}) == named("secret", ["1234567"])


@given(data, st.text("abcdef", min_size=8, max_size=8))
def test_no_known_secret_is_left_at_any_depth(value, secret):
    """In texts, lists and mappings."""
    secrets = Secrets({secret: "it"})
    cleaned = secrets.data([value, f"x{secret}y", {"k": [secret]}])
    assert secret not in json.dumps(cleaned[1:])
    assert secrets.removed["it"] >= 2


TURNS = {
    "say": say("hunter2hunter2"),
    "beside": call("search", q="x").saying("hunter2hunter2"),
    "beside-several": calls(call("search", q="x"), call("score", q="y")).saying("hunter2hunter2"),
    "structured": say(json={"a": "hunter2hunter2"}),
    "call": call("search", q="hunter2hunter2"),
    "calls": calls(call("search", q="hunter2hunter2"), call("score", q=["hunter2hunter2"])),
    "failure": fail(401, message="Incorrect key: hunter2hunter2"),
    "refusal": fail.refusal("hunter2hunter2"),
}


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
def test_every_kind_of_turn_is_cleaned(turn):
    """What is written shows nothing of it."""
    assert "hunter2" not in dump(ScriptFile((Secrets({"hunter2hunter2": "PW"}).cleaned(turn),)))


def test_a_secret_that_a_tool_gave_is_a_reference_and_stays_in_the_conversation():
    """Quotations are found before secrets are removed: the file has neither the value nor a hole."""
    run = Run()
    run.asks("analyst", Reply(calls=(made("search", '{"q": "x"}'),)))
    run.ran("search", {"session": "hunter2hunter2"}, "call_1")
    run.asks("analyst", Reply(calls=(made("score", '{"q": "hunter2hunter2"}'),)))
    last = run.script(hunter2hunter2="PW").turns[-1]
    assert isinstance(last.arguments["q"], Reference)
