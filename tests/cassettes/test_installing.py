"""Backends come with the clients: nothing is imported before the program imports it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections import Counter

import pytest

from autogen_harness.cassettes import doors
from autogen_harness.errors import UsageError
from autogen_harness.model import Note

HEAVY = ("requests", "responses", "aiohttp", "aioresponses", "yaml", "urllib3")

START = """
import asyncio, sys
from autogen_harness.cassettes import Player
from autogen_harness.clock import VirtualClock
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpExchange
ledger = Ledger()
player = Player(ledger.record, VirtualClock())
player.open()
player.play("yahoo/chart-nvda", times="any", optional=True)
URL = "https://query1.finance.yahoo.com/v8/finance/chart/NVDA?range=1d&interval=1d"
"""

ASK_AIOHTTP = """
async def ask():
    async with aiohttp.ClientSession() as session, session.get(URL) as answer:
        return answer.status
print(asyncio.run(ask()))
"""

STORIES = {
    "nothing": (f"print([name for name in {HEAVY!r} if name in sys.modules])", "[]"),
    "requests": ("import requests; print(requests.get(URL, timeout=5).status_code)", "200"),
    "responses first": ("import responses, requests; print(requests.get(URL, timeout=5).status_code)", "200"),
    "aiohttp": ("import aiohttp" + ASK_AIOHTTP, "200"),
    "aioresponses first": ("import aioresponses, aiohttp" + ASK_AIOHTTP, "200"),
    "from an import": ("from requests import get; print(get(URL, timeout=5).status_code)", "200"),
    "closed before": ("player.close(); import requests, responses; print(sys.meta_path[0].__class__.__name__)", None),
}


def run(code):
    """What a new process prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("story", STORIES)
def test_a_client_imported_later_is_answered(story):
    """Whichever of client and mock library comes first, the first request finds the player; without them nothing is loaded."""
    code, printed = STORIES[story]
    out = run(START + textwrap.dedent(code))
    assert out == printed or (printed is None and out != "_Notifier")


def test_a_missing_mock_library_is_a_note_that_says_what_to_install(desk, monkeypatch):
    """A session that never asks by HTTP must not fail for want of it; the report tells the others."""
    monkeypatch.setattr(doors, "find_spec", lambda name: None)
    monkeypatch.delitem(sys.modules, "responses", raising=False)
    __import__("requests")
    desk.player._doors = doors.Doors(desk.player._desk, ["responses"])
    desk.player.open()
    (note,) = [note for note in desk.ledger.of(Note) if "responses" in note.text.split()[0]]
    assert "pip install 'autogen-harness[requests]'" in note.text


def test_opening_twice_is_an_error(desk):
    """Two patches on one client would not come off again."""
    desk.player.open()
    with pytest.raises(UsageError, match="open already"):
        desk.player.open()


def test_a_closed_player_can_be_opened_again_and_forgets_its_wishes(desk):
    """Import notices are taken back with the rest."""
    before = Counter(type(finder).__name__ for finder in sys.meta_path)
    for _ in range(2):
        desk.player.open()
        desk.player.close()
    assert Counter(type(finder).__name__ for finder in sys.meta_path) == before
