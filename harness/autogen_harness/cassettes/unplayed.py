"""Say which interactions were not asked for as often as they were queued to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.model import Finding

if TYPE_CHECKING:
    from collections.abc import Container

    from autogen_harness.cassettes.cassette import Queued


def finding(queued: Queued, recorded: Container[str]) -> Finding:
    """What to report of an interaction; ``recorded`` are the cassettes that the test records."""
    request = queued.interaction.request
    once = queued.times in (1, "any")
    count = "never asked for" if once else f"asked for {queued.played} of {queued.times} times"
    change = f"times={queued.played}" if queued.played else "optional=True"
    mend = f'write harness.http.play("{queued.name}", {change})'
    if queued.name.partition("#")[0] in recorded:
        mend = "record anew with --harness-record=all"
    return Finding(
        rule="http-unplayed",
        what=f"{queued.name} ({request.method} {request.url}) was {count}",
        fix=f"find out why the request was not sent, or {mend}",
        expect=f'harness.expect("http-unplayed", name="{queued.name}")',
        fields={"name": queued.name},
    )
