"""Say which interactions were not asked for as often as they were queued to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.cassettes.files import whereabouts
from autogen_harness.cassettes.matching import functions
from autogen_harness.model import Finding
from autogen_harness.secrecy.shown import shown_url
from autogen_harness.wording import counted

if TYPE_CHECKING:
    from autogen_harness.cassettes.cassette import Queued


def finding(queued: Queued) -> Finding:
    """What to report of an interaction."""
    request = queued.interaction.request
    return Finding(
        rule="http-unplayed",
        what=f"{queued.name} ({request.method} {shown_url(request.url)}) was {_count(queued)}{_why(queued)}",
        fix=f"find out why the request was not sent, or {_change(queued)}",
        expect=f'harness.expect("http-unplayed", name="{queued.name}")',
        fields={"name": queued.name},
    )


def _change(queued: Queued) -> str:
    """What to do where the request is no longer to be sent."""
    command = whereabouts.recording_command("all") if queued.recorded else ""
    if command:
        return f"record it anew: {command}"
    return f"write {queued.written(f'times={queued.played}' if queued.played else 'optional=True')}"


def _count(queued: Queued) -> str:
    if queued.met:
        return f"not asked for again, after {counted(queued.met, 'attempt')} that met a fault"
    return "never asked for" if queued.times in (1, "any") else f"asked for {queued.played} of {queued.times} times"


def _why(queued: Queued) -> str:
    """What keeps it from being asked for, as far as it can be seen from here."""
    scenario = queued.interaction.scenario
    if queued.waits and scenario is not None and queued.states is not None:
        state = queued.states[scenario.name]
        return f"; it waits for the state {scenario.when!r} of the scenario {scenario.name!r}, which is in {state!r}"
    return f"; {functions.name(queued.match)} raised {queued.doubt}" if queued.doubt else ""
