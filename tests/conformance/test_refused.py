"""What the guard of the network refuses is no recording."""

from __future__ import annotations

import urllib.request

import pytest
import requests

from autogen_harness.errors import NetworkBlocked
from autogen_harness.network import NetworkGuard
from conformance import running


@pytest.mark.parametrize(
    "ask",
    [lambda url: requests.get(url, timeout=5), lambda url: urllib.request.build_opener().open(url, timeout=5)],
    ids=["requests", "urllib"],
)
def test_a_refusal_is_raised_and_not_taken_down(ask):
    """A cassette that says "refused" for it would be a lie."""
    tape, findings = running.Memory(), []
    guard = NetworkGuard(findings.append)
    guard.open()
    try:
        with running.recording(tape), pytest.raises(NetworkBlocked):
            ask("http://far.test/")
    finally:
        guard.close()
    assert (tape.interactions, len(findings)) == ([], 1)
