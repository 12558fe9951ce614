"""Plays scripts: every request of an agent for the model is answered here, from the next turn, or recorded as unanswerable."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from autogen_harness.errors import HarnessError, ScriptBroken, ScriptExhausted, UsageError
from autogen_harness.ledger import Ledger
from autogen_harness.llm.asked.asked import Asked, asked
from autogen_harness.llm.asked.assertions import ToolAssertions
from autogen_harness.llm.asking.seen import Seen
from autogen_harness.llm.findings import findings, mismatches, mistaken, rejections, sweeping
from autogen_harness.llm.findings.meant import Meant
from autogen_harness.llm.lint.lint import lint
from autogen_harness.llm.references import results
from autogen_harness.llm.replies import Reply
from autogen_harness.llm.script import selection
from autogen_harness.llm.script.deliveries import Deliveries
from autogen_harness.llm.script.script import Script, SideScript
from autogen_harness.llm.script.script_file import ScriptFile, no_files
from autogen_harness.llm.script.scripts import Scripts
from autogen_harness.llm.script.sweep import Sample, no_samples
from autogen_harness.llm.turns.making import reply_of
from autogen_harness.llm.turns.turn import Fail, Turn
from autogen_harness.model import Finding, LlmRequest, TurnPlayed
from autogen_harness.settings import dialect

if TYPE_CHECKING:
    from autogen_harness.llm.recording.recorder import Recorder


class ScriptPlayer(Scripts, ToolAssertions):
    """``harness.llm``: holds the scripts of a test and answers the agents from them.

    Args:
        ledger: where everything that happens is recorded.
        expect: called with the findings that turns mean to bring; see :class:`~autogen_harness.llm.findings.meant.Meant`.
        seed: seeds the ids of tool calls, so that a test sees the same ids in every run.
        read: finds and reads a script file by its name.
        sample: makes arguments for a schema; see :meth:`call_every_tool`.
    """

    recorder: Recorder | None = None
    """While a script is recorded: who is told what the real model answers."""

    def __init__(
        self,
        ledger: Ledger,
        expect: Callable[..., None],
        seed: str = "",
        read: Callable[[str], ScriptFile] = no_files,
        sample: Sample = no_samples,
    ) -> None:
        Scripts.__init__(self, seed, read, sample)
        self._ledger, self._meant, self._deliveries = ledger, Meant(expect), Deliveries()
        self._lock, self._dialect = threading.RLock(), "openai"

    def reset(self) -> None:
        """Forget all scripts and turns played; for the next example of a property-based test."""
        self._deliveries = Deliveries()
        self._forget()

    @property
    def dialect(self) -> str:
        """Whose rules requests are held to, where an agent's own configuration does not say it (``openai`` by default).

        Raises:
            UsageError: on setting a name that is none of :data:`~autogen_harness.model.DIALECTS`.
        """
        return self._dialect

    @dialect.setter
    def dialect(self, name: str) -> None:
        try:
            self._dialect = dialect(name)
        except ValueError as error:
            message = f"harness.llm.dialect = {name!r}: {error}"
            raise UsageError(message) from None

    @property
    def _asked(self) -> set[str]:
        """The agents that asked for a turn of theirs."""
        return {request.agent for request in self._ledger.of(LlmRequest) if request.purpose == "reply"}

    @property
    def turns(self) -> list[TurnPlayed]:
        """The turns played so far."""
        return self._ledger.of(TurnPlayed)

    @property
    def requests(self) -> list[Asked]:
        """The requests that agents made so far, as they were on arrival, each with the turn that answered it."""
        return asked(self._ledger)

    def answer(self, request: LlmRequest, *, legacy: bool = False, retried: bool = False) -> Reply | Fail:
        """The answer to one request.

        Args:
            request: as it was on arrival.
            legacy: it offers ``functions``, so one call a turn at most.
            retried: its client tries it again, so it is recorded already: one request, however many attempts.

        Raises:
            ScriptExhausted: there is no turn for it; recorded as a finding as well.
            ScriptBroken: the turn cannot be played; recorded as well.
        """
        with self._lock:
            if not retried:
                self._ledger.record(request)
            refusal = self._refusal(request)
            if refusal is not None:
                return refusal
            again = self._deliveries.again(request)
            if again is not None:
                self._ledger.record(again.played)
                return again.reply
            if request.purpose == "selection":
                return self._select(request)
            if request.purpose == "summary":
                return self._summarise(request)
            return self._reply(request, legacy=legacy)

    def _refusal(self, request: LlmRequest) -> Fail | None:
        """What the API answers to a request that breaks its rules; the turn waits for one that does not."""
        broken = rejections.broken_rules(request, self.dialect)
        for one in broken:
            self._ledger.record(rejections.told(one, request))
        return rejections.answer_to(broken)

    def leftovers(self) -> list[Finding]:
        """A finding ``turns-left`` for each script that has turns left."""
        asked, chosen = self._asked, Counter(turn.said.removeprefix("select ") for turn in self.turns if turn.default)
        left = [self._located(findings.turns_left(script, asked, chosen)) for script in self._scripts if script.left]
        return [*left, *sweeping.idle(self._wish)]

    # -- answers ---------------------------------------------------------------------------------------------------------

    def _reply(self, request: LlmRequest, *, legacy: bool) -> Reply | Fail:
        script = self._script_of(request.agent)
        try:
            turn = self._next(script, request)
        except UsageError as error:
            raise self._refuse(sweeping.unmade(request, error), ScriptBroken) from error
        if turn is None:
            idle = [one for one in self._agents.values() if one.left and one.name not in self._asked]
            raise self._refuse(findings.exhausted(script, request, idle), ScriptExhausted)
        return self._play(script, turn, request, legacy=legacy)

    def _select(self, request: LlmRequest) -> Reply | Fail:
        scripted = self._from_side(self.selector, request)
        if scripted is not None:
            self._check_name(scripted, request)
            return scripted
        upcoming = self._main.upcoming
        name = upcoming.turn.agent if upcoming else None
        if self.selector.forbidden or name is None or not selection.offers(request, name):
            own = [script.name for script in self._agents.values() if script.left]
            names = selection.candidates(request)
            raise self._refuse(findings.unselected(self.selector, self._main, names, own), ScriptExhausted)
        self._ledger.record(
            TurnPlayed(0, request.agent, "selection", f"select {name}", "selector", (), True, Reply(name).message())
        )
        return Reply(name)

    def _check_name(self, scripted: Reply | Fail, request: LlmRequest) -> None:
        """AutoGen asks again after a name that it does not know, and at last takes the next agent: a typo would pass."""
        said = selection.name_in(scripted.text or "") if isinstance(scripted, Reply) else ""
        names = selection.candidates(request)
        if said and names and said not in names:
            self._ledger.record(self._located(findings.no_candidate(said, self.selector.played, names)))

    def _summarise(self, request: LlmRequest) -> Reply | Fail:
        scripted = self._from_side(self.summary, request)
        if scripted is not None:
            return scripted
        if self.summary.forbidden:
            raise self._refuse(findings.unwanted_summary(request), ScriptExhausted)
        last = str(request.messages[-2].get("content") or "") if len(request.messages) > 1 else ""
        message = Reply(last).message()
        self._ledger.record(TurnPlayed(0, request.agent, "summary", "the last message", "summary", (), True, message))
        return Reply(last)

    def _from_side(self, script: SideScript, request: LlmRequest) -> Reply | Fail | None:
        turn = self._next(script, request)
        return self._play(script, turn, request) if turn else None

    # -- which turn ------------------------------------------------------------------------------------------------------

    def _next(self, script: Script, request: LlmRequest) -> Turn | None:
        turn = script.next_for(self._seen(request))
        if script.is_looping:
            raise self._refuse(mismatches.looping(script, request), ScriptExhausted)
        return turn

    def _seen(self, request: LlmRequest) -> Seen:
        """The request, and what conditions and expectations may know beside it."""
        number = sum((one.agent, one.purpose) == (request.agent, request.purpose) for one in self._ledger.of(LlmRequest))
        return Seen(request, number, results.known_to(self._script_of(request.agent).name, self._ledger))

    # -- one turn --------------------------------------------------------------------------------------------------------

    def _play(self, script: Script, turn: Turn, request: LlmRequest, *, legacy: bool = False) -> Reply | Fail:
        seen = self._seen(request)
        if isinstance(turn, Fail):
            self._record(_played(script, turn, request), turn, seen)
            return turn
        try:
            reply = reply_of(turn, seen.runs, script.new_id, request.params.get("response_format"))
            linted = lint(turn, reply, request, legacy=legacy)
        except UsageError as error:
            self._record(_played(script, turn, request), turn, seen)
            raise self._refuse(findings.broken(script, error), ScriptBroken) from error
        played = _played(script, turn, request, reply, legacy=legacy)
        self._record(self._deliveries.sent(request, played, reply), turn, seen)
        for one in linted:
            if one.mistakes:
                self._ledger.record(self._located(mistaken.told(one, script, request)))
        self._meant.by(turn, linted, script)
        return reply

    def _record(self, played: TurnPlayed, turn: Turn, seen: Seen) -> None:
        """Record a turn, and after it what it expected of the request and did not find."""
        self._ledger.record(played)
        differences = turn.expectation.differences(seen) if turn.expectation else ()
        if differences:
            self._ledger.record(self._located(mismatches.unexpected(played, seen.request, differences)))

    def _located(self, finding: Finding) -> Finding:
        """A finding that belongs to a turn of a file, with its place there."""
        name = finding.fields.get("script", "")
        script = next((one for one in self._scripts if one.name == name), None)
        place = script.place_of(finding.turn) if script else ""
        return findings.located(finding, place) if place else finding

    def _refuse(self, finding: Finding, error: type[HarnessError]) -> HarnessError:
        finding = self._located(finding)
        self._ledger.record(finding)
        return error(finding.what + (f". {finding.fix}" if finding.fix else ""))


def _played(script: Script, turn: Turn, request: LlmRequest, reply: Reply | None = None, *, legacy: bool = False) -> TurnPlayed:
    calls = tuple((call.id, call.name) for call in reply.calls) if reply else ()
    answer = reply.message(legacy=legacy) if reply else {}
    return TurnPlayed(script.played, request.agent, request.purpose, turn.conditioned, script.name, calls, answer=answer)
