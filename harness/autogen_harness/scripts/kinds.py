"""Kinds of turns: each a table of keys, with what every turn may say beside its own; told apart by what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autogen_harness.documents import Steps
from autogen_harness.llm.replies import Break
from autogen_harness.llm.turns.fail import fail
from autogen_harness.llm.turns.turn import Turn
from autogen_harness.scripts.asking import EXPECT, WHEN
from autogen_harness.scripts.shapes import Checks, Number, Text, Word, nearest
from autogen_harness.scripts.tables import Key, Named, Table
from autogen_harness.wording import nearest_or_all

COMMON: Mapping[str, Key] = {
    "by": Key(Text(), "only for the agent of this name"),
    "when": Key(WHEN, "the turn answers the requests that say this, beside the order of the script"),
    "expect": Key(EXPECT, "what the request should say; what differs fails the test"),
}
_BREAK = Table(
    {
        "after": Key(
            Number(0, whole=True), "how many chunks of a stream arrive (2); of an answer that is not streamed none does"
        ),
        "how": Key(Word(["reset", "error", "stall"]), "how it ends: the connection is reset, an error event, or nothing more"),
    },
    make=lambda **read: Break(read.get("after", 2), read.get("how", "reset")),
)
BREAK = Named("broken_delivery", lambda: _BREAK)
"""Where and how an answer breaks off."""

ANSWER: Mapping[str, Key] = {
    **COMMON,
    "broken_delivery": Key(BREAK, "the answer breaks off on its way, and is served again when the agent asks the same again"),
}

Build = Callable[..., Turn]
"""Makes a turn of what its own keys read."""
Row = tuple[Mapping[str, Key], Build]
"""A kind of turn: its own keys, and what makes the turn of them."""


def turn_table(keys: Mapping[str, Key], build: Build, common: Mapping[str, Key] = ANSWER) -> Table:
    """The table of one kind of turn, with what every turn may say."""

    def make(**read: Any) -> Turn:
        own = {name: value for name, value in read.items() if name in keys}
        return _asking(build(**own), **{name: value for name, value in read.items() if name not in keys})

    return Table({**keys, **common}, make=make)


def _asking(made: Turn, by: str | None = None, when: Any = None, expect: Any = None, broken_delivery: Any = None) -> Turn:
    return replace(made if by is None else made.by(by), condition=when, expectation=expect, broken=broken_delivery)


def fault_tables(rows: Mapping[str, Row], common: Mapping[str, Key]) -> dict[str, Table]:
    """The tables of faults that have a name: ``fail`` with that name comes first, and says what the method of ``fail`` says."""
    return {name: _fault(name, keys, build, common) for name, (keys, build) in rows.items()}


def _fault(name: str, keys: Mapping[str, Key], build: Build, common: Mapping[str, Key]) -> Table:
    about = (getattr(fail, name).__doc__ or "").strip().splitlines()[0]
    named = {"fail": Key(Word([name]), about, required=True), **keys}
    return turn_table(named, lambda fail, **read: build(**read), common)  # noqa: ARG005 - the key that chose this row


@dataclass(frozen=True, slots=True)
class Kinds:
    """One of several tables, told apart by their first key; of those with ``fail`` by the name of the fault."""

    tables: Mapping[str, Table]
    faults: Mapping[str, Table]

    def read(self, checks: Checks, value: Any, at: Steps) -> Any:
        """What the table that fits makes of the value; None where none does."""
        if not isinstance(value, dict):
            checks.wrong(at, f"must be a mapping, not {checks.shown(value)}", f"write one of {', '.join(self._words)} in front")
            return None
        table = self._table(checks, value, at)
        return None if table is None else table.read(checks, value, at)

    @property
    def _words(self) -> Sequence[str]:
        return [*self.tables, *([] if "fail" in self.tables else ["fail"])]

    def _table(self, checks: Checks, value: Mapping[str, Any], at: Steps) -> Table | None:
        if isinstance(value.get("fail"), str):
            return self._fault(checks, value["fail"], (*at, "fail"))
        found = [word for word in self.tables if word in value]
        if len(found) == 1:
            return self.tables[found[0]]
        if found:
            checks.wrong(at, f"{' and '.join(found)} cannot both be here: a turn does one thing", "write two turns")
        elif "fail" in value:
            checks.wrong((*at, "fail"), f"must be the name of a fault, not {checks.shown(value['fail'])}")
        else:
            near = [hint for key in value if (hint := nearest(key, self._words))]
            hint = near[0] if near else ""
            checks.wrong(at, f"one of the keys {', '.join(self._words)} is missing", hint)
        return None

    def _fault(self, checks: Checks, name: str, at: Steps) -> Table | None:
        if name not in self.faults:
            checks.wrong(
                at,
                f"there is no fault {name!r}" + ("" if "say" in self.tables else " of one call"),
                nearest_or_all(name, self.faults),
            )
        return self.faults.get(name)

    def schema(self) -> dict[str, Any]:
        """Any of the tables."""
        return {"anyOf": [table.schema() for table in (*self.tables.values(), *self.faults.values())]}
