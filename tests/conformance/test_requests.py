"""requests and urllib3 see the same live, while a cassette is recorded, and on replay."""

from __future__ import annotations

import pytest

from conformance import running
from conformance.requests_probes import PROBES

DIFFERENT = {"adapter": {"the original response", "given back"}}
"""What a backend does not have on replay: it takes no connection from a pool, and parses no reply."""


@pytest.fixture(scope="module", params=["default", "adapter"])
def backend(request):
    """Its name."""
    return request.param


@pytest.fixture(scope="module")
def phases(backend):
    """What every probe sees, by phase; each recording is replayed alone, with the origin closed."""
    return running.phases(PROBES, backends=() if backend == "default" else (backend,))


@pytest.mark.parametrize("name", PROBES)
def test_requests_sees_what_it_sees_live(name, phases, backend):
    """Values and exceptions are those of the real server, and every attempt was recorded and is played."""
    assert phases["recording"][name] == phases["live"][name]
    assert (phases["replay"][name] == phases["live"][name]) == (name not in DIFFERENT.get(backend, ()))
    assert phases["left"][name] == []
