"""What a tool owes to the model's context, and to the machine, when an answer is large."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering import bulk
from autogen_harness.contracts.calling.body_meter import BodyMeter
from autogen_harness.contracts.calling.performing import is_async
from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import every_edge, no_schema
from autogen_harness.contracts.patterns.every.envelope import needs_upstream
from autogen_harness.contracts.reading.verdicts import is_error, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

RESULT_CHARS = 20_000
"""Characters of the longest result, where the contract does not say: about 5,000 tokens."""

AMPLIFICATION = 4
"""How many times as long as what was read a result may be."""

READ_BYTES = 2_000_000
"""Bytes of a body that may be read, where the contract does not say."""

_NOTABLE = 4_000  # bytes of a reply from which on its amplification is looked at
_QUOTED = 25  # words of ballast in a row: 200 characters, so it is a text and not a label
_METERED = frozenset({"urllib3", "http.client", "aiohttp"})
_BALLAST = bulk.WORD.strip()
_FLAG = re.compile(
    r"truncat|clipp|shorten|(^|_)cut|partial|incomplete|omitted|more|remaining|length|total|size|bytes|chars|…|\.\.\.",
    re.IGNORECASE,
)


def limit(contract: Contract, name: str, default: float) -> float:
    """A number of the hint ``limits``, or what holds without it."""
    return (contract.hints.limits or {}).get(name, default)


def _small(world: World) -> Iterator[Breach]:
    for seen in chain(every_edge(world), _large_files(world)):
        yield from _too_long(world.contract, seen)
    for large in bulk.table(world.main) if world.origins else ():
        seen = world.call(world.ordinary, large.plan)
        yield from _amplified(seen, large.size * max(1, len(seen.attempts)))
        yield from _too_long(world.contract, seen)
        yield from _cut_silently(seen, large.words)


def _too_long(contract: Contract, seen: Seen) -> Iterator[Breach]:
    most = limit(contract, "result_chars", RESULT_CHARS)
    if isinstance(seen.result, str) and len(seen.result) > most:
        yield Breach(f"the result has {len(seen.result):,} characters, {most:,.0f} are allowed", seen)


def _amplified(seen: Seen, read: int) -> Iterator[Breach]:
    if isinstance(seen.result, str) and read >= _NOTABLE and len(seen.result) > AMPLIFICATION * read:
        yield Breach(
            f"{read:,} bytes of the upstream became {len(seen.result):,} characters",
            seen,
            fix="write JSON without indentation, and cut texts by the length of their JSON",
        )


def _cut_silently(seen: Seen, words: int) -> Iterator[Breach]:
    value = parsed(seen.result)
    if value is None or is_error(value) or not any(_QUOTED <= text.count(_BALLAST) < words for text in _texts(value)):
        return
    if not any(_FLAG.search(text) for text in _where_it_may_say_so(value)):
        yield Breach(
            "the result holds the beginning of a text and does not say that more was cut off",
            seen,
            fix="say so in a field, such as truncated, or let the text end with …",
        )


def _where_it_may_say_so(value: Any) -> Iterator[str]:
    """The names of fields, and what follows in a text on the last whole word of ballast."""
    yield from (text.rpartition(bulk.WORD)[2] for text in _texts(value) if bulk.WORD in text)
    yield from _fields(value)


def _fields(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _fields(item)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _large_files(world: World) -> Iterator[Seen]:
    """The ordinary call, where each file that it names has grown."""
    for name, schema in world.contract.properties.items():
        place = world.ordinary.get(name)
        if kind_of(name, schema) != "path" or not isinstance(place, str) or not (world.files / place).is_file():
            continue
        content = (world.files / place).read_bytes() or b"x"
        for grown in (content * (bulk.LARGE // len(content)), content + b"\x01" * bulk.CONTROLS * 10):
            yield world.call(world.ordinary, tool=_after_writing(world.contract.tool, place, grown))


def _after_writing(tool: Callable[..., Any], place: str, content: bytes) -> Callable[..., Any]:
    def call(**arguments: Any) -> Any:
        Path(place).write_bytes(content)
        return tool(**arguments)

    async def acall(**arguments: Any) -> Any:
        return await call(**arguments)

    return acall if is_async(tool) else call


def _bounded_reads(world: World) -> Iterator[Breach]:
    most = limit(world.contract, "read_bytes", READ_BYTES)
    large = bulk.large_text()
    with BodyMeter() as meter:
        seen = world.call(world.ordinary, large.plan)
    if {request.client for request in seen.attempts} - _METERED:
        world.unseen = "a client whose reading can be counted: requests, urllib3 or aiohttp"
    elif meter.most > most:
        yield Breach(f"{meter.most:,} bytes of a body of {large.size:,} were read, {most:,.0f} are allowed", seen)


LAWS = (
    Law(
        id="results-stay-small",
        sentence="a result stays small however much the upstream answers, and says so where it was cut",
        why="one large page fills the model's context, is paid for in every later turn, and can end the chat",
        fix="cut every text that comes from outside, write JSON without indentation, and set a field such as truncated; "
        'or say what may be: limits={"result_chars": n}',
        check=_small,
        missing=no_schema,
    ),
    Law(
        id="reads-are-bounded",
        sentence="no more of a body is read than can be used",
        why="a server that never stops sending fills the memory of the process that runs all agents",
        fix="read in pieces and stop (requests: stream=True and iter_content; aiohttp: content.iter_chunked); "
        'or say what may be: limits={"read_bytes": n}',
        check=_bounded_reads,
        missing=needs_upstream,
        severity="warning",
    ),
)
