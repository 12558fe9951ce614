"""What a test asserts of the calls that were made, and how a failure reads."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness import CallsDiffer, UsageError, result
from autogen_harness.differences import ABSENT, Difference
from autogen_harness.ledger import Ledger
from autogen_harness.llm.asked.argument_matching import differing
from autogen_harness.llm.asked.assertions import ToolAssertions
from autogen_harness.model import LlmRequest, ToolRun

pytest_plugins = ["pytester"]

SCHEMA = {"type": "object", "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}, "times": {}}}


class Runs(ToolAssertions):
    """The assertions over runs given as (tool, arguments) or (tool, arguments, outcome)."""

    def __init__(self, *runs, offered=("search", "score", "save")):
        self._ledger = Ledger()
        tools = [{"type": "function", "function": {"name": name, "parameters": SCHEMA}} for name in offered]
        self._ledger.record(LlmRequest("analyst", "reply", (), tuple(offered), {}, {"tools": tools}))
        for tool, arguments, *outcome in runs:
            self._ledger.record(ToolRun(tool, "user", arguments, *(outcome or ["ok"])))


def is_even(number):
    return number % 2 == 0


MATCHES = {
    "equal": ("x", "x", True),
    "unequal": ("x", "y", False),
    "pattern": (re.compile("^a"), "abc", True),
    "pattern-no": (re.compile("^b"), "abc", False),
    "pattern-number": (re.compile("1"), 1, False),
    "type": (str, "x", True),
    "type-no": (str, 1, False),
    "type-list": (list, [1], True),
    "int": (int, 1, True),
    "int-bool": (int, True, False),
    "bool": (bool, False, True),
    "float": (float, 1.5, True),
    "float-whole": (float, 1, True),
    "float-bool": (float, True, False),
    "none": (None, None, True),
    "none-type": (type(None), None, True),
    "object": (object, True, True),
    "function": (is_even, 2, True),
    "function-no": (is_even, 3, False),
    "function-raises": (is_even, "x", False),
    "one-true": (1, True, False),
    "one-point-zero": (1, 1.0, True),
    "list": ([1, re.compile("a")], [1, "ab"], True),
    "list-short": ([1], [1, 2], False),
    "mapping": ({"a": int, "b": [str]}, {"a": 1, "b": ["x"]}, True),
    "mapping-more": ({"a": 1}, {"a": 1, "b": 2}, False),
    "mapping-deep": ({"a": {"b": is_even}}, {"a": {"b": 3}}, False),
    "tuple": ((1, 2), [1, 2], True),
}


@pytest.mark.parametrize(("wanted", "actual", "fits"), MATCHES.values(), ids=MATCHES)
def test_what_an_argument_is_compared_with(wanted, actual, fits):
    """A value, a pattern, a type, a function, also inside structures; types are those of JSON."""
    found = differing({"x": wanted}, {"x": actual, "y": "other"})
    assert fits is (found == [])
    assert all(one.path.startswith("x") for one in found)


@pytest.mark.parametrize(
    "wanted",
    [1, "x", re.compile("x"), str, object, is_even, None],
    ids=["number", "text", "pattern", "type", "any", "function", "none"],
)
def test_an_argument_that_is_not_there_fits_nothing(wanted):
    """Not even None, and no function is asked."""
    assert [ABSENT] == [one.actual for one in differing({"x": wanted}, {})]


names = st.sampled_from(["search", "score", "save"])
arguments = st.dictionaries(st.sampled_from(["query", "limit"]), st.integers(0, 2))
runs = st.lists(st.tuples(names, arguments, st.sampled_from(["ok", "raised", "unknown", "bad-args"])), max_size=6)


def failure_of(assertion, *args, **kwargs):
    try:
        assertion(*args, **kwargs)
    except CallsDiffer as failure:
        return failure
    return None


def passes(assertion, *args, **kwargs):
    return failure_of(assertion, *args, **kwargs) is None


@given(runs, names, arguments, st.none() | st.integers(1, 4))
def test_assert_called_passes_if_and_only_if_such_a_run_exists(ran, tool, wanted, times):
    """So many of them, if it says how many; and assert_not_called is its opposite."""
    fitting = [one for one in ran if one[0] == tool and one[2] in ("ok", "raised") and wanted.items() <= one[1].items()]
    made = Runs(*ran)
    assert passes(made.assert_called, tool, wanted, times=times) is (len(fitting) == times if times else bool(fitting))
    assert passes(made.assert_not_called, tool, wanted) is (fitting == [])


@given(runs, st.lists(names, min_size=1, max_size=4))
def test_assert_order_passes_if_and_only_if_the_tools_are_a_subsequence(ran, tools):
    """And ``exactly`` if they are all that ran."""
    entered = [one[0] for one in ran if one[2] in ("ok", "raised")]
    rest = iter(entered)
    assert passes(Runs(*ran).assert_order, *tools) is all(tool in rest for tool in tools)
    assert passes(Runs(*ran).assert_order, *tools, exactly=True) is (entered == tools)


@given(runs, names, arguments)
def test_a_failure_holds_what_it_is_made_from(ran, tool, wanted):
    """Every run, and a nearest one of the same tool with the differences that it really has."""
    failure = failure_of(Runs(*ran).assert_called, tool, wanted)
    if failure is None:
        return
    assert [(one.tool, one.arguments) for one in failure.runs] == [(one[0], one[1]) for one in ran]
    assert (failure.nearest is None) is (tool not in [one[0] for one in ran])
    if failure.nearest is not None:
        assert list(failure.differences) == differing(wanted, failure.nearest.arguments)


FAILURES = {
    "other-arguments": (
        Runs(("score", {"name": "A"}), ("search", {"query": "AMD", "limit": 3}), ("search", {"query": "x", "limit": 4})),
        lambda r: r.assert_called("search", query="NVIDIA", limit=3),
        """
        search(query="NVIDIA", limit=3) was not called
        what was called:
           1. score(name="A")
           2. search(query="AMD", limit=3)
           3. search(query="x", limit=4)
        closest is 2:
          query: wanted "NVIDIA", got "AMD"
        """,
    ),
    "matchers": (
        Runs(("search", {"query": "AMD"})),
        lambda r: r.assert_called("search", query=re.compile("NV"), limit=int),
        """
        search(query=re.compile('NV'), limit=int) was not called
        what was called:
           1. search(query="AMD")
        closest is 1:
          query: wanted text that matches /NV/, got "AMD"
          limit: wanted a value of type int, got (absent)
        """,
    ),
    "nothing-ran": (
        Runs(),
        lambda r: r.assert_called("search"),
        """
        search() was not called
        no tool was called
        search was on offer, and the model did not call it
        """,
    ),
    "misspelled": (
        Runs(("search", {})),
        lambda r: r.assert_called("serch"),
        """
        serch() was not called
        what was called:
           1. search()
        did you mean 'search'?
        """,
    ),
    "not-entered": (
        Runs(("search", {"query": "x"}, "unknown"), ("search", None, "bad-args", "", None, None, "{oops")),
        lambda r: r.assert_called("search"),
        """
        search() was not called
        what was called:
           1. search(query="x"), which user does not have
           2. search({oops), whose arguments it does not take
        """,
    ),
    "too-often": (
        Runs(("search", {"query": "x"}), ("search", {"query": "x"}), ("search", {"query": "y"})),
        lambda r: r.assert_called("search", query="x", times=1),
        """
        search(query="x") was called 2 times, not once
        what was called:
        >  1. search(query="x")
        >  2. search(query="x")
           3. search(query="y")
        closest is 3:
          query: wanted "x", got "y"
        """,
    ),
    "called-after-all": (
        Runs(("search", {}), ("save", {"path": "/etc"}, "raised", "", PermissionError("no"))),
        lambda r: r.assert_not_called("save"),
        """
        save() was called once
        what was called:
           1. search()
        >  2. save(path="/etc"), which raised PermissionError: no
        """,
    ),
    "order": (
        Runs(("score", {}), ("search", {})),
        lambda r: r.assert_order("search", "score"),
        """
        search, score: score did not run after search
        what was called:
           1. score()
        >  2. search()
        """,
    ),
    "exactly": (
        Runs(("search", {}), ("save", {}), ("score", {})),
        lambda r: r.assert_order("search", "score", exactly=True),
        """
        exactly search, score: save ran as well
        what was called:
           1. search()
        >  2. save()
           3. score()
        """,
    ),
}


@pytest.mark.parametrize(("made", "assertion", "text"), FAILURES.values(), ids=FAILURES)
def test_how_a_failure_reads(made, assertion, text):
    """What was asserted, what was called, and where the closest call differs."""
    with pytest.raises(CallsDiffer) as caught:
        assertion(made)
    lines = text.strip("\n").splitlines()[:-1]
    assert "\n".join(line[8:] for line in lines) == str(caught.value)


def test_a_failure_is_an_assertion_error_with_data():
    """For whoever catches it, in pytest or not."""
    made = Runs(("search", {"query": "AMD"}))
    with pytest.raises(AssertionError) as caught:
        made.assert_called("search", query="NVIDIA")
    assert caught.value.differences == (Difference("query", "NVIDIA", "AMD"),)
    assert caught.value.nearest is caught.value.runs[0]


def test_a_long_list_of_calls_is_cut():
    """Twenty are shown."""
    with pytest.raises(CallsDiffer, match="and 5 more"):
        Runs(*[("search", {"limit": n}) for n in range(25)]).assert_called("save")


MISTAKES = {
    "never-offered": (lambda r: r.assert_not_called("serch"), "no agent was offered such a tool; did you mean 'search'"),
    "far-off": (lambda r: r.assert_not_called("zzz"), "on offer were search, score, save"),
    "no-such-parameter": (lambda r: r.assert_called("search", qurey="x"), "is no parameter of it; did you mean 'query'"),
    "no-such-parameter-not": (lambda r: r.assert_not_called("search", qurey="x"), "did you mean 'query'"),
    "times-zero": (lambda r: r.assert_called("search", times=0), "write assert_not_called"),
    "times-text": (lambda r: r.assert_called("search", times="2"), "a number from 1"),
    "times-true": (lambda r: r.assert_called("search", times=True), "a number from 1"),
    "function-as-tool": (lambda r: r.assert_called(is_even), r"is text, not the function is_even"),
    "twice": (lambda r: r.assert_called("search", {"query": "x"}, query="y"), "has query twice"),
    "reference": (lambda r: r.assert_called("search", query=result("x").y), "not with result"),
    "no-order": (lambda r: r.assert_order(), "names nothing"),
    "order-of-functions": (lambda r: r.assert_order("search", is_even), "is text"),
}


@pytest.mark.parametrize(("assertion", "text"), MISTAKES.values(), ids=MISTAKES)
def test_an_assertion_that_would_say_nothing_is_refused(assertion, text):
    """A misspelled name must not make an assertion hold."""
    with pytest.raises(UsageError, match=text):
        assertion(Runs(("search", {"query": "x"})))


def test_nothing_can_be_said_before_an_agent_has_asked():
    """Not that a tool did not run, either."""
    with pytest.raises(UsageError, match="says nothing yet"):
        Runs(offered=()).assert_not_called("search")


def test_a_parameter_that_was_really_given_can_be_asserted():
    """Also where the schema does not know it: some models make arguments up."""
    made = Runs(("search", {"made_up": 1}))
    made.assert_called("search", made_up=1)
    made.assert_not_called("search", made_up=2)


def test_arguments_that_collide_stand_in_a_mapping():
    """A tool may have a parameter called times."""
    made = Runs(("search", {"times": 3}))
    made.assert_called("search", {"times": 3}, times=1)
    made.assert_not_called("search", {"times": 4})


def test_pytest_shows_the_line_of_the_test_and_none_of_ours(pytester):
    """The failure is the text, under the assertion that the user wrote."""
    pytester.makepyfile(
        """
        def test_it(harness):
            harness.ledger.record(__import__("autogen_harness.model").model.ToolRun("search", "user", {"query": "AMD"}, "ok"))
            harness.llm.assert_called("search", query="NVIDIA")
        """
    )
    done = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider")
    done.stdout.fnmatch_lines(
        ['>*harness.llm.assert_called("search", query="NVIDIA")', 'E*search(query="NVIDIA") was not called']
    )
    done.stdout.fnmatch_lines(['E*  query: wanted "NVIDIA", got "AMD"'])
    done.stdout.no_fnmatch_line("*assertions.py*")
