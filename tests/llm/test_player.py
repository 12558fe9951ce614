"""The player: who gets which turn, what is left over, and what is recorded."""

from __future__ import annotations

import sys
import threading

import pytest

from autogen_harness import UsageError, call, calls, fail, result, say
from autogen_harness.errors import Recorded, ScriptBroken, ScriptExhausted
from autogen_harness.ledger import Ledger
from autogen_harness.llm.player import ScriptPlayer
from autogen_harness.llm.replies import Reply
from autogen_harness.model import LlmRequest, ToolRun, TurnPlayed


class Table:
    """A player with its ledger and the expectations that its turns make."""

    def __init__(self, seed=""):
        self.ledger, self.expected = Ledger(), []
        self.llm = ScriptPlayer(
            self.ledger, lambda rule, fields, said: self.expected.append((rule, dict(fields), said.text)), seed
        )

    def ask(self, agent="assistant", purpose="reply", messages=(), tools=("tool", "other"), *, legacy=False):
        return self.llm.answer(LlmRequest(agent, purpose, messages, tools), legacy=legacy)

    def select(self, *names):
        return self.ask("speaker_selection_agent", "selection", ({"role": "system", "content": f"Choose from {list(names)}"},))

    @property
    def rules(self):
        return [finding.rule for finding in self.ledger.findings]


@pytest.fixture
def table():
    return Table()


@pytest.fixture
def often():
    """Threads are switched as often as Python can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_turns_are_answered_in_order_to_whoever_asks(table):
    """One script for all agents."""
    table.llm.script(say("one"), say("two"))
    assert [Reply("one"), Reply("two")] == [table.ask("a"), table.ask("b")]
    assert [(1, "a"), (2, "b")] == [(turn.number, turn.agent) for turn in table.llm.turns]
    assert [] == table.llm.leftovers()


def test_every_request_is_recorded_before_its_turn(table):
    """Also the one that finds no turn."""
    table.llm.script(say("one"))
    table.ask()
    with pytest.raises(ScriptExhausted):
        table.ask()
    assert [LlmRequest, TurnPlayed, LlmRequest] == [type(entry) for entry in table.ledger][:3]
    assert 2 == len(table.llm.requests)


def test_a_second_script_waits_for_the_first_to_be_finished(table):
    """Then it continues the count of turns."""
    table.llm.script(say("one"))
    with pytest.raises(UsageError, match='1 turn left, from: say "one"; write all'):
        table.llm.script(say("two"))
    table.ask()
    table.llm.script(say("two"))
    table.ask()
    assert [1, 2] == [turn.number for turn in table.llm.turns]


@pytest.mark.parametrize("thing", ["text", None, {"say": "x"}, result("tool")], ids=repr)
def test_only_turns_make_a_script(table, thing):
    """A plain string is not one, except for the selector and the summary."""
    with pytest.raises(UsageError, match="made by call, calls, say or fail"):
        table.llm.script(thing)


def test_an_exhausted_script_is_raised_and_recorded(table):
    """Whoever swallows the exception: it says how many turns were played."""
    with pytest.raises(Recorded, match=r"assistant asked the model, and the script has no turn left \(0 played\)"):
        table.ask()
    assert ["script-exhausted"] == table.rules
    assert {"agent": "assistant"} == table.ledger.findings[0].fields


def test_a_turn_of_another_agent_is_not_given_away(table):
    """``.by()`` binds; the turn stays, and the finding says whose it is."""
    table.llm.script(say("plan").by("planner"))
    with pytest.raises(ScriptExhausted, match="writer asked the model, but turn 1 is for planner"):
        table.ask("writer")
    assert Reply("plan") == table.ask("planner")


def test_an_agent_with_a_script_of_its_own_takes_no_common_turn(table):
    """And says so when its own is finished."""
    table.llm.script(say("common"))
    table.llm.agent("planner").script(say("own"))
    assert [Reply("own"), Reply("common")] == [table.ask("planner"), table.ask("writer")]
    with pytest.raises(ScriptExhausted, match=r"the script of planner has no turn left \(1 played\)"):
        table.ask("planner")


def test_leftovers_name_each_script_and_its_first_turn(table):
    """One finding a script."""
    table.llm.script(say("a"), say("b"))
    table.llm.agent("planner").script(call("tool"))
    table.llm.selector.script("planner")
    table.llm.summary.script("done")
    table.ask()
    left = table.llm.leftovers()
    assert ["", "planner", "selector", "summary"] == [finding.fields["script"] for finding in left]
    assert 'the chat ended and the script has 1 turn left, from turn 2: say "b"' == left[0].what
    assert "the script of planner has 1 turn left, from turn 1: call tool()" in left[1].what


def test_ids_repeat_for_a_seed_and_differ_between_seeds():
    """The same test sees the same ids in every run; no two calls share one."""

    def ids(seed):
        table = Table(seed)
        table.llm.script(*(calls(call("tool"), call("other")) for _ in range(3)))
        return [made.id for _ in range(3) for made in table.ask().calls]

    assert ids("a") == ids("a")
    assert not {*ids("a")} & {*ids("b")}
    assert 6 == len({*ids("a")})


def test_reset_starts_from_the_same_ids_with_nothing_scripted(table):
    """For the next example of a property-based test."""
    seen = []
    for _ in range(2):
        table.llm.script(call("tool"), say("left"))
        table.llm.selector.forbid()
        seen.append(table.ask().calls[0].id)
        table.llm.reset()
    assert seen[0] == seen[1]
    assert [] == table.llm.leftovers()
    assert not table.llm.selector.forbidden


def test_a_tool_that_is_not_on_offer_is_a_finding_of_its_turn(table):
    """One for each such call; the call is made all the same, as a model would."""
    table.llm.script(say("first"), calls(call("tool"), call("toool"), call("nothing")))
    table.ask()
    assert 3 == len(table.ask().calls)
    assert [("toool", 2), ("nothing", 2)] == [(finding.fields["tool"], finding.turn) for finding in table.ledger.findings]
    assert ["did you mean 'tool'?", "advertise"] == [finding.fix[:20].split(" the")[0] for finding in table.ledger.findings]


def test_legacy_functions_allow_one_call_a_turn(table):
    """``calls`` cannot be said there."""
    table.llm.script(call("tool"), calls(call("tool"), call("tool")))
    assert 1 == len(table.ask(legacy=True).calls)
    with pytest.raises(ScriptBroken, match="one call a turn"):
        table.ask(legacy=True)
    assert ["script-broken"] == table.rules


BROKEN = {
    "reference": (say(result("tool").x), "has not run"),
    "arguments": (call("tool", x={1, 2}), "the arguments of call tool"),
    "not-a-number": (call("tool", x=float("nan")), "not JSON compliant|Out of range"),
    "part": (say("a ", object()), "a part of say"),
}


@pytest.mark.parametrize(("turn", "message"), BROKEN.values(), ids=BROKEN)
def test_a_turn_that_cannot_be_played_is_raised_and_recorded_at_its_turn(table, turn, message):
    """It counts as played, so that what follows is not confused."""
    table.llm.script(turn, say("next"))
    with pytest.raises(ScriptBroken, match=message):
        table.ask()
    assert ["script-broken"] == table.rules
    assert [1] == [played.number for played in table.llm.turns]
    assert Reply("next") == table.ask()


def test_references_are_filled_when_their_turn_is_played(table):
    """From what ran until then."""
    table.llm.script(call("tool", x=1), say("got ", result("tool").y))
    table.ask()
    table.ledger.record(ToolRun("tool", "user", {"x": 1}, "ok", '{"y": 2}'))
    assert Reply("got 2") == table.ask()


def test_raises_becomes_an_expectation_only_when_played(table):
    """For the tool of each call that says so."""
    table.llm.script(call("tool").raises(ValueError), calls(call("tool"), call("other").raises(KeyError, match="k")))
    assert [] == table.expected
    table.ask()
    assert [("tool-raised", {"tool": "tool", "error": ValueError}, "turn 1 says .raises(ValueError)")] == table.expected
    table.ask()
    assert ("other", KeyError, "k") == tuple(
        getattr(value, "pattern", value) for value in (table.expected[1][1][name] for name in ("tool", "error", "message"))
    )


def test_a_failure_is_handed_to_the_adapter_as_it_was_written(table):
    """Which makes the framework's own exception of it; status, code and delay are kept."""
    turns = fail(429, retry_after=2, code="c", message="m"), fail.timeout(), fail.connection_reset()
    table.llm.script(*turns)
    assert turns == (table.ask(), table.ask(), table.ask())
    assert "Error code: 503 - scripted by the test" == fail(503).message


SELECTIONS = {
    "by": (say("x").by("planner"), ("planner", "writer"), "planner"),
    "no-by": (say("x"), ("planner",), None),
    "no-candidate": (say("x").by("stranger"), ("planner",), None),
    "prefix": (say("x").by("plan"), ("planner", "plan-b", "plan_c"), None),
    "quoted": (say("x").by("a.b"), ("a.b",), "a.b"),
    "no-dot": (say("x").by("a.b"), ("axb",), None),
}


@pytest.mark.parametrize(("turn", "names", "chosen"), SELECTIONS.values(), ids=SELECTIONS)
def test_the_selectors_default_is_the_agent_of_the_next_turn(table, turn, names, chosen):
    """If the turn says whose it is and the chat offers that agent; no turn is taken."""
    table.llm.script(turn)
    if chosen is None:
        with pytest.raises(ScriptExhausted, match="who speaks next"):
            table.select(*names)
        assert ["selection-not-scripted"] == table.rules
    else:
        assert Reply(chosen) == table.select(*names)
        assert (0, True) == (table.llm.turns[0].number, table.llm.turns[0].default)
    assert 1 == len(table.llm.leftovers())


def test_a_scripted_selector_is_played_first_and_the_default_follows(table):
    """Strings are short for ``say``."""
    table.llm.script(say("x").by("planner"))
    table.llm.selector.script("writer", say("both"))
    assert [Reply("writer"), Reply("both"), Reply("planner")] == [table.select("planner", "writer") for _ in range(3)]


def test_a_summary_is_the_last_message_of_the_chat(table):
    """The one before AutoGen's own instruction; empty where there is none."""
    asked = ({"content": "first"}, {"content": "last"}, {"content": "Summarize."})
    assert [Reply("last"), Reply("")] == [table.ask(purpose="summary", messages=messages) for messages in (asked, asked[2:])]
    assert ["the last message"] * 2 == [turn.said for turn in table.llm.turns]


@pytest.mark.parametrize("purpose", ["selection", "summary"])
def test_what_is_forbidden_is_a_finding(table, purpose):
    """But what is scripted is still played."""
    side = {"selection": table.llm.selector, "summary": table.llm.summary}[purpose]
    side.forbid()
    side.script("planner")
    assert Reply("planner") == table.ask(purpose=purpose)
    with pytest.raises(ScriptExhausted):
        table.ask(purpose=purpose)


def test_threads_never_share_a_turn(table, often):
    """However they interleave: each turn is played once, numbers and ids are unique."""
    table.llm.script(*(call("tool", n=n) for n in range(200)))
    barrier = threading.Barrier(4)

    def work():
        barrier.wait()
        for _ in range(50):
            table.ask()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(range(1, 201)) == [turn.number for turn in table.llm.turns]
    assert 200 == len({turn.calls[0][0] for turn in table.llm.turns})


def test_a_misspelt_script_of_an_agent_is_named(table):
    """The agent finds no turn while one waits for somebody whose name is close; the other scripts say nothing then."""
    table.llm.agent("asistant").script(say("hello"))
    table.llm.agent("nobody").script(say("hello"), say("bye"))
    with pytest.raises(ScriptExhausted) as caught:
        table.ask()
    said = str(caught.value)
    assert "; there is a script for 'asistant' (1 turn unplayed), and no agent of that name asked" in said
    assert "nobody" not in said
    assert said.endswith("the agent is called 'assistant' and the script is for 'asistant': give both one name")


def test_an_agent_may_be_called_as_the_selections_are(table):
    """What is left of its script is told too."""
    table.llm.agent("selector").script(say("hello"))
    table.llm.selector.script("planner")
    assert 2 == len(table.llm.leftovers())


@pytest.mark.parametrize(
    ("agent", "fix"),
    [("assistant", "add the turn that the model should answer with"), ("(no agent)", "its key does, harness-SCRIPT:planner")],
)
def test_scripts_of_agents_that_never_asked_are_listed(table, agent, fix):
    """Where none is close to who asks; and who asks over a socket without a name is told how to have one."""
    table.llm.agent("planner").script(say("hello"))
    with pytest.raises(ScriptExhausted) as caught:
        table.ask(agent)
    said = str(caught.value)
    assert "; there is a script for 'planner' (1 turn unplayed), and no agent of that name asked" in said
    assert fix in said


def test_a_script_whose_agent_did_ask_is_not_blamed(table):
    """It is at work, whatever is left of it."""
    table.llm.agent("assistan").script(say("one"), say("two"))
    table.ask("assistan")
    with pytest.raises(ScriptExhausted) as caught:
        table.ask()
    assert "assistan'" not in str(caught.value)


def test_a_turn_by_a_misspelt_agent_is_named(table):
    """The agent that asks is called almost so."""
    table.llm.script(say("hello").by("asistant"))
    with pytest.raises(ScriptExhausted, match=r"did you mean .by\('assistant'\)\?"):
        table.ask()


ENDINGS = {
    "said-to-the-asker": (["go", "done TERMINATE"], True),
    "answered-by-default": (["done TERMINATE", ""], True),
    "exactly": (["TERMINATE", ""], False),
    "stripped": (["done ", ""], False),
    "long-ago": (["done TERMINATE", "", ""], False),
    "another-chat": (["done TERMINATE", "Review this"], False),
}


@pytest.mark.parametrize(("messages", "hinted"), ENDINGS.values(), ids=ENDINGS)
def test_the_ending_is_explained_where_its_word_was_received(table, messages, hinted):
    """By what the agents sent to each other, not by what the script says: a nested chat strips the word."""
    table.llm.script(say("done TERMINATE"))
    table.ask()
    with pytest.raises(ScriptExhausted) as caught:
        table.ask(messages=tuple({"content": text} for text in messages))
    assert hinted is ("is_termination_msg" in str(caught.value))


NOT_SELECTED = {
    "misspelt": (say("x").by("triag"), 'turn 1 is .by("triag"), and the candidates are triage, desk', "did you mean 'triage'?"),
    "stranger": (say("x").by("zzz"), 'turn 1 is .by("zzz"), and the candidates are triage, desk', "name one of the candidates"),
    "no-by": (say("x"), 'turn 1, say "x", does not say whose it is', "name the agent of each turn, "),
}


@pytest.mark.parametrize(("turn", "what", "fix"), NOT_SELECTED.values(), ids=NOT_SELECTED)
def test_a_selection_that_fails_says_why(table, turn, what, fix):
    """A turn without a name, or with a name that the group chat does not offer."""
    table.llm.script(turn)
    with pytest.raises(ScriptExhausted):
        table.select("triage", "desk")
    finding = table.ledger.findings[0]
    assert f"the group chat asked the model who speaks next; {what}" == finding.what
    assert finding.fix.startswith(fix)


def test_a_forbidden_selection_says_that_it_is_forbidden(table):
    """Whatever the next turn says."""
    table.llm.script(say("x").by("triage"))
    table.llm.selector.forbid()
    with pytest.raises(ScriptExhausted, match=r"selector.forbid\(\) says that it must not"):
        table.select("triage")


def test_a_selectors_script_that_ran_out_is_what_is_told(table):
    """And not the next turn, which says nothing of its agent because the script says who speaks."""
    table.llm.selector.script("planner")
    table.llm.script(say("x"))
    table.select("planner", "writer")
    with pytest.raises(ScriptExhausted, match=r"selector's script has no turn left \(1 played\)\. add the name to "):
        table.select("planner", "writer")


def test_a_selector_whose_condition_holds_for_nobody_shows_what_was_asked(table):
    """As any other turn with a condition."""
    table.llm.selector.script(say("planner"), say("writer").when(text="news"))
    table.select("planner", "writer")
    with pytest.raises(ScriptExhausted, match=r"has no answer to this \(1 played\)\nturn 2 does not answer it, say "):
        table.select("planner", "writer")


def test_scripts_of_agents_say_nothing_of_who_is_next(table):
    """The mend names these agents."""
    for name in ("planner", "writer", "idle"):
        table.llm.agent(name)
    table.llm.agent("writer").script(say("x"))
    with pytest.raises(ScriptExhausted, match="writer has a script of its own, which does not say who is next"):
        table.select("planner", "writer")
    (finding,) = table.ledger.findings
    assert 'script the choice: harness.llm.selector.script("writer", "planner", ...)' == finding.fix


LEFT_OVER = {
    "reply": (lambda llm: llm.script(say("x")), "find out why the agents stopped asking"),
    "condition": (lambda llm: llm.script(say("x").when(text="x")), "correct the condition"),
    "selector": (lambda llm: llm.selector.script("planner"), "find out why the group chat asked no more"),
    "summary": (lambda llm: llm.summary.script("x"), 'summary_method="reflection_with_llm"'),
}


@pytest.mark.parametrize(("script", "fix"), LEFT_OVER.values(), ids=LEFT_OVER)
def test_what_is_left_over_is_mended_where_it_would_have_been_asked_for(table, script, fix):
    """A group chat asks for a speaker, a chat for its summary; an agent for the rest."""
    script(table.llm)
    (left,) = table.llm.leftovers()
    assert fix in left.fix


@pytest.mark.parametrize("turn", [call("tool"), calls(call("tool")), fail.wrong_types("tool")], ids=str)
def test_neither_the_selector_nor_a_summary_calls_tools(table, turn):
    """AutoGen offers none there."""
    for side in (table.llm.selector, table.llm.summary):
        with pytest.raises(UsageError, match=rf"harness.llm.{side.name}.script\(...\) takes what the model says, and "):
            side.script(turn)


def test_an_agent_in_the_place_of_its_name_is_refused(table):
    """Its script would wait for ever."""

    class Agent:
        name = "planner"

    with pytest.raises(UsageError, match=r'write harness\.llm\.agent\("planner"\)'):
        table.llm.agent(Agent())


NO_TURNS = {
    "text": ("hi", r"not .hi.; for an answer write say\(.hi.\)$"),
    "reference": (result("a").b, r'not result\("a"\).b; for an answer write say\(result\("a"\).b\)'),
    "list": ([say("hi")], r"not a list of them; write script\(\*turns\)"),
    "number": (7, "not 7$"),
}


@pytest.mark.parametrize(("given", "message"), NO_TURNS.values(), ids=NO_TURNS)
def test_what_is_no_turn_is_refused_with_the_turn_that_was_meant(table, given, message):
    """Where the script is written."""
    with pytest.raises(UsageError, match=message):
        table.llm.script(given)


SELECTED = {
    "candidate": ("expert", []),
    "markdown": ("the_expert", []),
    "escaped": (r"the\_expert", []),
    "prose": ("I cannot decide", []),
    "two": ("triage or expert", []),
    "misspelt": ("expart", ["selection-not-scripted"]),
}


@pytest.mark.parametrize(("said", "rules"), SELECTED.values(), ids=SELECTED)
def test_a_scripted_selector_that_misspells_a_name_is_a_finding(table, said, rules):
    """The answer is given all the same; AutoGen would ask again and take the next agent, so that the typo passes."""
    table.llm.selector.script("triage", said)
    assert [Reply("triage"), Reply(said)] == [table.select("triage", "expert", "the_expert") for _ in range(2)]
    assert rules == table.rules
    for finding in table.ledger.findings:
        assert (
            'turn 2 of the selector\'s script says "expart", and the candidates are triage, expert, the_expert' == finding.what
        )
        assert ("did you mean 'expert'?", 2) == (finding.fix, finding.turn)


def test_a_turn_of_an_agent_that_never_asks_says_so(table):
    """It was chosen again and again, and has no model."""
    table.llm.script(say("x").by("desk"))
    for _ in range(3):
        table.select("desk")
    (left,) = table.llm.leftovers()
    assert "desk was chosen to speak 3 times and never asked the model: give it an llm_config, " in left.fix


def test_a_script_of_a_misspelt_agent_that_is_left_over_says_so(table):
    """The others asked."""
    table.llm.script(say("x"))
    table.llm.agent("plannr").script(say("y"))
    table.ask("planner")
    (left,) = table.llm.leftovers()
    assert "no agent called 'plannr' asked the model; did you mean 'planner'?" == left.fix
