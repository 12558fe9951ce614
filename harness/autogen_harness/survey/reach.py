"""How much of a tool's code its contract reached: branches, measured by coverage.py where that is wanted.

Each process measures what it ran; the parts are put together afterwards. What runs in processes of a law's own is not counted.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autogen_harness.errors import MissingExtra

Arc = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Function:
    """One function that was entered, and what of it was not reached.

    Attributes:
        branches, taken: how many ways there are to go on, and how many were gone.
        missed: lines that were never run, and where from a line never went on, as ``12`` and ``12 -> 15``.
    """

    name: str
    branches: int
    taken: int
    missed: tuple[str, ...]


def _coverage() -> Any:
    try:
        import coverage
    except ImportError:
        package = "coverage"
        raise MissingExtra(package, "coverage") from None
    return coverage


def must_be_there() -> None:
    """Say early that coverage.py is missing.

    Raises:
        MissingExtra: it is not installed.
    """
    _coverage()


@contextmanager
def measured(file: str, *, wanted: bool) -> Iterator[list[Arc]]:
    """Note which lines of a file follow which inside of the block; the list is filled at its end.

    Raises:
        MissingExtra: it is wanted, and coverage.py is not installed.
    """
    arcs: list[Arc] = []
    if not wanted or not file:
        yield arcs
        return
    measuring = _coverage().Coverage(branch=True, data_file=None, config_file=False, include=[file])
    measuring.start()
    try:
        yield arcs
    finally:
        measuring.stop()
        arcs += sorted(measuring.get_data().arcs(file) or ())


def functions(file: str, arcs: Iterable[Arc]) -> list[Function]:
    """The functions of a file that were entered, in the order in which they stand there.

    Raises:
        MissingExtra: coverage.py is not installed.
    """
    report = _report(file, set(arcs))
    found = [
        (entry["start_line"], _function(name, entry)) for name, entry in report.items() if name and entry["executed_lines"]
    ]
    return [function for _, function in sorted(found, key=lambda pair: pair[0])]


def _report(file: str, arcs: set[Arc]) -> dict[str, Any]:
    measuring = _coverage().Coverage(branch=True, data_file=None, config_file=False)
    measuring.get_data().add_arcs({file: arcs})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "reach.json")
        measuring.json_report(morfs=[file], outfile=str(path))
        (entry,) = json.loads(path.read_text(encoding="utf-8"))["files"].values()
    found: dict[str, Any] = entry["functions"]
    return found


def _function(name: str, entry: dict[str, Any]) -> Function:
    lines = entry["missing_lines"]
    gaps = [f"{start} -> {'the end' if end < 0 else end}" for start, end in entry["missing_branches"] if end not in lines]
    summary = entry["summary"]
    return Function(name, summary["num_branches"], summary["covered_branches"], (*map(str, lines), *gaps))
