"""How each HTTP client is reached: a protocol, and a table of those who keep it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from autogen_harness.cassettes.faults import Fault
    from autogen_harness.ledger import Entry
    from autogen_harness.model import HttpReply, HttpRequest


Missed = Callable[[str, str, str], None]
"""Takes method, URL and mock of a request that a mock of the user's own had no answer for; see :meth:`Desk.missed`."""


class Patcher(Protocol):
    """What ``unittest.mock.patch`` returns."""

    def start(self) -> Any:
        """Replace the attribute."""

    def stop(self) -> Any:
        """Put it back."""


class Desk(Protocol):
    """What a backend knows of the player: where to ask, what to report, how time passes."""

    def answer(self, request: HttpRequest) -> HttpReply | Fault:
        """The reply to a request, or the fault that it meets."""

    def missed(self, method: str, url: str, mock: str) -> None:
        """A mock of the user's own had no answer."""

    def record(self, entry: Entry) -> None:
        """Report to the ledger."""

    def advance(self, seconds: float) -> None:
        """Let virtual time pass for a client that waits in a thread."""


class Backend(Protocol):
    """Answers the requests of one client from a desk."""

    def __init__(self, desk: Desk) -> None: ...

    def install(self) -> None:
        """Stand between the client and the network, for sessions made before and after, in all threads."""

    def uninstall(self) -> None:
        """Leave no trace."""


class Entrance(NamedTuple):
    """A client module, the library that its backend stands on, the extra that brings both, and the backend."""

    client: str
    library: str
    extra: str
    backend: str


ENTRANCES = (
    Entrance("requests", "responses", "requests", "autogen_harness.cassettes.backends.requests:RequestsBackend"),
    Entrance("aiohttp", "aioresponses", "aiohttp", "autogen_harness.cassettes.backends.aiohttp:AiohttpBackend"),
)
"""Every client that a cassette can answer."""


def backend(entrance: Entrance) -> Callable[[Desk], Backend]:
    """The backend's class; importing it imports the client."""
    module, _, attribute = entrance.backend.partition(":")
    found: Callable[[Desk], Backend] = getattr(import_module(module), attribute)
    return found


def watchers(entrance: Entrance, missed: Missed) -> list[Patcher]:
    """What makes the mock library work with this version of its client, and reports the misses of the user's own mocks."""
    found: list[Patcher] = import_module(entrance.backend.partition(":")[0]).watchers(missed)
    return found
