"""Run by tests/compat/run.py beside other recorders and guards; collected only when it is named.

Their fixtures, options and patches are active in the same session, and neither side may notice the other.
"""

from __future__ import annotations

import time

import pytest
import requests

from autogen_harness import UnmatchedRequest


def test_a_cassette_is_played(harness):
    """A shipped cassette answers although another recorder is installed."""
    harness.http.play("yahoo/chart-nvda")

    reply = requests.get(
        "https://query1.finance.yahoo.com/v8/finance/chart/NVDA", params={"interval": "1d", "range": "1d"}, timeout=10
    )

    assert "NVDA" == reply.json()["chart"]["result"][0]["meta"]["symbol"]


def test_a_miss_is_still_a_finding(harness):
    """A request without a cassette is refused by the harness, not by anyone else."""
    harness.http.play("yahoo/chart-nvda", optional=True)
    harness.expect("http-unmatched")

    with pytest.raises(UnmatchedRequest):
        requests.get("https://example.com/", timeout=10)


def test_waits_are_virtual(harness):
    """Sleeping is virtual whoever else patches sockets."""
    time.sleep(3600)

    assert [3600] == harness.clock.sleeps


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pytest-socket warns about its own teardown
def test_the_network_is_guarded(harness):
    """An attempt is recorded by the harness."""
    import socket

    harness.expect("network-attempted", host="192.0.2.1")

    with socket.socket() as sock, pytest.raises(Exception, match="blocked"):
        sock.connect(("192.0.2.1", 80))


def test_names_do_not_collide(pytestconfig):
    """All plugins are loaded in this session."""
    names = {name for name, _ in pytestconfig.pluginmanager.list_name_plugin()}

    assert "autogen_harness" in names
