"""Say why a request was not answered: the finding, with the nearest interactions. Runs on a miss only."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from autogen_harness.cassettes import mending
from autogen_harness.cassettes.files import skeletons, whereabouts
from autogen_harness.cassettes.matching import functions, matchers
from autogen_harness.differences import render
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.model import Finding
from autogen_harness.secrecy.shown import shown_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from autogen_harness.cassettes.cassette import Queued
    from autogen_harness.cassettes.mending import Near
    from autogen_harness.differences import Difference
    from autogen_harness.errors import DocumentError
    from autogen_harness.model import HttpRequest

MAX_SHOWN = 3
"""Interactions shown for one miss."""

MAX_BODY = 200
"""Characters of a request's body shown."""


def finding(
    asked: matchers.Asked,
    near: Iterable[Queued],
    roots: Sequence[Path],
    *,
    recordable: Sequence[str] | None = None,
    names: tuple[str, ...] = (),
) -> Finding:
    """What to report when no queued interaction answers.

    Args:
        asked: the request.
        near: interactions to compare it with.
        roots: the user's folders of cassettes.
        recordable: the test plays cassettes, so it can also record one if these hosts are allowed; None: it plays none.
        names: of headers, parameters and keys whose values are not shown, beside those that never are.
    """
    closest = _closest(asked, near)
    shown = [_shown(queued, [_without_secrets(one, names) for one in found], roots) for queued, found in closest]
    lines = [f"no cassette answers {_sent(asked, names)}", *shown]
    if not closest:
        lines.append("  nothing is queued for any host")
    return Finding(
        rule="http-unmatched",
        what="\n".join(lines),
        fix="\n".join(mending.mend(asked, closest, roots, mending.recorded(asked, recordable), names)),
        expect=f'harness.expect("http-unmatched", method="{asked.method}", host="{asked.host}")',
        fields=fields(asked.request),
    )


def unreadable(asked: matchers.Asked, error: DocumentError, names: tuple[str, ...] = ()) -> Finding:
    """What to report when the interaction that answers stands in a broken line of a large cassette."""
    return Finding(
        rule="http-unmatched",
        what=f"no cassette answers {_sent(asked, names)}: the line of the interaction that would is broken\n{error}",
        fix="restore the file; `autogen-harness cassette check` tells of everything that is wrong with it",
        expect=f'harness.expect("http-unmatched", method="{asked.method}", host="{asked.host}")',
        fields=fields(asked.request),
    )


def error(missed: Finding) -> UnmatchedRequest:
    """What the requester meets."""
    return UnmatchedRequest(f"{missed.what}\n{missed.fix}")


def mock_finding(request: HttpRequest, mock: str, names: tuple[str, ...] = ()) -> Finding:
    """What to report when a mock of the user's own, which stands before the cassettes, has no answer."""
    asked = matchers.Asked(request)
    what = f"{mock}, which the test itself started, has no answer for {_sent(asked, names)}"
    return _without_cassettes(
        asked, what, f"add the answer to the {mock}, or let it pass the request on and call harness.http.play(...)"
    )


def websocket(request: HttpRequest) -> Finding:
    """What to report when a request asks for a websocket, of which cassettes know nothing."""
    asked = matchers.Asked(request)
    what = f"{_sent(asked)} asks for a websocket, and cassettes play none"
    return _without_cassettes(
        asked, what, "put a server of the test's own in its place, or replace the client that asks for it"
    )


def _without_cassettes(asked: matchers.Asked, what: str, fix: str) -> Finding:
    expect = f'harness.expect("http-unmatched", method="{asked.method}", host="{asked.host}")'
    return Finding("http-unmatched", what, fix, expect, fields=fields(asked.request))


def fields(request: HttpRequest) -> dict[str, str]:
    """What ``harness.expect("http-unmatched", ...)`` compares."""
    asked = matchers.Asked(request)
    return {"method": asked.method, "url": request.url, "host": asked.host}


def _closest(asked: matchers.Asked, near: Iterable[Queued]) -> list[Near]:
    """At most three, those with the fewest differences first."""
    compared = [(queued, _differences(queued, asked)) for queued in near]
    return sorted(compared, key=lambda pair: (_distance(pair[1]), pair[0].order))[:MAX_SHOWN]


def _differences(queued: Queued, asked: matchers.Asked) -> list[Difference]:
    return functions.differences(queued, asked) if queued.match else matchers.differences(queued.interaction, asked)


def _distance(found: Sequence[Difference]) -> tuple[int, int]:
    """How many parts of the request differ, then in how many places."""
    return len({mending.part(difference) for difference in found}), len(found)


def _sent(asked: matchers.Asked, names: tuple[str, ...] = ()) -> str:
    """Without secrets: a report is read by many, and tools put what they catch into their answers."""
    request = skeletons.without_secrets(asked.request, names).request
    shown = _body(request.body)
    return f"{asked.method} {request.url}" + (f" with body {shown}" if shown else "")


def _without_secrets(found: Difference, names: tuple[str, ...]) -> Difference:
    expected, actual = (shown_value(found.path, value, names) for value in (found.expected, found.actual))
    return replace(found, expected=expected, actual=actual)


def _body(body: bytes) -> str:
    """The beginning of a body, in one line: nothing in it moves a cursor or rings a bell."""
    text = body.decode("utf-8", "backslashreplace")
    readable = (text, json.dumps(text, ensure_ascii=False), json.dumps(text))
    shown = next(one for one in readable if one.isprintable())
    return shown if len(shown) <= MAX_BODY else f"{shown[: MAX_BODY - 1]}…"


def _shown(queued: Queued, found: Sequence[Difference], roots: Sequence[Path]) -> str:
    place = whereabouts.place(queued.source or queued.name, roots)
    lines = [f"  {queued.name} ({_count(queued)}){' differs' if found else ''}:"]
    if found:
        lines.append(render(found, expected="cassette has", actual="request has", indent="    "))
    else:
        lines[0] += f" fits, {_state(queued) or 'and has been played as often as it was asked to'}"
    return "\n".join([*lines, f"    at {place}"] if place else lines)


def _count(queued: Queued) -> str:
    played = f"played {queued.played}" + (f" of {queued.times}" if queued.times != "any" else "")
    return played + (f", {queued.met} of {len(queued.ahead)} faults met" if queued.ahead else "")


def _state(queued: Queued) -> str:
    """The state that an interaction waits for, where it does."""
    scenario = queued.interaction.scenario
    if not queued.waits or scenario is None or queued.states is None:
        return ""
    state = queued.states[scenario.name]
    return f"but only in the state {scenario.when!r} of the scenario {scenario.name!r}, which is in {state!r}"
