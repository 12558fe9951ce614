"""Where in a cassette's file the values stand that have a secret name."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

from autogen_harness.cassettes import foreign
from autogen_harness.cassettes.files import formats
from autogen_harness.documents import Problem
from autogen_harness.documents.json_places import places_in
from autogen_harness.model import HttpFailure

if TYPE_CHECKING:
    from pathlib import Path

    from autogen_harness.cassettes.cassette import Interaction
    from autogen_harness.cassettes.filtering.removed import Removed
    from autogen_harness.documents import Steps


class Spots:
    """Finds them in one file, in turn."""

    def __init__(self, path: Path, text: str) -> None:
        self._text, self._ours, self._large = text, foreign.OURS in text, path.suffix == formats.LARGE
        self._places = places_in(text) if self._ours and not self._large else None
        self._lines = text.split("\n") if self._large else []
        self._starts = [0, *accumulate(len(line) + 1 for line in self._lines)]
        self._told: Counter[str] = Counter()

    def offset(self, number: int, one: Interaction, removed: Removed) -> int:
        """The character at which a value stands that was removed from the interaction ``number``, counted from 0.

        In another program's file it is the next place that mentions the name.
        """
        steps = (*_side(one, removed), *removed.place.steps)
        if self._large:
            line = number + 1  # the first says what the file is
            return self._starts[line] + places_in(self._lines[line]).offset(Problem((1, *steps), ""))
        if self._places is not None:
            return self._places.offset(Problem(("interactions", number, *steps), ""))
        return self._mention(removed.name)

    def _mention(self, name: str) -> int:
        text, name, at = self._text.lower(), name.lower(), -1
        for _ in range(self._told[name] + 1):
            at = max(at, text.find(name, at + 1))
        self._told[name] += 1
        return max(at, 0)


def _side(one: Interaction, removed: Removed) -> Steps:
    """The steps from an interaction to the request or the reply."""
    if removed.side == "request":
        return ("request",)
    if not isinstance(one.outcome, HttpFailure):
        return ("outcome", "response")
    return ("outcome", "failure") if removed.place.text == "text" else ("outcome", "failure", "response")
