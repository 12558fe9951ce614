"""Look up the interactions that an upstream's name stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from autogen_harness.cassettes import store
from autogen_harness.contracts.upstream import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def load(names: Sequence[str], roots: Sequence[Path]) -> tuple[Origin, ...]:
    """The interactions of cassettes, in the order of the names.

    Raises:
        UsageError: there is no such cassette; the nearest names are told.
        DocumentError: a file is not a cassette.
    """
    found = [pair for name in names for pair in store.fetch(name, roots)]
    return tuple(
        Origin(name, one.request.url, one.reply, one.match.hosts or (urlsplit(one.request.url).hostname or "",))
        for name, one in found
    )
