"""``@pytest.mark.harness(...)``: what one test wants to be different."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.recording.modes import Mode, checked
from autogen_harness.errors import UsageError
from autogen_harness.settings import Settings, backend, dialect, hosts, unknown_key

if TYPE_CHECKING:
    import pytest

    from autogen_harness.harness import Harness

KEYS = ("expect", "clock", "allow_hosts", "llm_dialect", "backend", "record", "off")

_READERS: Mapping[str, Callable[[Any], Any]] = {"allow_hosts": hosts, "llm_dialect": dialect, "backend": backend}
"""The keys that are settings too."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The markers of a test, joined; the closest to the test wins."""

    settings: Settings
    values: Mapping[str, Any]

    @property
    def off(self) -> bool:
        """The test wants no harness, although a fixture asks for one."""
        return bool(self.values.get("off"))

    def prepare(self, harness: Harness) -> None:
        """Freeze the clock, note what is expected, and begin to record.

        Raises:
            UsageError: the time is not one, or there is no such rule; or it is to record in frozen time.
        """
        at = self.values.get("clock")
        if at:
            harness.clock.freeze(None if at is True else at)
        for wanted in _expectations(self.values.get("expect", ())):
            harness.expect(**wanted)
        if self.record not in (None, "none"):
            _ = harness.http  # whose first use opens the test's own cassette

    @property
    def record(self) -> Mode | None:
        """The record mode that the marker says.

        Raises:
            UsageError: there is no such mode.
        """
        return checked(self.values["record"]) if "record" in self.values else None


def marked_settings(node: pytest.Item, settings: Settings) -> Marked:
    """The settings of ``node``: those of the project, and what its markers change.

    Raises:
        UsageError: a marker has a key that does not exist, a positional argument, or a value of the wrong form.
    """
    values: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("harness"))):
        wrong = next((key for key in marker.kwargs if key not in KEYS), None)
        if wrong or marker.args:
            problem = unknown_key(wrong, KEYS) if wrong else f"takes keywords only: {', '.join(KEYS)}"
            message = f"@pytest.mark.harness: {problem}"
            raise UsageError(message)
        values.update(marker.kwargs)
    for key in _READERS.keys() & values.keys():
        settings = replace(settings, **{key: _read(key, values[key])})
    return Marked(settings, values)


def _read(key: str, value: Any) -> Any:
    try:
        return _READERS[key](value)
    except ValueError as error:
        message = f"@pytest.mark.harness({key}={value!r}): {error}"
        raise UsageError(message) from None


def _expectations(wanted: Any) -> list[dict[str, Any]]:
    """Each expectation as keywords of ``harness.expect``: a rule alone, a mapping with its fields, or several of them."""
    one = isinstance(wanted, str | Mapping)
    several = [wanted] if one or not isinstance(wanted, list | tuple) else wanted
    return [_expectation(item) for item in several]


def _expectation(item: Any) -> dict[str, Any]:
    if isinstance(item, str):
        return {"rule": item}
    if isinstance(item, Mapping) and isinstance(item.get("rule"), str):
        return dict(item)
    message = (
        f'@pytest.mark.harness(expect=...): {item!r} is not an expectation; write "tool-raised", '
        'or {"rule": "tool-raised", "tool": "search", "count": 1}, or a list of them'
    )
    raise UsageError(message)
