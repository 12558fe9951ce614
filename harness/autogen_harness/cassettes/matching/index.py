"""Find the interaction for a request without looking at the others.

Interactions are kept by origin, then by shape (the few kinds of tolerance in use) and by the state of a scenario that they wait
for, then by the key that the shape gives. A lookup therefore costs one key and one dictionary access for each shape at that
origin, however many interactions there are. Those that a function decides about are tried one after the other.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.cassette import START
from autogen_harness.cassettes.matching import functions, matchers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.cassettes.cassette import Queued

_order = attrgetter("order")

MAX_EXPLAINED = 200
"""Interactions compared in full to explain one miss."""


_Moment = tuple[str, str]
"""A scenario and the state of it that interactions wait for; two blanks where they wait for none."""

_Lines = dict[matchers.Key, list["Queued"]]
"""Interactions by their keys; those of equal keys in the order in which they answer."""

_NONE: Mapping[matchers.Shape, dict[_Moment, _Lines]] = {}


class Index:
    """The queued interactions of a player. Not safe from several threads by itself: the player holds the lock.

    Args:
        states: of each scenario by its name; answering changes them. None: scenarios do not count.
    """

    def __init__(self, states: dict[str, str] | None = None) -> None:
        self.states = states
        self._by_origin: dict[matchers.Origin, dict[matchers.Shape, dict[_Moment, _Lines]]] = {}
        self._last: tuple[Any, tuple[list[Queued], _Lines]] = None, ([], {})
        self._by_function: defaultdict[tuple[str, str], list[Queued]] = defaultdict(list)
        self._by_host: defaultdict[str, list[Queued]] = defaultdict(list)
        self.places: set[matchers.Place] = set()
        self.all: list[Queued] = []

    def add(self, queued: Queued) -> None:
        """Queue an interaction behind those with an equal key."""
        one = queued.interaction
        moment, form, asked = self._moment(queued), matchers.shape(one), matchers.Asked(one.request)
        own = matchers.own_key(form, one, asked)
        self.all.append(queued)
        for origin in matchers.origins(one, asked):
            beside, keys = self._spot(origin, form, moment)
            beside.append(queued)
            if queued.match is None:
                line = keys.setdefault(own, [])
                if line:
                    insort(line, queued, key=_order)  # one that is read late may come before others
                else:
                    line.append(queued)
        for place in functions.indexed_at(one) if queued.match else ():
            insort(self._by_function[place], queued, key=_order)

    def _spot(self, origin: matchers.Origin, form: matchers.Shape, moment: _Moment) -> tuple[list[Queued], _Lines]:
        """The others of the host, and where interactions of this kind are; mostly where the one before was put."""
        kind = origin, form, moment
        if kind != self._last[0]:
            self.places.add(origin[1:])
            keys: _Lines = self._by_origin.setdefault(origin, {}).setdefault(form, {}).setdefault(moment, {})
            self._last = kind, (self._by_host[origin[2]], keys)
        return self._last[1]

    def _moment(self, queued: Queued) -> _Moment:
        scenario = queued.interaction.scenario
        queued.states = self.states
        if scenario is None or self.states is None:
            return "", ""
        self.states.setdefault(scenario.name, START)
        return scenario.name, scenario.when or ""

    def find(self, asked: matchers.Asked) -> Queued | None:
        """The interaction whose turn it is: an exact one before a tolerant one, then the one queued first."""
        best: Queued | None = None
        tolerant = False
        for form, moments in self._by_origin.get(asked.origin, _NONE).items():
            first = self._first(moments, matchers.key(form, asked))
            if first is not None and (best is None or (not form.exact, first.order) < (tolerant, best.order)):
                best, tolerant = first, not form.exact
        return self._by_decision(asked, best, exact=best is not None and not tolerant) if self._by_function else best

    def _first(self, moments: dict[_Moment, _Lines], key: matchers.Key | None) -> Queued | None:
        """The first interaction of one shape that answers requests of this key now."""
        first: Queued | None = None
        for (scenario, when), keys in moments.items() if key is not None else ():
            if when and self.states is not None and self.states[scenario] != when:
                continue
            line = keys.get(key)  # type: ignore[arg-type]  # tested
            while line and line[0].spent:
                del line[0]
            if line and (first is None or line[0].order < first.order):
                first = line[0]
        return first

    def _by_decision(self, asked: matchers.Asked, found: Queued | None, *, exact: bool) -> Queued | None:
        """The first interaction whose function accepts the request, where none that is exact or was queued before it fits."""
        if not exact:
            for queued in self._by_function.get((asked.method, asked.host), ()):
                if found is not None and found.order < queued.order:
                    break
                if not queued.spent and not queued.waits and functions.fits(queued, asked):
                    return queued
        return found

    def near(self, asked: matchers.Asked) -> Iterator[Queued]:
        """Interactions worth comparing on a miss: those of the host, else any; at most :data:`MAX_EXPLAINED`."""
        return islice(self._by_host.get(asked.host) or self.all, MAX_EXPLAINED)
