"""Cassettes in an ``aioresponses`` object that a suite already holds: before its own entries, looked up by an index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse
from aioresponses import aioresponses
from multidict import CIMultiDict
from yarl import URL

from autogen_harness.cassettes.backends.aioresponses import Sending, body_of, built, fail, followed
from autogen_harness.cassettes.bridging import Source, queue
from autogen_harness.cassettes.matching.index import Index
from autogen_harness.cassettes.matching.matchers import Asked
from autogen_harness.cassettes.wire.waits import Limits
from autogen_harness.model import Delivery


def into_aioresponses(mock: aioresponses, *cassettes: Source, roots: Sequence[str | Path] = ()) -> None:
    """Let a mock answer from cassettes. What they have no answer for is left to the mock's own entries.

    Interactions answer as often as they say, usually once, and at once: there is no clock to wait on. ``clear()``, and so
    ``stop()``, forgets them with the entries.

    Args:
        mock: it may be started already, or not yet.
        cassettes: names as of ``harness.http.play``, paths of files, or cassettes.
        roots: folders in which names are looked for before the shipped cassettes.

    Raises:
        UsageError: there is no such cassette, or none was given.
        DocumentError: a file is not a cassette.
    """
    bridge = getattr(mock.match, "__self__", None)
    if not isinstance(bridge, _Bridge):
        bridge = _Bridge(mock)
    queue(bridge.index, cassettes, [Path(root) for root in roots])
    for name in ("match", "clear"):
        setattr(mock, name, getattr(bridge, name))


class _Bridge:
    """Stands before the entries of one mock."""

    def __init__(self, mock: aioresponses) -> None:
        self._mock = mock
        self.index = Index()

    async def match(self, method: str, url: URL, allow_redirects: bool = True, **kwargs: Any) -> ClientResponse | None:  # noqa: FBT001, FBT002 - its signature
        """Called by the mock for each request: the response of a cassette, else that of the mock; None where both have none."""
        body, described = await body_of(kwargs)
        headers = CIMultiDict(kwargs.get("headers") or {})
        sending = Sending(None, method.upper(), url, headers, body, described, Limits())
        response = await followed(sending, self._attempt, kwargs.get("max_redirects", 10) if allow_redirects else None)
        if response is None:
            kwargs = {**kwargs, "allow_redirects": allow_redirects}
            response = await type(self._mock).match(self._mock, sending.method.lower(), sending.url, **kwargs)
        return response

    def clear(self) -> None:
        """Forget the cassettes, and what the mock itself forgets."""
        self.index = Index()
        type(self._mock).clear(self._mock)

    async def _attempt(self, sending: Sending) -> ClientResponse | None:
        request = sending.request()
        queued = self.index.find(Asked(request))
        if queued is None:
            return None
        queued.played += 1
        outcome = queued.interaction.outcome
        _, struck = sending.limits.wait(Delivery(outcome))
        fail(outcome, struck, sending.url)
        return built(outcome, sending.info(request), None)
