"""Plays interactions to whoever asks, and keeps the account: what was answered, what was missed, what is left.

The player knows no HTTP client. Backends bring it requests from any thread and any event loop, and turn what it answers into
their client's own responses and exceptions.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NoReturn

from autogen_harness.cassettes import arguments, lots, misses, scopes, unplayed
from autogen_harness.cassettes.arguments import Arguments
from autogen_harness.cassettes.cassette import Queued
from autogen_harness.cassettes.doors import Doors, Seat
from autogen_harness.cassettes.failing import faults, plans
from autogen_harness.cassettes.failing.overlays import Found
from autogen_harness.cassettes.files.collecting import held_back
from autogen_harness.cassettes.lots import Lot
from autogen_harness.cassettes.matching import matchers
from autogen_harness.cassettes.recording.modes import Recording
from autogen_harness.cassettes.recording.offered import Recorded
from autogen_harness.cassettes.recording.session import Recordings
from autogen_harness.cassettes.services.offered import Services
from autogen_harness.cassettes.shelf import Shelf
from autogen_harness.cassettes.workers.offered import Workers
from autogen_harness.errors import DocumentError
from autogen_harness.model import Delivery, Finding, HttpExchange, HttpReply, HttpRequest
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from autogen_harness.cassettes.backends import Live
    from autogen_harness.cassettes.cassette import Interaction, Times
    from autogen_harness.cassettes.failing.faults import Fault
    from autogen_harness.cassettes.failing.plans import Faults
    from autogen_harness.cassettes.matching.functions import Matcher
    from autogen_harness.clock import VirtualClock
    from autogen_harness.ledger import Entry

    Answer = Callable[[HttpRequest], HttpReply | Fault | Delivery]
    Reach = Callable[[str, int], Literal["", "own", "allowed"]]


def _nowhere(_host: str, _port: int) -> Literal[""]:
    return ""


class Player(Services, Recorded, Workers):
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
        self._clock, self._roots, self._reach = clock, tuple(roots), reach
        self._lock = RLock()  # a matcher of the test's own may send a request itself
        self._shelves = [Shelf()]
        self._servers: dict[str, Answer] = {}
        recording = recording or Recording()
        self._secret_names = recording.secret_names
        self.recordings = Recordings(recording, record, clock, self._roots, self.play)
        super().__init__(Seat(self.passes, self.answer, self.missed, record, self.advance), allowed)
        self._doors = Doors(self._desk, backends)
        self._patches = Patches()

    def play(
        self,
        *names: str,
        url: str | None = None,
        fault: Faults = None,
        optional: bool = False,
        times: int | Literal["any"] | None = None,
        match: Matcher | None = None,
        ignore: Iterable[str] = (),
        like: Mapping[str, str] | None = None,
        **unknown: NoReturn,
    ) -> None:
        """Queue the interactions of these cassettes, behind those queued before.

        Args:
            names: ``folder/file``, or ``folder/file#2`` for one interaction of a file that has several; or a file of faults.
            url: asked for at this URL instead of the recorded one; for webhooks.
            fault: what the requester meets instead of the recorded answer; meeting it counts as played. Several, in a list, are
                met by one attempt each, before the recorded answer.
            optional: not a finding if it is never asked for.
            times: how often each answers, or "any" for once or more; None: as the file says, usually once.
            match: decides instead of all other matching but that of method and host: takes the recorded request and the one
                sent, returns whether they fit, or what differs.
            ignore: places that are not compared, such as ``"query.t"``, beside those of the file.
            like: places whose value must only be of a kind, such as ``{"body.id": "uuid"}``, beside those of the file.
            unknown: nothing; here to tell the nearest argument of one that is misspelt.

        Raises:
            UsageError: no such cassette (the nearest names are told), or an argument that cannot be meant.
            DocumentError: a file is not a cassette.
        """
        how = arguments.read(
            names, unknown, url=url, fault=fault, optional=optional, times=times, match=match, ignore=ignore, like=like
        )
        with held_back():
            self._queue([lots.lot(name, how, self._roots) for name in names], how)

    def queue(
        self,
        name: str,
        interaction: Interaction,
        *,
        fault: Faults = None,
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
        how = arguments.checked(Arguments(fault=fault, optional=optional, times=times))
        self._queue([Lot(name, [Found(name, interaction, call=call)])], how)

    def _queue(self, queued: Sequence[Lot], how: Arguments) -> None:
        shelf = self._shelf
        with self._lock:
            ready = [one for each in queued for one in lots.ready(each, how, shelf)]  # all of it, or nothing
            for one in ready:
                shelf.add(one)

    @property
    def states(self) -> Mapping[str, str]:
        """The state of each scenario, as it is now. To be read only: the requests that are answered change it."""
        outer, own = self._shelves[0].index.states or {}, self._shelf.index.states or {}
        return MappingProxyType({**outer, **own})

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
        if place[1] in self._servers:
            return False
        for shelf in self._shelves:  # for every request of every client: no generator
            if place in shelf.index.places:
                return False
        reached = self._reach(host, port)
        return reached == "own" or (reached == "allowed" and not (self._shelf.tapes or self._shelves[0].tapes))

    def answer(self, request: HttpRequest) -> Delivery | Live:
        """What a request meets, recorded as :class:`HttpExchange`; or how it is to be sent, where a cassette is recorded.

        Raises:
            UnmatchedRequest: nothing answers; recorded as the finding ``http-unmatched`` first, because tools swallow it.
        """
        if self._afar is not None and (elsewhere := self._elsewhere):
            return elsewhere.answer(request)
        asked = matchers.Asked(request)
        server = self._servers.get(asked.host)
        if server is not None:
            return self._deliver(request, f"serve:{asked.host}", server(request))
        with self._lock:
            found = self._find(asked)
            if isinstance(found, Queued):
                again, met = plans.again(found) if found.lost else None, found.meet()
        if isinstance(found, Queued):
            if again:
                self._report(again)
            return self._deliver(request, found.name, met or Delivery(found.interaction.outcome))
        if isinstance(found, Finding):
            self._report(found)
            raise misses.error(found)
        return found

    def _find(self, asked: matchers.Asked) -> Queued | Live | Finding:
        """What answers a request; a finding where nothing does."""
        own, outer = self._shelf, self._shelves[0]
        shelves = (own,) if own is outer else (own, outer)
        try:
            for shelf in shelves:
                found = shelf.find(asked)
                if found is not None:
                    self._ages.check(found.name, found.interaction)
                    return found
            live = next((live for shelf in shelves if (live := shelf.live(asked))), None)
        except DocumentError as error:
            return misses.unreadable(asked, error, self._secret_names)
        if live is not None:
            return live
        near = [one for shelf in shelves for one in shelf.near(asked)]
        to_allow = self._hosts_to_allow(asked)
        return misses.finding(asked, near, self._roots, recordable=to_allow, names=self._secret_names)

    def _hosts_to_allow(self, asked: matchers.Asked) -> Sequence[str]:
        """All hosts that have to be allowed if this request is to be recorded; none where they are."""
        return () if self._reach(asked.host, asked.port) == "allowed" else (*self._allowed, asked.host)

    def _deliver(self, request: HttpRequest, source: str, met: HttpReply | Fault | Delivery) -> Delivery:
        self._report(HttpExchange(request, source, faults.told(met), self._secret_names))
        if isinstance(met, Delivery):
            return met
        return faults.settle(met, self._clock.now) if isinstance(met, faults.Fault) else Delivery(met)

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
        self._open_workers(self._patches, self._report)

    def close(self) -> None:
        """Uninstall everything; harmless when it is not open. What is still being recorded counts as that of a failed test."""
        self.recordings.finish(failed=True)
        self._patches.undo()
        self._doors.close()
        self._close_services()
        self._close_workers()

    def missed(self, method: str, url: str, mock: str) -> None:
        """Record that a mock of the user's own, which stands before the cassettes, had no answer."""
        self._report(misses.mock_finding(HttpRequest(method, url), mock, self._secret_names))

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        self._clock.advance(seconds)
