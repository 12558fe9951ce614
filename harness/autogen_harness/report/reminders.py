"""What a green session did not check: laws that want a hint, and notes of drivers. Said once, at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

    from autogen_harness.harness import Harness


def reminders_of(item: pytest.Item, harness: Harness | None) -> list[str]:
    """Lines about one test, as plain data: they travel on its report, also between processes."""
    notes = harness.transcript.notes if harness is not None else []
    return [f"{note.topic}: {note.text}" for note in notes] + _unchecked(item)


def _unchecked(item: pytest.Item) -> list[str]:
    """The laws of a contract that want something, a line for each thing wanted."""
    pairs: Any = getattr(getattr(item, "obj", None), "not_checked", ())
    wanted: dict[str, list[str]] = {}
    for law, hint in pairs:
        wanted.setdefault(hint, []).append(law)
    name = item.nodeid.split("[")[0]
    return [f"{name}, without {hint}: {', '.join(laws)}" for hint, laws in wanted.items()]


def gathered(reports: Iterable[Any]) -> list[str]:
    """The lines of a session's reports, each once, in order."""
    return list(dict.fromkeys(line for report in reports for line in getattr(report, "harness_reminders", ())))
