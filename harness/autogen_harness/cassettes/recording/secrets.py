"""Nothing secret is written: what was recorded is cleaned, and held against what is known to be secret."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autogen_harness.cassettes import filtering
from autogen_harness.cassettes.cassette import Interaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autogen_harness.model import HttpRequest, Outcome


@dataclass(frozen=True, slots=True)
class Clean:
    """What can be kept.

    Attributes:
        interactions: without secrets.
        known: values that must not stand in the file all the same, each with what it is called.
        told: what was taken out, and what a reader should know of it, in words.
    """

    interactions: Sequence[Interaction]
    known: Mapping[str, str]
    told: Sequence[str]


def without(request: HttpRequest, outcome: Outcome, sent: Sequence[HttpRequest], names: Sequence[str] = ()) -> Interaction:
    """What came, as it can be shown: with the placeholders that a recording of it would have.

    Args:
        request: as it was sent.
        outcome: what came of it.
        sent: every request so far; what was sent as a secret is one wherever it comes back.
        names: of headers, parameters and keys that are secret, beside those that always are.
    """
    kept = filtering.cleaned(Interaction(request, outcome), names, filtering.sent_parameters(sent, names)).interaction
    return filtering.cleaned(kept, names, filtering.known_secrets(os.environ, sent, names=names)).interaction


def clean(made: Sequence[Interaction], sent: Sequence[HttpRequest], names: Sequence[str] = ()) -> Clean:
    """Take secrets out.

    Args:
        made: what was recorded.
        sent: the requests of it as they really were, with all of their headers.
        names: of headers, parameters and keys that are secret, beside those that always are.
    """
    values = filtering.sent_parameters(sent, names)
    cleaned = [filtering.cleaned(one, names, values) for one in made]
    removed = Counter(one.name for each in cleaned for one in each.removed)
    told = [f"removed {', '.join(name if times == 1 else f'{name} ({times} times)' for name, times in removed.items())}"]
    remarks = dict.fromkeys(f"{note.place} of a {note.side}: {note.text}" for each in cleaned for note in each.notes)
    known = filtering.known_secrets(os.environ, sent, names=names)
    return Clean([each.interaction for each in cleaned], known, [*(told if removed else ()), *remarks])
