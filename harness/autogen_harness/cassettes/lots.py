"""What is queued by one name: interactions at hand, or the lines of a large cassette that are not parsed yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autogen_harness.cassettes.failing import overlays
from autogen_harness.cassettes.failing.overlays import Found
from autogen_harness.cassettes.files import store
from autogen_harness.cassettes.files.lazy import LazyIndex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from autogen_harness.cassettes.arguments import Arguments
    from autogen_harness.cassettes.cassette import Interaction, Queued
    from autogen_harness.cassettes.files.lines import Lines
    from autogen_harness.cassettes.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Lot:
    """Either ``found``, or ``lines``; ``name`` is what was played."""

    name: str
    found: Sequence[Found] = field(default=())
    lines: Lines | None = None


def lot(name: str, how: Arguments, roots: Sequence[Path]) -> Lot:
    """What a name means. A large cassette stays in lines where requests are compared with what stands in them.

    Raises:
        UsageError: there is no such cassette, and no such file of faults.
        DocumentError: a file is not what it should be.
    """
    if how.as_in_file and overlays.find(name, roots) is None:
        lines = store.lines(name, roots)
        if lines is not None:
            return Lot(name, lines=lines)
    return Lot(name, overlays.fetch(name, roots))


def ready(one: Lot, how: Arguments, shelf: Shelf) -> list[LazyIndex] | list[Queued]:
    """A lot as it is put on a shelf, each interaction at its place in the order.

    Raises:
        UsageError: as :meth:`~autogen_harness.cassettes.arguments.Arguments.queued`.
    """
    if one.lines is None:
        return [how.queued(found, shelf.reserve()) for found in one.found]

    def queue(name: str, interaction: Interaction, order: int) -> Queued:
        return how.queued(Found(name, interaction), order)

    return [LazyIndex(one.name, one.lines, queue, shelf.reserve(len(one.lines.lines)), optional=how.optional)]
