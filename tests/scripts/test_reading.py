"""A script file says the turns that Python would say; what is wrong with it is told all at once, each error at its place."""

from __future__ import annotations

import re

import pytest
from scripted_turns import meaning

from autogen_harness import call, calls, fail, result, say
from autogen_harness.errors import DocumentError
from autogen_harness.llm.turns.turn import Turn
from autogen_harness.scripts import loads
from autogen_harness.scripts.error_names import error_class
from autogen_harness.scripts.items import TURN

HEAD = "format: autogen-harness-script/1\nturns:\n"


def turns_of(items: str) -> tuple[Turn, ...]:
    return loads(HEAD + "".join(f"  {line}\n" for line in items.splitlines())).turns


SAID = {
    "call": ("- call: f\n  args: {x: 1, y: [a, null]}", call("f", x=1, y=["a", None])),
    "no arguments": ("- call: f", call("f")),
    "reference": ("- call: f\n  args: {x: {$result: 'g.a[0]'}}", call("f", x=result("g").a[0])),
    "first call": ("- call: f\n  args: {x: {$result: g#0}}", call("f", x=result("g", call=0))),
    "last but one": ("- call: f\n  args: {x: {$result: 'g#-2.b'}}", call("f", x=result("g", call=-2).b)),
    "any key": ("""- call: f\n  args: {x: {$result: "g['a b'].c-d"}}""", call("f", x=result("g")["a b"]["c-d"])),
    "text of a result": ("- call: f\n  args: {x: {$text: g}}", call("f", x=result("g", as_text=True))),
    "deep inside": ("- call: f\n  args: {x: [{y: {$result: g}}]}", call("f", x=[{"y": result("g")}])),
    "a key like a mark": ("- call: f\n  args: {x: {$$result: g}}", call("f", x={"$result": "g"})),
    "raises": ("- call: f\n  raises: ValueError", call("f").raises(ValueError)),
    "raises with a text": ("- call: f\n  raises: {type: KeyError, match: a+}", call("f").raises(KeyError, "a+")),
    "raises by name": ("- call: f\n  raises: a.B", call("f").raises(error_class("a.B"))),
    "calls": ("- calls:\n    - call: f\n    - call: g\n      args: {x: 1}\n  by: a", calls(call("f"), call("g", x=1)).by("a")),
    "a text beside a call": ("- call: f\n  saying: I look at ${g}.", call("f").saying("I look at ", result("g"), ".")),
    "a text beside calls": ("- calls: [{call: f}]\n  saying: So.", calls(call("f")).saying("So.")),
    "say": ("- say: hello", say("hello")),
    "say with a result": ("- say: It is ${g.a}!", say("It is ", result("g").a, "!")),
    "say a dollar and a result": ("- say: It is $$${g.a}.", say("It is $", result("g").a, ".")),
    "say no result": ("- say: It is $${g.a} $5 $ $$", say("It is ${g.a} $5 $ $$")),
    "say parts": ("- say: ['a ${g}', 1, {$text: h}]", say("a ", result("g"), 1, result("h", as_text=True))),
    "say nothing": ("- say: ''", say("")),
    "say lines": ("- say: |\n    a\n    b", say("a\nb\n")),
    "say json": ("- say_json: {a: {$result: g}}", say(json={"a": result("g")})),
    "a date is text": ("- say_json: {a: 2024-01-31}", say(json={"a": "2024-01-31"})),
    "status": ("- fail: {status: 429, retry_after: 2}", fail(429, retry_after=2)),
    "status with words": ("- fail: {status: 400, code: c, message: m}", fail(400, code="c", message="m")),
    "rate limit": ("- fail: rate_limit\n  retry_after: 1.5", fail.rate_limit(retry_after=1.5)),
    "server error": ("- fail: server_error\n  status: 503", fail.server_error(503)),
    "server error alone": ("- fail: server_error", fail.server_error()),
    "context length": ("- fail: context_length", fail.context_length()),
    "prompt filtered": ("- fail: prompt_filtered", fail.prompt_filtered()),
    "timeout": ("- fail: timeout\n  by: a", fail.timeout().by("a")),
    "connection reset": ("- fail: connection_reset", fail.connection_reset()),
    "broken delivery": (
        "- say: hi\n  broken_delivery: {after: 3, how: stall}",
        fail.broken_delivery(say("hi"), after=3, how="stall"),
    ),
    "a flaw that breaks off": (
        "- fail: malformed_json\n  call: f\n  broken_delivery: {}",
        fail.broken_delivery(fail.malformed_json("f")),
    ),
    "hallucinated tool": ("- fail: hallucinated_tool\n  call: f\n  args: {x: 1}", fail.hallucinated_tool("f", x=1)),
    "malformed json": ("- fail: malformed_json\n  call: f", fail.malformed_json("f")),
    "truncated json": ("- fail: truncated_json\n  call: f", fail.truncated_json("f")),
    "wrong types": ("- fail: wrong_types\n  call: f\n  args: {x: a}", fail.wrong_types("f", x="a")),
    "missing argument": ("- fail: missing_argument\n  call: f", fail.missing_argument("f")),
    "extra argument": (
        "- fail: extra_argument\n  call: f\n  args: {z: 1}\n  raises: TypeError",
        fail.extra_argument("f", z=1).raises(TypeError),
    ),
    "null arguments": ("- fail: null_arguments\n  call: f", fail.null_arguments("f")),
    "empty arguments": ("- fail: empty_arguments\n  call: f", fail.empty_arguments("f")),
    "long id": ("- fail: long_call_id\n  call: f", fail.long_call_id("f")),
    "one id twice": (
        "- fail: duplicate_call_id\n  calls: [{call: f}, {call: g}]",
        fail.duplicate_call_id(call("f"), call("g")),
    ),
    "flaws in calls": ("- calls: [{fail: malformed_json, call: f}, {call: g}]", calls(fail.malformed_json("f"), call("g"))),
    "call in text": ("- fail: call_in_text\n  call: f\n  args: {x: 1}", fail.call_in_text("f", x=1)),
    "refusal": ("- fail: refusal\n  say: I cannot.", fail.refusal("I cannot.")),
    "content filter": ("- fail: content_filter\n  say: The fi", fail.content_filter("The fi")),
    "filtered at once": ("- fail: content_filter", fail.content_filter()),
    "empty reply": ("- fail: empty_reply", fail.empty_reply()),
    "when": (
        "- say: a\n  when: {text: {$pattern: a+}, tool: f, number: 2, times: any, optional: true}",
        say("a").when(text=re.compile("a+"), tool="f", number=2, times="any", optional=True),
    ),
    "when a result": ("- say: a\n  when: {last_result: {a: {$pattern: b}}}", say("a").when(last_result={"a": re.compile("b")})),
    "when a reference": ("- say: a\n  when: {text: {$result: g.a}}", say("a").when(text=result("g").a)),
    "expect": (
        "- say: a\n  expect: {tools: [f, ...], last_message: b, without: [c], messages: {from: 2, to: 4}, model: m}",
        say("a").expecting(tools=["f", ...], last_message="b", without=("c",), messages=range(2, 5), model="m"),
    ),
    "expect no tools": ("- say: a\n  expect: {tools: [], messages: 1}", say("a").expecting(tools=[], messages=1)),
    "expect results": ("- say: a\n  expect: {result: 5, results: {f: x}}", say("a").expecting(result=5, results={"f": "x"})),
}


@pytest.mark.parametrize(("text", "turn"), SAID.values(), ids=SAID)
def test_an_item_says_the_turn_that_python_would_say(text, turn):
    """One way to write each turn, and the function that makes it."""
    (read,) = turns_of(text)

    assert meaning(read) == meaning(turn)


def test_every_fault_of_python_has_a_word_in_files():
    """Who adds a method to fail adds a row for it."""
    methods = {name for name in dir(fail) if not name.startswith("_")}

    assert {*TURN.shape().faults} == methods - {"broken_delivery"}


def test_a_file_has_turns_for_everybody():
    """The common script, those of agents, the selector's and the summary's."""
    file = loads(
        "format: autogen-harness-script/1\nabout: Two agents.\nagents:\n  planner: [{say: a}]\n  writer: []\n"
        "selector: [planner, {say: writer, by: m}]\nsummary: forbid\n",
        "two.yaml",
    )

    assert (file.turns, file.agents) == ((), {"planner": (say("a"),), "writer": ()})
    assert file.selector == (say("planner"), say("writer").by("m"))
    assert (file.summary, file.about, file.path) == ("forbid", "Two agents.", "two.yaml")


WRONG = {
    "unknown key": ("- call: f\n  arg: {x: 1}", "4:5: turns[0]: unknown key 'arg'", "did you mean 'args'?"),
    "unknown kind": ("- cal: f", "3:5: turns[0]: one of the keys call, calls, say, say_json, fail is missing", "'call'"),
    "two kinds": ("- call: f\n  say: a", "3:5: turns[0]: call and say cannot both be here", "write two turns"),
    "no mapping": ("- hello", "3:5: turns[0]: must be a mapping, not 'hello'", "call, calls, say"),
    "unknown fault": ("- fail: tiemout", "3:11: turns[0].fail: there is no fault 'tiemout'", "did you mean 'timeout'?"),
    "fault of one call": (
        "- calls: [{fail: refusal}]",
        "3:20: turns[0].calls[0].fail: there is no fault 'refusal' of one call",
        "known",
    ),
    "fault without its call": ("- fail: malformed_json", "3:5: turns[0]: the key 'call' is missing", ""),
    "status": ("- fail: {status: 200}", "3:20: turns[0].fail.status: must be a whole number from 400 to 599, not 200", ""),
    "text": ("- say: 5", "3:10: turns[0].say: must be text, not 5", "put it into quotes"),
    "reference for a text": (
        "- say: {$result: search.count}",
        "3:10: turns[0].say: must be text, not a mapping",
        "write ${search.count} for a result inside of a text",
    ),
    "reference left open": (
        "- say: It is ${search.count",
        "3:10: turns[0].say: 'search.count' is no reference",
        "write ${tool.path} for a result, $${ for a dollar and a brace",
    ),
    "args": ("- call: f\n  args: [1]", "4:11: turns[0].args: must be a mapping of names to values, not a list", ""),
    "args of a result": (
        "- call: f\n  args: {$result: g}",
        "4:12: turns[0].args: a whole set of arguments",
        "write name: {$result: ...}",
    ),
    "reference": (
        "- call: f\n  args: {x: {$result: a b}}",
        "4:25: turns[0].args.x.$result: 'a b' is no reference",
        'write "$$result"',
    ),
    "path": ("- call: f\n  args: {x: {$result: 'a[007]'}}", "4:25: turns[0].args.x.$result: the path", ""),
    "beside a reference": ("- call: f\n  args: {x: {$result: a, y: 1}}", "4:28: turns[0].args.x: unknown key 'y'", ""),
    "reference in an argument": (
        "- call: f\n  args: {x: 'in ${g.a}'}",
        '4:15: turns[0].args.x: result("g").a cannot stand inside of a text that is no say',
        "write {$result: ...} for the whole value",
    ),
    "text that looks like one": ("- say: 'in ${g a}'", "3:10: turns[0].say: 'g a' is no reference", "$${ for a dollar"),
    "pattern": ("- say: a\n  when: {text: {$pattern: '['}}", "4:29: turns[0].when.text.$pattern: not a regular expression", ""),
    "pattern in arguments": (
        "- call: f\n  args: {x: {$pattern: a}}",
        "4:26: turns[0].args.x.$pattern: a pattern can stand only",
        "",
    ),
    "error": (
        "- call: f\n  raises: ValuError",
        "4:13: turns[0].raises: ValuError is no built-in exception",
        "did you mean 'ValueError'",
    ),
    "error of a package": (
        "- call: f\n  raises: HTTPStatusError",
        "4:13: turns[0].raises: HTTPStatusError",
        "write package.HTTPStatusError",
    ),
    "condition": ("- say: a\n  when: {txt: a}", "4:12: turns[0].when: unknown key 'txt'", "did you mean 'text'?"),
    "null": (
        "- say: a\n  when: {last_result: null}",
        "4:25: turns[0].when.last_result: null asks nothing",
        "leave the key out",
    ),
    "no condition": ("- say: a\n  when: {}", "4:11: turns[0].when: must not be empty", "known: text"),
    "times": ("- say: a\n  when: {text: a, times: often}", "4:28: turns[0].when.times: must be any, not 'often'", ""),
    "truth": (
        "- say: a\n  when: {text: a, optional: no}",
        "4:31: turns[0].when.optional: no is true or false to some readers",
        "",
    ),
    "bound call": ("- calls: [{call: f, by: a}]", "3:23: turns[0].calls[0]: unknown key 'by'", ""),
    "cut off too early": ("- calls: [{fail: truncated_json, call: f}, {call: g}]", "3:5: turns[0]: fail.truncated_json", ""),
    "merge key": ("- <<: {call: f}", "3:5: turns[0]: merge keys are not read", "write the keys out"),
}


@pytest.mark.parametrize(("text", "place", "hint"), WRONG.values(), ids=WRONG)
def test_an_error_says_where_it_is_and_what_is_right(text, place, hint):
    """Line and column, the way to the value, what is wrong, and the nearest right thing."""
    with pytest.raises(DocumentError) as caught:
        turns_of(text)

    found = [str(caught.value.brief), *(other.brief for other in caught.value.others)]
    assert [one for one in found if one.startswith(f"<text>:{place}")], found
    assert hint in str(caught.value)


def test_all_errors_are_told_at_once_each_under_its_line():
    """Those of YAML and those of the format, in the order of the file."""
    with pytest.raises(DocumentError) as caught:
        turns_of("- call: f\n  args: {country: no}\n  by: 5\n- say: '${a b}'\n- fail: nothing")

    assert [(error.line, error.column) for error in (caught.value, *caught.value.others)] == [(4, 21), (5, 9), (6, 10), (7, 11)]
    assert '  4 |     args: {country: no}\n    |                     ^\n  write "no" for the text' in str(caught.value)


def test_a_word_that_readers_disagree_about_is_told_once():
    """Not a second time for what comes of it."""
    with pytest.raises(DocumentError) as caught:
        turns_of("- say: a\n  when: {text: a, optional: no}")

    assert caught.value.others == ()


WHOLE = {
    "empty": ("", "1:1: the file is empty"),
    "a list": ("- call: f", "1:1: a script is a mapping, not a list"),
    "no format": ("turns: []", "1:1: the key 'format' is missing"),
    "another version": (
        "format: autogen-harness-script/2\nturn: 5",
        "1:9: format: the format 'autogen-harness-script/2' is not known",
    ),
    "nothing said": ("format: autogen-harness-script/1\nturns: []", "1:1: the script has no turn"),
    "one turn": ("format: autogen-harness-script/1\nturns:\n  say: a", "3:3: turns: must be a list, not a mapping"),
    "unknown part": ("format: autogen-harness-script/1\nturn: []", "2:1: unknown key 'turn'"),
    "side": ("format: autogen-harness-script/1\nsummary: never", "2:10: summary: must be forbid, not 'never'"),
    "side turn": ("format: autogen-harness-script/1\nselector: [5]", "2:12: selector[0]: must be text or a turn, not 5"),
}


def test_a_word_that_is_nearly_the_one_allowed_is_told_so():
    """What may stand there is a list or this one word."""
    with pytest.raises(DocumentError, match="did you mean 'forbid'"):
        loads("format: autogen-harness-script/1\nselector: forbd")


@pytest.mark.parametrize(("text", "place"), WHOLE.values(), ids=WHOLE)
def test_a_file_that_is_no_script_is_told_apart(text, place):
    """And of another version nothing else is said."""
    with pytest.raises(DocumentError) as caught:
        loads(text)

    assert caught.value.brief.startswith(f"<text>:{place}")
    assert caught.value.others == ()


@pytest.mark.parametrize(
    ("name", "error", "fits"),
    [
        ("json.JSONDecodeError", ("json.decoder", "JSONDecodeError"), True),
        ("json.decoder.JSONDecodeError", ("json.decoder", "JSONDecodeError"), True),
        ("jso.JSONDecodeError", ("json.decoder", "JSONDecodeError"), False),
        ("json.DecodeError", ("json.decoder", "JSONDecodeError"), False),
        ("app.errors.Outer.Inner", ("app.errors", "Outer.Inner"), True),
    ],
)
def test_an_error_is_known_by_its_name_without_an_import(name, error, fits):
    """A package may stand for its module; nothing is looked up."""
    module, qualname = error
    raised = type(qualname, (ValueError,), {"__module__": module, "__qualname__": qualname})("a")

    assert isinstance(raised, error_class(name)) is fits
    assert not isinstance(ValueError(), error_class(name))


def test_an_error_is_known_by_the_name_of_its_base():
    """As with isinstance."""
    raised = type("NotFound", (LookupError,), {"__module__": "app"})()

    assert isinstance(type("Gone", (type(raised),), {"__module__": "other"})(), error_class("app.NotFound"))
