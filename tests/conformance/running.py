"""A battery of probes, run live, while recording, and on replay: a program must see the same each time.

A probe takes the origin's URL and returns what a program got to see. What it raises is part of that.
"""

from __future__ import annotations

import re
from contextlib import contextmanager

from autogen_harness.cassettes import Interaction, Player
from autogen_harness.cassettes.cassette import Queued, Timing
from autogen_harness.clock import VirtualClock
from autogen_harness.ledger import Ledger
from conformance.origin import Origin


class Memory:
    """A tape without a file: records every request that nothing answers."""

    def __init__(self):
        self.slots = []

    sends = is_used = True
    is_awaiting = False

    def left(self):
        """There is nothing to compare with."""
        return ()

    def instead(self, asked):
        self.slots.append(None)
        return _Taking(self, len(self.slots) - 1, asked.request)

    def close(self, *, failed):
        """There is nothing to write."""

    @property
    def interactions(self):
        return [one for one in self.slots if one is not None]


class _Taking:
    def __init__(self, tape, number, request):
        self._tape, self._number, self._request = tape, number, request

    def came(self, outcome, first_byte, total):
        self._tape.slots[self._number] = Interaction(self._request, outcome, timing=Timing(first_byte, total))
        return outcome


def described(error):
    """An exception by its type, its arguments' types and its text, without addresses and ports."""
    text = re.sub(r"0x[0-9a-f]+|127\.0\.0\.1:\d+|port=?:? ?\d+|\('127\.0\.0\.1', \d+\)|:\d{4,5}", "~", str(error))
    cause = error.__cause__ or error.__context__
    return type(error).__name__, [type(part).__name__ for part in error.args], text, type(cause).__name__


def run(probes, url, only=None):
    """What each probe sees; where it raises, what it raises."""
    seen = {}
    for name, probe in probes.items():
        if only is None or name == only:
            try:
                seen[name] = probe(url)
            except Exception as error:  # noqa: BLE001 - what is raised is what is compared
                seen[name] = described(error)
    return seen


@contextmanager
def recording(tape, **options):
    """The clients' requests go to the network, and ``tape`` takes them down."""
    player = Player(Ledger().record, VirtualClock(), reach=lambda host, port: "allowed", **options)
    player._shelves[0].tapes.append(tape)
    player.open()
    try:
        yield player
    finally:
        player.close()


@contextmanager
def replaying(interactions, **options):
    """The clients' requests are answered by what was recorded, in virtual time."""
    clock, ledger = VirtualClock(), Ledger()
    player = Player(ledger.record, clock, **options)
    index = player._shelves[0].index
    for one in interactions:
        index.add(Queued("recorded", one, len(index.all)))
    with clock:
        player.open()
        try:
            yield player
        finally:
            player.close()


def phases(probes, **options):
    """What each probe sees live, while it is recorded, and on replay of exactly that with the origin closed.

    ``left`` are the interactions of each that were recorded and not played, and what was missed.
    """
    origin = Origin()
    seen = {"live": {}, "recording": {}, "replay": {}, "left": {}}
    tapes = {}
    for name in probes:
        origin.reset()
        seen["live"] |= run(probes, origin.url, only=name)
        origin.reset()
        tapes[name] = Memory()
        with recording(tapes[name], **options):
            seen["recording"] |= run(probes, origin.url, only=name)
    origin.close()
    for name, tape in tapes.items():
        with replaying(tape.interactions, **options) as player:
            seen["replay"] |= run(probes, origin.url, only=name)
            seen["left"][name] = [finding.what for finding in (*player.leftovers(), *player._report.__self__.findings)]
    return seen
