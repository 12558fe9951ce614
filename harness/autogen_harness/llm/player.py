"""Plays scripts: every request of an agent for the model is answered here, from the next turn, or recorded as unanswerable."""

from __future__ import annotations

import json
import random
import re
import string
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autogen_harness.errors import HarnessError, ScriptBroken, ScriptExhausted, UsageError
from autogen_harness.ledger import Ledger
from autogen_harness.llm import findings, selection, structured
from autogen_harness.llm.asked import Asked, asked
from autogen_harness.llm.references import fill
from autogen_harness.llm.replies import Reply, ToolCall
from autogen_harness.llm.rules import violations
from autogen_harness.llm.script import Script, SideScript
from autogen_harness.llm.turns import Call, Calls, Fail, Say, Turn
from autogen_harness.model import Finding, LlmRequest, Said, ToolRun, TurnPlayed

_ID_ALPHABET = string.ascii_letters + string.digits


class ScriptPlayer:
    """``harness.llm``: holds the scripts of a test and answers the agents from them.

    Args:
        ledger: where everything that happens is recorded.
        expect: called with the fields of an expected ``tool-raised``, when a turn with ``.raises(...)`` is played.
        seed: seeds the ids of tool calls, so that a test sees the same ids in every run.
    """

    dialect = "openai"
    """Whose rules requests are held to: ``openai``, ``azure`` or ``strict-compatible`` (vLLM, DeepSeek)."""

    def __init__(self, ledger: Ledger, expect: Callable[[str, Mapping[str, Any], Said], None], seed: str = "") -> None:
        self._ledger, self._expect, self._seed = ledger, expect, seed
        self._lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Forget all scripts and turns played; for the next example of a property-based test."""
        self._random = random.Random(self._seed)  # noqa: S311 - ids must repeat from run to run, not be secret
        self._main = Script("")
        self._agents: dict[str, Script] = {}
        self.selector = SideScript("selector")
        self.summary = SideScript("summary")

    def script(self, *turns: Turn) -> None:
        """Set what the model says, in order, to whichever agents ask.

        Raises:
            UsageError: an earlier script has turns left, or something is not a turn.
        """
        self._main.load(turns)

    def agent(self, name: str) -> Script:
        """The script of one agent, ``harness.llm.agent("planner").script(...)``; the agent then never takes a common turn."""
        return self._agents.setdefault(name, Script(name))

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

    def answer(self, request: LlmRequest, *, legacy: bool = False) -> Reply | Fail:
        """The answer to one request. ``legacy``: the request offers ``functions``, so one call a turn at most.

        Raises:
            ScriptExhausted: there is no turn for it; recorded as a finding as well.
            ScriptBroken: the turn cannot be played; recorded as well.
        """
        with self._lock:
            self._ledger.record(request)
            refusal = self._refusal(request)
            if refusal is not None:
                return refusal
            if request.purpose == "selection":
                return self._select(request)
            if request.purpose == "summary":
                return self._summarise(request)
            return self._reply(request, legacy=legacy)

    def _refusal(self, request: LlmRequest) -> Fail | None:
        """What the API answers to a request that breaks its rules; the turn waits for one that does not."""
        broken = [one for one in violations(request.body, self.dialect) if request.body]
        for one in broken:
            self._ledger.record(findings.doubted(one, request) if one.warning else findings.rejected(one, request))
        first = next((one for one in broken if not one.warning), None)
        if first is None:
            return None
        return Fail("status", first.status, first.message, first.code, param=first.param, type=first.type)

    def leftovers(self) -> list[Finding]:
        """A finding ``turns-left`` for each script that has turns left."""
        scripts = [self._main, *self._agents.values(), self.selector, self.summary]
        asked, chosen = self._asked, Counter(turn.said.removeprefix("select ") for turn in self.turns if turn.default)
        return [findings.turns_left(script, asked, chosen) for script in scripts if script.left]

    # -- answers ---------------------------------------------------------------------------------------------------------

    def _reply(self, request: LlmRequest, *, legacy: bool) -> Reply | Fail:
        script = self._agents.get(request.agent, self._main)
        turn = script.peek()
        if turn is None or turn.agent not in (None, request.agent):
            idle = [one for one in self._agents.values() if one.left and one.name not in self._asked]
            raise self._refuse(findings.exhausted(script, turn, request, idle), ScriptExhausted)
        reply = self._play(script, turn, request, legacy=legacy)
        made = reply.calls if isinstance(reply, Reply) else ()
        for one, call in zip(_made_by(turn), made, strict=True):
            if one.tool not in request.tools:
                self._ledger.record(findings.not_offered(one, script, request))
            self._expect_error(one, script, call.id)
        return reply

    def _expect_error(self, turn: Call, script: Script, call_id: str) -> None:
        if turn.expected:
            match = {"message": re.compile(turn.expected.match)} if turn.expected.match else {}
            owner = f" of {script.name}" if script.name else ""
            said = Said(f"turn {script.played}{owner} says {turn.expected}", turn.tool, call_id)
            self._expect("tool-raised", {"tool": turn.tool, "error": turn.expected.type, **match}, said)

    def _select(self, request: LlmRequest) -> Reply | Fail:
        scripted = self._from_side(self.selector, request)
        if scripted is not None:
            self._check_name(scripted, request)
            return scripted
        upcoming = self._main.peek()
        name, forbidden = upcoming.agent if upcoming else None, self.selector.forbidden
        if forbidden or name is None or not selection.offers(request, name):
            names = selection.candidates(request)
            raise self._refuse(findings.unselected(upcoming, self._main.played, names, forbidden=forbidden), ScriptExhausted)
        self._ledger.record(
            TurnPlayed(0, request.agent, "selection", f"select {name}", "selector", (), True, Reply(name).message())
        )
        return Reply(name)

    def _check_name(self, scripted: Reply | Fail, request: LlmRequest) -> None:
        """AutoGen asks again after a name that it does not know, and at last takes the next agent: a typo would pass."""
        said = selection.name_in(scripted.text or "") if isinstance(scripted, Reply) else ""
        names = selection.candidates(request)
        if said and names and said not in names:
            self._ledger.record(findings.no_candidate(said, self.selector.played, names))

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
        turn = script.peek()
        if turn is None:
            return None
        return self._play(script, turn, request)

    # -- one turn --------------------------------------------------------------------------------------------------------

    def _play(self, script: Script, turn: Turn, request: LlmRequest, *, legacy: bool = False) -> Reply | Fail:
        number, broken = script.take(), None
        try:
            reply = self._reply_of(turn, request, legacy=legacy)
        except UsageError as error:
            reply, broken = Reply(), error
        calls = tuple((call.id, call.name) for call in reply.calls) if isinstance(reply, Reply) else ()
        message = reply.message(legacy=legacy) if isinstance(reply, Reply) and not broken else {}
        played = TurnPlayed(number, request.agent, request.purpose, str(turn), script.name, calls, answer=message)
        self._ledger.record(played)
        if broken:
            raise self._refuse(findings.broken(script, broken), ScriptBroken) from broken
        return reply

    def _reply_of(self, turn: Turn, request: LlmRequest, *, legacy: bool) -> Reply | Fail:
        runs = self._ledger.of(ToolRun)
        if isinstance(turn, Fail):
            return turn
        if isinstance(turn, Say):
            text = _text(turn, runs)
            if turn.structured:
                structured.check(json.loads(text), request.params.get("response_format"))
            return Reply(text)
        if legacy and isinstance(turn, Calls):
            message = 'the request offers legacy "functions": one call a turn; offer "tools", or script one call(...) a turn'
            raise ScriptBroken(message)
        return Reply(calls=tuple(self._call(one, runs) for one in _made_by(turn)))

    def _call(self, turn: Call, runs: Sequence[ToolRun]) -> ToolCall:
        ident = "call_" + "".join(self._random.choices(_ID_ALPHABET, k=24))
        return ToolCall(ident, turn.tool, _arguments(turn, runs))

    def _refuse(self, finding: Finding, error: type[HarnessError]) -> HarnessError:
        self._ledger.record(finding)
        return error(finding.what + (f". {finding.fix}" if finding.fix else ""))


def _made_by(turn: Turn) -> list[Call]:
    """The calls that a turn makes."""
    made = turn.calls if isinstance(turn, Calls) else (turn,)
    return [one for one in made if isinstance(one, Call)]


def _arguments(turn: Call, runs: Sequence[ToolRun]) -> str:
    try:
        return json.dumps(fill(turn.arguments, runs), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise _not_json("the arguments", turn, error) from error


def _text(turn: Say, runs: Sequence[ToolRun]) -> str:
    try:
        return turn.text(fill(turn.parts, runs))
    except (TypeError, ValueError) as error:
        raise _not_json("a part", turn, error) from error


def _not_json(what: str, turn: Turn, error: Exception) -> ScriptBroken:
    return error if isinstance(error, ScriptBroken) else ScriptBroken(f"{what} of {turn} cannot be written as JSON: {error}")
