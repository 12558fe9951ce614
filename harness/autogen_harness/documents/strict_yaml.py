"""YAML as plain data, where every reader of it agrees.

YAML 1.1 (PyYAML, Ruby) and YAML 1.2 (editors, JSON Schema tools) read the same word differently: ``no`` is false or text,
``010`` is 8 or 10, ``1:30`` is 90 or text. Such a word is a problem, not a guess. A date is text: there is no date in JSON.
Tags, merge keys and keys that are not text are problems too, so nothing but JSON's own kinds of value comes out.

Source: YAML 1.2.2, section 10.3 (core schema), https://yaml.org/spec/1.2.2/#103-core-schema.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from autogen_harness.documents.places import Places, Problem, Steps

MAX_COPIES = 10_000
"""Values that aliases may stand for in one file, all together: beyond that it is a bomb."""

_PREFIX = "tag:yaml.org,2002:"
_CORE: Mapping[str, re.Pattern[str]] = {
    "null": re.compile(r"~|null|Null|NULL|"),
    "bool": re.compile(r"true|True|TRUE|false|False|FALSE"),
    "int": re.compile(r"[-+]?(0|[1-9][0-9]*)|0x[0-9a-fA-F]+"),
    "octal": re.compile(r"[-+]?0[0-9]+|0o[0-7]+"),  # "010" is 8 in 1.1 and 10 in 1.2
    "float": re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
}
READ: Mapping[str, Callable[[str], Any]] = {
    "null": lambda _: None,
    "bool": lambda text: text.lower() == "true",
    "int": lambda text: int(text, 16) if text.startswith("0x") else int(text),
    "float": lambda text: float(text.replace(".inf", "inf").replace(".nan", "nan").lower()),
    "str": str,
}
_WORDS = {"null": "null", "bool": "true or false", "int": "a number", "float": "a number", "octal": "another number"}


class _Loader(yaml.SafeLoader):
    """Composes nodes whose tag says how a scalar is written, and what YAML 1.1 makes of it; explicit tags stay as they are."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        if kind is not yaml.ScalarNode:
            return "collection"
        if not implicit[0]:
            return "quoted"
        known: str = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]  # the stubs leave it out
        return f"plain {known.removeprefix(_PREFIX)}"


_BREAKS = re.compile("[\r\x85\u2028\u2029\ufeff]")
"""What YAML 1.1 takes for the end of a line, or for a mark; only an escape keeps it."""


class _Dumper(yaml.SafeDumper):
    """Writes block style; puts into quotes what readers of YAML would not all read as text."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        known: str = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]  # the stubs leave it out
        is_text = known.endswith(":str") and kind is yaml.ScalarNode and implicit[0]
        return "quoted" if is_text and kind_of(value) != "str" else known

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002 - PyYAML's
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _BREAKS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar(f"{_PREFIX}str", text, style=style)


_Dumper.add_representer(str, _text)


def write(value: Any) -> str:
    """Plain data as YAML that :func:`parse` reads back; keys keep their order."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=math.inf)
    return text


def parse(text: str) -> tuple[Any, Places, list[Problem]]:
    """The value of a YAML text, where its parts stand, and what is wrong with them.

    Raises:
        yaml.YAMLError: the text is not YAML.
        RecursionError: it is nested too deeply.
    """
    reading = _Reading()
    node = yaml.compose(text, Loader=_Loader)
    value = None if node is None else reading.value(node, ())
    return value, reading.places, reading.problems + reading.places.repeated()


class _Reading:
    """One walk over the nodes of a text."""

    def __init__(self) -> None:
        self.places, self.problems = Places({(): 0}, {}, []), list[Problem]()
        self._around: list[int] = []
        self._seen: set[int] = set()
        self._copies = 0

    def value(self, node: yaml.Node, steps: Steps) -> Any:
        self.places.values[steps] = node.start_mark.index
        if self._is_too_much(node, steps):
            return None
        if not node.tag.startswith(("plain ", "quoted", "collection")):
            self._wrong(steps, f"the tag {_written(node.tag)} is not read: a value is what it looks like", "leave it out")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, steps)
        self._around.append(id(node))
        made = self._list(node, steps) if isinstance(node, yaml.SequenceNode) else self._table(node, steps)
        self._around.pop()
        return made

    def _is_too_much(self, node: yaml.Node, steps: Steps) -> bool:
        """Does an alias name what it stands in, or do aliases stand for more than any honest file holds?"""
        if id(node) in self._around:
            self._wrong(steps, "the alias stands inside of what it names", "write the value out")
            return True
        self._copies += id(node) in self._seen
        self._seen.add(id(node))
        if self._copies == MAX_COPIES:
            self._wrong(steps, f"aliases stand for more than {MAX_COPIES} values", "write the values out")
        return self._copies >= MAX_COPIES

    def _list(self, node: yaml.SequenceNode, steps: Steps) -> list[Any]:
        return [self.value(item, (*steps, index)) for index, item in enumerate(node.value)]

    def _table(self, node: Any, steps: Steps) -> dict[str, Any]:
        made = {}
        for key, item in node.value:
            name = self._key(key, steps)
            if name is not None:
                made[name] = self.value(item, (*steps, name))
        return made

    def _key(self, key: yaml.Node, steps: Steps) -> str | None:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        place = (*steps, name)
        self.places.keys.setdefault(place, []).append(key.start_mark.index)
        if key.tag == "plain merge":
            self._wrong(place, "merge keys are not read", "write the keys out", key=True)
        elif not isinstance(key, yaml.ScalarNode) or (key.tag != "quoted" and kind_of(key.value) != "str"):
            self._wrong(place, "a key is text", f'write "{name}"' if name else "", key=True)
        elif key.tag != "quoted" and _differs(key):
            self._wrong(place, _ambiguous(key), f'write "{name}"', key=True)
        else:
            return name
        return None

    def _scalar(self, node: yaml.ScalarNode, steps: Steps) -> Any:
        if node.tag == "quoted":
            return node.value
        if _differs(node):
            self._wrong(steps, _ambiguous(node), f'write "{node.value}" for the text, or the value that is meant')
            return node.value
        value = READ[kind_of(node.value)](node.value)
        if isinstance(value, float) and not math.isfinite(value):
            self._wrong(steps, f"JSON has no number {node.value}")
        return value

    def _wrong(self, steps: Steps, text: str, hint: str = "", *, key: bool = False) -> None:
        self.problems.append(Problem(steps, text, hint, key=key))


def kind_of(word: str) -> str:
    """What YAML 1.2 makes of a plain word."""
    return next((name for name, pattern in _CORE.items() if pattern.fullmatch(word)), "str")


def _differs(node: yaml.ScalarNode) -> bool:
    """Do the versions of YAML make different things of a plain word, of which one is no text?"""
    return _of_1_1(node) != kind_of(node.value)


def _of_1_1(node: yaml.ScalarNode) -> str:
    kind: str = node.tag.removeprefix("plain ")
    return kind if kind in _WORDS else "str"


def _ambiguous(node: yaml.ScalarNode) -> str:
    one, other = (_WORDS.get(kind, "text") for kind in (_of_1_1(node), kind_of(node.value)))
    return f"{node.value} is {one} to some readers of YAML and {other} to others"


def _written(tag: str) -> str:
    return tag.replace(_PREFIX, "!!")
