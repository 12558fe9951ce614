"""References: taken from earlier results when a turn is played, and clear about what is not there."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness import UsageError, result, say
from autogen_harness.llm.references.paths import steps, written
from autogen_harness.llm.references.reference import Reference, ReferenceBroken, fill
from autogen_harness.model import ToolRun

KEYS = st.text() | st.sampled_from(["items", "keys", "get", "copy", "tool", "call", "path", "transform", "resolve", "_resolve"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=16,
)


def ran(outcome, tool="tool"):
    return ToolRun(tool, "user", {}, "ok", outcome)


@st.composite
def places(draw):
    """A JSON value and the path to a place in it."""
    value = draw(st.dictionaries(KEYS, JSON, min_size=1, max_size=4) | st.lists(JSON, min_size=1, max_size=4))
    here, path = value, []
    while isinstance(here, (dict, list)) and here and (not path or draw(st.booleans())):
        step = draw(st.sampled_from(sorted(here))) if isinstance(here, dict) else draw(st.integers(0, len(here) - 1))
        here = here[step]
        path.append(step)
    return value, path, here


@given(places(), st.booleans())
def test_every_place_of_any_json_result_can_be_pointed_at(place, as_text):
    """By ``[...]``, whether the tool returned JSON text or the value itself."""
    value, path, there = place
    reference = result("tool")
    for step in path:
        reference = reference[step]
    runs = [ran(json.dumps(value) if as_text else value)]
    assert there == fill(reference, runs) == fill(result("tool", path=written(tuple(path))), runs)


@pytest.mark.parametrize("name", ["items", "keys", "get", "copy", "count", "index", "_resolve", "_path", "format", "class_"])
def test_an_attribute_is_always_data(name):
    """Also where Python has a method of that name."""
    assert 7 == fill(getattr(result("tool"), name), [ran({name: 7})])


@given(st.lists(KEYS | st.integers()).map(tuple))
def test_a_path_is_read_as_it_is_written(path):
    """Whatever is in a key."""
    assert path == steps(written(path)) == steps("$" + written(path))


PATHS = {
    "names": ("companies.first", ("companies", "first")),
    "root": ("$.companies[0].name", ("companies", 0, "name")),
    "from-the-end": ("companies[-1]", ("companies", -1)),
    "list": ("[0][ 1 ]", (0, 1)),
    "quoted": ("""$['full name']["it's"].x-y""", ("full name", "it's", "x-y")),
    "letters": ("größe.名前", ("größe", "名前")),
    "whole": ("$", ()),
}


@pytest.mark.parametrize(("path", "read"), PATHS.values(), ids=PATHS)
def test_a_path_is_read(path, read):
    """Dots before names, brackets for everything else, and ``$`` for the root."""
    assert read == steps(path)


NO_PATHS = {
    "many": ("companies[*].name", r"from character 10, '\[\*\].name': a path leads to one place; for several write transform="),
    "slice": ("a[0:2]", "a path leads to one place"),
    "deep": ("$..name", "a path leads to one place"),
    "filter": ("a[?(@.x)]", "a path leads to one place"),
    "space": ("full name", "other keys stand in brackets"),
    "open": ("a[0", "from character 2"),
    "ends-with-dot": ("a.", "from character 2"),
    "octal": ("a[007]", "from character 2"),
    "no-text": (["a"], r"a path is text, not \['a'\]"),
}


@pytest.mark.parametrize(("path", "message"), NO_PATHS.values(), ids=NO_PATHS)
def test_what_is_no_path_is_refused_where_it_is_written(path, message):
    """With the place in it, and what to write instead."""
    with pytest.raises(UsageError, match=message):
        result("tool", path=path)


def test_a_path_goes_on_in_attributes():
    """Both say the same, so one can follow the other."""
    reference = result("tool", path="a[0]").b
    assert ('result("tool").a[0].b', 7) == (repr(reference), fill(reference, [ran({"a": [{"b": 7}]})]))


AS_TEXT = {
    "whole": (result("tool", as_text=True), '{"a": {"b":  "x"}}'),
    "a-string": (result("tool", as_text=True).a.b, "x"),
    "a-structure": (result("tool", as_text=True).a, '{"b": "x"}'),
    "transformed": (result("tool", as_text=True, transform=len), 18),
}


@pytest.mark.parametrize(("reference", "text"), AS_TEXT.values(), ids=AS_TEXT)
def test_a_result_can_stay_the_text_that_it_is(reference, text):
    """As the model saw it, to the last space; what is inside it as JSON."""
    assert text == fill(reference, [ran('{"a": {"b":  "x"}}')])
    assert "as_text=True" in repr(reference)


@pytest.mark.parametrize("which", ["first", None, True, 1.0])
def test_the_number_of_a_call_is_a_list_index(which):
    """Told where it is written, and not when the turn is played."""
    with pytest.raises(UsageError, match="0 for the first call and -1 for the latest"):
        result("tool", call=which)


def test_references_are_filled_wherever_they_stand():
    """In mappings, lists and tuples, at any depth; everything else stays."""
    made = fill({"a": [result("tool").x, (result("tool"), 1)], "b": "text"}, [ran('{"x": 2}')])
    assert {"a": [2, [{"x": 2}, 1]], "b": "text"} == made


def test_json_inside_a_string_of_json_is_looked_into():
    """A tool that wraps another's text in its own."""
    assert 1 == fill(result("tool").body.price, [ran(json.dumps({"body": '{"price": 1}'}))])


def test_the_latest_call_is_meant_unless_one_is_named():
    """``call`` is an index into this tool's calls, those of other tools aside."""
    runs = [ran(1), ran(9, "other"), ran(2), ran(3)]
    assert [3, 1, 2, 2] == [fill(result("tool", **which), runs) for which in ({}, {"call": 0}, {"call": 1}, {"call": -2})]


def test_a_transform_is_given_the_value():
    """From the value found to the value used."""
    assert 905 == fill(result("tool", transform=round).price, [ran({"price": 905.2})])


HINTS = {
    "key": (result("tool").titel, "did you mean 'title'?"),
    "deeper": (result("tool").sub["colr"], "did you mean 'color'?"),
    "tool": (result("tol").title, "did you mean 'tool'?"),
    "nothing-near": (result("tool").zzzz, ""),
    "another-call": (result("tool", call=3), ""),
}


@pytest.mark.parametrize(("reference", "hint"), HINTS.values(), ids=HINTS)
def test_a_misspelt_reference_is_shown_the_nearest(reference, hint):
    """A key of the place where it ended, or a tool that ran; with the tool whose result it wanted."""
    with pytest.raises(ReferenceBroken) as caught:
        fill(reference, [ran({"title": "x", "sub": {"color": 1}})])
    assert hint == caught.value.hint
    assert caught.value.tool in ("tool", "tol")


COMPARISONS = [
    lambda price: price == 3,
    lambda price: price != 3,
    lambda price: price > 3,
    lambda price: price <= 3,
    lambda price: 3 < price,
    lambda price: price in [3, 4],
]


@pytest.mark.parametrize("compare", COMPARISONS)
def test_a_reference_cannot_be_compared(compare):
    """``== 3`` would silently be false, ``> 3`` an error that says nothing of the harness."""
    with pytest.raises(UsageError, match="price has no value yet, so it compares with nothing"):
        compare(result("tool").price)


def test_a_reference_is_itself():
    """What looks for it in a list, or keeps it in a set, finds it."""
    one = result("tool").price
    assert one == one  # noqa: PLR0124 - that is the point
    assert one in {one, result("tool")}


BROKEN = {
    "never-ran": (result("absent"), "'absent' has not run so far (tools that ran: tool)"),
    "too-few": (result("tool", call=3), "has run once"),
    "no-key": (result("tool").prize, """result("tool") has no 'prize'; its keys are ['code', 'list', 'price', 'repr']"""),
    "no-index": (result("tool").list[2], 'result("tool").list has no 2; it is [1]'),
    "not-a-container": (result("tool").price.cents, "has no 'cents'; it is 1"),
    "letters-are-no-items": (result("tool").code[0], "has no 0; it is 'abc'"),
    "python-repr": (result("tool").repr.a, "return json.dumps(...) from the tool"),
    "transform": (result("tool", transform=int).code, "transform raised ValueError: invalid literal"),
}


@pytest.mark.parametrize(("reference", "message"), BROKEN.values(), ids=BROKEN)
def test_a_reference_that_leads_nowhere_says_what_is_there(reference, message):
    """The reference as it was written, the place where it ended, and what the result holds."""
    with pytest.raises(ReferenceBroken) as caught:
        fill(reference, [ran({"price": 1, "list": [1], "code": "abc", "repr": "{'a': 1}"})])
    assert message in str(caught.value)
    assert str(caught.value).startswith(repr(reference))


def test_a_tool_that_was_not_found_is_not_proposed():
    """It is the misspelt one."""
    with pytest.raises(ReferenceBroken, match=r"not run so far \(tools that ran: none\)") as caught:
        fill(result("search").name, [ToolRun("serch", "user", {}, "unknown", "Error: Function serch not found.")])
    assert "" == caught.value.hint


@pytest.mark.parametrize("write", [str, "{}".format, "{:>5}".format, lambda reference: f"{reference}", "%s".__mod__])
def test_a_reference_in_a_string_says_how_to_write_it(write):
    """It has no value yet, so an f-string would quote the recipe."""
    with pytest.raises(UsageError, match=r"write say\('text ', result\(\"tool\"\).price, ' more text'\)"):
        write(result("tool").price)


@pytest.mark.parametrize("use", [list, lambda reference: "x" in reference, lambda reference: [*reference]])
def test_a_reference_cannot_be_looped_over(use):
    """With ``[...]`` defined, Python would go on for ever."""
    with pytest.raises(UsageError, match="transform="):
        use(result("tool"))


def test_a_reference_can_be_copied_and_shown():
    """Copying asks for special methods, which are no data."""
    reference = result("tool", call=1).items[0]["a b"]
    assert isinstance(copy.copy(reference), Reference)
    assert """result("tool", call=1).items[0]['a b']""" == repr(copy.deepcopy(reference))
    assert """say result("tool").x""" == str(say(result("tool").x))


@pytest.mark.parametrize(
    "use",
    [lambda price: "costs " + price, lambda price: price + " dollars", lambda price: price * 2, lambda price: 1 - price, bool],
    ids=["text +", "+ text", "* 2", "1 -", "if"],
)
def test_a_reference_cannot_be_computed_with(use):
    """Its value is known when the turn is played, and the message says what to write instead."""
    with pytest.raises(UsageError, match=r"price has no value yet, so .*; (in text write say|look at the result)"):
        use(result("tool").price)
