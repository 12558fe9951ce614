"""Find the interaction for a request without looking at the others.

Interactions are kept by origin, then by shape (the few kinds of tolerance in use), then by the key that the shape gives. A
lookup therefore costs one key and one dictionary access for each shape at that origin, however many interactions there are.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict, deque
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from autogen_harness.cassettes import matchers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.cassettes.cassette import Queued

_order = attrgetter("order")

MAX_EXPLAINED = 200
"""Interactions compared in full to explain one miss."""


class Index:
    """The queued interactions of a player. Not safe from several threads by itself: the player holds the lock."""

    def __init__(self) -> None:
        self._by_origin: dict[matchers.Origin, dict[matchers.Shape, dict[matchers.Key, deque[Queued]]]] = {}
        self._by_host: defaultdict[str, list[Queued]] = defaultdict(list)
        self.places: set[matchers.Place] = set()
        self.all: list[Queued] = []

    def add(self, queued: Queued) -> None:
        """Queue an interaction behind those with an equal key."""
        form = matchers.shape(queued.interaction)
        own = matchers.own_key(form, queued.interaction)
        self.all.append(queued)
        for origin in matchers.origins(queued.interaction):
            self._by_host[origin[2]].append(queued)
            self.places.add(origin[1:])
            keys = self._by_origin.setdefault(origin, {}).setdefault(form, {})
            insort(keys.setdefault(own, deque()), queued, key=_order)  # one that is read late may come before others

    def find(self, asked: matchers.Asked) -> Queued | None:
        """The interaction whose turn it is: an exact one before a tolerant one, then the one queued first."""
        best: tuple[tuple[bool, int], Queued] | None = None
        for form, keys in self._by_origin.get(asked.origin, {}).items():
            key = matchers.key(form, asked)
            line = keys.get(key) if key is not None else None
            while line and line[0].spent:
                line.popleft()
            if line:
                rank = (not form.exact, line[0].order)
                best = min(best or (rank, line[0]), (rank, line[0]), key=lambda pair: pair[0])
        return best[1] if best else None

    def near(self, asked: matchers.Asked) -> Iterator[Queued]:
        """Interactions worth comparing on a miss: those of the host, else any; at most :data:`MAX_EXPLAINED`."""
        return islice(self._by_host.get(asked.host) or self.all, MAX_EXPLAINED)
