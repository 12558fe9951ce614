"""Faults in a file beside the cassettes, ``autogen-harness-faults/1``: YAML that says what goes wrong over which cassette.

It is played by its name, like a cassette: ``outages/yahoo-busy`` is ``outages/yahoo-busy.faults.yaml`` below one of the user's
folders. A cassette of the same name comes first; ``outages/yahoo-busy.faults`` always means the faults.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING, Any, NamedTuple

from autogen_harness import documents
from autogen_harness.cassettes.failing.faults import Fault, fault
from autogen_harness.cassettes.failing.plans import Plan
from autogen_harness.cassettes.files import store
from autogen_harness.documents import checks
from autogen_harness.errors import UsageError
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from autogen_harness.cassettes.cassette import Interaction
    from autogen_harness.documents import Steps

FORMAT = "autogen-harness-faults/1"
"""The only version there is; files of another are refused."""

MAKERS: Mapping[str, inspect.Signature] = {
    name: inspect.signature(getattr(fault, name)) for name in dir(fault) if not name.startswith("_")
}
"""Every fault by its name, with what it may be told: the first of it stands beside the name, as in ``timeout: connect``."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What one file says: ``over`` is the name of a cassette, or of one interaction of it."""

    over: str
    plan: Plan
    about: str = ""


class _Checks(checks.Checks):
    """The problems of one file, in the words of YAML."""

    names: Mapping[type, str] = {**checks.NAMES, dict: "a mapping", list: "a list", str: "text"}


class Found(NamedTuple):
    """An interaction and what it is called, and how a test writes that, where it is no name of a file (``call``).

    If faults are over it (``plan``), ``source`` is what it is called in its own cassette.
    """

    name: str
    interaction: Interaction
    source: str = ""
    plan: Plan | None = None
    call: str = ""


def fetch(name: str, roots: Sequence[Path] = ()) -> list[Found]:
    """The interactions that a name means, and the faults over them where it means a file of faults.

    Raises:
        UsageError: there is no such cassette, and no such file of faults.
        DocumentError: a file is not what it should be.
    """
    path = find(name, roots)
    if path is None:
        return list(starmap(Found, store.fetch(name, roots)))
    overlay, stem = load(path, roots), _stem(name)
    named = store.fetch(overlay.over, roots)
    numbers = [""] if len(named) == 1 else [f"#{number + 1}" for number in range(len(named))]
    return [Found(f"{stem}{number}", one, source, overlay.plan) for number, (source, one) in zip(numbers, named, strict=True)]


def find(name: str, roots: Sequence[Path]) -> Path | None:
    """The file of faults that a name means; None where it means a cassette."""
    stem = _stem(name)
    if not store.is_name(stem) or (stem == name and store.exists(name, roots)):
        return None
    return next((path for root in roots if (path := root / f"{stem}{store.FAULTS}").is_file()), None)


def _stem(name: str) -> str:
    return name.removesuffix(".yaml").removesuffix(".faults")


def load(path: Path, roots: Sequence[Path] = ()) -> Overlay:
    """What a file of faults says; ``roots`` are where the cassette is looked for.

    Raises:
        DocumentError: with the place of everything that is wrong.
    """
    text = documents.read(path)
    surveyed = documents.survey_yaml(text, str(path))
    found = _Checks()
    found.problems += surveyed.problems
    overlay = _overlay(found, surveyed.value, roots)
    if found.problems:
        documents.refuse(str(path), text, found.problems, yaml=True)
    return overlay


def _overlay(found: _Checks, value: Any, roots: Sequence[Path]) -> Overlay:
    table = found.table(value, (), required=("format", "over"), optional=("about", "fault", "faults"))
    found.version(table.get("format"), ("format",), FORMAT)
    over = found.text(table, "over", ())
    if over:
        _must_be_there(found, over, roots)
    if isinstance(value, dict) and ("fault" in table) == ("faults" in table):
        hint = "`faults` come before what is recorded, `fault` stands in its place"
        found.wrong((), "write either `faults`, a list, or `fault`, one of them", hint)
    instead = _attempts(found, table["fault"], ("fault",)) if "fault" in table else ()
    if len(instead) > 1:
        found.wrong(("fault", "times"), "it stands in place of every answer already", "leave it out", key=True)
    ahead = [one for index, item in enumerate(_items(found, table)) for one in _attempts(found, item, ("faults", index))]
    return Overlay(over, Plan(instead[0] if instead else None, tuple(ahead)), found.text(table, "about", ()))


def _items(found: _Checks, table: Mapping[str, Any]) -> Sequence[Any]:
    items = found.items(table.get("faults"), ("faults",))
    if "faults" in table and table["faults"] in ([], None):
        found.wrong(("faults",), "there is no fault in it")
    return items


def _must_be_there(found: _Checks, over: str, roots: Sequence[Path]) -> None:
    try:
        store.fetch(over, roots)
    except UsageError as error:
        found.wrong(("over",), str(error).partition("\n")[0])


def _attempts(found: _Checks, item: Any, at: Steps) -> tuple[Fault, ...]:
    """The faults of one item: a name, or a mapping that begins with a name, and then says how often."""
    table = {item: None} if isinstance(item, str) else item
    if not isinstance(table, dict) or not table:
        found.wrong(at, f"must be a fault, not {found.shown(item)}", "write it as in {status: 503}, or one name")
        return ()
    kind = next((key for key in table if key in MAKERS), None)
    if kind is None:
        name = next(iter(table))
        place = (*at, name) if isinstance(item, dict) else at
        found.wrong(place, f"there is no fault {name!r}", nearest_or_all(name, MAKERS), key=True)
        return ()
    parameters = MAKERS[kind].parameters
    rest = [*parameters][1:] if parameters else []
    found.only(table, at, (kind, "times", *rest))
    made = _made(found, kind, table, at)
    return made and _times(found, made, table.get("times", 1), (*at, "times"))


def _made(found: _Checks, kind: str, table: Mapping[str, Any], at: Steps) -> tuple[Fault, ...]:
    """The fault, made by the function that Python calls: it says what is wrong with what it is told."""
    main, *_ = [*MAKERS[kind].parameters, ""]
    given = {name: value for name, value in table.items() if name in MAKERS[kind].parameters and name != main}
    if table[kind] is not None and not main:
        found.wrong((*at, kind), f"{kind} has nothing to be told", f"write {kind} alone")
        return ()
    if table[kind] is not None:
        given[main] = table[kind]
    try:
        return (getattr(fault, kind)(**given),)
    except UsageError as error:
        found.wrong((*at, kind), str(error))
    except TypeError:
        found.wrong((*at, kind), f"{kind} needs its {main}", f"write it as in {{{kind}: ...}}")
    return ()


def _times(found: _Checks, made: tuple[Fault, ...], number: Any, at: Steps) -> tuple[Fault, ...]:
    if type(number) is not int or number < 1:
        found.wrong(at, "must be a whole number from 1")
        return made
    return made * number
