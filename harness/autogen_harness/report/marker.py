"""``@pytest.mark.harness(...)``: what one test wants to be different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from autogen_harness.errors import UsageError
from autogen_harness.settings import Settings, unknown_key

if TYPE_CHECKING:
    import pytest

    from autogen_harness.harness import Harness

KEYS = ("expect", "clock", "allow_hosts", "off")


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
        """Freeze the clock and note what is expected."""
        if self.values.get("clock"):
            harness.clock.freeze(self.values["clock"])
        for wanted in self.values.get("expect", ()):
            if isinstance(wanted, str):
                harness.expect(wanted)
            else:
                harness.expect(**wanted)


def marked_settings(node: pytest.Item, settings: Settings) -> Marked:
    """The settings of ``node``: those of the project, and what its markers change.

    Raises:
        UsageError: a marker has a key that does not exist, or a positional argument.
    """
    values: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("harness"))):
        wrong = next((key for key in marker.kwargs if key not in KEYS), None)
        if wrong or marker.args:
            problem = unknown_key(wrong, KEYS) if wrong else f"takes keywords only: {', '.join(KEYS)}"
            message = f"{node.nodeid}: @pytest.mark.harness: {problem}"
            raise UsageError(message)
        values.update(marker.kwargs)
    if "allow_hosts" in values:
        settings = replace(settings, allow_hosts=tuple(values["allow_hosts"]))
    return Marked(settings, values)
