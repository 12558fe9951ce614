"""The story of a run in words: each test turn by turn, each contract law by law, then verdicts and totals.

Everything here is made from plain data (:class:`Told`, or its dictionary), so it can come from another process.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from autogen_harness.differences import show
from autogen_harness.model import Finding, HttpExchange, Note, Slept, ToolRun, TurnPlayed
from autogen_harness.secrecy.shown import shown_url
from autogen_harness.transcript import outcome_of

if TYPE_CHECKING:
    from autogen_harness.ledger import Entry

WIDTH = 140
"""Columns; longer lines are cut, lists of laws are wrapped."""

_MARKS = {"passed": "ok  ", "failed": "FAIL", "skipped": "skip"}
_INDENT = " " * 9


@dataclass(frozen=True, slots=True)
class Told:
    """One test: ``lines`` of what happened; or the ``law`` of a contract that it checks, and (law, hint) of those not checked.

    ``turns``, ``runs`` and ``played`` count what was scripted, which tools ran, and which interactions were played.
    """

    nodeid: str
    outcome: str = "passed"
    law: str = ""
    not_checked: Sequence[Sequence[str]] = ()
    lines: Sequence[str] = field(default=())
    turns: int = 0
    runs: int = 0
    played: int = 0

    @property
    def folder(self) -> str:
        """The folder of the test's file."""
        return str(PurePosixPath(self.nodeid.split("::", maxsplit=1)[0]).parent)

    @property
    def name(self) -> str:
        """The test, without its file."""
        return self.nodeid.split("::", 1)[-1]


def lines_of(entries: Iterable[Entry]) -> list[str]:
    """What happened, in order; waits that follow each other are one line."""
    lines: list[str] = []
    waits: list[float] = []
    for entry in entries:
        if isinstance(entry, Slept):
            waits.append(entry.seconds)
        elif line := _line(entry):
            lines += [*_waited(waits), line]
            waits = []
    return [cut(line) for line in [*lines, *_waited(waits)]]


def _line(entry: Entry) -> str:
    if isinstance(entry, TurnPlayed):
        return "" if entry.default else f"scripted  {entry.agent}: {entry.said}"
    if isinstance(entry, ToolRun):
        arguments = ", ".join(f"{name}={show(value, 40)}" for name, value in (entry.arguments or {}).items())
        return f"ran       {entry.tool}({arguments}) {outcome_of(entry)}"
    if isinstance(entry, HttpExchange):
        url = shown_url(entry.request.url, entry.secret_names)
        return f"played    {entry.source}: {entry.request.method} {url} -> {entry.outcome}"
    if isinstance(entry, Finding):
        return f"found     {entry.rule}: {entry.what}"
    return f"noted     {entry.topic}: {entry.text}" if isinstance(entry, Note) else ""


def _waited(seconds: Sequence[float]) -> list[str]:
    if not seconds:
        return []
    total, times = sum(seconds), f" in {len(seconds)} waits" if len(seconds) > 1 else ""
    return [f"waited    {total:g} virtual second{'' if total == 1 else 's'}{times}"]


def cut(line: str) -> str:
    """The line, as far as it fits into the story."""
    flat, room = " ".join(line.splitlines()), WIDTH - len(_INDENT)
    return flat if len(flat) <= room else f"{flat[: room - 1]}…"


def story(tests: Sequence[Told]) -> list[str]:
    """The whole text, a block for each folder."""
    folders: dict[str, list[Told]] = {}
    for test in tests:
        folders.setdefault(test.folder, []).append(test)
    blocks = [line for folder, told in sorted(folders.items()) for line in _block(folder, told)]
    return [*blocks, "", _totals(tests, len(folders))]


def _block(folder: str, tests: Sequence[Told]) -> list[str]:
    lines = ["", folder]
    for test in tests:
        if not test.law:
            lines.append(f"  {_MARKS[test.outcome]} {test.name}")
            lines += [f"{_INDENT}{line}" for line in test.lines]
    contracts: dict[str, list[Told]] = {}
    for test in tests:
        if test.law:
            contracts.setdefault(test.name.split("[")[0], []).append(test)
    for name, laws in contracts.items():
        lines += _contract(name, laws)
    return [*lines, f"  verdict: {PurePosixPath(folder).name or folder}: {_verdict(tests)}"]


def _contract(name: str, laws: Sequence[Told]) -> list[str]:
    broken = [test.law for test in laws if test.outcome == "failed"]
    held = [test.law for test in laws if test.outcome == "passed"]
    wanted: dict[str, list[str]] = {}
    for law, hint in laws[0].not_checked:
        wanted.setdefault(hint, []).append(law)
    mark = _MARKS["failed" if broken else "passed"]
    return [
        f"  {mark} {name}: {len(held)} of {len(laws)} properties hold",
        *_listed("broken", broken),
        *_listed("checked", held),
        *(line for hint, absent in wanted.items() for line in _listed("unchecked", absent, f"without {hint}: ")),
    ]


def _listed(word: str, laws: Sequence[str], lead: str = "") -> list[str]:
    """The laws, comma-separated in lines that begin with ``word``."""
    head = f"{_INDENT}{word:<10}"
    return textwrap.wrap(
        lead + ", ".join(laws),
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _verdict(tests: Sequence[Told]) -> str:
    outcomes = [test.outcome for test in tests]
    counts = ", ".join(f"{outcomes.count(word)} {word}" for word in ("passed", "failed", "skipped") if word in outcomes)
    return f"{'RED' if 'failed' in outcomes else 'green'} ({counts})"


def _totals(tests: Sequence[Told], folders: int) -> str:
    counts = [
        _count(sum(test.turns for test in tests), "turn", "scripted"),
        _count(sum(test.runs for test in tests), "tool call", "run"),
        _count(sum(test.played for test in tests), "interaction", "played"),
        _count(sum(bool(test.law) for test in tests), "property", "checked"),
    ]
    return f"  total: {_count(folders, 'folder', _verdict(tests))}; {', '.join(counts)}"


def _count(number: int, thing: str, how: str) -> str:
    plural = thing if number == 1 else f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number} {plural} {how}"
