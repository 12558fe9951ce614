"""Cassettes for a mock library that a suite already holds: no player and no ledger, only the index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from autogen_harness.cassettes.cassette import Cassette, Queued
from autogen_harness.cassettes.files import formats, store
from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autogen_harness.cassettes.cassette import Interaction
    from autogen_harness.cassettes.matching.index import Index

Source = str | Path | Cassette
"""The name of a cassette (as ``harness.http.play`` takes it), a file, or a cassette itself."""


def queue(index: Index, sources: Sequence[Source], roots: Sequence[Path]) -> None:
    """Queue the interactions of all sources, in their order.

    Args:
        index: where.
        sources: at least one.
        roots: folders in which names are looked for before the shipped cassettes.

    Raises:
        UsageError: there is no source, no such cassette, or something that is none.
        DocumentError: a file is not a cassette.
    """
    if not sources:
        message = 'which cassette? Name one, as in into_responses(mock, "yahoo/chart-nvda")'
        raise UsageError(message)
    for name, one in [pair for source in sources for pair in _interactions(source, roots)]:
        index.add(Queued(name, one, len(index.all), one.times, one.optional))


def _interactions(source: Source, roots: Sequence[Path]) -> Iterable[tuple[str, Interaction]]:
    if isinstance(source, str):
        return store.fetch(source, roots)
    if isinstance(source, Path):
        return [(source.stem, one) for one in formats.load(source).interactions]
    if isinstance(source, Cassette):
        return [("cassette", one) for one in source.interactions]
    raise UsageError(f"{source!r} is no cassette: give its name, the path of its file, or what load() returned")
