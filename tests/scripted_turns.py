"""Turns for tests of script files: strategies for everything that a file can say, and what a turn means."""

from __future__ import annotations

import builtins
import re
from dataclasses import fields, is_dataclass, replace

from hypothesis import strategies as st

from autogen_harness.llm.references.reference import Reference, result
from autogen_harness.llm.script.script_file import ScriptFile
from autogen_harness.llm.turns.fail import fail
from autogen_harness.llm.turns.turn import Call, Calls, Say, call, calls, say
from autogen_harness.scripts.error_names import error_class


def meaning(value):
    """A value to compare: references have no equality, and pieces of text that stand side by side are one."""
    if isinstance(value, Reference):
        return ("reference", *value.__recipe__())
    if value is ...:
        return meaning("...")  # the text is the ellipsis of files
    if isinstance(value, re.Pattern):
        return ("pattern", re.sub(r"^\(\?[aimsx]+\)", "", value.pattern), value.flags)
    if isinstance(value, Say) and not value.structured:
        value = replace(value, parts=tuple(_joined(value.parts)))
    if isinstance(value, Call | Calls):
        value = replace(value, said=tuple(_joined(value.said)))
    if is_dataclass(value):
        return (type(value).__name__, *((one.name, meaning(getattr(value, one.name))) for one in fields(value) if one.compare))
    if isinstance(value, dict):
        return {name: meaning(one) for name, one in value.items()}
    return [meaning(one) for one in value] if isinstance(value, list | tuple) else (type(value).__name__, value)


def _joined(parts):
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        yield from [text, part] if text else [part]
        text = ""
    if text:
        yield text


TRICKY = [
    "no",
    "on",
    "010",
    "1:30",
    "1e3",
    "0o7",
    "2024-01-01",
    "~",
    "",
    "${a.b}",
    "$${a}",
    "$",
    "$$",
    "{",
    "$result",
    "$$text",
    "=",
    "<<",
    "a: b",
    "# a",
    "- a",
    "'",
    '"',
    " a ",
    "a\nb\n",
    "\n\n a",
    "a\n ",
    "\t",
    "\x85",
    "\u2028",
    "\ufeff",
    "\x00",
    "!a",
    "&a",
    "*a",
    "forbid",
    "any",
    "...",
    "|",
    ">",
    "%",
    "@",
    "`",
    "null",
    "true",
    "1_000",
    "0x1F",
    ".inf",
    "---",
]
TEXTS = st.sampled_from(TRICKY) | st.text(max_size=12) | st.lists(st.sampled_from([*"$${}.ab\n"]), max_size=8).map("".join)
WORDS = TEXTS.filter(bool)
TOOLS = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)
STEPS = st.integers(-3, 30) | WORDS | st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True)


@st.composite
def references(draw, *, as_text=True):
    made = result(draw(TOOLS), call=draw(st.integers(-3, 3)), as_text=as_text and draw(st.booleans()))
    for step in draw(st.lists(STEPS, max_size=3)):
        made = made[step]
    return made


PATTERNS = st.builds(
    re.compile,
    st.sampled_from(["a+", "price", r"\d{3}", "[.]$", "${", "no"]),
    st.sampled_from([0, re.IGNORECASE, re.MULTILINE | re.DOTALL]),
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS


def data(leaves):
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
    )


VALUES = data(SCALARS | references())
WANTED = data(SCALARS | references() | PATTERNS).filter(
    lambda value: value is not None and not (isinstance(value, str) and not value)
)
ARGUMENTS = st.dictionaries(TEXTS, VALUES, max_size=3)
ASKED_TEXT = WORDS | PATTERNS | references()
NAMES = WORDS | PATTERNS
SECONDS = st.floats(0, 1e6) | st.integers(0, 100)
ERRORS = st.sampled_from(
    [ValueError, KeyError, SystemExit, builtins.TimeoutError, error_class("a.b.C"), error_class("requests.HTTPError")]
)


def some(**options):
    """Keyword arguments of which any may be absent, but not all."""
    return st.fixed_dictionaries({}, optional=options).filter(bool)


@st.composite
def call_turns(draw):
    tool, arguments = draw(WORDS), draw(ARGUMENTS)
    kinds = [call, fail.hallucinated_tool, fail.malformed_json, fail.wrong_types, fail.missing_argument, fail.extra_argument]
    made = draw(st.sampled_from(kinds))(tool, arguments)
    made = draw(
        st.sampled_from([made, made, fail.null_arguments(tool), fail.empty_arguments(tool), fail.long_call_id(tool, arguments)])
    )
    return made.raises(draw(ERRORS), draw(st.none() | st.sampled_from(["bad", r"\d+", ""]))) if draw(st.booleans()) else made


PARTS = TEXTS | references() | data(SCALARS | references())
ANSWERS = st.one_of(
    call_turns(),
    st.builds(fail.truncated_json, WORDS, ARGUMENTS),
    st.lists(call_turns(), min_size=1, max_size=3).map(lambda turns: calls(*turns)),
    st.lists(call_turns(), min_size=2, max_size=3).map(lambda turns: fail.duplicate_call_id(*turns)),
    st.lists(PARTS, min_size=1, max_size=4).map(lambda parts: say(*parts)),
    VALUES.filter(lambda value: value is not None).map(lambda value: say(json=value)),
    st.builds(fail.call_in_text, WORDS, ARGUMENTS),
    st.builds(fail.refusal, TEXTS),
    st.builds(fail.content_filter, TEXTS),
    st.just(fail.empty_reply()),
)
BROKEN = st.tuples(ANSWERS, st.integers(0, 9), st.sampled_from(["reset", "error", "stall"])).map(
    lambda made: fail.broken_delivery(made[0], after=made[1], how=made[2])
)
FAILS = st.one_of(
    st.builds(fail, st.integers(400, 599), message=st.none() | TEXTS, code=st.none() | WORDS, retry_after=st.none() | SECONDS),
    st.builds(fail.rate_limit, retry_after=st.none() | SECONDS),
    st.builds(fail.server_error, st.integers(500, 599)),
    st.sampled_from([fail.context_length(), fail.prompt_filtered(), fail.timeout(), fail.connection_reset()]),
)
ASKED = some(
    text=ASKED_TEXT, last_result=WANTED, tool=NAMES, agent=NAMES, model=NAMES, number=st.integers(1, 9), optional=st.booleans()
)
CONDITIONS = st.tuples(ASKED, st.sampled_from([1, 2, "any"])).map(lambda made: {**made[0], "times": made[1]})
EXPECTATIONS = some(
    tools=st.lists(WORDS | st.just(...), max_size=3),
    last_message=ASKED_TEXT,
    result=WANTED,
    results=st.dictionaries(TEXTS, WANTED, min_size=1, max_size=2),
    messages=st.integers(0, 9) | st.builds(lambda low, more: range(low, low + more), st.integers(0, 5), st.integers(1, 5)),
    without=st.lists(ASKED_TEXT, min_size=1, max_size=2).map(tuple),
    model=NAMES,
)


@st.composite
def turns(draw):
    """Any turn that a file can say."""
    made = draw(ANSWERS | BROKEN | FAILS)
    if isinstance(made, Call | Calls) and draw(st.booleans()):
        made = made.saying(*draw(st.lists(PARTS, min_size=1, max_size=3)))
    if draw(st.booleans()):
        made = made.by(draw(WORDS))
    asked = draw(st.none() | CONDITIONS)
    if asked and not (set(asked) <= {"optional", "times"} and asked["times"] == 1):
        made = made.when(**asked)
    expected = draw(st.none() | EXPECTATIONS)
    return made.expecting(**expected) if expected else made


MANY = st.lists(turns(), min_size=1, max_size=3).map(tuple)
SIDES = MANY | st.just("forbid") | st.just(())
SCRIPTS = st.builds(
    ScriptFile,
    turns=MANY,
    agents=st.dictionaries(TEXTS, MANY, max_size=2),
    selector=SIDES,
    summary=SIDES,
    about=st.just("") | WORDS,
)
