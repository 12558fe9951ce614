"""Arguments that read what is secret, hang, fill the memory, close the process's own files, change data or start programs."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.contracts.sandbox.traps import BESIDE, FOLDER_OUT, LEADS_OUT, MARK, NO_TEXTS, OTHER_DATABASE, databases_in
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from pathlib import Path

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.subject import Contract

_COMMAND = re.compile(r"(^|_)(command|commands|cmd|shell|script|program)(_|$)|^(code|python|expression|query)$", re.IGNORECASE)

_DEVICES = ("/dev/zero", "/dev/stdin", "/dev/fd/0", "/dev/stdout")
_SECRETS = ("/proc/self/environ", "/proc/self/cmdline", "/proc/self/maps")
_DESCRIPTORS = (0, 1, 2, True, False)

_CHANGES = (
    "DELETE FROM {table}",
    "UPDATE {table} SET {column} = NULL",
    "INSERT INTO {table} DEFAULT VALUES",
    "WITH old AS (SELECT 1) DELETE FROM {table}",
    "SELECT 1; DELETE FROM {table}",
    "DROP TABLE {table}",
    "CREATE TABLE autogen_harness (a)",
    "PRAGMA user_version = 4711",
)
_REACHES = ("VACUUM INTO '{folder}/copy.sqlite3'", f"ATTACH DATABASE '{{folder}}/{OTHER_DATABASE}' AS other")


@dataclass(frozen=True, slots=True)
class Danger:
    """Arguments to try. ``what`` says what one of them is; ``leads_to`` is the place that it names, if that is one outside."""

    arguments: Mapping[str, Any]
    what: str
    leads_to: str = ""


def names_of(contract: Contract, *kinds: str) -> list[str]:
    """The parameters of these kinds, guessed by their names: path, sql, command."""
    return [name for name, schema in contract.properties.items() if isinstance(schema, dict) and _kind(name, schema) in kinds]


def _kind(name: str, schema: Mapping[str, Any]) -> str:
    known = kind_of(name, schema)
    free = not known and schema.get("type", "string") == "string" and not {"enum", "const", "format"} & set(schema)
    return "command" if free and _COMMAND.search(name) else known


def suffixes_of(world: World) -> set[str]:
    """How the names of files end that the tool's parameters ordinarily name: many tools refuse any other."""
    return {_suffix(world, name) for name in names_of(world.contract, "path")}


def _suffix(world: World, name: str) -> str:
    return PurePath(str(world.ordinary.get(name, ""))).suffix


def _climbs(world: World) -> Iterator[Danger]:
    """Ways out of the working folder."""
    for name in names_of(world.contract, "path"):
        suffix = _suffix(world, name)
        beside = f"{BESIDE}{suffix}"
        ours = (
            f"../{beside}",
            f"../../{beside}",
            f"{LEADS_OUT}{suffix}",
            f"{FOLDER_OUT}/{beside}",
            str(world.outside / beside),
        )
        theirs = [(place, place) for place in _there((*_SECRETS, "/dev/zero"))]
        climbing = [("../" * 30 + place[1:], place) for place in _there(_SECRETS[:1])]
        for text, leads_to in (*((text, "") for text in ours), *theirs, *climbing, (f"trap-zeros{suffix}", "/dev/zero")):
            yield Danger({**world.ordinary, name: text}, f"{name} leads out of the working folder", leads_to)


def _hangs(world: World) -> Iterator[Danger]:
    """Files that are none, or not what one expects."""
    for name in names_of(world.contract, "path"):
        traps = [f"{trap}{_suffix(world, name)}" for trap in NO_TEXTS]
        for text in (*traps, *_there((*_DEVICES, *_SECRETS)), "\x01", "a\nb", "x" * 300):
            yield Danger({**world.ordinary, name: text}, f"{name} is no ordinary text file")


def _descriptors(world: World) -> Iterator[Danger]:
    """The numbers of files that are open already; true and false are numbers to ``open``."""
    for name in names_of(world.contract, "path"):
        for number in _DESCRIPTORS:
            yield Danger({**world.ordinary, name: number}, f"{name} is the number of an open file")
        for text in _there(("/dev/stdin", "/dev/stdout", "/dev/fd/2")):
            yield Danger({**world.ordinary, name: text}, f"{name} is a file of the process itself")


def _statements(world: World) -> Iterator[Danger]:
    """The ordinary call, then statements that change data, then such that reach other files."""
    yield Danger(world.ordinary, "the ordinary call")
    table, column = _first_table(world.files)
    for name in names_of(world.contract, "sql"):
        for text in _CHANGES:
            yield Danger({**world.ordinary, name: text.format(table=table, column=column)}, f"{name} changes data")
        for text in _REACHES:
            yield Danger({**world.ordinary, name: text.format(folder=world.outside)}, f"{name} reaches another file")


def _first_table(folder: Path) -> tuple[str, str]:
    """A table of a database in the folder, and one of its columns, as SQL writes them."""
    for name in databases_in(folder):
        with closing(sqlite3.connect(f"{(folder / name).as_uri()}?mode=ro", uri=True)) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            for (table,) in tables.fetchall():
                columns = database.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
                return _quoted(table), _quoted(columns[0][0])
    return "records", "name"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _commands(world: World) -> Iterator[Danger]:
    """Texts that are seen again in the command line of what they start."""
    texts = (f"echo {MARK}", f"{MARK}.txt", f"{MARK}.txt; echo", f"$(echo {MARK})", f"__import__('os').system('echo {MARK}')")
    for name in names_of(world.contract, "path", "sql", "command"):
        for text in texts:
            yield Danger({**world.ordinary, name: text}, f"{name} holds {text!r}")


def _there(places: tuple[str, ...]) -> list[str]:
    """Those of the places that this system has."""
    return [place for place in places if os.path.lexists(place)]


FAMILIES: Mapping[str, Callable[[World], Iterator[Danger]]] = {
    "climbs": _climbs,
    "hangs": _hangs,
    "descriptors": _descriptors,
    "statements": _statements,
    "commands": _commands,
}


def of(family: str, world: World) -> list[Danger]:
    """The dangers of one family: texts that the schema allows, and numbers, which models send whatever it says."""
    accepts = Checker(world.contract.schema).accepts
    return [one for one in FAMILIES[family](world) if family == "descriptors" or accepts(one.arguments)]
