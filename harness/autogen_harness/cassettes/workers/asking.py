"""The desk of a process: whatever it is asked, it asks the test."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any, NamedTuple

from autogen_harness.cassettes.workers.values import packed, unpacked
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.model import Finding, Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.ledger import Entry
    from autogen_harness.model import Delivery, HttpRequest, Outcome

VARIABLE = "AUTOGEN_HARNESS_DESK"
"""The environment variable that says where to ask."""

ALLOWED = "AUTOGEN_HARNESS_ALLOW_HOSTS"
"""The environment variable with the hosts that may be reached, separated by spaces."""

_connect = socket.create_connection
"""As it is before anything is patched."""


class Address(NamedTuple):
    """Where a test listens, the word that proves that one was sent by it, and for whom one asks."""

    port: int
    token: str
    scope: int

    def __str__(self) -> str:
        return f"{self.port}:{self.token}:{self.scope}"

    @classmethod
    def of_environment(cls) -> Address | None:
        """The address in this process's environment, if there is one."""
        port, token, scope = (os.environ.get(VARIABLE) or "::").split(":")
        return cls(int(port), token, int(scope)) if port else None


class AskingDesk:
    """Keeps the protocol :class:`~autogen_harness.cassettes.backends.Desk`.

    Args:
        address: of the test.
        serves: of a host and a port, whether this process serves them.
    """

    def __init__(self, address: Address, serves: Callable[[str, int], bool] = lambda _host, _port: False) -> None:
        self._address, self._serves = address, serves

    def passes(self, scheme: str, host: str, port: int) -> bool:
        """A server of this process passes, and what passes in the test."""
        return self._serves(host, port) or bool(self._ask("passes", scheme, host, port))

    def answer(self, request: HttpRequest) -> Delivery | AskingLive:
        """What the test's cassettes answer.

        Raises:
            UnmatchedRequest: nothing does, or the test is over.
        """
        met: Delivery | Any = self._ask("answer", request)
        return AskingLive(self, met["live"]) if isinstance(met, dict) else met

    def missed(self, method: str, url: str, mock: str) -> None:
        """A mock of this process had no answer."""
        self._ask("missed", method, url, mock)

    def record(self, entry: Entry) -> None:
        """Findings and notes are the test's."""
        if isinstance(entry, Finding | Note):
            self._ask("record", entry)

    def advance(self, seconds: float) -> None:
        """The clock of the test moves."""
        self._ask("advance", seconds)

    def came(self, number: int, *came: Any) -> Outcome:
        """What came of a request that was sent."""
        outcome: Outcome = self._ask("came", number, *came)
        return outcome

    def _ask(self, what: str, *given: Any) -> Any:
        question = {"token": self._address.token, "scope": self._address.scope, "what": what, "given": given}
        try:
            with _connect(("127.0.0.1", self._address.port)) as connection, connection.makefile("rb") as stream:
                connection.sendall(packed(question))
                line = stream.readline()
        except OSError:
            line = b""
        if not line:
            message = "the test that started this process is over, so nothing answers its requests"
            raise UnmatchedRequest(message)
        answer = unpacked(line)
        if answer["unmatched"]:
            raise UnmatchedRequest(answer["unmatched"])
        return answer["is"]


class AskingLive:
    """Keeps the protocol :class:`~autogen_harness.cassettes.backends.Live`."""

    def __init__(self, desk: AskingDesk, number: int) -> None:
        self._desk, self._number = desk, number

    def came(self, outcome: Outcome, first_byte: float, total: float) -> Outcome:
        """Tell the test, and meet what it says."""
        return self._desk.came(self._number, outcome, first_byte, total)
