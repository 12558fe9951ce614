"""Look up the interactions that an upstream's name stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from autogen_harness.cassettes.files import store
from autogen_harness.contracts.answering.upstream import Origin
from autogen_harness.errors import UsageError
from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from autogen_harness.cassettes import Interaction


def load(names: Sequence[str], roots: Sequence[Path]) -> tuple[Origin, ...]:
    """The interactions of cassettes, in the order of the names.

    Raises:
        UsageError: there is no such cassette; the nearest names are told. Or it has no reply.
        DocumentError: a file is not a cassette.
    """
    found = [pair for name in names for pair in store.fetch(name, roots)]
    return tuple(_origin(name, one) for name, one in found)


def _origin(name: str, one: Interaction) -> Origin:
    if not isinstance(one.outcome, HttpReply):
        message = f"upstream {name!r} records that the connection failed; name one with a reply: failures are tried anyway"
        raise UsageError(message)
    return Origin(name, one.request.url, one.outcome, one.match.hosts or (urlsplit(one.request.url).hostname or "",))
