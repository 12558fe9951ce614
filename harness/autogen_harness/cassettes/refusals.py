"""Says in the words of HTTP what the network guard refused, in a test that plays no cassette.

Such a test has no backends and needs none. Two methods are wrapped, and nothing is loaded until a request was refused. Only
the refusal is told in other words: allowed hosts, servers of the test itself and mocks of the user's own answer as ever.
What such a mock has no answer for is a miss too, so mocks are watched where the user has imported their library.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from autogen_harness.cassettes.backends import MOCKS, watchers
from autogen_harness.errors import NetworkBlocked
from autogen_harness.imports import when_imported
from autogen_harness.model import HttpRequest
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

    from autogen_harness.cassettes.backends import Entrance, Patcher
    from autogen_harness.ledger import Ledger


class Refusals:
    """From :meth:`open` to :meth:`close`, a refused request of a client is the finding ``http-unmatched``.

    Args:
        ledger: takes the finding.
        roots: the user's folders of cassettes.
        names: of headers, parameters and keys whose values are not shown, beside those that never are.
    """

    def __init__(self, ledger: Ledger, roots: Sequence[Path], names: tuple[str, ...] = ()) -> None:
        self._ledger, self._roots, self._names = ledger, roots, names
        self._patches = Patches()
        self._watchers: list[Patcher] = []
        self._forget: list[Callable[[], None]] = []
        self._on = False

    def open(self) -> None:
        """Watch the clients that are imported, and the others as soon as they are."""
        self._on = True
        for client in _CLIENTS:
            self._forget.append(when_imported(client.module, self._wrapper(client)))
        for entrance in MOCKS:
            self._forget.append(when_imported(entrance.library, self._watcher(entrance)))

    def close(self) -> None:
        """Stop watching, without a trace; harmless when it is not open. What somebody kept of it does nothing from now on."""
        self._on = False
        while self._forget:
            self._forget.pop()()
        self._patches.undo()
        while self._watchers:
            self._watchers.pop().stop()

    def _watcher(self, entrance: Entrance) -> Callable[[ModuleType], None]:
        def watch(_: ModuleType) -> None:
            for one in watchers(entrance, self._missed):
                one.start()
                self._watchers.append(one)

        return watch

    def _missed(self, method: str, url: str, mock: str) -> None:
        from autogen_harness.cassettes import misses

        self._ledger.record(misses.mock_finding(HttpRequest(method, url), mock, self._names))

    def _wrapper(self, client: _Client) -> Callable[[ModuleType], None]:
        wrap = self._awaited if client.awaited else self._called
        return lambda module: self._patches.swap(getattr(module, client.owner), client.method, lambda real: wrap(real, client))

    def _called(self, real: Any, client: _Client) -> Any:
        @wraps(real)
        def send(*args: Any, **options: Any) -> Any:
            with self._telling(client, args, options):
                return real(*args, **options)

        return send

    def _awaited(self, real: Any, client: _Client) -> Any:
        @wraps(real)
        async def send(*args: Any, **options: Any) -> Any:
            with self._telling(client, args, options):
                return await real(*args, **options)

        return send

    @contextmanager
    def _telling(self, client: _Client, args: tuple[Any, ...], options: dict[str, Any]) -> Iterator[None]:
        try:
            yield
        except NetworkBlocked as blocked:
            if not self._on or blocked.finding is None:
                raise
            from autogen_harness.cassettes import misses
            from autogen_harness.cassettes.matching import matchers

            asked = matchers.Asked(client.read(*args, **options))
            missed = misses.finding(asked, (), self._roots, names=self._names)
            self._ledger.replace(blocked.finding, missed)
            raise misses.error(missed) from None


def _of_requests(_session: Any, request: Any, **_options: Any) -> HttpRequest:
    return HttpRequest(str(request.method), str(request.url), (), _bytes(request.body), None, "requests")


def _of_aiohttp(
    session: Any, method: str, url: Any, *, params: Any = None, data: Any = None, json: Any = None, **_options: Any
) -> HttpRequest:
    target = session._build_url(url)
    if params:
        added = type(target)().with_query(params).query
        target = target.with_query([*target.query.items(), *added.items()])
    body = _bytes(data) if json is None else session.json_serialize(json).encode()
    return HttpRequest(method.upper(), str(target.with_fragment(None)), (), body, None, "aiohttp")


def _bytes(body: Any) -> bytes:
    """A body that can be looked at without taking it away; of others nothing is shown."""
    if isinstance(body, dict):
        return urlencode(body).encode()
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""


class _Client(NamedTuple):
    """Where a client sends, and how to read from the arguments what it was going to send."""

    module: str
    owner: str
    method: str
    awaited: bool
    read: Callable[..., HttpRequest]


_CLIENTS = (
    _Client("requests", "Session", "send", awaited=False, read=_of_requests),
    _Client("aiohttp", "ClientSession", "_request", awaited=True, read=_of_aiohttp),
)
