from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from autogen_harness.cassettes import Cassette, Interaction, Match, Player, save
from autogen_harness.clock import VirtualClock
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpReply, HttpRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Desk(NamedTuple):
    """A player with what it reports to, and a folder of cassettes of its own."""

    player: Player
    ledger: Ledger
    clock: VirtualClock
    root: Path

    def keep(self, name: str, *interactions: Interaction) -> None:
        """Save a cassette in the folder."""
        save(Cassette(interactions), self.root / f"{name}.json")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A closed player."""
    ledger, clock = Ledger(), VirtualClock()
    return Desk(Player(ledger.record, clock, [tmp_path]), ledger, clock, tmp_path)


@pytest.fixture
def opened(desk: Desk) -> Iterator[Desk]:
    """A player that stands between the clients and the network, on virtual time."""
    with desk.clock:
        desk.player.open()
        try:
            yield desk
        finally:
            desk.player.close()


@pytest.fixture
def interaction():
    """Make an interaction in one line."""

    def make(method="GET", url="http://a.test/", body=b"", reply=None, match=None, **rest) -> Interaction:
        answer = reply or HttpReply(200, "OK", (("content-type", "application/json"),), b"{}")
        return Interaction(HttpRequest(method, url, (), body), answer, match or Match(), **rest)

    return make
