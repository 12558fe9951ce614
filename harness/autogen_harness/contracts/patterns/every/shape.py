"""The form of errors, and what must not be taken for an answer."""

from __future__ import annotations

import json
import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.generation.mistakes import mistakes
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import every_edge, every_fault, no_schema
from autogen_harness.contracts.reading.verdicts import MESSAGE_KEYS, errors, is_error, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.calling.world import World

_PLACEHOLDER = re.compile(
    r"[Rr]eplace (?:this|me|with)\b|\bplaceholder\b|\bsimulated\b|lorem ipsum|\bTODO\b|\bFIXME\b|\bnot (?:yet )?implemented\b"
    r"|\bdummy (?:data|value|result)\b|\bmock(?:ed)? (?:data|result|response)\b|\bsample data\b|\byour[-_ ]api[-_ ]key\b"
)


def _one_shape(world: World) -> Iterator[Breach]:
    wrong = (world.call(mistake.arguments) for mistake in mistakes(world.contract, world.ordinary))
    shapes: dict[frozenset[tuple[str, str]], dict[str, Any]] = {}
    for seen in chain(every_fault(world), every_edge(world), wrong):
        for error in errors(parsed(seen.result)):
            shape = _shape(error)
            for other, first in shapes.items():
                if not (shape <= other or other <= shape):
                    yield Breach(f"{_apart(error, first)}; another error of it is {_short(first)}", seen)
            shapes.setdefault(shape, error)


def _shape(error: dict[str, Any]) -> frozenset[tuple[str, str]]:
    """The names of the fields, with the type of those that hold the text."""
    return frozenset((key, type(value).__name__ if key in MESSAGE_KEYS else "") for key, value in error.items())


def _apart(error: dict[str, Any], other: dict[str, Any]) -> str:
    here, there = (
        ", ".join(sorted(name for name, _ in _shape(one) - _shape(two))) for one, two in ((error, other), (other, error))
    )
    return f"this error has {here} in its own form, and lacks that of {there}"


def _short(error: dict[str, Any]) -> str:
    text = json.dumps(error, ensure_ascii=False)
    return text if len(text) <= 160 else f"{text[:160]}…"


def _no_placeholder(world: World) -> Iterator[Breach]:
    known = [origin.reply.body.decode("utf-8", "replace") for origin in world.origins]
    for seen in chain(every_fault(world), every_edge(world)):
        value = parsed(seen.result)
        if value is None or is_error(value) or seen.raised is not None:
            continue
        heard = " ".join([*known, json.dumps(dict(seen.arguments), ensure_ascii=False, default=repr)])
        for text in _texts(value):
            found = _PLACEHOLDER.search(text)
            if found and found.group() not in heard:
                yield Breach(f"a success holds {found.group()!r}, which nobody has sent: {text[:120]!r}", seen)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in chain(value, value.values()) if isinstance(value, dict) else value:
            yield from _texts(item)


LAWS = (
    Law(
        id="errors-have-one-shape",
        sentence="of any two errors of a tool one has all fields of the other, and the text under the same name",
        why="whoever reads errors, a retry or a person's dashboard, has to know every form, and misses one",
        fix="make errors in one function, with the same fields wherever they come from",
        check=_one_shape,
        missing=no_schema,
        severity="warning",
    ),
    Law(
        id="no-placeholder-is-returned",
        sentence="no success holds text of a tool that is not finished",
        why="the model reports what nobody has looked up as the truth",
        fix="do the work, or return {'error': 'not available'}",
        check=_no_placeholder,
        missing=no_schema,
        severity="warning",
    ),
)
