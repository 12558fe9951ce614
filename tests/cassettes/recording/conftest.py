from __future__ import annotations

from contextlib import suppress

import pytest

from autogen_harness.cassettes import Cassette, Interaction, Player, load, save
from autogen_harness.cassettes.recording.modes import Recording
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.ledger import Ledger
from autogen_harness.model import Delivery, HttpReply, HttpRequest, Note


class Studio:
    """Players that record into one folder from a service without sockets, one player a test of a run."""

    def __init__(self, root):
        self.root, self.players, self.live = root, [], []

    def test(self, own="it/a", run="1", **recording):
        """A player of a test of its own, with a ledger of its own."""
        self.ledger, self.clock = Ledger(), VirtualClock()
        rules = Recording(own=own, run=run, **recording)
        player = Player(self.ledger.record, self.clock, [self.root], recording=rules)
        self.players.append(player)
        player.open()
        return player

    def ask(self, player, url, service=None, **request):
        """What a client gets; of the live service the URL and how often it was asked at all. None is a miss."""
        asked = HttpRequest("GET", f"http://a.test/{url}", client="requests", **request)
        with suppress(UnmatchedRequest):
            met = player.answer(asked)
            if isinstance(met, Delivery):
                return text_of(met.outcome)
            self.live.append(url)
            reply = service or HttpReply(200, "OK", (("Content-Type", "text/plain"),), f"{url} {len(self.live)}".encode())
            return text_of(met.came(reply, 0.25, 0.5))
        return None

    def keep(self, name, *answers):
        """Write a cassette that answers each URL with "old"."""
        found = [Interaction(HttpRequest("GET", f"http://a.test/{url}"), HttpReply(200, "OK", (), b"old")) for url in answers]
        save(Cassette(found, "By hand."), self.root / f"{name}.json")

    def kept(self, name="it/a"):
        """What a file holds, as URL and body; nothing where there is none."""
        path = self.root / f"{name}.json"
        found = load(path).interactions if path.exists() else ()
        return [(one.request.url.removeprefix("http://a.test/"), text_of(one.outcome)) for one in found]

    @property
    def notes(self):
        return [note.text for note in self.ledger.of(Note)]


def text_of(outcome):
    return outcome.body.decode() if isinstance(outcome, HttpReply) else outcome.kind


@pytest.fixture
def studio(tmp_path):
    made = Studio(tmp_path / "cassettes")
    yield made
    for player in made.players:
        player.close()
