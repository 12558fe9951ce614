"""Record cassettes that the harness ships anew, where there is a network: into the user's folder, where they come first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autogen_harness.cassettes.files import formats, store
from autogen_harness.cassettes.recording.drift import Drift, compare_outcomes
from autogen_harness.cassettes.recording.fetching import fetch
from autogen_harness.cassettes.recording.keeping import Take, with_rules_of
from autogen_harness.errors import UsageError
from autogen_harness.model import HttpReply
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autogen_harness.cassettes.recording.keeping import File

SERVICES = ("duckduckgo", "webhook", "yahoo")
"""Services of which cassettes are shipped."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of one cassette: its status, how it drifted, what is secret of it. Of another status nothing was written."""

    name: str
    status: int
    wanted: int
    drifts: Sequence[Drift] = ()
    told: Sequence[str] = ()


def names_of(service: str, chosen: Iterable[str]) -> list[str]:
    """The names of a service's shipped cassettes, or of those of them that were chosen.

    Raises:
        UsageError: there is no such cassette.
    """
    known = [one.name for one in store.listing() if one.name.startswith(f"{service}/")]
    names = [name if "/" in name else f"{service}/{name}" for name in chosen]
    for name in names:
        if name not in known:
            raise UsageError(f"the harness ships no cassette {name!r}; {nearest_or_all(name, known)}")
    return names or known


def renew(name: str, file: File, to: str = "") -> Renewed:
    """Send the request of a shipped cassette, and keep what comes, if it has the status that the cassette is about.

    Args:
        name: of the cassette.
        file: where it is kept.
        to: where to send it in place of its own URL, which stays that of the cassette.

    Raises:
        UsageError: nothing is answered.
        SecretFound, DocumentError, OSError: it cannot be written.
    """
    shipped = formats.load(store.shipped() / f"{name}.json")
    old = shipped.interactions[0]
    new, sent = fetch(old.request, to)
    assert isinstance(old.outcome, HttpReply)  # noqa: S101 - shipped cassettes hold replies only
    assert isinstance(new.outcome, HttpReply)  # noqa: S101 - fetch raises otherwise
    if new.outcome.status != old.outcome.status:
        return Renewed(name, new.outcome.status, old.outcome.status)
    told = file.begin_anew(Take(with_rules_of([old], [new]), [sent], shipped.about))
    return Renewed(name, new.outcome.status, old.outcome.status, compare_outcomes(old.outcome, new.outcome), told)
