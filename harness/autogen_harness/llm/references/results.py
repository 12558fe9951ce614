"""The tool runs that a reference may point at, in the order of the turns that called them, whichever ended first."""

from __future__ import annotations

from collections.abc import Sequence

from autogen_harness.ledger import Ledger
from autogen_harness.model import ToolRun, TurnPlayed


def known_to(script: str, ledger: Ledger) -> list[ToolRun]:
    """The runs that the turns of a script may quote.

    The script of everybody knows all of them. That of one agent knows of a tool that this agent called only its own calls, so
    that no other agent, at work at the same time, comes between.

    Args:
        script: the name of the script; "" for everybody's.
        ledger: what happened.
    """
    calls = [(ident, tool, turn.script) for turn in ledger.of(TurnPlayed) for ident, tool in turn.calls]
    runs = _as_called(ledger.of(ToolRun), [ident for ident, _, _ in calls])
    own = {ident: tool for ident, tool, owner in calls if script and owner == script}
    return [run for run in runs if run.tool not in own.values() or run.call_id in own or run.call_id is None]


def _as_called(runs: Sequence[ToolRun], called: Sequence[str]) -> list[ToolRun]:
    """The runs, of which those with a known id change places with each other until they stand in the order of the calls."""
    order = {ident: number for number, ident in enumerate(called)}
    ordered = iter(sorted((run for run in runs if run.call_id in order), key=lambda run: order[str(run.call_id)]))
    return [next(ordered) if run.call_id in order else run for run in runs]
