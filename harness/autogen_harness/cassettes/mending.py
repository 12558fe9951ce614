"""What to do about a request that was not answered: the line to write, the file to make or the command that records."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from autogen_harness.cassettes.files import skeletons, store, whereabouts
from autogen_harness.cassettes.matching import matchers
from autogen_harness.differences import ABSENT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from autogen_harness.cassettes.cassette import Interaction, Queued
    from autogen_harness.differences import Difference

    Near = tuple[Queued, list[Difference]]
    """An interaction, and where the request differs from it."""

MAX_FILES = 200
"""Cassettes searched for one that would have answered."""

MAX_BROKEN = 3
"""Files that cannot be read, told of for one miss."""


def part(difference: Difference) -> str:
    """The part of a request that a difference is in: method, host, path, query, body."""
    return difference.path.partition(".")[0].partition("[")[0]


def mend(
    asked: matchers.Asked, closest: Sequence[Near], roots: Sequence[Path], record: list[str], names: tuple[str, ...]
) -> list[str]:
    """What to do, line by line: of what is queued (``closest``), of what lies in files, or anew; then ``record``."""
    fitting = [queued for queued, differences in closest if not differences]
    over = [queued for queued in fitting if not queued.waits]
    if over:
        return [_repeat(over), *record]
    if fitting:
        return ["find out why it was sent in this state, or what should have come before it"]
    correct = _correct(closest)
    return [correct, *record] if correct else _suggest(asked, closest, roots, record, names)


def recorded(asked: matchers.Asked, hosts: Sequence[str] | None) -> list[str]:
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


def _correct(closest: Sequence[Near]) -> str:
    """What to do where nothing but the body differs; empty where more does."""
    if not closest or any(part(difference) != "body" for difference in closest[0][1]):
        return ""
    queued, found = closest[0]
    other_values = all(ABSENT not in (difference.expected, difference.actual) for difference in found)
    any_body = f'if any body will do, add "match": {{"body": "any"}} to the interaction of {queued.name}'
    return (_without(closest[0], _IN_BODY) if other_values else "") or f"correct what is sent; or, {any_body}"


def _ignore(closest: Sequence[Near]) -> str:
    """What to do where nothing but the query differs; empty where more does, or the test did not queue it from a file."""
    if not closest or any(part(difference) != "query" for difference in closest[0][1]):
        return ""
    return _without(closest[0], _IN_QUERY)


_IN_QUERY = re.compile(r"query\.[^.\[\]]+(\[\d+\])?")
_IN_BODY = re.compile(r"body(\.[A-Za-z_][\w-]*|\[\d+\])+")
"""Places that can be written as they are: a name with other signs has to be quoted where it stands in one."""


def _without(near: Near, places: re.Pattern[str]) -> str:
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
    return "" if part(difference) == "query" else "[*]"


def _suggest(
    asked: matchers.Asked, closest: Sequence[Near], roots: Sequence[Path], record: list[str], names: tuple[str, ...]
) -> list[str]:
    """The call that would have answered, found among all cassettes, else how to make one; and files that cannot be read."""
    every, broken = store.every(roots, MAX_FILES)
    fitting = [(name, one) for name, one in every if not _is_any_failure(one) and not matchers.differences(one, asked)]
    left_out = [f"{one.brief}; this file was left out" for one in broken[:MAX_BROKEN]]
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
