"""aiohttp sees the same live, and on replay above its connections."""

from __future__ import annotations

import pytest

from autogen_harness.cassettes.backends import aiohttp_middleware
from conformance import running
from conformance.aiohttp_probes import PROBES
from conformance.origin import Origin

SHORT = "how often the short way was taken"


@pytest.fixture(scope="module")
def seen():
    """What every probe sees live, and the second time that it runs on replay: the first request to a place goes all the way."""
    origin, live, tapes, again = Origin(), {}, {}, {SHORT: 0}
    for name in PROBES:
        origin.reset()
        live |= running.run(PROBES, origin.url, only=name)
        origin.reset()
        tapes[name] = running.Memory()
        with running.recording(tapes[name], backends=("middleware",)):
            running.run(PROBES, origin.url, only=name)
    origin.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aiohttp_middleware, "_response", _counting(again))
        for name, tape in tapes.items():
            with running.replaying([*tape.interactions, *tape.interactions], backends=("middleware",)) as player:
                running.run(PROBES, origin.url, only=name)
                again |= running.run(PROBES, origin.url, only=name)
                assert player.leftovers() == [], name
    return live, again


def _counting(seen):
    real = aiohttp_middleware._response

    def response(*args):
        seen[SHORT] += 1
        return real(*args)

    return response


@pytest.mark.parametrize("name", PROBES)
def test_aiohttp_sees_what_it_sees_live(name, seen):
    """Values and exceptions are those of the real server, also where nothing is connected."""
    live, again = seen
    assert again[name] == live[name]


def test_the_short_way_is_taken(seen):
    """What was compared is not the default driver alone."""
    assert seen[1][SHORT] > 20
