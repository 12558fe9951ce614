"""Write what was recorded: into a file that others may be writing too, whole or not at all, and nothing secret."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autogen_harness.cassettes import filtering
from autogen_harness.cassettes.cassette import Cassette
from autogen_harness.cassettes.files import formats
from autogen_harness.cassettes.matching import matchers
from autogen_harness.cassettes.recording import drift, locks, naming, secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from autogen_harness.cassettes.cassette import Interaction
    from autogen_harness.model import HttpRequest


@dataclass(frozen=True, slots=True)
class Take:
    """What is to be written: interactions, and the requests of them as they really were, with what is not recorded of them."""

    made: Sequence[Interaction]
    sent: Sequence[HttpRequest] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A cassette file, and the run that records into it.

    Attributes:
        path: where it is.
        run: what one run writes into a file is kept together.
        secret_names: names of headers, parameters and keys that are secret, beside those that always are.
    """

    path: Path
    run: str
    secret_names: Sequence[str] = ()

    def is_new(self) -> bool:
        """Is there no such file, or only since this run began?"""
        with locks.locked(self.path) as mark:
            return not self.path.exists() or mark.made_in(self.run)

    def add(self, take: Take) -> Sequence[str]:
        """Put these behind what is there.

        Returns:
            What was taken out because it is secret, in words.

        Raises:
            SecretFound: a secret would still stand in the file.
            DocumentError: what is there is no cassette any more, or what was made cannot be written.
            OSError: the file cannot be written.
        """
        return self._write(take, anew=False)

    def begin_anew(self, take: Take) -> Sequence[str]:
        """Put these in place of what is there, but behind what this run has put there. See :func:`with_rules_of`.

        Returns:
            As :meth:`add`.

        Raises:
            SecretFound, DocumentError, OSError: as :meth:`add`.
        """
        return self._write(take, anew=True)

    def apart(self) -> File:
        """The file beside this one for what a failed test made."""
        return replace(self, path=naming.failed(self.path))

    def _write(self, take: Take, *, anew: bool) -> Sequence[str]:
        with locks.locked(self.path) as mark:
            there = formats.load(self.path) if self.path.exists() else Cassette((), take.about)
            old = () if anew and not mark.written_in(self.run) else there.interactions
            fresh = mark.made_in(self.run) or not self.path.exists()
            made = with_rules_of(there.interactions, take.made) if anew else take.made
            clean = secrets.clean(made, take.sent, self.secret_names)
            cassette = Cassette((*old, *clean.interactions), there.about)
            filtering.refuse(self.path, formats.dump(cassette), clean.known)
            formats.save(cassette, self.path)
            mark.put(self.run, made=fresh)
        self._drop_what_failed()
        return clean.told

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
