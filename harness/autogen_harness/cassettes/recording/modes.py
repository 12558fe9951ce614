"""Record modes, and who decides which one holds: the command line before the test's code, and that before its marker."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Literal, get_args

from autogen_harness.errors import UsageError
from autogen_harness.surroundings import is_ci
from autogen_harness.wording import nearest_or_all

Mode = Literal["none", "once", "new_episodes", "all", "verify"]
"""none: play. once: record where there is no file yet, else play. new_episodes: play what fits and record the rest. all: send
everything that no other cassette answers, and record it anew. verify: send everything likewise, and compare."""

MODES: tuple[Mode, ...] = get_args(Mode)

WRITING = frozenset({"once", "new_episodes", "all"})
"""Modes that may write a file."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a run says of recording, and what a test's own cassette is called.

    Attributes:
        own: the name of the cassette that the test has for itself, played and recorded where none is named; "" for none.
        forced: the mode of the command line.
        marked: the mode of the test's marker.
        in_ci: record also where the variable ``CI`` is set.
        secret_names: names of headers, parameters and keys that are secret, beside those that always are.
        run: the same for all tests of a run, in all of its processes: what they record into one file is kept together.
    """

    own: str = ""
    forced: Mode | None = None
    marked: Mode | None = None
    in_ci: bool = False
    secret_names: tuple[str, ...] = ()
    run: str = field(default_factory=lambda: os.urandom(8).hex())

    def mode(self, written: str | None = None) -> Mode:
        """The mode that holds, where the test's code says ``written``. In CI a mode that would write only plays.

        Raises:
            UsageError: there is no such mode.
        """
        said = None if written is None else checked(written)
        mode = self.forced or said or self.marked or "none"
        return "none" if mode in WRITING and self.closed else mode

    @property
    def closed(self) -> bool:
        """Nothing may be written, because this is CI and nobody said that it may."""
        return is_ci() and not self.in_ci


def checked(mode: object) -> Mode:
    """A mode.

    Raises:
        UsageError: there is no such mode; says the nearest.
    """
    for known in MODES:
        if mode == known:
            return known
    raise UsageError(f"there is no record mode {mode!r}; {nearest_or_all(str(mode), MODES)}")
