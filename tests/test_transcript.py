"""The transcript: a run as lists to assert on, and as a table to read."""

from __future__ import annotations

from autogen_harness import Finding
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpExchange, HttpRequest, LlmRequest, Note, Said, Slept, ToolRun, TurnPlayed
from autogen_harness.transcript import Transcript


def told(*entries):
    ledger = Ledger()
    for entry in entries:
        ledger.record(entry)
    return Transcript(ledger)


def turn(number, agent="assistant", said="say", *, purpose="reply", script="", calls=(), default=False):
    return TurnPlayed(number, agent, purpose, said, script, calls, default)


def ran(tool, outcome="ok", result="r", error=None, call_id=None):
    return ToolRun(tool, "user", {}, outcome, result, error, call_id)


def test_only_tools_that_really_ran_are_tool_calls():
    """One that raised did run; one that was not found, or whose arguments did not fit, did not."""
    story = told(ran("a"), ran("b", "raised"), ran("c", "unknown"), ran("d", "bad-args"), ran("a"))
    assert ["a", "b", "a"] == story.tool_calls
    assert 5 == len(story.tool_runs)


def test_each_view_holds_its_kind_in_order():
    """Turns, requests, waits, exchanges, notes."""
    request, http = LlmRequest("a", "reply", ()), HttpExchange(HttpRequest("GET", "https://x"), "x", "200")
    story = told(request, turn(1), http, Slept(1.5, "time.sleep"), Note("t", "n"), Slept(2, "asyncio.sleep"))
    assert ([request], [http], [1.5, 2], ["n"]) == (
        story.requests,
        story.http,
        story.waits,
        [note.text for note in story.notes],
    )
    assert [1] == [one.number for one in story.turns]


def test_a_row_holds_what_happened_until_the_next_turn():
    """Tools, requests, waits, broken rules."""
    exchange = HttpExchange(HttpRequest("GET", "https://x/y"), "yahoo/chart-nvda", "200")
    story = told(turn(1), exchange, Slept(2, "time.sleep"), ran("a", result={"b": 1}), turn(2), Finding("tool-raised", "w"))
    first, second = story.rows
    assert ["  GET https://x/y -> 200 (yahoo/chart-nvda)", "  waited 2 s (time.sleep)", 'a -> {"b": 1}'] == first.happened
    assert ["tool-raised"] == second.rules


def test_a_tool_belongs_to_the_turn_that_called_it():
    """By the id of its call, however late it ran."""
    story = told(
        turn(1, calls=(("id1", "a"),)), turn(2, calls=(("id2", "b"),)), ran("a", call_id="id1"), ran("b", call_id="id2")
    )
    assert [["a -> r"], ["b -> r"]] == [row.happened for row in story.rows]


def test_a_finding_belongs_to_its_turn_in_its_own_script():
    """Turn 1 of one agent's script is not turn 1 of everybody's."""
    story = told(
        turn(1),
        turn(1, "planner", script="planner"),
        turn(2),
        Finding("tool-unknown", "w", turn=1, fields={"script": "planner"}),
    )
    assert [[], ["tool-unknown"], []] == [row.rules for row in story.rows]
    assert ["1", "planner 1", "2"] == [row.turn for row in story.rows]


def test_turns_that_were_not_played_are_rows_too():
    """Below the last one that was; the first of them is marked."""
    left = Finding("turns-left", "w", turn=2, fields={"script": "", "turns": ["call a()", 'say "b"']})
    rows = told(turn(1), left).rows
    assert [("1", "say", []), ("2", "call a()", ["(not played)"]), ("3", 'say "b"', ["(not played)"])] == [
        (row.turn, row.scripted, row.happened) for row in rows
    ]
    assert [[], ["turns-left"], []] == [row.rules for row in rows]


def test_what_is_left_of_cassettes_points_at_no_turn():
    """It belongs to none of them."""
    assert [[]] == [row.rules for row in told(turn(1), Finding("http-unplayed", "w")).rows]


def test_what_happens_before_the_first_turn_has_a_row_of_its_own():
    """Only if something did."""
    assert ["", "1"] == [row.turn for row in told(Finding("network-attempted", "w"), turn(1)).rows]
    assert ["1"] == [row.turn for row in told(turn(1)).rows]


def test_without_a_turn_there_is_a_row_only_for_what_happened():
    """Findings alone stand below; nothing was before a turn that never came."""
    assert [] == told(Finding("network-attempted", "w")).rows
    (row,) = told(ran("a"), Finding("network-attempted", "w")).rows
    assert ("", ["a -> r"], ["network-attempted"]) == (row.shown, row.happened, row.rules)


def test_a_default_that_is_said_again_and_again_is_one_row():
    """Nothing happened between: an agent was chosen and did not ask."""
    chosen = [turn(0, said="select desk", purpose="selection", script="selector", default=True) for _ in range(3)]
    assert ["select desk (default, 3 times)"] == [row.shown for row in told(*chosen).rows]
    assert ["select desk (default, 2 times)", "say"] == [row.shown for row in told(*chosen[:2], turn(1)).rows]
    assert 2 == len(told(chosen[0], ran("a"), chosen[1]).rows)


def test_what_came_of_a_call_is_told_by_its_id():
    """Of the tool's latest run where the framework does not hand on ids."""
    said = Said("turn 1 says .raises(ValueError)", "a", "id1")
    story = told(turn(1), ran("a", result="-> x", call_id="id1"), ran("a", result="y", call_id="id2"))
    assert "a returned -> x" == story.came_of(said)
    assert "a raised KeyError" == told(ran("a"), ran("a", "raised", error=KeyError())).came_of(said)
    assert "a did not run" == told(ran("b")).came_of(said)


def test_selections_and_summaries_say_what_they_are():
    """And what the harness said by default."""
    story = told(
        turn(0, "speaker_selection_agent", "select planner", purpose="selection", script="selector", default=True),
        turn(1, "user", 'say "s"', purpose="summary", script="summary"),
    )
    assert [
        ("selector", "(speaker selection)", "select planner (default)"),
        ("summary 1", "user (summary)", 'say "s"'),
    ] == [(row.turn, row.agent, row.shown) for row in story.rows]


def test_outcomes_of_tools_read_as_sentences():
    """Each in one line, long text cut."""
    story = told(
        turn(1),
        ran("a", "unknown"),
        ran("b", "raised", error=ValueError("bad")),
        ran("c", "bad-args"),
        ran("d", result="x\n  y " + "z" * 200),
        ran("e", "raised", result="<coroutine object e>"),
        ran("f", "raised", error=TimeoutError()),
        ran("g", "raised", error=ValueError("first\nsecond " + "z" * 200)),
    )
    lines = story.rows[0].happened
    assert ["a was not found on user", "b raised ValueError: bad", "c did not take its arguments"] == lines[:3]
    assert lines[3].startswith("d -> x y zzz")
    assert len("d -> ") + 120 == len(lines[3])
    assert ["e -> <coroutine object e>", "f raised TimeoutError", "g raised ValueError: first"] == lines[4:]
