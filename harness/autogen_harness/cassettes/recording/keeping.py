"""Write what was recorded: into a file that others may be writing too, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autogen_harness.cassettes import formats, matchers
from autogen_harness.cassettes.cassette import Cassette
from autogen_harness.cassettes.recording import drift, locks, naming

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from autogen_harness.cassettes.cassette import Interaction


@dataclass(frozen=True, slots=True)
class File:
    """A cassette file, and the run that records into it."""

    path: Path
    run: str

    def is_new(self) -> bool:
        """Is there no such file, or only since this run began?"""
        with locks.locked(self.path) as mark:
            return not self.path.exists() or mark.made_in(self.run)

    def add(self, made: Sequence[Interaction]) -> None:
        """Put these behind what is there.

        Raises:
            DocumentError: what is there is no cassette any more, or what was made cannot be written.
            OSError: the file cannot be written.
        """
        self._write(made, anew=False)

    def begin_anew(self, made: Sequence[Interaction]) -> None:
        """Put these in place of what is there, but behind what this run has put there. See :func:`with_rules_of`.

        Raises:
            DocumentError, OSError: as :meth:`add`.
        """
        self._write(made, anew=True)

    def keep_apart(self, made: Sequence[Interaction]) -> Path:
        """Put what a failed test made beside the file; returns where.

        Raises:
            DocumentError, OSError: as :meth:`add`.
        """
        apart = replace(self, path=naming.failed(self.path))
        apart.begin_anew(made)
        return apart.path

    def _write(self, made: Sequence[Interaction], *, anew: bool) -> None:
        with locks.locked(self.path) as mark:
            there = formats.load(self.path) if self.path.exists() else Cassette(())
            old = () if anew and not mark.written_in(self.run) else there.interactions
            fresh = mark.made_in(self.run) or not self.path.exists()
            new = with_rules_of(there.interactions, made) if anew else made
            formats.save(Cassette((*old, *new), there.about), self.path)
            mark.put(self.run, made=fresh)
        self._drop_what_failed()

    def _drop_what_failed(self) -> None:
        """An earlier run's failure is told no more; one of this run may be that of another test."""
        apart = naming.failed(self.path)
        if not apart.exists():
            return
        with locks.locked(apart) as mark:
            if not mark.written_in(self.run):
                apart.unlink(missing_ok=True)


def with_rules_of(old: Iterable[Interaction], made: Iterable[Interaction]) -> list[Interaction]:
    """What was made, with the match and play rules of the old interaction that would have answered, where there is one.

    So what a person wrote into a file about its requests outlives the recording.
    """
    index = drift.indexed("", (replace(one, times="any") for one in old))
    ruled = []
    for one in made:
        found = index.find(matchers.Asked(one.request))
        known = one if found is None else found.interaction
        ruled.append(replace(one, match=known.match, optional=one.optional or known.optional))
    return ruled
