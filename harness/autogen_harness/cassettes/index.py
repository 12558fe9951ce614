"""Find the interaction for a request without looking at the others.

Interactions are kept by origin, then by shape (the few kinds of tolerance in use) and by the state of a scenario that they wait
for, then by the key that the shape gives. A lookup therefore costs one key and one dictionary access for each shape at that
origin, however many interactions there are. Those that a function decides about are tried one after the other.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict, deque
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from autogen_harness.cassettes import functions, matchers
from autogen_harness.cassettes.cassette import START

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.cassettes.cassette import Queued

_order = attrgetter("order")

MAX_EXPLAINED = 200
"""Interactions compared in full to explain one miss."""


class _Group(NamedTuple):
    """Interactions of one shape that wait for one state of one scenario, or for none."""

    form: matchers.Shape
    scenario: str
    when: str


class Index:
    """The queued interactions of a player. Not safe from several threads by itself: the player holds the lock.

    Args:
        states: of each scenario by its name; answering changes them. None: scenarios do not count.
    """

    def __init__(self, states: dict[str, str] | None = None) -> None:
        self.states = states
        self._by_origin: dict[matchers.Origin, dict[_Group, dict[matchers.Key, deque[Queued]]]] = {}
        self._by_function: defaultdict[tuple[str, str], list[Queued]] = defaultdict(list)
        self._by_host: defaultdict[str, list[Queued]] = defaultdict(list)
        self.places: set[matchers.Place] = set()
        self.all: list[Queued] = []

    def add(self, queued: Queued) -> None:
        """Queue an interaction behind those with an equal key."""
        group = self._group(queued)
        own = matchers.own_key(group.form, queued.interaction)
        self.all.append(queued)
        for origin in matchers.origins(queued.interaction):
            self._by_host[origin[2]].append(queued)
            self.places.add(origin[1:])
            if queued.match is None:
                keys = self._by_origin.setdefault(origin, {}).setdefault(group, {})
                insort(keys.setdefault(own, deque()), queued, key=_order)  # one that is read late may come before others
        for place in functions.indexed_at(queued.interaction) if queued.match else ():
            insort(self._by_function[place], queued, key=_order)

    def _group(self, queued: Queued) -> _Group:
        form, scenario = matchers.shape(queued.interaction), queued.interaction.scenario
        queued.states = self.states
        if scenario is None or self.states is None:
            return _Group(form, "", "")
        self.states.setdefault(scenario.name, START)
        return _Group(form, scenario.name, scenario.when or "")

    def find(self, asked: matchers.Asked) -> Queued | None:
        """The interaction whose turn it is: an exact one before a tolerant one, then the one queued first."""
        best: tuple[tuple[bool, int], Queued] | None = None
        seen: dict[matchers.Shape, matchers.Key | None] = {}
        for group, keys in self._by_origin.get(asked.origin, {}).items():
            if group.when and self.states is not None and self.states[group.scenario] != group.when:
                continue
            if group.form not in seen:
                seen[group.form] = matchers.key(group.form, asked)
            key = seen[group.form]
            line = keys.get(key) if key is not None else None
            while line and line[0].spent:
                line.popleft()
            if line:
                rank = (not group.form.exact, line[0].order)
                best = min(best or (rank, line[0]), (rank, line[0]), key=lambda pair: pair[0])
        return self._by_decision(asked, best[1] if best else None, exact=best is not None and not best[0][0])

    def _by_decision(self, asked: matchers.Asked, found: Queued | None, *, exact: bool) -> Queued | None:
        """The first interaction whose function accepts the request, where none that is exact or was queued before it fits."""
        if not exact and self._by_function:
            for queued in self._by_function.get((asked.method, asked.host), ()):
                if found is not None and found.order < queued.order:
                    break
                if not queued.spent and not queued.waits and functions.fits(queued, asked):
                    return queued
        return found

    def near(self, asked: matchers.Asked) -> Iterator[Queued]:
        """Interactions worth comparing on a miss: those of the host, else any; at most :data:`MAX_EXPLAINED`."""
        return islice(self._by_host.get(asked.host) or self.all, MAX_EXPLAINED)
