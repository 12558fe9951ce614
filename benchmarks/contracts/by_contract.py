"""Ours: every law that the tool owes, as `tool_contract` checks it, with the tables once and the draws for each seed.

The tables of a law are the same in every run, so they are gone through once; what hypothesis draws is drawn for each seed. What
comes of both together is what a run with `--hypothesis-seed` says.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import hypothesis.core
from hypothesis import Phase, settings
from rows import Row
from subjects import Counting, contract

from autogen_harness.contracts import registry
from autogen_harness.contracts.generation import fuzz
from autogen_harness.contracts.law import Breach, Law, NotShown
from autogen_harness.contracts.subject import Contract

DRAWS = 10
"""``max_examples`` of the profile, as in the tests of the defects; a law draws its share of it."""

ENOUGH = 2
"""Seeds that are drawn with where the tables have found the defect: it is found with every other one too."""

TABLES, WAY = "tables", "contract"
WAYS = (TABLES, WAY)


@dataclass(frozen=True, slots=True)
class _Look:
    """Whether a law was seen broken, after how many calls, and the seconds that it took."""

    red: bool
    calls: int
    seconds: float


def rows(tool: str, defect: str, seeds: list[int]) -> Iterator[Row | None]:
    """For each seed what the tables find, and what the whole contract finds; None whenever a law has been looked at."""
    made = contract(tool, defect)
    laws = registry.owed(made)[0]
    tables = dict[str, _Look]()
    for law in laws:
        tables[law.id] = _table(law, made)
        yield None
    drawn = dict[str, _Look]()
    for number, seed in enumerate(seeds):
        _draw_by(seed)
        for law in laws if number < ENOUGH or not _any_red(tables) else ():
            if law.judge and not tables[law.id].red:
                drawn[law.id] = _drawn(law, made)
                yield None
        yield _together(TABLES, seed, tables, {})
        yield _together(WAY, seed, tables, drawn)


def _any_red(looks: dict[str, _Look]) -> bool:
    return any(look.red for look in looks.values())


def _draw_by(seed: int) -> None:
    """As ``--hypothesis-seed`` does; a failing call is not made smaller, for nobody reads it here."""
    phases = [phase for phase in settings().phases if phase is not Phase.shrink]
    settings.register_profile("bench", max_examples=DRAWS, database=None, phases=phases)
    settings.load_profile("bench")
    hypothesis.core.global_force_seed = seed


def _table(law: Law, made: Contract) -> _Look:
    begin = time.perf_counter()
    with Counting(made) as world:
        try:
            breach = next(law.check(world), None)
        except NotShown:
            breach = None
    return _Look(_is_red(law, breach), world.calls, time.perf_counter() - begin)


def _drawn(law: Law, made: Contract) -> _Look:
    begin = time.perf_counter()
    with Counting(made) as world:
        first: list[int] = []
        breach = next(fuzz.breaches(_noting(law, world, first), world), None)
    return _Look(_is_red(law, breach), first[0] if first else world.calls, time.perf_counter() - begin)


def _noting(law: Law, world: Counting, first: list[int]) -> Law:
    """The law, noting the calls made until it was first broken: the call is made once more to be sure."""

    def judge(made: Contract, seen: Any) -> Iterator[Breach]:
        for breach in law.judge(made, seen) if law.judge else ():
            first.append(world.calls)
            yield breach

    return replace(law, judge=judge)


def _is_red(law: Law, breach: Breach | None) -> bool:
    return breach is not None and (breach.severity or law.severity) == "error"


def _together(way: str, seed: int, tables: dict[str, _Look], drawn: dict[str, _Look]) -> Row:
    red, calls = dict[str, int | None](), 0
    for law, table in tables.items():
        looks = [table, *([drawn[law]] if law in drawn else [])]
        calls += sum(look.calls for look in looks)
        if any(look.red for look in looks):
            red[law] = calls
    seconds = sum(look.seconds for look in (*tables.values(), *drawn.values()))
    return Row(way, seed, red, calls, seconds)
