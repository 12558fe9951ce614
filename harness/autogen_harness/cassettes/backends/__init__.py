"""How each HTTP client is reached: a protocol, and a table of those who keep it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from autogen_harness.ledger import Entry
    from autogen_harness.model import Delivery, HttpRequest, Outcome


NO_RECORDING = "no cassette is recorded through a mock library: leave backend=... out of a test that records"
"""What a mock library says where it is asked to send a request."""

Missed = Callable[[str, str, str], None]
"""Takes method, URL and mock of a request that a mock of the user's own had no answer for; see :meth:`Desk.missed`."""


class Patcher(Protocol):
    """What ``unittest.mock.patch`` returns."""

    def start(self) -> Any:
        """Replace the attribute."""

    def stop(self) -> Any:
        """Put it back."""


class Live(Protocol):
    """What to do with a request that must really be sent, because a cassette is being recorded.

    The backend sends it, below its client's retries, takes all that comes, and hands its client what :meth:`came` returns, as
    it hands over a delivery. Where the sending itself was refused or cancelled, it raises what it met and calls nothing.
    """

    def came(self, outcome: Outcome, first_byte: float, total: float) -> Outcome:
        """Take down what came of it, and after how many real seconds; returns what the client is to meet."""


class Desk(Protocol):
    """What a backend knows of the player: where to ask, what to report, how time passes."""

    def passes(self, scheme: str, host: str, port: int) -> bool:
        """Requests to there are none of ours: a server of the test itself, or an allowed host of which no cassette speaks."""

    def answer(self, request: HttpRequest) -> Delivery | Live:
        """What a request meets; asked only where it does not pass."""

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
    """One way to a client: its name, the module at whose import the backend is installed, and the backend.

    ``library`` is the mock library that the backend stands on, if any, and ``extra`` brings it. One that is no ``default`` is
    installed, above the others, where a test asks for it by name (``backend="responses"``).
    """

    name: str
    client: str
    backend: str
    library: str = ""
    extra: str = ""
    default: bool = True


_HERE = "autogen_harness.cassettes.backends"

ENTRANCES = (
    Entrance("urllib3", "urllib3", f"{_HERE}.urllib3_choice:backend"),
    Entrance("http.client", "http.client", f"{_HERE}.http_client:HttpClientBackend"),
    Entrance("httplib2", "httplib2", f"{_HERE}.http_client:Httplib2Backend"),
    Entrance("aiohttp", "aiohttp", f"{_HERE}.aiohttp:backend"),
    Entrance("httpx", "httpcore", f"{_HERE}.httpx:httpx"),
    Entrance("httpx2", "httpcore2", f"{_HERE}.httpx:httpx2"),
    Entrance("adapter", "requests", f"{_HERE}.urllib3_choice:adapter", default=False),
    Entrance("responses", "requests", f"{_HERE}.responses:ResponsesBackend", "responses", "requests", default=False),
    Entrance("aioresponses", "aiohttp", f"{_HERE}.aioresponses:AioresponsesBackend", "aioresponses", "aiohttp", default=False),
    Entrance("middleware", "aiohttp", f"{_HERE}.aiohttp_middleware:MiddlewareBackend", default=False),
)
"""Every client that a cassette can answer, in the order in which they are installed."""

MOCKS = tuple(entrance for entrance in ENTRANCES if entrance.library)
"""Those that stand on a mock library, which a test may also use for itself."""


def backend(entrance: Entrance) -> Callable[[Desk], Backend]:
    """The backend's class; importing it imports the client."""
    module, _, attribute = entrance.backend.partition(":")
    found: Callable[[Desk], Backend] = getattr(import_module(module), attribute)
    return found


class InsteadOf(Exception):  # a way to say what to do, and caught where the backend is asked for
    """Raised where a backend is made and its client is none that it knows: ``name`` is the one to install instead."""

    def __init__(self, name: str, client: str, why: str) -> None:
        self.name = name
        super().__init__(f"{client} cannot be answered by its default backend, since {why}: backend={name!r} answers it")


def watchers(entrance: Entrance, missed: Missed) -> list[Patcher]:
    """What makes the mock library work with this version of its client, and reports the misses of the user's own mocks."""
    found: list[Patcher] = import_module(entrance.backend.partition(":")[0]).watchers(missed)
    return found
