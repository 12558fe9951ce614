"""The world in which a contract calls a tool: a clock, an upstream, a scratch folder and randomness of our own, and no network.

Everything is installed by ``open`` and taken back by ``close``; every call starts from the same state, so that a call is a
function of its arguments and of what the upstream answers.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import shutil
import tempfile
import traceback
import warnings
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes import Player
from autogen_harness.clock import VirtualClock
from autogen_harness.contracts.arguments import SAMPLE_FILE, canonical
from autogen_harness.contracts.containment import WriteWatch
from autogen_harness.contracts.determinism import SeededRandomness
from autogen_harness.contracts.inner_model import InnerModel
from autogen_harness.contracts.origins import load
from autogen_harness.contracts.upstream import SILENT, Plan, main_of, played
from autogen_harness.ledger import Ledger
from autogen_harness.model import Finding, HttpExchange, HttpReply, HttpRequest, Note, Slept
from autogen_harness.network import NetworkGuard
from autogen_harness.secrecy.shown import shown_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Self

    from autogen_harness.cassettes import Fault
    from autogen_harness.contracts.subject import Contract
    from autogen_harness.contracts.upstream import Origin
    from autogen_harness.ledger import Entry

NOW = "2026-01-15T12:00:00"
"""Wall time at the start of every call, UTC."""

SAMPLE_TEXT = "first line\nsecond line\n"


@dataclass(frozen=True, slots=True)
class Seen:
    """One call of the tool, from outside.

    ``raised`` is the exception that left the tool. ``attempts`` are the requests that the upstream met, ``outside`` the files
    that were written outside the scratch folder, ``astray`` the requests and connections that went nowhere.
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

    @property
    def most_attempts(self) -> int:
        """How often the upstream was asked for one thing, at most."""
        counts = Counter((request.method, request.url) for request in self.attempts)
        return max(counts.values(), default=0)


class World:
    """Opened for one law, used for many calls. A context manager.

    Attributes:
        contract: what is under test.
        origins: the interactions of the upstream.
        home: the working folder outside; meaningful while the world is open.
        files: what every call finds in its working folder, to be copied and not to be changed.
        outside: lies two folders above the working folder, so that what climbs out of it harms nobody and is swept away.
        inner: the model of agents inside the tool, for the pattern "nested".
        notes: what backends could not do as it would happen live, in any call so far.
        unseen: which calls could not be looked at, in words; "" while there are none.
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
        self._stack = ExitStack()
        self._plan = SILENT
        self._attempts: list[HttpRequest] = []
        self._dirty = True
        self.notes: list[Note] = []
        self.unseen = ""

    @property
    def main(self) -> Origin:
        """The interaction of an ordinary call; only for contracts that name an upstream."""
        return main_of(self.origins)

    @property
    def calm(self) -> Plan:
        """The upstream without faults."""
        return played(self.main, self.origins) if self.origins else SILENT

    @cached_property
    def ordinary(self) -> Mapping[str, Any]:
        """The arguments of an ordinary call."""
        return canonical(self.contract, self.main if self.origins else None)

    def __enter__(self) -> Self:
        self.home = Path.cwd()
        self._scratch = Path(tempfile.mkdtemp(prefix="autogen-harness-")).resolve()
        self._stack.callback(shutil.rmtree, self._scratch, ignore_errors=True)
        self.outside = self._scratch / "outside"
        self._work, self._temp = self.outside / "outside" / "work", self._scratch / "tmp"
        self.files = self._scratch / "files"
        self._fill()
        self._stack.callback(os.chdir, self.home)
        self._stack.callback(setattr, tempfile, "tempdir", tempfile.tempdir)
        for part in (self._guard, self._player, self._randomness):
            self._stack.callback(part.close)
            part.open()
        self._stack.callback(self.clock.stop)
        self.clock.start()
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
        watch = WriteWatch(self._work, self._temp)
        watch.open()
        result, raised = None, None
        try:
            result = perform(tool or self.contract.tool, arguments, in_loop=in_loop)
        except (Exception, SystemExit, asyncio.CancelledError) as error:  # noqa: BLE001  # what leaves a tool is what we look for
            raised = error
            _let_go(error)
        finally:
            watch.close()
            self._dirty = watch.wrote
        if inspect.iscoroutine(result):
            result.close()
        return self._seen(arguments, result, raised, watch)

    def _seen(self, arguments: Mapping[str, Any], result: Any, raised: BaseException | None, watch: WriteWatch) -> Seen:
        entries = tuple(self.ledger)
        self.notes += self.ledger.of(Note)
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
        )

    def _reset(self, plan: Plan) -> None:
        self._plan = plan
        self._attempts = []
        self.clock.reset()
        self.ledger.clear()
        self._randomness.reset()
        self.inner.reset()
        if self._dirty:
            self._clean_scratch()
        os.chdir(self._work)
        tempfile.tempdir = str(self._temp)

    def _fill(self) -> None:
        """Lay out once what every call finds in its working folder."""
        root = self.contract.hints.root
        if callable(root):
            self.files.mkdir()
            root(self.files)
        elif root:
            shutil.copytree(root, self.files)
        self.files.mkdir(exist_ok=True)
        sample = self.files / SAMPLE_FILE
        if not sample.exists():
            sample.write_text(SAMPLE_TEXT, encoding="utf-8")

    def _clean_scratch(self) -> None:
        for folder in (self.outside, self._temp):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.files, self._work)
        self._temp.mkdir()

    def _answer(self, request: HttpRequest) -> HttpReply | Fault:
        before = sum(1 for earlier in self._attempts if (earlier.method, earlier.url) == (request.method, request.url))
        self._attempts.append(request)
        return self._plan.give(request, before)


def perform(tool: Callable[..., Any], arguments: Mapping[str, Any], *, in_loop: bool = False) -> Any:
    """Call a tool, and await it where it is asynchronous; a coroutine that comes out of an ordinary function is its result."""
    if is_async(tool):
        return _run(_awaiting(tool, arguments))
    if in_loop:
        return _run(_calling(tool, arguments))
    return tool(**arguments)


def is_async(tool: Callable[..., Any]) -> bool:
    """Whether a tool is an ``async def``, also behind ``functools.partial`` or as a ``__call__``."""
    inner = getattr(tool, "func", tool)
    return inspect.iscoroutinefunction(inner) or inspect.iscoroutinefunction(type(inner).__call__)


async def _awaiting(tool: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    return await tool(**arguments)


async def _calling(tool: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    return tool(**arguments)


def _run(coroutine: Any) -> Any:
    """Run to the end in a loop of its own, of which nothing is left afterwards; asyncio.run would leave a trace."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
            loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _let_go(error: BaseException) -> None:
    """Free what the frames of a failed call hold: a coroutine left behind there complains now, and to nobody."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        chained: BaseException | None = error
        freed: list[BaseException] = []
        while chained is not None and chained not in freed:
            traceback.clear_frames(chained.__traceback__)
            freed.append(chained)
            chained = chained.__cause__ or chained.__context__


def _line(entry: Entry) -> str:
    if isinstance(entry, HttpExchange):
        return f"{entry.request.method} {shown_url(entry.request.url)} -> {entry.outcome}"
    if isinstance(entry, Slept):
        return f"{entry.how} {entry.seconds:g} s"
    return entry.what.partition("\n")[0] if isinstance(entry, Finding) else ""
