"""What a green session recorded, and did not check: laws that want a hint, and notes of drivers. Said once, at the end."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

    from autogen_harness.harness import Harness

WIDTH = 118

Unchecked = list[list[str]]
"""Test, law, and what the law wants, of each law that a contract could not check."""


def reminders_of(item: pytest.Item, harness: Harness | None) -> dict[str, Any]:
    """What one test reminds of, as plain data: it travels on its report, also between processes."""
    lines, recorded = (harness.transcript.told, harness.transcript.recordings) if harness is not None else ([], [])
    pairs: Any = getattr(getattr(item, "obj", None), "not_checked", ())
    name = item.nodeid.split("::", 1)[-1].split("[")[0]
    notes = [line for line in lines if line not in recorded]
    return {"notes": notes, "recorded": recorded, "unchecked": [[name, law, want] for law, want in pairs]}


def gathered(reports: Iterable[Any]) -> list[str]:
    """The lines of a session: each note once, then what is wanted, for which laws, in which contracts."""
    found = [report.harness_reminders for report in reports]
    notes = _each_once(found, "notes")
    return [*notes, *wanted([row for one in found for row in one["unchecked"]])]


def recorded(reports: Iterable[Any]) -> list[str]:
    """The lines of a session on what was recorded, each once; those of tests that share a cassette are often equal."""
    tests = Counter(line for report in reports for line in dict.fromkeys(report.harness_reminders["recorded"]))
    return [line if count == 1 else f"{line} (by each of {count} tests)" for line, count in tests.items()]


def _each_once(found: Iterable[Any], key: str) -> list[str]:
    return list(dict.fromkeys(line for one in found for line in one[key]))


def wanted(rows: Unchecked) -> list[str]:
    """What would allow which laws, in which contracts; each want once."""
    laws: dict[tuple[str, str], dict[str, None]] = {}
    for test, law, want in rows:
        laws.setdefault((test, want), {})[law] = None
    tests: dict[str, list[str]] = {}
    for (test, want), several in laws.items():
        tests.setdefault(f"without {want}: {', '.join(several)}", []).append(test)
    return [
        line for what, where in tests.items() for line in (*_folded(what), *_folded(f"in {', '.join(sorted(where))}", "    "))
    ]


def _folded(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent="    ", break_on_hyphens=False)
