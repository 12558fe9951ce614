"""YAML as other programs write it: plain data and bytes, at the speed of the C parser.

It is read from the parser's events, so nothing is ever constructed that a tag asks for. Aliases cannot make more of a file than
an honest one holds, and it is not nested without end. A plain word is a number, a truth value or null only where YAML 1.1 and
1.2 agree on it: whoever wrote the file put the words that it would misread itself into quotes, so the others are text.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from autogen_harness.documents.places import Places, Steps
from autogen_harness.documents.strict_yaml import READ, kind_of

MAX_DEPTH = 100
"""How deep a file may be nested."""

MAX_GROWTH = 10
"""How many times its own length a file may stand for by its aliases, all together."""

SPARE = 10_000
"""Characters that aliases may stand for in any file, however short."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SafeDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_YAML = "tag:yaml.org,2002:"
_FILE = f"{_YAML}python/object/new:_io.BytesIO"
_CHUNKS = f"{_YAML}python/object/apply:builtins.iter"
_TUPLE = f"{_YAML}python/tuple"
_MIGRATE = "it is older than version 1 of vcrpy's format: record it anew, or migrate it with `python -m vcr.migration FILE`"


class Refused(Exception):
    """The text is YAML that is not read: why, how to mend it, and the offset of the place."""

    def __init__(self, problem: str, hint: str, event: Any) -> None:
        super().__init__(problem)
        self.problem, self.hint = problem, hint
        self.at: int = event.start_mark.index


def parse(text: str) -> Any:
    """The value of a YAML text; ``!!binary`` is bytes, and so are the files and iterators that vcrpy writes as request bodies.

    Raises:
        Refused: a tag asks for a Python object, aliases stand for too much, it is nested too deeply, or a key is there twice.
        yaml.YAMLError: it is not YAML.
    """
    return _Reading(text).document()


class _Dumper(_SafeDumper):  # type: ignore[misc]  # whichever of the two is there
    """Writes every value out: no anchors."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def write(value: Any) -> str:
    """Plain data and bytes as PyYAML writes it, and :func:`parse` reads it; keys keep their order."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False)
    return text


def places_in(text: str) -> Places:
    """Where the values of a text stand that :func:`parse` read; what an alias stands for is where the alias is."""
    places = Places({(): 0}, {}, [])
    loader = _Loader(text)
    loader.get_event()
    if isinstance(loader.get_event(), DocumentStartEvent):
        _note(loader.get_event, loader.get_event(), (), places)
    return places


def _note(take: Callable[[], Any], event: Any, steps: Steps, places: Places) -> None:
    places.values[steps] = event.start_mark.index
    if isinstance(event, SequenceStartEvent):
        index = 0
        while not isinstance(item := take(), SequenceEndEvent):
            _note(take, item, (*steps, index), places)
            index += 1
    elif isinstance(event, MappingStartEvent):
        while not isinstance(key := take(), MappingEndEvent):
            place = (*steps, str(getattr(key, "value", "")))
            places.keys.setdefault(place, []).append(key.start_mark.index)
            _note(take, take(), place, places)


class _Reading:
    """One walk over the events of a text."""

    def __init__(self, text: str) -> None:
        self._take: Callable[[], Any] = _Loader(text).get_event
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._open: list[str] = []
        self._total, self._most = 0, MAX_GROWTH * len(text) + SPARE
        self._depth = 0
        self._in_file = False

    def document(self) -> Any:
        self._take()  # the stream begins
        if not isinstance(self._take(), DocumentStartEvent):
            return None
        value = self._value(self._take())
        self._take()  # the document ends
        if not isinstance(more := self._take(), StreamEndEvent):
            raise Refused("a second document begins", "keep one document a file", more)
        return value

    def _value(self, event: Any) -> Any:
        if type(event) is ScalarEvent and not event.anchor:
            self._total += 1 + len(event.value)
            return _scalar(event)
        if type(event) is AliasEvent:
            return self._alias(event)
        before = self._total
        if event.anchor:
            self._open.append(event.anchor)
        made = self._inner(event)
        if event.anchor:
            self._anchors[self._open.pop()] = made, self._total - before
        return made

    def _inner(self, event: Any) -> Any:
        self._total += 1
        if type(event) is ScalarEvent:
            self._total += len(event.value)
            return _scalar(event)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Refused(f"nested more than {MAX_DEPTH} deep", "", event)
        made = self._list() if self._is_list(event) else self._tagged(event)
        self._depth -= 1
        return made

    def _alias(self, event: Any) -> Any:
        if event.anchor in self._open:
            raise Refused("the alias stands inside of what it names", "write the value out", event)
        if event.anchor not in self._anchors:
            raise Refused(f"there is no anchor {event.anchor!r} before this alias", "", event)
        value, size = self._anchors[event.anchor]
        self._total += size
        if self._total > self._most:
            problem = f"aliases make more than {MAX_GROWTH} times the file of it: that is a bomb, not a recording"
            raise Refused(problem, "write the values out", event)
        return value

    def _is_list(self, event: Any) -> bool:
        if type(event) is not SequenceStartEvent:
            return False
        if event.tag not in (None, "!", f"{_YAML}seq") and not (self._in_file and event.tag == _TUPLE):
            raise _unread(event)
        return True

    def _list(self) -> list[Any]:
        made = []
        while type(event := self._take()) is not SequenceEndEvent:
            made.append(self._value(event))
        return made

    def _tagged(self, event: Any) -> Any:
        if event.tag in (None, "!", f"{_YAML}map"):
            return self._table()
        if event.tag not in (_FILE, _CHUNKS):
            raise _unread(event)
        self._in_file = True
        table = self._table()
        self._in_file = False
        content = table.get("state") if event.tag == _FILE else table.get("args")
        first = content[0] if isinstance(content, list) and content else b""
        return b"".join(map(_raw, first if isinstance(first, list) else [first]))

    def _table(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while type(event := self._take()) is not MappingEndEvent:
            key, value = self._key(event), self._value(self._take())
            tables = value if isinstance(value, list) else [value]
            if key == "<<" and event.implicit[0] and tables and all(isinstance(one, dict) for one in tables):
                for table in tables:
                    merged = {**table, **merged}
            elif key in made:
                raise Refused(f"the key {key!r} is there twice", "remove one", event)
            else:
                made[key] = value
        return {**merged, **made} if merged else made

    def _key(self, event: Any) -> str:
        """A key, as JSON has it: text, whatever it looks like."""
        if type(event) is not ScalarEvent or not any(event.implicit):
            raise Refused("a key is text", "", event)
        self._total += 1 + len(event.value)
        return str(event.value)


def _scalar(event: Any) -> Any:
    if event.implicit[0]:
        return _word(event.value)
    if event.implicit[1] or event.tag == "!":
        return event.value
    if event.tag not in _TAGS:
        raise _unread(event)
    try:
        return _TAGS[event.tag](event.value)
    except ValueError as error:
        raise Refused(f"not base64: {error}", "", event) from None


def _word(text: str) -> Any:
    """What a plain word means to all readers of YAML; itself where they disagree."""
    if text[:1].isalpha() and text[0] not in "ntfNTF":
        return text
    kind = kind_of(text)
    if kind not in READ or (kind == "float" and not _FLOAT.fullmatch(text)) or len(text) > _LONGEST:
        return text
    return READ[kind](text)


_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
"""The numbers of YAML 1.2 that are numbers in 1.1 as well: ``1e3`` is none."""

_LONGEST = 1000
"""Digits of a number: longer ones cost more than they are worth."""


def _binary(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


_TAGS: Mapping[str, Callable[[str], Any]] = {
    f"{_YAML}binary": _binary,
    **{f"{_YAML}{name}": str for name in ("str", "timestamp", "python/str", "python/unicode")},
    **{f"{_YAML}{name}": _word for name in ("int", "float", "bool", "null")},
}


def _raw(chunk: Any) -> bytes:
    return chunk if isinstance(chunk, bytes) else str(chunk or "").encode("utf-8", "surrogatepass")


def _unread(event: Any) -> Refused:
    tag = str(event.tag).replace(_YAML, "!!")
    if not tag.startswith("!!python/"):
        return Refused(f"the tag {tag} is not read", "leave it out", event)
    problem = f"the tag {tag} asks for a Python object: nothing from a file is made into one"
    return Refused(problem, _MIGRATE if "vcr." in tag else "record the file anew, or write the value as plain data", event)
