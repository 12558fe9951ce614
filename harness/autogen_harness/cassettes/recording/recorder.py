"""The tape that records."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_harness.cassettes.recording.taking import taken
from autogen_harness.cassettes.recording.tape import TOPIC, SendingTape
from autogen_harness.errors import HarnessError
from autogen_harness.model import Finding, Note
from autogen_harness.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from autogen_harness.cassettes.cassette import Interaction
    from autogen_harness.cassettes.recording.keeping import File
    from autogen_harness.ledger import Entry


class RecordingTape(SendingTape):
    """Records into a file.

    Args:
        name: of the cassette.
        file: where it is kept.
        record: receives what happens.
        anew: in place of what is there; else behind it.
        optional: what is recorded need not be asked for: tests that share a cassette do not each ask for all of it.
        headers: names, in small letters, of request headers to keep beside the usual ones.
    """

    def __init__(
        self,
        name: str,
        file: File,
        record: Callable[[Entry], None],
        *,
        anew: bool = False,
        optional: bool = False,
        headers: Collection[str] = (),
    ) -> None:
        super().__init__(name, record)
        self._file, self._anew, self._optional, self._headers = file, anew, optional, headers

    def keep(self, *, failed: bool) -> None:
        """Write what was recorded; a failed test's beside the file. What keeps it from being written is a finding."""
        made = self.made()
        if not made:
            return
        try:
            self._record(Note(TOPIC, self._kept_apart(made) if failed else self._kept(made)))
        except (HarnessError, OSError) as error:
            self._record(unwritten(self.name, error))

    def made(self) -> list[Interaction]:
        """What came of every request, in the order in which they were sent."""
        came = [(one, one.outcome) for one in self.sent if one.outcome is not None]
        return [
            replace(taken(one.request, outcome, one.at, one.timing, self._headers), optional=self._optional)
            for one, outcome in came
        ]

    def _kept(self, made: list[Interaction]) -> str:
        (self._file.begin_anew if self._anew else self._file.add)(made)
        return f"{shown(self._file.path)}: {counted(len(made), 'interaction')} recorded"

    def _kept_apart(self, made: list[Interaction]) -> str:
        apart = self._file.keep_apart(made)
        told = f"{counted(len(made), 'interaction')} kept apart in {shown(apart)}, because the test failed"
        return f"{told}; {self._file.path.name} is as it was" if self._file.path.exists() else told


def unwritten(name: str, error: Exception) -> Finding:
    """What to report when a recording cannot be written."""
    return Finding(
        "http-unrecorded",
        f"the recording of {name} was not written: {error}",
        fix="mend that, and record again",
        expect=f'harness.expect("http-unrecorded", name="{name}")',
        fields={"name": name},
    )


def shown(path: Path) -> str:
    """A path as a reader would write it: from the current folder where it lies below."""
    return os.fspath(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
