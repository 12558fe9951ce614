"""urllib and http.client see the same live, while a cassette is recorded, and on replay."""

from __future__ import annotations

import pytest

from conformance import running
from conformance.urllib_probes import PROBES


@pytest.fixture(scope="module")
def phases():
    """What every probe sees, by phase; each recording is replayed alone, with the origin closed."""
    return running.phases(PROBES)


@pytest.mark.parametrize("name", PROBES)
def test_urllib_sees_what_it_sees_live(name, phases):
    """Values and exceptions are those of the real server, and every attempt was recorded and is played."""
    assert phases["recording"][name] == phases["live"][name]
    assert phases["replay"][name] == phases["live"][name]
    assert phases["left"][name] == []
