from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from autogen_harness.cassettes import Cassette, Match, Player, fault, listing, save
from autogen_harness.cassettes.cassette import Queued
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import DocumentError, UnmatchedRequest, UsageError
from autogen_harness.ledger import Ledger
from autogen_harness.model import Finding, HttpExchange, HttpReply, HttpRequest

NVDA = HttpRequest("GET", "https://query2.finance.yahoo.com/v8/finance/chart/NVDA?range=1d&interval=1d", timeout=5.0)
GET = HttpRequest("GET", "http://a.test/")


def ok(status=200):
    return HttpReply(status, "OK", (), b"")


def missed(desk, request):
    """The one finding of a request that is not answered."""
    before = len(desk.ledger.findings)
    with pytest.raises(UnmatchedRequest):
        desk.player.answer(request)
    (finding,) = desk.ledger.findings[before:]
    return finding


def test_a_shipped_cassette_answers_by_its_name(desk):
    """The reply is that of the file, and the ledger has the attempt with the timeout that reached the transport."""
    desk.player.play("yahoo/chart-nvda")
    reply = desk.player.answer(NVDA).outcome
    assert isinstance(reply, HttpReply)
    assert reply.body.startswith(b'{"chart":')
    assert desk.ledger.of(HttpExchange) == [HttpExchange(NVDA, "yahoo/chart-nvda", "200")]
    assert desk.player.leftovers() == []


@pytest.mark.parametrize("name", ["three", "three.json", "three#2"])
def test_a_name_means_a_file_or_one_interaction_of_it(desk, interaction, name):
    """`folder/file`, with or without the ending, or `#n` for one of several."""
    desk.keep("three", *(interaction(reply=ok(200 + n)) for n in (1, 2, 3)))
    desk.player.play(name)
    statuses = [desk.player.answer(GET).outcome.status for _ in desk.player.leftovers()]
    assert statuses == ([202] if "#" in name else [201, 202, 203])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("yahoo/chart-nvdia", "did you mean 'yahoo/chart-nvda'"),
        ("chart-nvda", "did you mean 'yahoo/chart-nvda'"),
        ("three#4", "has 3 interactions: write three#1 to three#3"),
        ("three#0", "has 3 interactions"),
        ("three#x", "after # stands the number"),
        ("../three", "a name is folder/file below a cassette folder"),
        ("/etc/passwd", "a name is folder/file"),
    ],
)
def test_a_name_that_means_nothing_is_an_error_with_the_nearest(desk, interaction, name, says):
    """A wrong name fails at the line that has it, not later as a miss."""
    desk.keep("three", *(interaction() for _ in range(3)))
    with pytest.raises(UsageError, match=re.escape(says)):
        desk.player.play(name)
    assert desk.player.leftovers() == []


@pytest.mark.parametrize("path", ["cassettes/it/a.json", "./cassettes/it/a"])
def test_a_path_in_place_of_a_name_is_told_the_name(tmp_path, interaction, monkeypatch, path):
    """Names are what the folder of cassettes makes of paths, and a shell completes paths."""
    monkeypatch.chdir(tmp_path)
    save(Cassette((interaction(),)), tmp_path / "cassettes/it/a.json")
    player = Player(Ledger().record, VirtualClock(), [tmp_path / "cassettes"])
    with pytest.raises(UsageError, match="did you mean 'it/a'"):
        player.play(path)


@pytest.mark.parametrize(
    "arguments",
    [
        {"names": ()},
        {"time": 2},
        {"times": 0},
        {"times": True},
        {"times": "many"},
        {"url": "/relative"},
        {"fault": fault.timeout},
        {"fault": [fault.timeout(), "recorded"]},
        {"match": "body"},
        {"match": bool, "ignore": ["query.t"]},
        {"ignore": "query.t"},
        {"ignore": ["t"]},
        {"like": ["body.id"]},
        {"like": {"body.id": "uid"}},
    ],
    ids=lambda arguments: re.sub(r" of <.*?>| at 0x\w+", "", str(arguments)),
)
def test_arguments_that_cannot_be_meant_are_errors(desk, arguments):
    """play() without a name, a count that is none, a URL that is none."""
    names = arguments.pop("names", ("yahoo/chart-nvda",))
    with pytest.raises(UsageError):
        desk.player.play(*names, **arguments)


def test_a_mistaken_argument_is_told_with_what_was_meant(desk):
    """By the word that there is, or with the brackets that are missing."""
    with pytest.raises(UsageError, match=re.escape("play(time=...): there is no such argument; did you mean 'times'?")):
        desk.player.play("yahoo/chart-nvda", time=2)
    with pytest.raises(UsageError, match=re.escape("play(fault=fault.timeout) lacks its brackets: write fault.timeout()")):
        desk.player.play("yahoo/chart-nvda", fault=fault.timeout)
    with pytest.raises(UsageError, match=re.escape("write fault.status(503)")):
        desk.player.play("yahoo/chart-nvda", fault=fault.status)
    with pytest.raises(UsageError, match=re.escape("play(fault='timeout'): write a call such as fault.timeout()")):
        desk.player.play("yahoo/chart-nvda", fault="timeout")


def test_a_users_cassette_comes_before_a_shipped_one_of_the_same_name(desk, interaction):
    """Overriding is by name; the listing shows each name once and says whose it is."""
    desk.keep("yahoo/chart-nvda", interaction(reply=ok(299)))
    desk.player.play("yahoo/chart-nvda")
    assert desk.player.answer(GET).outcome.status == 299
    shown = {one.name: one.shipped for one in listing([desk.root])}
    assert (shown["yahoo/chart-nvda"], shown["yahoo/chart-ibm"]) == (False, True)


def test_a_broken_file_is_an_error_where_it_is_played(desk):
    """Nothing of it is queued."""
    (desk.root / "broken.json").write_text('{"format": "autogen-harness-cassette/1", "interactions": [')
    with pytest.raises(DocumentError, match=r"broken\.json:1:"):
        desk.player.play("yahoo/chart-nvda", "broken")
    assert desk.player.leftovers() == []


def test_each_interaction_answers_once_in_order_then_never_again(desk, interaction):
    """Playing on for ever would hide a loop."""
    desk.keep("one", interaction(reply=ok(201)))
    desk.keep("two", interaction(reply=ok(202)))
    desk.player.play("one", "two")
    assert [desk.player.answer(GET).outcome.status for _ in range(2)] == [201, 202]
    finding = missed(desk, GET)
    assert "one (played 1 of 1): fits, and has been played as often as it was asked to" in finding.what
    assert "sent 3 times" in finding.fix


@pytest.mark.parametrize(("times", "asked", "left"), [(3, 3, 0), (3, 1, 1), ("any", 0, 1), ("any", 7, 0), (None, 2, 0)])
def test_repeats_are_declared(desk, interaction, times, asked, left):
    """`times` repeats, "any" is once or more, and the file's own count stands where play() says nothing."""
    desk.keep("c", interaction(times=2))
    desk.player.play("c", times=times)
    for _ in range(asked):
        desk.player.answer(GET)
    assert len(desk.player.leftovers()) == left


def test_what_is_left_is_one_finding_each_unless_optional(desk, interaction):
    """A finding names the interaction, the request that never came, and how to say that it need not."""
    desk.keep("c", interaction(), interaction(optional=True), interaction(url="http://b.test/"))
    desk.player.play("c")
    desk.player.play("c#1", optional=True)
    assert [finding.fields for finding in desk.player.leftovers()] == [{"name": "c#1"}, {"name": "c#3"}]
    assert desk.player.leftovers()[0] == Finding(
        rule="http-unplayed",
        what="c#1 (GET http://a.test/) was never asked for",
        fix='find out why the request was not sent, or write harness.http.play("c#1", optional=True)',
        expect='harness.expect("http-unplayed", name="c#1")',
        fields={"name": "c#1"},
    )


def test_what_is_left_of_a_repeat_is_counted(desk, interaction):
    """Asked for once of three times, or never: the number to write instead is in the fix."""
    desk.keep("c", interaction())
    desk.player.play("c", times=3)
    (never,) = desk.player.leftovers()
    desk.player.answer(GET)
    (once,) = desk.player.leftovers()
    assert [True, True] == ["asked for 0 of 3 times" in never.what, "asked for 1 of 3 times" in once.what]
    assert ["optional=True)", "times=1)"] == [one.fix.rpartition(", ")[2] for one in (never, once)]


def test_a_miss_names_the_closest_and_the_line_to_write(desk):
    """The finding carries the request, at most three interactions with their differences, and the exact call."""
    desk.player.play("yahoo/chart-nvda", "yahoo/chart-aapl", "duckduckgo/nvidia")
    wrong = HttpRequest("GET", NVDA.url.replace("NVDA", "IBM"))
    finding = missed(desk, wrong)
    assert finding.rule == "http-unmatched"
    assert finding.fields == {"method": "GET", "url": wrong.url, "host": "query2.finance.yahoo.com"}
    assert finding.what.count("differs") == 2  # those of the host; DuckDuckGo's has nothing to do with it
    assert 'path: cassette has "/v8/finance/chart/NVDA", request has "/v8/finance/chart/IBM"' in finding.what
    assert finding.fix == 'write harness.http.play("yahoo/chart-ibm")'
    assert finding.expect == 'harness.expect("http-unmatched", method="GET", host="query2.finance.yahoo.com")'


def test_a_miss_says_where_the_closest_stand(desk, interaction, monkeypatch):
    """File and line of each, relative to where the tests run, so that an editor opens it; what is in no file has none."""
    monkeypatch.chdir(desk.root)
    desk.keep("sub/two", interaction(url="http://a.test/1"), interaction(url="http://a.test/2"))
    desk.player.play("sub/two")
    desk.player._shelf.index.add(Queued("made", interaction(url="http://a.test/3"), 9))
    what = missed(desk, HttpRequest("GET", "http://a.test/0")).what
    lines = (desk.root / "sub/two.json").read_text(encoding="utf-8").splitlines()
    places = [int(line) for line in re.findall(r"^    at sub/two\.json:(\d+)$", what, re.MULTILINE)]
    assert [lines[place - 1] for place in places] == ["  {", "  {"]
    assert places[0] < next(number for number, line in enumerate(lines) if "/2" in line) + 1
    assert what.count("differs:") == 3


def test_a_miss_says_which_line_of_a_large_cassette(desk, interaction):
    """One interaction a line, below the head."""
    save(Cassette([interaction(url=f"http://a.test/{n}") for n in range(3)]), desk.root / "large.jsonl")
    desk.player.play("large")
    what = missed(desk, HttpRequest("GET", "http://a.test/no")).what
    assert re.findall(r"large\.jsonl:(\d)", what) == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("node", "command"),
    [
        ("tests/a.py::test_b (call)", "pytest tests/a.py::test_b --harness-record=new_episodes"),
        ("a b.py::t[x (y)] (setup)", "pytest 'a b.py::t[x (y)]' --harness-record=new_episodes"),
    ],
)
def test_a_miss_names_the_command_that_records(desk, interaction, monkeypatch, node, command):
    """The line to paste into a shell: for what is new, for another body, for what is sent too often; not where a file fits."""
    monkeypatch.setenv("PYTEST_CURRENT_TEST", node)
    desk.keep("c", interaction(method="POST", url="http://a.test/", body=b"1"))
    desk.player.play("c")
    desk.player.answer(HttpRequest("POST", "http://a.test/", (), b"1"))
    for request in (
        HttpRequest("GET", "http://new.test/"),
        HttpRequest("POST", "http://a.test/"),
        HttpRequest("POST", "http://a.test/", (), b"1"),
    ):
        host = request.url.split("/")[2]
        assert missed(desk, request).fix.endswith(f"\nor record it: {command} -o harness_allow_hosts={host}")
    assert "record" not in missed(desk, NVDA).fix


def test_a_miss_shows_three_interactions_and_no_more(desk, interaction):
    """A list that nobody reads helps nobody."""
    desk.keep("five", *(interaction(url=f"http://a.test/{n}") for n in range(5)))
    desk.player.play("five")
    assert missed(desk, HttpRequest("GET", "http://a.test/no")).what.count("differs") == 3


def test_the_closest_is_the_one_with_the_fewest_differences(desk, interaction):
    """A reader looks at the first one."""
    far = interaction(method="POST", url="http://a.test/far?x=1", body=b"{}")
    near = interaction(url="http://a.test/x?symbol=NVDA")
    desk.keep("c", far, near)
    desk.player.play("c")
    lines = missed(desk, HttpRequest("GET", "http://a.test/x?symbol=AAPL")).what.split("\n")
    assert lines[1:3] == ["  c#2 (played 0 of 1) differs:", '    query.symbol: cassette has "NVDA", request has "AAPL"']


def test_a_miss_with_nothing_queued_still_says_what_to_do(desk, monkeypatch):
    """The beginning of a cassette for this request, and where; a shipped receiver can be moved to a webhook's URL."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    finding = missed(desk, HttpRequest("POST", "https://my.test/hook", (), b'{"a": 1}'))
    assert finding.what == 'no cassette answers POST https://my.test/hook with body {"a": 1}\n  nothing is queued for any host'
    assert finding.fix == (
        'write harness.http.play("my.test/post-hook"), and what is really answered into\n'
        f"{desk.root}/my.test/post-hook.json:\n"
        '{"format": "autogen-harness-cassette/1", "interactions": [{\n'
        ' "request": {"method": "POST", "url": "https://my.test/hook",\n'
        '  "body": {"json": {"a": 1}}},\n'
        ' "outcome": {"response": {"status": 200, "body": {"json": {}}}}\n'
        "}]}\n"
        'or, if it is a webhook: harness.http.play("webhook/accepted", url="https://my.test/hook")'
    )
    assert "webhook" not in missed(desk, HttpRequest("GET", "https://my.test/x")).fix


def test_where_only_the_body_differs_the_sender_is_to_blame(desk, interaction, monkeypatch):
    """Another cassette with a wider match would hide the mistake."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    desk.keep("hook", interaction(method="POST", url="https://hooks.slack.com/services/T0/B0/x", body=b'{"text": "hi"}'))
    desk.player.play("hook")
    sent = HttpRequest("POST", "https://hooks.slack.com/services/T0/B0/x", (), b'{"txt": "hi"}')
    fix = missed(desk, sent).fix
    assert fix == 'correct what is sent; or, if any body will do, add "match": {"body": "any"} to the interaction of hook'


def test_where_only_values_of_the_body_differ_these_can_be_left_out(desk, interaction, monkeypatch):
    """By their places, of a list at any place in it, and nothing else of the body."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    desk.keep("hook", interaction(method="POST", url="https://a.test/x", body=b'{"n": 1, "all": [{"at": 1}, {"at": 2}]}'))
    desk.player.play("hook")
    fix = missed(desk, HttpRequest("POST", "https://a.test/x", (), b'{"n": 2, "all": [{"at": 1}, {"at": 3}]}')).fix
    told = fix.rpartition("will do, ")[2]
    assert told == 'write harness.http.play("hook", ignore=["body.n", "body.all[*].at"])'

    desk.player.play("hook", ignore=["body.n", "body.all[*].at"])
    met = desk.player.answer(HttpRequest("POST", "https://a.test/x", (), b'{"n": 2, "all": [{"at": 1}, {"at": 3}]}'))
    assert met.outcome.status == 200


def test_a_broken_file_does_not_keep_the_others_from_being_found(desk, interaction):
    """It is named in one line, and the advice is the same as without it."""
    desk.keep("good", interaction())
    (desk.root / "torn.json").write_text('{"format": ', encoding="utf-8")
    first, second = missed(desk, GET).fix.splitlines()
    assert first == 'write harness.http.play("good")'
    assert re.fullmatch(r".*torn\.json:1:12: not JSON: .*; this file was left out", second)
    broken = {one.name: one.problem for one in listing([desk.root])}
    assert "not JSON" in broken["torn"]
    assert broken["good"] == ""


def test_a_miss_explains_itself_in_bounded_work(desk, interaction, monkeypatch):
    """A thousand interactions for one host are not all compared."""
    from autogen_harness.cassettes import misses
    from autogen_harness.cassettes.files import store
    from autogen_harness.cassettes.matching import index

    monkeypatch.setattr(store, "every", lambda roots, limit: ([], []))
    compared = []
    monkeypatch.setattr(misses.matchers, "differences", lambda one, asked: compared.append(one) or [None] * 0)
    desk.keep("many", *(interaction(url=f"http://a.test/{n}") for n in range(index.MAX_EXPLAINED * 2)))
    desk.player.play("many")
    missed(desk, HttpRequest("GET", "http://a.test/no"))
    assert len(compared) == index.MAX_EXPLAINED


def test_a_webhook_moves_to_the_url_that_the_test_gives(desk):
    """`url=` replaces the recorded one; what the cassette tolerates of the body stays."""
    desk.player.play("webhook/accepted", url="http://localhost:9999/my/hook?key=1")
    request = HttpRequest("POST", "http://localhost:9999/my/hook?key=1", (), b"anything")
    assert desk.player.answer(request).outcome.status == 202
    assert missed(desk, HttpRequest("POST", "https://hooks.example.com/accepted")).rule == "http-unmatched"
    desk.player.play("webhook/slack-ok", url="http://localhost:9999/slack")  # its own path is a pattern
    assert desk.player.answer(HttpRequest("POST", "http://localhost:9999/slack")).outcome.body == b"ok"


def test_a_served_host_is_asked_before_the_cassettes(desk):
    """Contracts answer every request to the host of the tool under test, on any port."""
    desk.player.play("yahoo/chart-nvda")
    desk.player.serve("QUERY2.finance.yahoo.com", lambda request: ok(299))
    assert desk.player.answer(NVDA).outcome.status == 299
    assert desk.ledger.of(HttpExchange)[0].source == "serve:query2.finance.yahoo.com"
    assert len(desk.player.leftovers()) == 1


def test_reset_forgets_everything_queued_and_served(desk):
    """For the next example of a property-based test."""
    desk.player.play("yahoo/chart-nvda")
    desk.player.serve("a.test", lambda request: ok())
    desk.player.reset()
    assert desk.player.leftovers() == []
    assert missed(desk, GET).what.endswith("nothing is queued for any host")


def test_threads_never_share_an_interaction(desk, interaction):
    """Fifty requests at once get fifty different answers."""
    desk.keep("c", *(interaction(reply=ok(200 + n)) for n in range(50)))
    desk.player.play("c")
    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(met.outcome.status for met in pool.map(lambda _: desk.player.answer(GET), range(50)))
    assert statuses == list(range(200, 250))


def test_a_tolerant_interaction_says_its_tolerance_on_a_miss(desk, interaction):
    """The reader sees the pattern and the hosts, not only the recorded URL."""
    match = Match(hosts=("a.test", "b.test"), path="/hook/[0-9]+")
    desk.keep("c", interaction(url="http://a.test/hook/1", match=match))
    desk.player.play("c")
    what = missed(desk, HttpRequest("GET", "http://c.test/hook/x")).what
    assert 'host: cassette has ["a.test", "b.test"], request has "c.test"' in what
    assert 'path: cassette has "/hook/[0-9]+", request has "/hook/x"' in what
