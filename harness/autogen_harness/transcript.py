"""The story of a run, made from the ledger: turn by turn, what was scripted and what happened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from autogen_harness.differences import show
from autogen_harness.errors import told
from autogen_harness.ledger import Entry, Ledger
from autogen_harness.model import LEFTOVERS, Finding, HttpExchange, LlmRequest, Note, Said, Slept, ToolRun, TurnPlayed
from autogen_harness.secrecy.shown import shown_url


@dataclass(slots=True)
class Row:
    """One turn: who asked, what was scripted, what happened until the next turn, and the rules that were broken there."""

    turn: str
    agent: str
    scripted: str
    happened: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    call_ids: tuple[str, ...] = ()
    default: bool = False
    times: int = 1

    @property
    def shown(self) -> str:
        """What was scripted, as the table says it."""
        notes = [*(["default"] if self.default else []), *([f"{self.times} times"] if self.times > 1 else [])]
        return f"{self.scripted} ({', '.join(notes)})" if notes else self.scripted


class Transcript:
    """``harness.transcript``: read-only views of the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def tool_calls(self) -> list[str]:
        """The names of the tools that really ran, in order; a tool that was not found did not."""
        return [run.tool for run in self.tool_runs if run.outcome in ("ok", "raised")]

    @property
    def tool_runs(self) -> list[ToolRun]:
        """Every call that an agent executed or failed to execute."""
        return self._ledger.of(ToolRun)

    @property
    def turns(self) -> list[TurnPlayed]:
        """Every turn that was played, with those of the speaker selector and of summaries."""
        return self._ledger.of(TurnPlayed)

    @property
    def requests(self) -> list[LlmRequest]:
        """What the agents sent to the model."""
        return self._ledger.of(LlmRequest)

    @property
    def http(self) -> list[HttpExchange]:
        """Every HTTP request that a cassette or the webhook receiver answered."""
        return self._ledger.of(HttpExchange)

    @property
    def waits(self) -> list[float]:
        """Virtual seconds of each wait."""
        return [slept.seconds for slept in self._ledger.of(Slept)]

    @property
    def notes(self) -> list[Note]:
        """What could not be checked."""
        return self._ledger.of(Note)

    @property
    def told(self) -> list[str]:
        """The notes as lines."""
        return [f"{note.topic}: {note.text}" for note in self.notes]

    @property
    def recordings(self) -> list[str]:
        """Those that say what was recorded and where it is, and what was not."""
        return [line for line in self.told if line.startswith("recording: ")]

    def came_of(self, said: Said) -> str:
        """What came of the call that ``said`` is about, in words; AutoGen 0.2 does not hand on the ids of calls."""
        mine = [run for run in self.tool_runs if run.tool == said.tool and run.call_id in (said.call_id, None)]
        return _ran(mine[-1]).replace(" -> ", " returned ", 1) if mine else f"{said.tool} did not run"

    @property
    def rows(self) -> list[Row]:
        """The run as a table."""
        rows = [Row("", "", "(before the first turn)")]
        for entry in self._ledger:
            if isinstance(entry, TurnPlayed):
                _add_turn(_row(entry), rows)
            else:
                _add(entry, rows)
        before, *turns = rows = _joined(rows)
        if not turns:
            before.scripted = ""
        return rows if before.happened or (before.rules and turns) else turns


def _label(script: str, number: int | None) -> str:
    """A turn as the table names it: its number, after the name of a script that is not everybody's."""
    return f"{script} {number or ''}".strip()


def _row(turn: TurnPlayed) -> Row:
    agent = {"selection": "(speaker selection)", "summary": f"{turn.agent} (summary)"}.get(turn.purpose, turn.agent)
    ids = tuple(ident for ident, _ in turn.calls)
    return Row(_label(turn.script, turn.number), agent, turn.said, call_ids=ids, default=turn.default)


def _add_turn(row: Row, rows: list[Row]) -> None:
    """A default that is said again, since nothing happened, is one row that says how often."""
    last = rows[-1]
    if row.default and last.default and (last.agent, last.scripted) == (row.agent, row.scripted) and not last.happened:
        last.times += 1
    else:
        rows.append(row)


def _joined(rows: list[Row]) -> list[Row]:
    """A turn that was played again and again, and of which the same came, is one row that says how often."""
    joined: list[Row] = []
    for row in rows:
        if joined and replace(joined[-1], times=row.times, call_ids=row.call_ids) == row:
            joined[-1].times += row.times
        else:
            joined.append(row)
    return joined


def _add(entry: Entry, rows: list[Row]) -> None:
    row = rows[-1]
    if isinstance(entry, ToolRun):
        row = next((one for one in rows if entry.call_id and entry.call_id in one.call_ids), row)
        row.happened.append(_ran(entry))
    elif isinstance(entry, HttpExchange):
        row.happened.append(
            f"  {entry.request.method} {shown_url(entry.request.url, entry.secret_names)} -> {entry.outcome} ({entry.source})"
        )
    elif isinstance(entry, Slept):
        row.happened.append(f"  waited {entry.seconds:g} s ({entry.how})")
    elif isinstance(entry, Finding):
        _mark(entry, rows)


def _mark(finding: Finding, rows: list[Row]) -> None:
    """Point at the row that a rule was broken in. What is left over at the end was broken in none."""
    script, first = finding.fields.get("script", ""), finding.turn or 1
    if finding.rule == "turns-left":
        numbers = finding.fields.get("numbers") or range(first, first + len(finding.fields["turns"]))
        pairs = zip(numbers, finding.fields["turns"], strict=True)
        left = [Row(_label(script, number), "", said, ["(not played)"]) for number, said in pairs]
        left[0].rules.append(finding.rule)
        rows += left
    elif finding.rule not in LEFTOVERS:
        label = _label(script, finding.turn)
        owner = next((one for one in reversed(rows) if finding.turn and one.turn == label), rows[-1])
        owner.rules.append(finding.rule)


def _ran(run: ToolRun) -> str:
    return f"{run.tool} {outcome_of(run)}"


def outcome_of(run: ToolRun) -> str:
    """What came of a tool call, in one line that continues the tool's name."""
    if run.outcome == "unknown":
        return f"was not found on {run.agent}"
    if run.outcome == "raised" and run.error is not None:
        return f"raised {_cut(told(run.error).splitlines()[0])}"
    if run.outcome == "bad-args":
        return "did not take its arguments"
    return f"-> {show(run.result) if not isinstance(run.result, str) else _cut(run.result)}"


def _cut(text: str, limit: int = 120) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"
