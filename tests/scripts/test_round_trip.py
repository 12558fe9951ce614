"""What is written is read back: the same turns, whatever a file can say; what it cannot say is an error that names the turn."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from scripted_turns import SCRIPTS, meaning

from autogen_harness import UsageError, call, fail, result, say
from autogen_harness.scripts import ScriptFile, dump, loads


@settings(max_examples=50, deadline=None, phases=[Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(SCRIPTS)
def test_a_script_that_was_written_is_read_back_as_it_was(script):
    """Whatever texts, keys, numbers, references, patterns, faults, conditions and expectations it holds."""
    text = dump(script)

    assert meaning(loads(text)) == meaning(script)
    assert dump(loads(text)) == text


def test_a_script_is_written_as_one_would_write_it():
    """Block style, short forms, no quotes where none are needed."""
    script = ScriptFile(
        (
            call("search", query="no").by("analyst").raises(ValueError),
            say("It costs $", result("price").usd, ". TERMINATE"),
            fail(429, retry_after=2),
            fail.malformed_json("search", {"query": result("price").name}),
        ),
        agents={"planner": (say("First line\nSecond line\n").when(text=re.compile("plan")),)},
        selector=(say("planner"),),
        summary="forbid",
    )
    assert (
        dump(script)
        == """\
format: autogen-harness-script/1
turns:
  - call: search
    args:
      query: 'no'
    raises: ValueError
    by: analyst
  - say: It costs $$${price.usd}. TERMINATE
  - fail:
      status: 429
      retry_after: 2
  - fail: malformed_json
    call: search
    args:
      query:
        $result: price.name
agents:
  planner:
    - say: |
        First line
        Second line
      when:
        text:
          $pattern: plan
selector:
  - planner
summary: forbid
"""
    )


UNSAID = {
    "transform": (
        call("f", x=result("g", transform=len)),
        r"turn 1, call f\(.*\), cannot be written to a file: .* has a transform",
    ),
    "predicate": (say("a").when(predicate=bool), "a predicate is code"),
    "expected predicate": (say("a").expecting(predicate=bool), "a predicate is code"),
    "object": (call("f", x=object()), "no value of JSON"),
    "not a number": (call("f", x=float("nan")), "nan is no value of JSON"),
    "key": (call("f", x={1: 2}), "the key 1 is no text"),
    "range": (say("a").expecting(messages=range(0, 9, 2)), "no range from one number to another"),
    "tool": (say(result("a tool")), "'a tool' is no reference"),
    "bytes": (say("a").when(last_result=re.compile(b"a")), "a pattern of bytes"),
    "name": (say("a").by(""), r"turns\[0\].by: must not be empty"),
    "match": (call("f").raises(ValueError, "["), "not a regular expression"),
}


@pytest.mark.parametrize(("turn", "why"), UNSAID.values(), ids=UNSAID)
def test_what_a_file_cannot_say_is_an_error_when_it_is_written(turn, why):
    """Not when it is read by somebody else, and never something that means another thing."""
    with pytest.raises(UsageError, match=why):
        dump(ScriptFile((turn,)))
