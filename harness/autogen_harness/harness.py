"""The harness of one test: opens the parts, hands them out, and judges what they recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any

from autogen_harness import adapters
from autogen_harness.cassettes.refusals import Refusals
from autogen_harness.clock import VirtualClock
from autogen_harness.errors import HarnessFailure, UsageError
from autogen_harness.ledger import Ledger
from autogen_harness.llm.player import ScriptPlayer
from autogen_harness.model import Finding, Said
from autogen_harness.network import NetworkGuard
from autogen_harness.people import Code, Human
from autogen_harness.settings import Settings
from autogen_harness.settling import settle
from autogen_harness.transcript import Transcript
from autogen_harness.verdict import Expectation, expectation, judge

if TYPE_CHECKING:
    from autogen_harness.cassettes import Player
    from autogen_harness.cassettes.recording.modes import Recording
    from autogen_harness.llm.script.script_file import ScriptFile
    from autogen_harness.script_recording import ScriptRecording
    from autogen_harness.server import Endpoint

_open: list[Harness] = []
"""The harness that is open in this process: there is one world to patch, so there can be one at a time."""


class Harness:
    """Everything that a test needs, from :meth:`open` to :meth:`close`; as a context manager outside pytest.

    Args:
        seed: seeds generated ids; the pytest fixture gives the node id.
        settings: the project's settings.
        root: what ``settings.cassettes`` and ``settings.scripts`` are relative to; the current folder by default.
        folder: where ``llm.load(...)`` looks for a script file first; the plugin gives that of the test.
        recording: what the run says of recording cassettes, and the name of the test's own.

    Attributes:
        llm: the scripted model.
        clock: the virtual clock.
        transcript: what happened, as views.
        ledger: what happened, entry by entry.
        human, code: what people would type, and whether agents may execute code.
    """

    def __init__(
        self,
        *,
        seed: str = "",
        settings: Settings | None = None,
        root: Path | None = None,
        folder: Path | None = None,
        recording: Recording | None = None,
    ) -> None:
        self.settings, root = settings or Settings(), root or Path.cwd()
        self.ledger = Ledger()
        self.transcript = Transcript(self.ledger)
        self.clock = VirtualClock(self.ledger.record)
        self._folders = (folder or Path.cwd(), root / self.settings.scripts)
        self.llm = ScriptPlayer(self.ledger, self._expect, seed, self._read_script, self._sample)
        self.llm.dialect = self.settings.llm_dialect
        self.human, self.code = Human(self.ledger), Code(self.ledger)
        self._roots, self._recording = (root / self.settings.cassettes,), recording
        self._refusals = Refusals(self.ledger, self._roots, self.settings.record_secret_names)
        self._guard = NetworkGuard(self.ledger.record, self.settings.allow_hosts)
        self._in_threads: list[Callable[[], list[Thread]]] = []
        self._expectations: list[Expectation] = []
        self._of_every_example: list[Expectation] | None = None
        self._taken = ExitStack()
        self._judged: int | None = None

    # What adapters ask for: see adapters.Seams.
    def ask_human(self, prompt: str) -> str:
        """The next answer of a person; see :class:`~autogen_harness.people.Human`."""
        return self.human.answer(prompt)

    def may_execute(self, code: str) -> bool:
        """May an agent execute ``code``? See :class:`~autogen_harness.people.Code`."""
        return self.code.may_run(code)

    def await_chats(self, running: Callable[[], list[Thread]]) -> None:
        """Let the verdict wait for the chats that ``running`` finds at work in threads of a framework."""
        self._in_threads.append(running)

    @cached_property
    def http(self) -> Player:
        """The cassettes. They answer HTTP clients from the first use of this attribute on."""
        self._must_be_open()
        from autogen_harness.cassettes import Player  # a test without HTTP does not pay for it
        from autogen_harness.cassettes.recording.modes import Recording

        self._refusals.close()
        player = Player(
            self.ledger.record,
            self.clock,
            self._roots,
            reach=self._guard.reach,
            allowed=self.settings.allow_hosts,
            backends=self.settings.backend,
            recording=self._recording or Recording(secret_names=self.settings.record_secret_names),
        )
        player.max_age = self.settings.max_age
        player.open()
        return player

    @cached_property
    def server(self) -> Endpoint:
        """The scripted model over a socket: it listens from the first use of this attribute on, at ``server.url``."""
        self._must_be_open()
        from autogen_harness.server import Endpoint, ScriptServer  # a test without a server does not pay for it

        server = ScriptServer(record=self.ledger.record)
        self._taken.callback(server.close)
        return server.add(Endpoint(server.url, "test", self.llm, self.ledger))

    def _must_be_open(self) -> None:
        if not self.is_open:
            message = "this harness is not open: use the fixture without off=True, or `with Harness() as harness:`"
            raise UsageError(message)

    def _sample(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        from autogen_harness.contracts.generation.sampling import arguments_for  # a test with a script does not pay for it

        return arguments_for(parameters)

    def _read_script(self, name: str) -> ScriptFile:
        from autogen_harness.scripts.store import fetch  # a test without script files does not pay for it

        return fetch(name, self._folders)

    @contextmanager
    def record_script(
        self, path: str | Path, *, overwrite: bool = False, in_ci: bool = False, secrets: Iterable[str] = ()
    ) -> Iterator[ScriptRecording]:
        """Let the real model answer inside of this block, and write what it says as a script that gives the same conversation.

        The network stays closed but for ``allow_hosts``, tools really run, and waits are real. See docs/asked.md.

        Args:
            path: the YAML file to write, relative to the project's folder of scripts (setting ``scripts``).
            overwrite: a file that is there may be replaced.
            in_ci: record also where the variable ``CI`` is set.
            secrets: texts that must not be written; API keys and the secrets of the environment never are.

        Raises:
            UsageError: the file is there, this is CI, the wall time is frozen, or no agent asked the model.
        """
        from autogen_harness.script_recording import recording  # a test that records nothing does not pay for it

        self._must_be_open()
        options: dict[str, Any] = {"overwrite": overwrite, "in_ci": in_ci, "secrets": secrets}
        with recording(self._folders[-1] / path, self.llm, self.ledger, **options) as made, self.clock.paused():
            yield made

    def expect(self, rule: str, count: int = 1, **fields: Any) -> None:
        """A finding that is meant: it does not fail the test, and its absence does.

        Args:
            rule: a rule id, such as ``"tool-unknown"``.
            count: how many of them.
            fields: what they must hold; a compiled regular expression is searched, a class is an ``isinstance`` check.

        Raises:
            UsageError: there is no such rule, or it has no such field.
        """
        self._expect(rule, fields, count=count)

    def _expect(
        self, rule: str, fields: Mapping[str, Any], said: Said | None = None, count: int = 1, *, demanded: bool = True
    ) -> None:
        self._expectations.append(expectation(rule, count, fields, said, demanded=demanded))

    @property
    def is_open(self) -> bool:
        """Does this harness hold the world right now?"""
        return self in _open

    # -- life ------------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Take hold of clock, network and frameworks.

        Raises:
            UsageError: another harness is open.
        """
        if _open:
            message = "a harness is open already; inside a test use its fixture, and harness.example() under @given"
            raise UsageError(message)
        with ExitStack() as taken:  # what was taken before an error is given back
            taken.callback(_open.remove, self)
            _open.append(self)
            taken.callback(self.clock.stop)
            self.clock.start()
            taken.callback(self._guard.close)
            self._guard.open()
            taken.callback(self._refusals.close)
            self._refusals.open()
            taken.callback(adapters.hold(self))
            taken.callback(self._close_http)
            self._taken = taken.pop_all()

    def close(self) -> None:
        """Let everything go. Safe to call twice.

        Raises:
            HarnessFailure: something was recorded after the verdict.
        """
        if not self.is_open:
            return
        self._taken.close()
        late = [] if self._judged is None else self.ledger.findings[self._judged :]
        self._fail(late)

    def _close_http(self) -> None:
        if "http" in vars(self):
            self.http.close()

    def judge(self, *, body_failed: bool = False) -> None:
        """The verdict, once, after the test's body and the chats that it left to threads.

        Raises:
            HarnessFailure: there are findings that were not expected, or expectations that were not met.
        """
        chats = [thread for running in self._in_threads for thread in running()]
        for finding in settle(chats, self.settings.hang_seconds, self.quiet_seconds):
            self.ledger.record(finding)
        for finding in () if body_failed else self._leftovers():
            self.ledger.record(finding)
        verdict = self._verdict(body_failed=body_failed)
        if "http" in vars(self) and self.http.recordings.are_sending:
            self.http.recordings.finish(failed=body_failed or bool(verdict))
            verdict = self._verdict(body_failed=body_failed)  # what was recorded may not be writable
        self._judged = len(self.ledger.findings)
        self._fail(verdict)

    def _verdict(self, *, body_failed: bool) -> list[Finding]:
        return judge(self.ledger.findings, self._expectations, body_failed=body_failed, outcome=self.transcript.came_of)

    def quiet_seconds(self) -> float:
        """Real seconds in which nothing happened; none while a request is on its way to a live service."""
        is_awaiting = "http" in vars(self) and self.http.recordings.are_awaiting
        return 0.0 if is_awaiting else self.ledger.quiet_seconds

    def _leftovers(self) -> list[Finding]:
        unplayed = self.http.leftovers() if "http" in vars(self) else []
        return [*self.llm.leftovers(), *self.human.leftovers(), *unplayed]

    def _fail(self, findings: list[Finding]) -> None:
        if findings:
            from autogen_harness.report.failure import render_failure

            raise HarnessFailure(findings, render_failure(findings, self.transcript))

    @contextmanager
    def example(self) -> Iterator[Harness]:
        """One example of a property-based test: starts with nothing scripted or recorded, and is judged at its end.

        What the marker, or the test before its first example, expects is expected of every example.
        """
        if self._of_every_example is None:
            self._of_every_example = [*self._expectations]
        self._reset()
        self._expectations += self._of_every_example
        yield self
        self.judge()
        self._reset()

    def _reset(self) -> None:
        self._judged = None
        self._expectations.clear()
        for part in (self.llm, self.human, self.code, self.clock):
            part.reset()
        for name in ("http", "server"):
            if name in vars(self):
                getattr(self, name).reset()
        self.ledger.clear()

    def __enter__(self) -> Harness:
        self.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None:
                self.judge()
        finally:
            self.close()
