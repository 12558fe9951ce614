"""The second phase: hypothesis draws calls from the schema, and a law's judge looks at each.

The loaded profile, ``--hypothesis-seed`` and the example database are obeyed. Deadlines are off, for they would measure real
time; so are the health checks that do, and the one about addresses that the validator refuses.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, assume, given, settings, target
from hypothesis import strategies as st
from hypothesis.errors import Flaky, Unsatisfiable

from autogen_harness.contracts.answering.schedules import moves, scheduled
from autogen_harness.contracts.evidence import evidence
from autogen_harness.contracts.generation.names import ODD, SELECTS, URL_TAILS, kind_of, separator_of
from autogen_harness.contracts.generation.seeds import seeds
from autogen_harness.contracts.generation.strategies import values
from autogen_harness.schemas.references import localised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from autogen_harness.contracts.answering.upstream import Plan
    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.law import Breach, Law
    from autogen_harness.contracts.subject import Contract

UNSEEN = "calls drawn from the schema that the upstream answers (none was found)"
"""What the second phase wanted, where no address that the schema allows is one of the upstream."""

_CHECKS_OFF = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def breaches(law: Law, world: World) -> Iterator[Breach]:
    """The simplest call, among those drawn from the schema, in which the law is broken; nothing where it holds."""
    judge, contract = law.judge, world.contract
    if judge is None:
        return
    failures: list[Breach] = []

    def one_call(seen: Seen) -> None:
        found = list(judge(contract, seen))
        if found:
            failures.append(found[0])
            raise law.broken(evidence(law, contract, found[0]))

    try:
        _explore(one_call, law, world)
    except law.broken:
        yield failures[-1]  # hypothesis runs the simplest one last
    except Flaky:
        what = f"{failures[0].what}, but not every time that it is called so"
        yield replace(failures[0], what=what, fix="look for state that outlives a call")
    except Unsatisfiable:
        world.unseen = UNSEEN  # the table is all that can be checked


def _explore(look: Callable[[Seen], None], law: Law, world: World) -> None:
    contract = world.contract
    calls = st.just(dict(world.ordinary)) if law.schedules else arguments(contract, world)
    plans = _schedules(world) if law.schedules else st.sampled_from(world.plans)

    @given(arguments=calls, plan=plans)
    @settings(
        max_examples=max(1, round(settings().max_examples * law.effort)),
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=[*settings().suppress_health_check, *_CHECKS_OFF],
        phases=[phase for phase in settings().phases if phase is not Phase.explain],
    )
    def drawn_call(arguments: dict[str, Any], plan: Plan) -> None:
        seen = world.call(arguments, plan)
        assume(not seen.astray)  # an address of another machine: nothing is known about what it would answer
        _prefer(seen)
        look(seen)

    _name_apart(drawn_call, f"{contract.tool.__module__}:{contract.name}:{law.id}")
    drawn_call()


def _prefer(seen: Seen) -> None:
    """Calls that answer much, ask often or take long are looked for, where the profile has the phase for it."""
    sizes = {"characters of the result": len(seen.result) if isinstance(seen.result, str) else 0}
    for label, size in {**sizes, "attempts": seen.most_attempts, "virtual seconds": seen.elapsed}.items():
        target(float(size), label=label)


def _schedules(world: World) -> st.SearchStrategy[Plan]:
    """What the attempts of a call meet one by one, such as 503, reset, ok; it shrinks to the shortest."""
    one = st.sampled_from(moves(world))
    return st.lists(one, max_size=(world.contract.hints.max_attempts or 3) + 1).map(partial(scheduled, world.calm))


def _name_apart(test: Any, key: str) -> None:
    """All drawn_call functions have one source; without this, the example database gives one tool's examples to another."""
    test.hypothesis.inner_test._hypothesis_internal_add_digest = hashlib.sha256(key.encode()).digest()  # no public way exists


def arguments(contract: Contract, world: World) -> st.SearchStrategy[dict[str, Any]]:
    """Valid arguments: drawn from the schema, in a part of the calls with values that are likelier to matter.

    Addresses, paths and SQL are of our own where names speak of them.
    """
    closed = {"additionalProperties": False, **contract.schema}
    drawn = _by_kind(contract, world) if _has_kinds(contract) else values(closed)
    likely = {name: st.sampled_from(found) for name, found in seeds(world).items()}
    if likely:
        some: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.fixed_dictionaries({}, optional=likely)
        drawn = st.builds(lambda own, put: {**own, **put}, drawn, some)
    return drawn.filter(_checker(closed))


def _has_kinds(contract: Contract) -> bool:
    return any(kind_of(name, schema if isinstance(schema, dict) else {}) for name, schema in contract.properties.items())


def _by_kind(contract: Contract, world: World) -> st.SearchStrategy[dict[str, Any]]:
    required = {name: _value(contract, world, name) for name in contract.properties if name in contract.required}
    optional = {name: _value(contract, world, name) for name in contract.properties if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


def _checker(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    from autogen_harness.schemas import Checker  # beside its only use

    return Checker(schema).accepts


def _value(contract: Contract, world: World, name: str) -> st.SearchStrategy[Any]:
    schema = localised(contract.schema)["properties"][name]
    shared = {key: contract.schema[key] for key in ("$defs", "definitions") if key in contract.schema}
    whole = {**schema, **shared} if isinstance(schema, dict) else schema
    kind = kind_of(name, schema if isinstance(schema, dict) else {})
    if kind == "sql":
        return st.sampled_from((*SELECTS, *ODD["sql"]))
    if kind == "path":
        return st.sampled_from(("example.txt", *ODD["path"])) | st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,4})?", fullmatch=True)
    if kind in ("url", "urls"):
        return _addresses(world) if kind == "url" else _batches(schema, _addresses(world))
    return values(whole)


def _addresses(world: World) -> st.SearchStrategy[str]:
    ours = [origin.url + tail for origin in world.origins for tail in URL_TAILS]
    return st.sampled_from([*ours, *ODD["url"]])


def _batches(schema: Mapping[str, Any], addresses: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    many = st.lists(addresses, min_size=schema.get("minItems", 0), max_size=schema.get("maxItems", 4))
    return many if schema.get("type") == "array" else many.map(separator_of(schema).join)
