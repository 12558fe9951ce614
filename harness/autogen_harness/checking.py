"""Check script files before any test plays them: alone, and against the agents that they are written for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autogen_harness import documents
from autogen_harness.adapters.offers import Offer
from autogen_harness.errors import DocumentError
from autogen_harness.harness import Harness
from autogen_harness.llm.script.script_file import ScriptFile
from autogen_harness.scripts.holding import problems
from autogen_harness.scripts.reading import load
from autogen_harness.scripts.targets import load_offers


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one file: the ``script``, unless the file is none, and what is wrong, each with its place."""

    path: Path
    script: ScriptFile | None = None
    errors: tuple[DocumentError, ...] = ()

    @property
    def turns(self) -> int:
        """How many turns were looked at."""
        if self.script is None:
            return 0
        return len(self.script.turns) + sum(len(turns) for turns in self.script.agents.values())


def offers_in(targets: Sequence[str]) -> list[Offer]:
    """What the agents of all targets offer.

    They are loaded under a harness: none of them needs a key, and nothing reaches the network.

    Raises:
        UsageError: a target cannot be loaded, or holds no agent.
    """
    harness = Harness()
    harness.open()
    try:
        return [offer for target in targets for offer in load_offers(target)]
    finally:
        harness.close()


def check(path: Path, offers: Sequence[Offer] | None = None) -> Checked:
    """What is wrong with the script in a file; with ``offers`` also what cannot work with those agents."""
    try:
        text, script = documents.read(path), load(path)
    except DocumentError as error:
        return Checked(path, None, (error, *error.others))
    found = [] if offers is None else problems(script, offers)
    return Checked(path, script, tuple(documents.errors_of(str(path), text, found, yaml=True)))
