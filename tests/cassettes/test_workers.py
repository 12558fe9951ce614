"""Processes that a test starts are answered by its player, and what they miss is found."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import sys

import pytest
import requests

from autogen_harness import Harness
from autogen_harness.cassettes import Player
from autogen_harness.cassettes.workers import answering, asking, values
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import HarnessFailure, UnmatchedRequest
from autogen_harness.ledger import Ledger
from autogen_harness.model import Delivery, HttpExchange, HttpFailure, HttpReply, HttpRequest, Note

URL = "https://query1.finance.yahoo.com/v8/finance/chart/{}?interval=1d&range=1d"
PROGRAM = """
import sys, urllib.request, requests
for symbol in sys.argv[1:]:
    url = f"https://query1.finance.yahoo.com/v8/finance/chart/{symbol}?interval=1d&range=1d"
    print(requests.get(url, timeout=5).json()["chart"]["result"][0]["meta"]["symbol"])
"""
SWALLOWS = """
import socket, requests
for attempt in (lambda: requests.get("https://nowhere.test/x", timeout=1), lambda: socket.create_connection(("192.0.2.1", 9))):
    try:
        attempt()
    except Exception as error:
        print(type(error).__name__)
"""


def run(program, *arguments, env=None):
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False, timeout=60, env=env
    )
    return done.stdout.split() or done.stderr


def ask(symbol):
    """For a process of multiprocessing: it is imported there."""
    return requests.get(URL.format(symbol), timeout=5).status_code


def test_a_process_is_answered_and_counted(harness):
    """Each interaction answers once, whoever asks."""
    harness.http.play("yahoo/chart-nvda", "yahoo/chart-aapl", "yahoo/chart-ibm")
    with harness.http.workers():
        assert ["NVDA", "AAPL"] == run(PROGRAM, "NVDA", "AAPL")
    assert 200 == requests.get(URL.format("IBM"), timeout=5).status_code
    assert 3 == len(harness.ledger.of(HttpExchange))


def test_a_process_with_an_environment_of_its_own(harness):
    """It is given what the block yields."""
    harness.http.play("yahoo/chart-nvda")
    with harness.http.workers() as environment:
        assert ["NVDA"] == run(PROGRAM, "NVDA", env={"PATH": os.defpath, **environment})


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # Python 3.12 warns where threads run, and the player's do
def test_processes_of_multiprocessing(harness, method):
    """Spawned, they find the environment; forked, the player knows that it is a copy."""
    harness.http.play("yahoo/chart-nvda", "yahoo/chart-aapl")
    with harness.http.workers(), multiprocessing.get_context(method).Pool(2) as pool:
        assert [200, 200] == pool.map(ask, ["NVDA", "AAPL"])
        pool.close()
        pool.join()
    assert 2 == len(harness.ledger.of(HttpExchange))


def test_what_a_process_swallows_is_found():
    """A miss and an attempt to reach the network, by a program that prints them and goes on."""
    with pytest.raises(HarnessFailure) as failed, Harness() as harness, harness.http.workers():
        assert ["UnmatchedRequest", "NetworkBlocked"] == run(SWALLOWS)
    assert ["http-unmatched", "network-attempted"] == [one.rule for one in failed.value.findings]


def test_a_process_has_the_cassettes_of_the_code_that_started_it(harness):
    """Two scopes with one cassette each; neither process gets the other's."""
    with harness.http.scope():
        harness.http.play("yahoo/chart-aapl")
        with harness.http.workers():
            assert ["AAPL"] == run(PROGRAM, "AAPL")
    harness.http.play("yahoo/chart-nvda", optional=True)
    harness.expect("http-unmatched")
    with harness.http.workers():
        assert "UnmatchedRequest" in run(PROGRAM, "AAPL")


def test_the_environment_is_left_as_it_was(harness, monkeypatch):
    """Also where there was a path before."""
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    before = dict(os.environ)
    with harness.http.workers():
        assert os.environ["PYTHONPATH"].endswith(f"{os.pathsep}/somewhere")
    assert before == dict(os.environ)


def test_the_environments_own_sitecustomize_runs(harness, tmp_path, monkeypatch):
    """Ours stands before it and hands on."""
    (tmp_path / "sitecustomize.py").write_text("print('mine')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    harness.http.play("yahoo/chart-nvda")
    with harness.http.workers():
        assert ["mine", "NVDA"] == run(PROGRAM, "NVDA")


def test_a_process_that_outlives_its_test_is_told():
    """It does not reach the network instead."""
    with Harness() as harness, harness.http.workers():
        desk = asking.AskingDesk(asking.Address.of_environment())
    with pytest.raises(UnmatchedRequest, match="is over"):
        desk.answer(HttpRequest("GET", "http://a.test/"))


def test_a_stranger_gets_no_answer(harness):
    """The socket is on this machine, where other programs are."""
    answers = answering.Answering(harness.http._desk)
    answers.start()
    desk = asking.AskingDesk(answers.address()._replace(token="guessed"))
    with pytest.raises(UnmatchedRequest, match="did not come from a process of it"):
        desk.answer(HttpRequest("GET", "http://a.test/"))
    answers.stop()


@pytest.mark.parametrize("env", [None, {"PATH": os.defpath, "PYTHONPATH": "/somewhere"}], ids=["inherited", "of its own"])
def test_what_subprocess_starts_asks_by_itself(harness, env):
    """Nobody has to say so: what a test forgets must not reach the network."""
    harness.http.play("yahoo/chart-nvda")
    assert ["NVDA"] == run(PROGRAM, "NVDA", env=env)
    assert [str(env is not None)] == run("import sys; print('/somewhere' in sys.path)", env=env)


def test_what_asyncio_starts_asks_by_itself(harness):
    """In the scope of the task that starts it."""

    async def ask(symbol):
        with harness.http.scope():
            harness.http.play(f"yahoo/chart-{symbol.lower()}")
            pipe = asyncio.subprocess.PIPE
            started = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, symbol, stdout=pipe)
            return (await started.communicate())[0].split()

    async def both():
        return await asyncio.gather(ask("NVDA"), ask("AAPL"))

    assert asyncio.run(both()) == [[b"NVDA"], [b"AAPL"]]


def test_a_program_that_may_not_ask_is_noted(harness):
    """Once each: what it sends, nobody sees. Python asks, so that nothing is said of it."""
    _ = harness.http
    for _ in range(2):
        subprocess.run(["true"], check=True)
        subprocess.run("true", check=True, shell=True)
        run("print()")
    (note,) = harness.ledger.of(Note)
    assert (note.topic, note.text.startswith("true was started at"), "test_workers.py" in note.text) == ("process", True, True)


def test_a_test_without_cassettes_starts_processes_as_ever(harness):
    """Nothing is put into their environment."""
    assert ["None"] == run("import os; print(os.environ.get('AUTOGEN_HARNESS_DESK'))")


def test_players_closed_in_the_wrong_order_leave_processes_alone():
    """What the second puts back is the first one's, which is closed: it does nothing any more."""
    first, second = (Player(Ledger().record, VirtualClock()) for _ in range(2))
    for player in (first, second):
        player.open()
    for player in (first, second):
        player.close()
    assert ["None"] == run("import os; print(os.environ.get('AUTOGEN_HARNESS_DESK'))")


VALUES = [
    Delivery(HttpReply(200, "OK", (("A", "b"),), b"\x00\xff", coded=True), 1.5),
    Delivery(HttpFailure("closed", HttpReply(200), "text")),
    HttpRequest("POST", "http://a.test/", (("A", "b"), ("A", "c")), b"{}", None, "requests"),
    {"a": None, "b": (1, True, "x")},
]


@pytest.mark.parametrize("value", VALUES)
def test_values_arrive_as_they_were(value):
    """Bytes, and kinds of the model, within others."""
    assert value == values.unpacked(values.packed(value))
