"""The world in which a contract calls a tool: a clock, an upstream, a scratch folder and randomness of our own, and no network.

Everything is installed by ``open`` and taken back by ``close``; every call starts from the same state, so that a call is a
function of its arguments and of what the upstream answers.
"""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes import Player
from autogen_harness.clock import VirtualClock
from autogen_harness.contracts.answering import collaborators
from autogen_harness.contracts.answering.origins import load
from autogen_harness.contracts.answering.upstream import SILENT, Plan, main_of, played, table
from autogen_harness.contracts.calling.containment import WriteWatch
from autogen_harness.contracts.calling.descriptors import Descriptors
from autogen_harness.contracts.calling.determinism import SeededRandomness
from autogen_harness.contracts.calling.inner_model import InnerModel
from autogen_harness.contracts.calling.interrupts import Interrupted
from autogen_harness.contracts.calling.outlets import Outlets
from autogen_harness.contracts.calling.performing import let_go, perform
from autogen_harness.contracts.calling.scratch import Scratch
from autogen_harness.contracts.generation.arguments import canonical
from autogen_harness.ledger import Ledger
from autogen_harness.model import Finding, HttpExchange, HttpReply, HttpRequest, Note, Slept
from autogen_harness.network import NetworkGuard
from autogen_harness.secrecy.shown import shown_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from typing_extensions import Self

    from autogen_harness.cassettes import Fault
    from autogen_harness.contracts.answering.upstream import Origin
    from autogen_harness.contracts.subject import Contract
    from autogen_harness.ledger import Entry

NOW = "2026-01-15T12:00:00"
"""Wall time at the start of every call, UTC."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One call of the tool, from outside.

    ``raised`` is the exception that left the tool. ``attempts`` are the requests that the upstream met, ``outside`` the files
    that were written outside the scratch folder, ``inside`` those within it, ``astray`` the requests and connections that went
    nowhere, ``printed`` what went to standard output and error, ``logged`` the log, ``unfinished`` the tasks that an
    asynchronous tool left in its loop, ``broken_descriptors`` the low file descriptors that it closed or replaced,
    ``calls`` the declared collaborators that were called.
    """

    arguments: Mapping[str, Any]
    plan: Plan
    result: Any
    raised: BaseException | None
    attempts: tuple[HttpRequest, ...]
    sleeps: tuple[float, ...]
    elapsed: float
    timeline: tuple[str, ...]
    outside: tuple[str, ...]
    astray: tuple[Finding, ...]
    inside: tuple[str, ...] = ()
    printed: str = ""
    logged: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    broken_descriptors: tuple[int, ...] = ()
    calls: tuple[str, ...] = ()

    @property
    def asked(self) -> int:
        """How often anything was asked for, of the upstream or of collaborators."""
        return len(self.attempts) + len(self.calls)

    @property
    def most_attempts(self) -> int:
        """How often the upstream, or a collaborator, was asked for one thing, at most."""
        counts = Counter([(request.method, request.url) for request in self.attempts] + [(name, "") for name in self.calls])
        return max(counts.values(), default=0)


class World:
    """Opened for one law, used for many calls. A context manager.

    Attributes:
        contract: what is under test.
        origins: the interactions of the upstream.
        home: the working folder outside; meaningful while the world is open.
        work: the working folder of every call.
        files: what every call finds in its working folder, to be copied and not to be changed.
        outside: lies two folders above the working folder, so that what climbs out of it harms nobody and is swept away.
        inner: the model of agents inside the tool, for the pattern "nested".
        notes: what backends could not do as it would happen live, in any call so far.
        unseen: which calls could not be looked at, in words; "" while there are none.
        met: by its label, whether any request met a plan that was tried.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.origins: tuple[Origin, ...] = load(contract.upstream, contract.roots)
        self.ledger = Ledger()
        self.clock = VirtualClock(self.ledger.record)
        self._player = Player(self.ledger.record, self.clock, contract.roots)
        self._guard = NetworkGuard(self.ledger.record)
        self._randomness = SeededRandomness()
        self.inner = InnerModel(contract.tool)
        self._outlets = Outlets()
        self._descriptors = Descriptors()
        self._stand_ins = collaborators.StandIns(contract.collaborators, self._meet)
        self._stack = ExitStack()
        self._plan = SILENT
        self._attempts: list[HttpRequest] = []
        self._calls: list[str] = []
        self.notes: list[Note] = []
        self.unseen = ""
        self.met: dict[str, bool] = {}

    @property
    def main(self) -> Origin:
        """The interaction of an ordinary call; only for contracts that name an upstream."""
        return main_of(self.origins)

    @property
    def calm(self) -> Plan:
        """The upstream without faults."""
        return played(self.main, self.origins) if self.origins else SILENT

    @property
    def plans(self) -> list[Plan]:
        """Everything that can come of a call, once each: the fault table, then what collaborators come to."""
        return [*table(self.origins), *collaborators.table(self.calm, self.contract.collaborators)]

    def apart(self) -> AbstractContextManager[None]:
        """Processes that are started inside of it open a world of their own, and are not answered by this one."""
        return self._player.unheld()

    @property
    def asked(self) -> int:
        """How often anything was asked for in the call that goes on, or was the last."""
        return len(self._attempts) + len(self._calls)

    @cached_property
    def ordinary(self) -> Mapping[str, Any]:
        """The arguments of an ordinary call."""
        return canonical(self.contract, self.main if self.origins else None)

    def __enter__(self) -> Self:
        self.home = Path.cwd()
        self._scratch = Scratch(self.contract.hints.root or None)
        self._stack.callback(self._scratch.close)
        self.work, self.files, self.outside = self._scratch.work, self._scratch.files, self._scratch.outside
        for part in (self._guard, self._player, self._randomness, self._outlets, self._descriptors, self._stand_ins):
            self._stack.callback(part.close)
            part.open()
        self._stack.callback(self.clock.stop)
        self.clock.start()
        if not self.contract.of_team:  # a framework that makes models of types cannot while datetime is a frozen one
            self.clock.freeze(NOW)
        if "nested" in self.contract.patterns:
            self._stack.callback(self.inner.hold())
        for host in sorted({host for origin in self.origins for host in origin.hosts}):
            self._player.serve(host, self._answer)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def call(
        self,
        arguments: Mapping[str, Any],
        plan: Plan | None = None,
        *,
        tool: Callable[..., Any] | None = None,
        in_loop: bool = False,
    ) -> Seen:
        """Call the tool once, from the same state as ever.

        Args:
            arguments: by name.
            plan: what the upstream answers; without faults by default.
            tool: called instead of the contract's own.
            in_loop: call it from code that runs in an event loop.
        """
        self._reset(plan or self.calm)
        watch = WriteWatch(self.work, self._scratch.temp)
        watch.open()
        result, raised, unfinished = None, None, list[str]()
        try:
            result = perform(tool or self.contract.tool, arguments, in_loop=in_loop, unfinished=unfinished)
        except (Exception, SystemExit, asyncio.CancelledError, Interrupted) as error:  # noqa: BLE001  # what leaves a tool is what we look for
            raised = error
            let_go(error)
        finally:
            watch.close()
            self.met[self._plan.label] = self.met.get(self._plan.label, False) or bool(self._attempts)
            self._scratch.dirty = watch.wrote
        if inspect.iscoroutine(result):
            result.close()
        return replace(self._seen(arguments, result, raised, watch), unfinished=tuple(unfinished))

    def _seen(self, arguments: Mapping[str, Any], result: Any, raised: BaseException | None, watch: WriteWatch) -> Seen:
        entries = tuple(self.ledger)
        self.notes += [note for note in self.ledger.of(Note) if note.topic != collaborators.CALLED]
        return Seen(
            arguments=arguments,
            plan=self._plan,
            result=result,
            raised=raised,
            attempts=tuple(self._attempts),
            sleeps=tuple(self.clock.sleeps),
            elapsed=self.clock.elapsed,
            timeline=tuple(line for entry in entries if (line := _line(entry))),
            outside=tuple(watch.outside),
            astray=tuple(self.ledger.findings),
            inside=tuple(watch.inside),
            printed="".join(self._outlets.printed),
            logged=tuple(self._outlets.logged),
            broken_descriptors=self._descriptors.mend(),
            calls=tuple(self._calls),
        )

    def _reset(self, plan: Plan) -> None:
        self._plan = plan
        self._attempts, self._calls = [], []
        self.clock.reset()
        self.ledger.clear()
        self._randomness.reset()
        self.inner.reset()
        self._outlets.forget()
        self._scratch.enter()

    def _answer(self, request: HttpRequest) -> HttpReply | Fault:
        before = sum(1 for earlier in self._attempts if (earlier.method, earlier.url) == (request.method, request.url))
        self._attempts.append(request)
        return self._plan.give(request, before)

    def _meet(self, name: str) -> Any:
        before = self._calls.count(name)
        self._calls.append(name)
        met = self._plan.meet(name, before)
        self.ledger.record(collaborators.told(name, met))
        return met


def _line(entry: Entry) -> str:
    if isinstance(entry, HttpExchange):
        return f"{entry.request.method} {shown_url(entry.request.url)} -> {entry.outcome}"
    if isinstance(entry, Slept):
        return f"{entry.how} {entry.seconds:g} s"
    if isinstance(entry, Note) and entry.topic == collaborators.CALLED:
        return entry.text
    return entry.what.partition("\n")[0] if isinstance(entry, Finding) else ""
