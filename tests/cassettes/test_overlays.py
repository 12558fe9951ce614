from __future__ import annotations

import re
from inspect import signature

import pytest

from autogen_harness.cassettes import fault, listing
from autogen_harness.cassettes.failing import overlays
from autogen_harness.cassettes.failing.plans import plan
from autogen_harness.errors import DocumentError, UnmatchedRequest, UsageError
from autogen_harness.model import HttpReply, HttpRequest

GET = HttpRequest("GET", "http://a.test/")
HEAD = "format: autogen-harness-faults/1\nover: c\n"
BUSY = f"""{HEAD}about: Busy twice, then it cannot be reached, then it answers.
faults:
  - {{status: 503, times: 2, retry_after: 1}}
  - {{timeout: connect}}
  - recorded
"""


@pytest.fixture
def kept(desk, interaction):
    """A cassette, and what writes a file of faults over it."""
    desk.keep("c", interaction())

    def keep(text, name="outages/busy"):
        path = desk.root / f"{name}.faults.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return keep


def met(desk, count):
    found = [desk.player.answer(GET).outcome for _ in range(count)]
    return [one.status if isinstance(one, HttpReply) else one.kind for one in found]


@pytest.mark.parametrize("name", ["outages/busy", "outages/busy.faults", "outages/busy.faults.yaml"])
def test_a_file_of_faults_is_played_by_its_name(desk, kept, name):
    """Over the cassette that it names, in its order; what is found bears the name of the file of faults."""
    kept(BUSY)
    desk.player.play(name)
    assert [finding.fields["name"] for finding in desk.player.leftovers()] == ["outages/busy"]
    assert met(desk, 4) == [503, 503, "connect-timeout", 200]
    assert desk.player.leftovers() == []
    with pytest.raises(UnmatchedRequest, match=re.escape("outages/busy (played 1 of 1, 4 of 4 faults met): fits")) as missed:
        desk.player.answer(GET)
    assert re.search(r"at \S*/c\.json:\d+\n", str(missed.value))


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        (
            "faults: [{status: 503, as_date: true, retry_after: 5, body: no}]",
            [fault.status(503, retry_after=5, as_date=True, body="no")],
        ),
        (
            "faults: [connection_refused, dns_failure, tls_failure]",
            [fault.connection_refused(), fault.dns_failure(), fault.tls_failure()],
        ),
        ("faults: [{connection_reset: 100}, connection_reset]", [fault.connection_reset(100), fault.connection_reset()]),
        ("faults: [{truncated: , part: 0.5, times: 2}]", [fault.truncated(part=0.5).times(2)]),
        ("faults: [lost_reply, {stalled: 3}, {slow: 2.5}]", [fault.lost_reply(), fault.stalled(3), fault.slow(2.5)]),
        (
            "faults: [{content_type: text/html}, malformed_json, stale]",
            [fault.content_type("text/html"), fault.malformed_json(), fault.stale()],
        ),
        ("fault: {timeout: read}", fault.timeout()),
        ("fault: not_json", fault.not_json()),
    ],
)
def test_a_file_says_what_python_says(kept, desk, lines, faults):
    """One fault in place of every answer, or a list of faults before it: the words are those of the functions."""
    path = kept(HEAD.replace("body: no", 'body: "no"') + lines.replace("body: no", 'body: "no"'))
    assert overlays.load(path, [desk.root]).plan == plan(faults)


def test_every_fault_has_a_name_in_a_file():
    """A fault that is added is readable from a file at once, with what its function may be told."""
    makers = {name: signature(getattr(fault, name)) for name in dir(fault) if not name.startswith("_")}
    assert makers == overlays.MAKERS
    assert not any("times" in made.parameters for made in makers.values())


def test_a_file_over_several_interactions_numbers_them(desk, kept, interaction):
    """As their cassette does; each meets all the faults."""
    desk.keep("two", interaction(), interaction(url="http://b.test/"))
    kept(BUSY.replace("over: c", "over: two"))
    kept(BUSY.replace("over: c", "over: two#2"), "outages/second")
    desk.player.play("outages/busy", "outages/second")
    assert [one.name for one in desk.player._shelf.index.all] == ["outages/busy#1", "outages/busy#2", "outages/second"]
    assert met(desk, 4) == [503, 503, "connect-timeout", 200]


def test_a_cassette_comes_before_faults_of_the_same_name(desk, kept):
    """The longer name means the faults."""
    kept(BUSY, "c")
    desk.player.play("c")
    assert met(desk, 1) == [200]
    desk.player.play("c.faults")
    assert met(desk, 1) == [503]


def test_faults_of_a_file_and_of_the_call_exclude_each_other(desk, kept):
    """Which of them came first nobody could tell."""
    kept(BUSY)
    with pytest.raises(UsageError, match=re.escape("play('outages/busy', fault=...): the file says which faults are met")):
        desk.player.play("outages/busy", fault=fault.timeout())
    assert desk.player.leftovers() == []


def test_a_name_that_is_nearly_right_is_told(desk, kept):
    """Files of faults are among the names; they are no cassettes, and are not listed as some."""
    kept(BUSY)
    with pytest.raises(UsageError, match="did you mean 'outages/busy'"):
        desk.player.play("outages/bussy")
    assert "outages/busy" not in {one.name for one in listing([desk.root])}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD, "write either `faults`, a list, or `fault`, one of them"),
        (f"{HEAD}faults: []\n", "3:9: faults: there is no fault in it"),
        (f"{HEAD}faults: [recorded]\nfault: timeout\n", "write either"),
        (f"{HEAD}faults: timeout\n", "3:9: faults: must be a list, not text"),
        (f"{HEAD}faults:\n  - {{statsu: 503}}\n", "4:6: faults\\[0\\]: there is no fault 'statsu'(.|\n)*did you mean 'status'"),
        (f"{HEAD}faults: [timeuot]\n", "3:10: .*there is no fault 'timeuot'(.|\n)*did you mean 'timeout'"),
        (f"{HEAD}faults: [{{status: 99}}]\n", "3:19: .*from 100 to 599"),
        (f"{HEAD}faults: [status]\n", "3:10: .*status needs its code"),
        (f"{HEAD}faults: [{{not_json: 3}}]\n", "3:21: .*not_json has nothing to be told"),
        (
            f"{HEAD}faults: [{{status: 503, retry_afer: 1}}]\n",
            "3:24: .*unknown key 'retry_afer'(.|\n)*did you mean 'retry_after'",
        ),
        (f"{HEAD}faults: [{{status: 503, times: 0}}]\n", "3:31: .*must be a whole number from 1"),
        (f"{HEAD}faults: [3]\n", "3:10: .*must be a fault, not 3"),
        (f"{HEAD}fault: {{status: 503, times: 2}}\n", "3:22: .*it stands in place of every answer already"),
        (
            BUSY.replace("over: c", "over: yahoo/chart-nvdia"),
            "2:7: over: there is no cassette.*did you mean 'yahoo/chart-nvda'",
        ),
        (BUSY.replace("faults/1", "faults/2"), "1:9: format: the format 'autogen-harness-faults/2' is not known"),
        (BUSY.replace("about:", "abuot:"), "3:1: unknown key 'abuot'(.|\n)*did you mean 'about'"),
        ("- a\n", "must be a mapping, not a list"),
        ("over: [\n", "not YAML"),
        ("", "must be a mapping"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_place(desk, kept, text, says):
    """File, line, column, and the nearest right word; nothing of it is queued."""
    kept(text)
    with pytest.raises(DocumentError, match=says) as refused:
        desk.player.play("outages/busy")
    assert refused.value.path.endswith("busy.faults.yaml")
    assert desk.player.leftovers() == []


def test_everything_that_is_wrong_comes_at_once(desk, kept):
    """Whoever writes the file by hand repairs it in one go."""
    path = kept("format: autogen-harness-faults/1\novr: c\nfaults:\n  - {status: no}\n  - {timeout: write}\n  - {slow: fast}\n")
    with pytest.raises(DocumentError) as refused:
        overlays.load(path)
    lines = [one.line for one in (refused.value, *refused.value.others)]
    assert lines == sorted(lines)
    assert {2, 4, 5, 6} <= set(lines)
