"""Say which interactions were not asked for as often as they were queued to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.model import Finding

if TYPE_CHECKING:
    from autogen_harness.cassettes.cassette import Queued


def finding(queued: Queued) -> Finding:
    """What to report of an interaction."""
    request = queued.interaction.request
    once = queued.times in (1, "any")
    count = "never asked for" if once else f"asked for {queued.played} of {queued.times} times"
    change = queued.written(f"times={queued.played}" if queued.played else "optional=True")
    return Finding(
        rule="http-unplayed",
        what=f"{queued.name} ({request.method} {request.url}) was {count}",
        fix=f"find out why the request was not sent, or write {change}",
        expect=f'harness.expect("http-unplayed", name="{queued.name}")',
        fields={"name": queued.name},
    )
