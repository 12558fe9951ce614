"""The side of the test: a socket at which processes ask, and the environment that makes them."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler
from threading import Lock
from typing import TYPE_CHECKING, Any, NoReturn

from autogen_harness.cassettes import scopes
from autogen_harness.cassettes.workers.asking import ALLOWED, VARIABLE, Address
from autogen_harness.cassettes.workers.proxying import Proxy
from autogen_harness.cassettes.workers.values import packed, unpacked
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.model import Delivery
from autogen_harness.network.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from autogen_harness.cassettes.backends import Desk, Live
    from autogen_harness.cassettes.shelf import Shelf

SITE = Path(__file__).resolve().parent / "site"
"""The folder whose ``sitecustomize`` makes a Python process ask."""


class Answering:
    """Answers processes from a desk, from :meth:`start` to :meth:`stop`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._token = secrets.token_hex(16)
        self._scopes: list[Shelf | None] = []
        self._sent: list[Live] = []
        self._lock = Lock()
        self._listener = Listener("127.0.0.1", 0, self._handler)
        self._proxy = Proxy(desk, self._entered)

    def start(self) -> None:
        """Begin to listen."""
        self._listener.start()
        self._proxy.start()

    def stop(self) -> None:
        """Stop listening. Processes that still ask are told that the test is over."""
        self._listener.stop()
        self._proxy.stop()

    def proxy(self, address: Address) -> str:
        """The proxy of programs that do not know how to ask."""
        return self._proxy.url(self._token, address.scope)

    def _entered(self, token: str, scope: int) -> AbstractContextManager[None]:
        if scope < 0 or not secrets.compare_digest(token, self._token):
            raise LookupError(scope)
        return scopes.entered(self._scopes[scope])

    def address(self) -> Address:
        """Where processes ask that are started by the code that calls this: they belong to its scope."""
        with self._lock:
            self._scopes.append(scopes.current())
            return Address(self._listener.server_address[1], self._token, len(self._scopes) - 1)

    def _handler(self, *args: Any) -> StreamRequestHandler:
        answering = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                line = self.rfile.readline()
                if line:
                    self.wfile.write(packed(answering.reply(unpacked(line))))

        return Handler(*args)

    def reply(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to one question; strangers get none."""
        if not secrets.compare_digest(str(question.get("token")), self._token):
            return {"unmatched": "this is the socket of a test, and the question did not come from a process of it"}
        with scopes.entered(self._scopes[question["scope"]]):
            try:
                return {"unmatched": "", "is": getattr(self, f"_{question['what']}", _unknown)(*question["given"])}
            except UnmatchedRequest as error:
                return {"unmatched": str(error)}

    def _passes(self, scheme: str, host: str, port: int) -> bool:
        return self._desk.passes(scheme, host, port)

    def _answer(self, request: Any) -> Delivery | Mapping[str, int]:
        met = self._desk.answer(request)
        if isinstance(met, Delivery):
            return met
        with self._lock:
            self._sent.append(met)
            return {"live": len(self._sent) - 1}

    def _came(self, number: int, *came: Any) -> Any:
        return self._sent[number].came(*came)

    def _missed(self, *missed: str) -> None:
        self._desk.missed(*missed)

    def _record(self, entry: Any) -> None:
        self._desk.record(entry)

    def _advance(self, seconds: float) -> None:
        self._desk.advance(seconds)


def _unknown(*_: Any) -> NoReturn:
    message = "this process has another version of autogen-harness than the test that started it"
    raise UnmatchedRequest(message)


def variables(address: Address, allowed: Iterable[str]) -> Mapping[str, str]:
    """What a process needs to find in its environment."""
    return {VARIABLE: str(address), ALLOWED: " ".join(allowed), "PYTHONPATH": str(SITE)}


def joined(own: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """An environment with ours in it; what stands in its PYTHONPATH stays, behind ours."""
    path = [part for part in own.get("PYTHONPATH", "").split(os.pathsep) if part and part != str(SITE)]
    return {**own, **ours, "PYTHONPATH": os.pathsep.join([ours["PYTHONPATH"], *path])}


@contextmanager
def environment(ours: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Set what processes need to know inside of the block; yields it, for those that get an environment of their own."""
    made = {name: value for name, value in joined(os.environ, ours).items() if name in ours}
    before = {name: os.environ.get(name) for name in made}
    os.environ.update(made)
    try:
        yield made
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
