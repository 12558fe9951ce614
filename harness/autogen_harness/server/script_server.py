"""The server: many scripts behind one address, told apart by the key of whoever asks."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from autogen_harness.errors import UsageError, told
from autogen_harness.llm.turns.turn import Fail
from autogen_harness.llm.wire.envelope import identity
from autogen_harness.model import Finding
from autogen_harness.network.listener import Listener
from autogen_harness.server.answers import INVALID, Answer, failing, refusing
from autogen_harness.server.attempts import Attempt
from autogen_harness.server.callers import NOBODY, Caller, caller_of
from autogen_harness.server.endpoint import Endpoint
from autogen_harness.server.handler import Handler
from autogen_harness.server.routes import Received, meant, parsed, route
from autogen_harness.server.script_run import ScriptRun

if TYPE_CHECKING:
    from autogen_harness.llm.turns.turn import Turn

E = TypeVar("E", bound=Endpoint)


class ScriptServer:
    """Speaks the API of OpenAI on a socket, and answers from scripts. A context manager; every thread ends with it.

    Args:
        host: where to listen: this machine only, unless ``allow_remote``.
        port: the port; 0 takes one that is free.
        allow_remote: other machines may reach it.
        record: receives the findings that belong to no script; kept in :attr:`strays` by default.

    Raises:
        UsageError: ``host`` is not of this machine and ``allow_remote`` is not given, or nobody can listen there.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        allow_remote: bool = False,
        record: Callable[[Finding], None] | None = None,
    ) -> None:
        if not (allow_remote or _is_loopback(host)):
            may = "allow_remote=True, --allow-remote"
            message = f"{host} can be reached by other machines; listen on 127.0.0.1, or say that they may ({may})"
            raise UsageError(message)
        self.strays: list[Finding] = []
        self._record = record or self.strays.append
        self._endpoints: dict[str, Endpoint] = {}
        self._lock = threading.Lock()
        try:
            self._listener = Listener(host, port, partial(Handler, self._serve))
        except (OSError, OverflowError) as error:  # the latter for a port beyond 65535
            message = f"nobody can listen on {host}:{port}: {told(error)}; give another port, or 0 for any that is free"
            raise UsageError(message) from error
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._listener.server_address[1]}/v1"
        self._listener.start()

    def script(self, name: str, *turns: Turn) -> ScriptRun:
        """Serve a script of this name; its ``llm`` takes further ones, of single agents for example.

        Raises:
            UsageError: the name is taken, or something is not a turn.
        """
        run = self.add(ScriptRun(self.url, name))
        if turns:
            run.llm.script(*turns)
        return run

    def add(self, endpoint: E) -> E:
        """Serve what somebody else plays.

        Raises:
            UsageError: the name is taken.
        """
        with self._lock:
            if endpoint.name in self._endpoints:
                message = f"this server has a script {endpoint.name!r} already; give each a name of its own"
                raise UsageError(message)
            self._endpoints[endpoint.name] = endpoint
        return endpoint

    def close(self) -> None:
        """Stop listening, end all connections, wait for the threads."""
        self._listener.stop()

    def __enter__(self) -> ScriptServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # -- one request -----------------------------------------------------------------------------------------------------

    def _serve(self, method: str, path: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        caller = caller_of(headers)
        endpoint = self._endpoint(caller)
        if endpoint is None:
            return self._unknown_script(method, path, caller)
        retry = headers.get("x-stainless-retry-count", "0")
        begun = Attempt(method, path, caller.agent, retry=int(retry) if retry.isdigit() else 0)
        place, attempt, earlier = endpoint.journal.begin(begun, raw)
        answer = _undelivered(earlier) or _guarded(endpoint, attempt, caller, raw)
        endpoint.journal.end(place, answer)
        return answer

    def _endpoint(self, caller: Caller) -> Endpoint | None:
        """The script that the caller names, or the only one where he names none."""
        with self._lock:
            if caller.script is None and len(self._endpoints) == 1:
                return next(iter(self._endpoints.values()))
            return self._endpoints.get(caller.script or "")

    def _unknown_script(self, method: str, path: str, caller: Caller) -> Answer:
        known = ", ".join(map(repr, self._endpoints)) or "none"
        named = (
            f"there is no script {caller.script!r}" if caller.script else "the key names no script, and there is not just one"
        )
        what = f"{method} {path}: {named}; the server has {known}"
        fix = "give the client the key of a script: harness-<script>, or harness-<script>:<agent>"
        self._record(_unserved(method, path, what, fix))
        return refusing(401, f"autogen-harness: {what}. {fix}", "unknown_script", code="invalid_api_key")


def _undelivered(earlier: Attempt | None) -> Answer | None:
    """A client tries again what was answered well: so the answer did not arrive, and it is due once more."""
    answer = earlier.answer if earlier else None
    return answer if answer and answer.status == 200 and not answer.broken else None


def _guarded(endpoint: Endpoint, attempt: Attempt, caller: Caller, raw: bytes) -> Answer:
    """A mistake in a script's own function, or in ours, is an answer and a finding; the connection never just ends."""
    ident = identity(endpoint.name, caller.agent, attempt.number)
    try:
        answer = _answered(endpoint, attempt, caller, raw, ident)
    except Exception as error:  # noqa: BLE001 - as the sentence above says
        what = f"{attempt.method} {attempt.path} cannot be answered: {told(error)}"
        endpoint.ledger.record(Finding("script-broken", what, expect='harness.expect("script-broken")'))
        answer = refusing(500, f"autogen-harness: {what}", "harness_error")
    return replace(answer, headers=(*answer.headers, ("x-request-id", f"req_{ident}")))


def _answered(endpoint: Endpoint, attempt: Attempt, caller: Caller, raw: bytes, ident: str) -> Answer:
    how = route(attempt.method, attempt.path)
    if how is None:
        return _unknown_path(endpoint, attempt)
    body = parsed(raw)
    if body is None:
        return _unreadable(endpoint, caller)
    return how(Received(attempt.path, body, endpoint, caller, ident, attempt.again))


def _unreadable(endpoint: Endpoint, caller: Caller) -> Answer:
    agent, message = caller.agent or NOBODY, "We could not parse the JSON body of your request."
    endpoint.ledger.record(
        Finding(
            "request-rejected",
            f"the API refuses a request of {agent}: {message}",
            "send one JSON object, in UTF-8",
            'harness.expect("request-rejected", breaks="body-json")',
            fields={"agent": agent, "breaks": "body-json", "where": "", "message": message, "param": None, "code": None},
        )
    )
    return failing(Fail("status", 400, message, type=INVALID))


def _unknown_path(endpoint: Endpoint, attempt: Attempt) -> Answer:
    what = f"Invalid URL ({attempt.method} {attempt.path})"
    fix = meant(attempt.path)
    endpoint.ledger.record(_unserved(attempt.method, attempt.path, f"{what}: the scripted model answers nothing there", fix))
    return refusing(404, f"{what}. {fix}", INVALID, code="unknown_url")


def _unserved(method: str, path: str, what: str, fix: str) -> Finding:
    return Finding(
        "http-unmatched",
        what,
        fix,
        f'harness.expect("http-unmatched", url="{path}")',
        fields={"method": method, "url": path, "host": ""},
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
