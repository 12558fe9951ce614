"""httpx and httpx2, sync and async, see the same live, while a cassette is recorded, and on replay."""

from __future__ import annotations

import pytest

from conformance import running
from conformance.httpx_probes import probes

ALL = {module: probes(module) for module in ("httpx", "httpx2")}
CASES = [(module, name) for module, found in ALL.items() for name in found]


@pytest.fixture(scope="module")
def phases():
    """What every probe sees, by client and phase; each recording is replayed alone, with the origin closed."""
    return {module: running.phases(found) for module, found in ALL.items()}


@pytest.mark.parametrize(("module", "name"), CASES)
def test_httpx_sees_what_it_sees_live(module, name, phases):
    """Values and exceptions are those of the real server, and every attempt was recorded and is played."""
    seen = {phase: found[name] for phase, found in phases[module].items()}
    assert seen["recording"] == seen["live"]
    assert seen["replay"] == seen["live"]
    assert seen["left"] == []
