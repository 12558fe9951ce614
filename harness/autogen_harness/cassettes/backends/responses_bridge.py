"""Cassettes in a ``responses.RequestsMock`` that a suite already holds: beside its own entries, looked up by an index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import responses
from requests import PreparedRequest
from urllib3.response import HTTPResponse

from autogen_harness.cassettes.backends.responses import asked_for, delivered
from autogen_harness.cassettes.bridging import Source, queue
from autogen_harness.cassettes.cassette import Queued
from autogen_harness.cassettes.matching.index import Index
from autogen_harness.cassettes.matching.matchers import Asked
from autogen_harness.model import Delivery


def into_responses(mock: responses.RequestsMock, *cassettes: Source, roots: Sequence[str | Path] = ()) -> None:
    """Let a mock answer from cassettes. What they have no answer for is left to the mock's own entries.

    Interactions answer as often as they say, usually once. One that is not optional and has not answered counts for
    ``assert_all_requests_are_fired``, as an entry of the mock does; ``reset()`` forgets them with the entries.

    Args:
        mock: it may be started already, or not yet; ``responses`` itself has one, ``responses.mock``.
        cassettes: names as of ``harness.http.play``, paths of files, or cassettes.
        roots: folders in which names are looked for before the shipped cassettes.

    Raises:
        UsageError: there is no such cassette, or none was given.
        DocumentError: a file is not a cassette.
    """
    registry: Any = mock._registry
    if not isinstance(registry, _Registry):
        registry = _Registry(registry)
    queue(registry.index, cassettes, [Path(root) for root in roots])
    mock._registry = registry


class _Registry:
    """The registry of a mock, with cassettes before it. All but looking up is the registry's own."""

    def __init__(self, own: Any) -> None:
        self._own = own
        self.index = Index()
        self._entries: dict[int, _Entry] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    @property
    def registered(self) -> list[Any]:
        """What is told on a miss, and must have been asked for in the end."""
        return [*self._own.registered, *(self._entry(queued) for queued in self.index.all if not queued.optional)]

    def find(self, request: PreparedRequest) -> tuple[Any, list[str]]:
        """Called by the mock, which holds its lock, with what it was asked for."""
        queued = self.index.find(Asked(asked_for(request, None)))
        if queued is not None:
            queued.played += 1
            return self._entry(queued), []
        found, reasons = self._own.find(request)
        missing = len(self.registered) - len(reasons)
        return found, [*reasons, *["another request, or it has been played"] * missing]

    def _entry(self, queued: Queued) -> _Entry:
        return self._entries.setdefault(queued.order, _Entry(queued))


class _Entry(responses.BaseResponse):
    """An interaction as an entry of the mock."""

    def __init__(self, queued: Queued) -> None:
        asked = queued.interaction.request
        super().__init__(asked.method, asked.url)
        self._outcome = queued.interaction.outcome

    def get_response(self, request: PreparedRequest) -> HTTPResponse:
        """What the request meets, at once: there is no clock to wait on."""
        return delivered(Delivery(self._outcome), request, lambda _seconds: None)
