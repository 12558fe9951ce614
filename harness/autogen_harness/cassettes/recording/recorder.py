"""The tape that records."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_harness.cassettes.recording.keeping import Take
from autogen_harness.cassettes.recording.taking import taken
from autogen_harness.cassettes.recording.tape import TOPIC, SendingTape
from autogen_harness.errors import HarnessError, SecretFound
from autogen_harness.model import Finding, Note
from autogen_harness.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

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
        super().__init__(name, record, file.secret_names)
        self._file, self._anew, self._optional, self._headers = file, anew, optional, headers

    def keep(self, *, failed: bool) -> None:
        """Write what was recorded; a failed test's beside the file. What keeps it from being written is a finding."""
        take = self.take()
        if not take.made:
            return
        file = self._file.apart() if failed else self._file
        try:
            told = (file.begin_anew if failed or self._anew else file.add)(take)
        except (HarnessError, OSError) as error:
            self._record(unwritten(self.name, error))
            return
        what = f"{counted(len(take.made), 'interaction')} recorded into {shown(file.path)}"
        why = f", apart from {self._file.path.name}, because the test failed" if failed else ""
        self._record(Note(TOPIC, "; ".join([what + why, *told])))

    def take(self) -> Take:
        """What came of every request, in the order in which they were sent."""
        came = [(one, one.outcome) for one in self.sent if one.outcome is not None]
        made = [taken(one.request, outcome, one.at, one.timing, self._headers) for one, outcome in came]
        return Take([replace(one, optional=self._optional) for one in made], [one.request for one, _ in came])


def unwritten(name: str, error: Exception) -> Finding:
    """What to report when a recording cannot be written."""
    return Finding(
        "http-unrecorded",
        str(error) if isinstance(error, SecretFound) else f"what was recorded for {name} was not written: {error}",
        fix="mend that, and record again",
        expect=f'harness.expect("http-unrecorded", name="{name}")',
        fields={"name": name},
    )


def shown(path: Path) -> str:
    """A path as a reader would write it: from the current folder where it lies below."""
    return os.fspath(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
