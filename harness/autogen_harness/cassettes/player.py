"""Plays interactions to whoever asks, and keeps the account: what was answered, what was missed, what is left.

The player knows no HTTP client. Backends bring it requests from any thread and any event loop, and turn what it answers into
their client's own responses and exceptions.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Literal, NoReturn

from autogen_harness.cassettes import arguments, faults, matchers, misses, queueing, scopes, store, unplayed
from autogen_harness.cassettes.cassette import Queued
from autogen_harness.cassettes.doors import Doors, Seat
from autogen_harness.cassettes.lazy import LazyIndex
from autogen_harness.cassettes.lines import Lines
from autogen_harness.cassettes.recording.modes import Recording
from autogen_harness.cassettes.recording.offered import Recorded
from autogen_harness.cassettes.recording.session import Recordings
from autogen_harness.cassettes.services.offered import Services
from autogen_harness.cassettes.shelf import Shelf
from autogen_harness.errors import DocumentError
from autogen_harness.model import Delivery, Finding, HttpExchange, HttpReply, HttpRequest
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from autogen_harness.cassettes.backends import Live
    from autogen_harness.cassettes.cassette import Interaction, Times
    from autogen_harness.cassettes.faults import Fault
    from autogen_harness.cassettes.queueing import How
    from autogen_harness.cassettes.workers.asking import AskingDesk
    from autogen_harness.clock import VirtualClock
    from autogen_harness.ledger import Entry

    Answer = Callable[[HttpRequest], HttpReply | Fault | Delivery]
    Reach = Callable[[str, int], Literal["", "own", "allowed"]]


def _nowhere(_host: str, _port: int) -> Literal[""]:
    return ""


class Player(Services, Recorded):
    """Answers HTTP requests from cassettes.

    Args:
        record: where everything that happens is reported.
        clock: the virtual clock that slow answers and timeouts move.
        roots: folders of the user's own cassettes, looked into before the shipped ones.
        reach: of a host and a port, whether the network guard lets them be reached: a server of this process ("own"), or a
            host that is allowed. Nothing by default.
        allowed: the hosts that are, for processes that the test starts.
        backends: names of backends to install beside the default ones, such as ``"responses"``.
        recording: what the run says of recording, and the name of the test's own cassette.
    """

    def __init__(
        self,
        record: Callable[[Entry], None],
        clock: VirtualClock,
        roots: Sequence[Path] = (),
        *,
        reach: Reach = _nowhere,
        allowed: Sequence[str] = (),
        backends: Sequence[str] = (),
        recording: Recording | None = None,
    ) -> None:
        self._report = record
        self._clock, self._roots, self._reach, self._allowed = clock, tuple(roots), reach, tuple(allowed)
        self._lock = Lock()
        self._shelves = [Shelf()]
        self._servers: dict[str, Answer] = {}
        self.recordings = Recordings(recording or Recording(), record, clock, self._roots, self.play)
        self._desk = Seat(self.passes, self.answer, self.missed, record, self.advance)
        self._doors = Doors(self._desk, backends)
        self._patches = Patches()
        self._afar: AskingDesk | None = None
        self._process = os.getpid()

    def play(
        self,
        *names: str,
        url: str | None = None,
        fault: Fault | None = None,
        optional: bool = False,
        times: int | Literal["any"] | None = None,
        **unknown: NoReturn,
    ) -> None:
        """Queue the interactions of these cassettes, behind those queued before.

        Args:
            names: ``folder/file``, or ``folder/file#2`` for one interaction of a file that has several.
            url: asked for at this URL instead of the recorded one; for webhooks.
            fault: what the requester meets instead of the recorded answer; meeting it counts as played.
            optional: not a finding if it is never asked for.
            times: how often each answers, or "any" for once or more; None: as the file says, usually once.
            unknown: nothing; here to tell the nearest argument of one that is misspelt.

        Raises:
            UsageError: no such cassette (the nearest names are told), or an argument that cannot be meant.
            DocumentError: a file is not a cassette.
        """
        arguments.check(names, url, fault, times, unknown)
        lots = [
            (name, (store.lines(name, self._roots) if url is None else None) or store.fetch(name, self._roots))
            for name in names
        ]
        options: How = {"fault": fault, "optional": optional, "times": times}
        for name, lot in lots:
            if isinstance(lot, Lines):
                self._queue_lines(name, lot, options)
                continue
            for called, recorded in lot:
                self.queue(called, recorded if url is None else matchers.moved(recorded, url), **options)

    def _queue_lines(self, name: str, lines: Lines, options: How) -> None:
        with self._lock:
            first = self._shelf.reserve(len(lines.lines))
            self._shelf.add(LazyIndex(name, lines, partial(queueing.queued, **options), first, optional=options["optional"]))

    def queue(
        self,
        name: str,
        interaction: Interaction,
        *,
        fault: Fault | None = None,
        optional: bool = False,
        times: Times | None = None,
        call: str = "",
    ) -> None:
        """Queue an interaction that is at hand, as :meth:`play` does with those of a file.

        Args:
            name: what it is called in the ledger and in findings.
            interaction: what is asked, and what is answered.
            fault: as for :meth:`play`, and so are the next two.
            optional: not a finding if it is never asked for.
            times: how often it answers; None: as the interaction says.
            call: how a test writes this, for messages; by default ``harness.http.play("name")``.

        Raises:
            UsageError: an argument that cannot be meant.
        """
        arguments.check_how(fault, times)
        shelf = self._shelf
        with self._lock:
            shelf.index.add(
                queueing.queued(name, interaction, shelf.reserve(), fault=fault, optional=optional, times=times, call=call)
            )

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What is played inside of the block answers only what runs in it, its tasks, threads and executors included.

        For agents that work at the same time, each with cassettes of its own. What a scope has no answer for is looked for
        among the cassettes outside of all scopes, never in another scope.
        """
        shelf = Shelf()
        with self._lock:
            self._shelves.append(shelf)
        with scopes.entered(shelf):
            yield

    @contextmanager
    def workers(self) -> Iterator[Mapping[str, str]]:
        """Processes that are started inside of the block are answered by this player too; yields what they need to know.

        It is in the environment that they inherit. One that gets an environment of its own needs it there, as in
        ``subprocess.run(command, env={**mine, **environment})``. Python processes with autogen-harness installed, no others.
        They wait in real time. Forked ones are answered, too.
        """
        from autogen_harness.cassettes.workers import answering, asking  # few tests start processes

        answers = answering.Answering(self._desk)
        answers.start()
        address = answers.address()
        self._afar = asking.AskingDesk(address)
        try:
            with answering.environment(address, self._allowed) as environment:
                yield environment
        finally:
            self._afar = None
            answers.stop()

    @property
    def _shelf(self) -> Shelf:
        return scopes.current() or self._shelves[0]

    def serve(self, host: str, answer: Answer) -> None:
        """Answer every request to ``host`` (any port) by calling ``answer``; asked before any cassette is."""
        with self._lock:
            self._servers[host.lower()] = answer

    def passes(self, scheme: str, host: str, port: int) -> bool:
        """Do requests to there go their own way? See :meth:`~autogen_harness.cassettes.backends.Desk.passes`."""
        place = scheme, host.lower(), port
        if place[1] in self._servers or any(place in shelf.index.places for shelf in self._shelves):
            return False
        reached = self._reach(host, port)
        return reached == "own" or (reached == "allowed" and not (self._shelf.tapes or self._shelves[0].tapes))

    def answer(self, request: HttpRequest) -> Delivery | Live:
        """What a request meets, recorded as :class:`HttpExchange`; or how it is to be sent, where a cassette is recorded.

        Raises:
            UnmatchedRequest: nothing answers; recorded as the finding ``http-unmatched`` first, because tools swallow it.
        """
        if self._afar is not None and os.getpid() != self._process:  # this is a fork, and what it counts nobody sees
            return self._afar.answer(request)
        asked = matchers.Asked(request)
        server = self._servers.get(asked.host)
        if server is not None:
            return self._deliver(request, f"serve:{asked.host}", server(request))
        with self._lock:
            found = self._find(asked)
        if isinstance(found, Finding):
            self._report(found)
            raise misses.error(found)
        return self._deliver(request, found.name, queueing.met(found)) if isinstance(found, Queued) else found

    def _find(self, asked: matchers.Asked) -> Queued | Live | Finding:
        """What answers a request, counted as played; a finding where nothing does."""
        shelves = [self._shelf] if self._shelf is self._shelves[0] else [self._shelf, self._shelves[0]]
        try:
            found = next((found for shelf in shelves if (found := shelf.find(asked))), None)
            live = None if found else next((live for shelf in shelves if (live := shelf.live(asked))), None)
        except DocumentError as error:
            return misses.unreadable(asked, error)
        if found is not None:
            found.played += 1
            self._ages.check(found.name, found.interaction)
        return found or live or misses.finding(asked, [one for shelf in shelves for one in shelf.near(asked)], self._roots)

    def _deliver(self, request: HttpRequest, source: str, met: HttpReply | Fault | Delivery) -> Delivery:
        self._report(HttpExchange(request, source, queueing.told(met)))
        if isinstance(met, Delivery):
            return met
        return faults.settle(met) if isinstance(met, faults.Fault) else Delivery(met)

    def leftovers(self) -> list[Finding]:
        """One ``http-unplayed`` finding for each interaction that was asked for less often than it was queued to be.

        Those of a large cassette share one.
        """
        alone = [queued for shelf in self._shelves for queued in shelf.left()]
        lazy = [one for shelf in self._shelves for lazy in shelf.lazy for one in lazy.leftovers()]
        return [*map(unplayed.finding, alone), *lazy, *self._unmet()]

    def reset(self) -> None:
        """Forget what was queued, played, recorded and served, and begin again; what :meth:`open` installed stays."""
        self.recordings.reset()
        with self._lock:
            self._shelves = [Shelf()]
            self._servers.clear()
        self.recordings.begin(self._shelves[0])
        self._reset_services()

    def open(self) -> None:
        """Stand between the clients and the network: those imported already, and the others at their import.

        The test's own cassette is played, or recorded, from here on.

        Raises:
            UsageError: it is open; or the test's own cassette is to be recorded, and wall time is frozen.
            DocumentError: the test's own cassette is none.
        """
        self.recordings.begin(self._shelves[0])
        self._doors.open()
        scopes.put(self._patches)

    def close(self) -> None:
        """Uninstall everything; harmless when it is not open. What is still being recorded counts as that of a failed test."""
        self.recordings.finish(failed=True)
        self._patches.undo()
        self._doors.close()
        self._close_services()

    def missed(self, method: str, url: str, mock: str) -> None:
        """Record that a mock of the user's own, which stands before the cassettes, had no answer."""
        self._report(misses.mock_finding(HttpRequest(method, url), mock))

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        self._clock.advance(seconds)
