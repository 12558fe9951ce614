"""Say why a request was not answered: the finding, with the nearest interactions and the line to write. Runs on a miss only."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from autogen_harness.cassettes.files import skeletons, store, whereabouts
from autogen_harness.cassettes.matching import functions, matchers
from autogen_harness.differences import ABSENT, render
from autogen_harness.errors import UnmatchedRequest
from autogen_harness.model import Finding
from autogen_harness.secrecy.shown import shown_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from autogen_harness.cassettes.cassette import Interaction, Queued
    from autogen_harness.differences import Difference
    from autogen_harness.errors import DocumentError
    from autogen_harness.model import HttpRequest

    _Near = tuple[Queued, list[Difference]]
    """An interaction, and where the request differs from it."""

MAX_SHOWN = 3
"""Interactions shown for one miss."""

MAX_FILES = 200
"""Cassettes searched for one that would have answered."""

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
        fix="\n".join(_mend(asked, closest, roots, _recorded(asked, recordable), names)),
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


def _closest(asked: matchers.Asked, near: Iterable[Queued]) -> list[_Near]:
    """At most three, those with the fewest differences first."""
    compared = [(queued, _differences(queued, asked)) for queued in near]
    return sorted(compared, key=lambda pair: (_distance(pair[1]), pair[0].order))[:MAX_SHOWN]


def _differences(queued: Queued, asked: matchers.Asked) -> list[Difference]:
    return functions.differences(queued, asked) if queued.match else matchers.differences(queued.interaction, asked)


def _distance(found: Sequence[Difference]) -> tuple[int, int]:
    """How many parts of the request differ, then in how many places."""
    return len({_part(difference) for difference in found}), len(found)


def _part(difference: Difference) -> str:
    """The part of a request that a difference is in: method, host, path, query, body."""
    return difference.path.partition(".")[0].partition("[")[0]


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


def _mend(
    asked: matchers.Asked, closest: Sequence[_Near], roots: Sequence[Path], record: list[str], names: tuple[str, ...]
) -> list[str]:
    """What to do, line by line: of what is queued, of what lies in files, or anew."""
    fitting = [queued for queued, differences in closest if not differences]
    over = [queued for queued in fitting if not queued.waits]
    if over:
        return [_repeat(over), *record]
    if fitting:
        return ["find out why it was sent in this state, or what should have come before it"]
    correct = _correct(closest)
    return [correct, *record] if correct else _suggest(asked, closest, roots, record, names)


def _recorded(asked: matchers.Asked, hosts: Sequence[str] | None) -> list[str]:
    """The command that records; a test that plays no cassette has to say first that it has one."""
    if hosts is None:
        command = whereabouts.recording_command("", [asked.host])
        return [f'or record it: mark the test @pytest.mark.harness(record="once"), and run {command}'] if command else []
    command = whereabouts.recording_command("new_episodes", hosts)
    return [f"or record it: {command}"] if command else []


def _repeat(over: Sequence[Queued]) -> str:
    sent = sum(queued.played for queued in over) + 1
    if over[0].fault is not None and over[0].fault.kind == "lost_reply":
        call = over[0].written("fault=[fault.lost_reply()]")
        return f"its reply was lost, so the server now does it twice; if it may, write {call}, which answers after that"
    call = over[0].written(f"times={sent}") if len(over) == 1 else f"one more {over[0].written()}"
    return f"if it may be sent {sent} times, write {call}; if not, find out why it was"


def _correct(closest: Sequence[_Near]) -> str:
    """What to do where nothing but the body differs; empty where more does."""
    if not closest or any(_part(difference) != "body" for difference in closest[0][1]):
        return ""
    queued, found = closest[0]
    other_values = all(ABSENT not in (difference.expected, difference.actual) for difference in found)
    any_body = f'if any body will do, add "match": {{"body": "any"}} to the interaction of {queued.name}'
    return (_without(closest[0], _IN_BODY) if other_values else "") or f"correct what is sent; or, {any_body}"


def _ignore(closest: Sequence[_Near]) -> str:
    """What to do where nothing but the query differs; empty where more does, or the test did not queue it from a file."""
    if not closest or any(_part(difference) != "query" for difference in closest[0][1]):
        return ""
    return _without(closest[0], _IN_QUERY)


_IN_QUERY = re.compile(r"query\.[^.\[\]]+(\[\d+\])?")
_IN_BODY = re.compile(r"body(\.[A-Za-z_][\w-]*|\[\d+\])+")
"""Places that can be written as they are: a name with other signs has to be quoted where it stands in one."""


def _without(near: _Near, places: re.Pattern[str]) -> str:
    """How to leave out what differs; empty where that is not in ``places``, or the test did not queue it from a file."""
    queued, found = near
    if queued.call or not all(places.fullmatch(difference.path) for difference in found):
        return ""
    left_out = list(dict.fromkeys(re.sub(r"\[\d+\]", _any_item(difference), difference.path) for difference in found))
    listed = json.dumps(left_out, ensure_ascii=False)
    where = f'add "match": {{"ignore": {listed}}} to the interaction of {queued.name}'
    change = where if queued.recorded else f"write {queued.written(f'ignore={listed}')}"
    return f"correct what is sent; or, if any {' and '.join(left_out)} will do, {change}"


def _any_item(difference: Difference) -> str:
    """A repeated name of a query is left out whole, an item of a body at any place."""
    return "" if _part(difference) == "query" else "[*]"


def _suggest(
    asked: matchers.Asked, closest: Sequence[_Near], roots: Sequence[Path], record: list[str], names: tuple[str, ...]
) -> list[str]:
    """The call that would have answered, found among all cassettes, else how to make one; and files that cannot be read."""
    every, broken = store.every(roots, MAX_FILES)
    fitting = [(name, one) for name, one in every if not _is_any_failure(one) and not matchers.differences(one, asked)]
    left_out = [f"{one.brief}; this file was left out" for one in broken[:MAX_SHOWN]]
    if not fitting:
        return [_ignore(closest) or _make(asked, roots, names), *record, *left_out]
    # one made for this very URL, and a success, before others
    name, _ = min(fitting, key=lambda pair: (pair[1].match.path is not None, _fails(pair[1]), pair[0]))
    return [f'write harness.http.play("{name}")', *left_out]


def _is_any_failure(one: Interaction) -> bool:
    """Does it fail whatever is asked for? It fits every request to its host, and is what hardly any of them wants."""
    return one.match.path is not None and _fails(one)


def _fails(one: Interaction) -> bool:
    return getattr(one.outcome, "status", 599) >= 400


def _make(asked: matchers.Asked, roots: Sequence[Path], names: tuple[str, ...]) -> str:
    name, path = skeletons.place(asked.request, roots)
    skeleton = skeletons.skeleton(asked.request, names=names)
    text = f'write harness.http.play("{name}"), and what is really answered into\n{path}:\n{skeleton}'
    hook = f'or, if it is a webhook: harness.http.play("webhook/accepted", url="{asked.request.url}")'
    is_open = skeletons.without_secrets(asked.request, names).request.url == asked.request.url
    return f"{text}\n{hook}" if asked.method in matchers.WITH_BODY and is_open else text
