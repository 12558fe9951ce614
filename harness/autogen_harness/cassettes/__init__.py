"""Recorded HTTP, played back to ``requests`` and ``aiohttp``.

Public names are imported when they are first used, so that ``import autogen_harness.cassettes`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogen_harness.cassettes.cassette import Cassette, Interaction, Match
    from autogen_harness.cassettes.faults import Fault, fault
    from autogen_harness.cassettes.formats import dump, load, save
    from autogen_harness.cassettes.player import Player
    from autogen_harness.cassettes.store import listing

__all__ = ["Cassette", "Fault", "Interaction", "Match", "Player", "dump", "fault", "listing", "load", "save"]

_HOMES = {
    "Cassette": "cassette",
    "Fault": "faults",
    "Interaction": "cassette",
    "Match": "cassette",
    "Player": "player",
    "dump": "formats",
    "fault": "faults",
    "listing": "store",
    "load": "formats",
    "save": "formats",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
