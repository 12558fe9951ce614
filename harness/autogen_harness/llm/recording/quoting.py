"""Which values of an answer were taken from an earlier tool result? They become references.

A value is taken for a quotation where nothing else can explain it:

- It is specific: text of four characters or more (six inside a sentence), a number of three digits or more that is no small
  whole number, or a list or mapping that holds such a value. Never true, false, null or an empty text.
- It stands at exactly one place in all the results that are known.
- No message before that result holds it: what the user wrote, or the model itself made up, is no quotation of a tool that
  merely repeats it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autogen_harness.llm.asking.seen import text_of
from autogen_harness.llm.references.paths import Step
from autogen_harness.llm.references.reference import Reference, data_of
from autogen_harness.llm.turns.turn import Call, Calls, Say, Turn
from autogen_harness.model import ToolRun

SHORTEST, SHORTEST_IN_TEXT = 4, 6
"""Characters of a text that is specific: alone, and inside a sentence."""

MOST_PLACES = 20_000
"""Places of one result that are looked at."""

_RESULTS = ("tool", "function")
_NAMEABLE = re.compile(r"[A-Za-z0-9_-]+")  # as the API has it, and as a reference in a file is written


@dataclass(frozen=True, slots=True)
class Place:
    """A value inside a tool result, and the reference that leads to it."""

    value: Any
    reference: Reference


class Quotable:
    """The values that an answer may quote.

    Args:
        runs: the tool runs that a turn of the script may point at, in its order.
        messages: the history that the model was shown.
    """

    def __init__(self, runs: Sequence[ToolRun], messages: Sequence[Mapping[str, Any]]) -> None:
        self._messages = messages
        self._places: dict[str, list[Place]] = {}
        for place in _places(runs):
            self._places.setdefault(_key(place.value), []).append(place)

    def quoted(self, turn: Turn) -> Turn:
        """The same turn, whose values are references where they are quotations."""
        if isinstance(turn, Calls):
            return replace(turn, calls=tuple(map(self._call, turn.calls)), said=self._parts(turn.said))
        if isinstance(turn, Call):
            return self._call(turn)
        return replace(turn, parts=self._parts(turn.parts)) if isinstance(turn, Say) else turn

    def _call(self, turn: Call) -> Call:
        arguments = {name: self.data(value) for name, value in turn.arguments.items()}  # never the whole set: a turn names them
        return replace(turn, arguments=arguments, said=self._parts(turn.said))

    def _parts(self, parts: tuple[str, ...]) -> tuple[str | Reference, ...]:
        return tuple(self.text("".join(parts))) if parts else ()

    def data(self, value: Any) -> Any:
        """A value of JSON with references in it."""
        found = self._source(value)
        if found is not None:
            return found
        if isinstance(value, Mapping):
            return {key: self.data(item) for key, item in value.items()}
        return [self.data(item) for item in value] if isinstance(value, list) else value

    def text(self, text: str) -> list[str | Reference]:
        """A text in pieces, references where it quotes."""
        whole = self._source(text)
        if whole is not None:
            return [whole]
        pieces: list[str | Reference] = []
        at = 0
        for start, end, reference in self._in_text(text):
            pieces += [text[at:start], reference] if start > at else [reference]
            at = end
        return [*pieces, text[at:]] if at < len(text) or not pieces else pieces

    def _source(self, value: Any) -> Reference | None:
        """The reference to the one place where ``value`` can have come from."""
        places = self._places.get(_key(value), []) if _is_specific(value, SHORTEST) else []
        if len(places) != 1 or not self._is_first_said_by_a_tool(value):
            return None
        return places[0].reference

    def _in_text(self, text: str) -> Iterator[tuple[int, int, Reference]]:
        """Where the text quotes: of quotations that overlap the longest."""
        found: list[tuple[int, int, Reference]] = []
        values = [places[0].value for places in self._places.values() if len(places) == 1]
        leaves = [value for value in values if _is_leaf(value) and _is_specific(value, SHORTEST_IN_TEXT)]
        for value in sorted(leaves, key=lambda value: -len(_as_said(value))):
            places = _spans(_as_said(value), text)
            free = [span for span in places if all(span[1] <= start or end <= span[0] for start, end, _ in found)]
            source = self._source(value) if free else None
            found += [(start, end, source) for start, end in free if source is not None]
        return iter(sorted(found, key=lambda one: one[0]))

    def _is_first_said_by_a_tool(self, value: Any) -> bool:
        leaves = [leaf for leaf in _leaves(value) if _is_specific(leaf, SHORTEST)]
        return all(self._first_role(leaf) in _RESULTS for leaf in leaves)

    def _first_role(self, leaf: Any) -> str:
        """Whose message is the first that holds the value."""
        for message in self._messages:
            if any(_spans(said, everything) for said in _spellings(leaf) for everything in [_everything(message)]):
                return str(message.get("role"))
        return ""


def _places(runs: Sequence[ToolRun]) -> Iterator[Place]:
    """Every value in the results, each once with the reference that leads to it."""
    for number, run in enumerate(runs):
        if run.outcome != "ok" or not _NAMEABLE.fullmatch(run.tool):
            continue
        before = sum(one.tool == run.tool for one in runs[:number])
        call = -1 if all(one.tool != run.tool for one in runs[number + 1 :]) else before
        root = data_of(run.result)
        for count, (value, path) in enumerate(_walk(root, ())):
            if count > MOST_PLACES:
                break
            yield Place(value, Reference(run.tool, path, call, None))
        if isinstance(run.result, str) and not isinstance(root, str):
            yield Place(run.result, Reference(run.tool, (), call, None, True))  # as the model saw it


def _walk(value: Any, path: tuple[Step, ...]) -> Iterator[tuple[Any, tuple[Step, ...]]]:
    yield value, path
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index))


def _leaves(value: Any) -> Iterator[Any]:
    return (one for one, _ in _walk(value, ()) if _is_leaf(one))


def _is_leaf(value: Any) -> bool:
    return not isinstance(value, (Mapping, list))


def _is_specific(value: Any, shortest: int) -> bool:
    if isinstance(value, str):
        return len(value.strip()) >= shortest
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int):
        return abs(value) >= 1000
    if isinstance(value, float):
        return len(re.sub(r"\D", "", repr(value)).strip("0")) >= 3
    return any(_is_specific(leaf, shortest) for leaf in _leaves(value))


def _key(value: Any) -> str:
    """Equal for values that are equal in JSON, types included."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)


def _as_said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _spellings(value: Any) -> set[str]:
    """A leaf as it may stand in a message: plain, or inside of JSON."""
    if not isinstance(value, str):
        return {json.dumps(value)}
    return {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}


def _everything(message: Mapping[str, Any]) -> str:
    """All that a message says, calls and their arguments included."""
    called = [one.get("function") for one in message.get("tool_calls") or () if isinstance(one, Mapping)]
    functions = [one for one in [*called, message.get("function_call")] if isinstance(one, Mapping)]
    return "\n".join([text_of(message), *(str(one.get("arguments")) for one in functions)])


def _spans(said: str, text: str) -> list[tuple[int, int]]:
    """Where ``said`` stands in ``text`` as a whole: no letter or digit goes on, and of a number no decimals."""
    if said not in text:  # most are not, and looking is cheaper than making a pattern
        return []
    before = r"(?<![\w])(?<!\d[.,])(?<!-)" if said[:1].isdigit() else r"(?<!\w)" if said[:1].isalnum() else ""
    after = r"(?!\w)(?![.,]\d)" if said[-1:].isdigit() else r"(?!\w)" if said[-1:].isalnum() else ""
    return [found.span() for found in re.finditer(before + re.escape(said) + after, text)]
