"""Where ``$ref`` and ``$dynamicRef`` lead within one schema: by pointer, anchor and ``$id`` (Core, sections 8.2 and 9.2).

A dynamic reference is an ordinary one here where one schema has its name, and is left out where several do.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin

from autogen_harness.schemas.parts import parts, rebuilt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.schemas.parts import Steps

REFERENCES = ("$ref", "$dynamicRef")
_NAMING = ("$id", "$anchor", "$dynamicAnchor")


class References:
    """The places of one schema that can be referred to.

    Attributes:
        used: every reference: the steps of the schema that has it, its keyword, itself, and the address that it is relative to.
    """

    def __init__(self, root: Any) -> None:
        self._root = root
        self._resources: dict[str, Steps] = {"": ()}
        self._anchors: dict[tuple[str, str], Steps] = {}
        self._dynamic: Counter[str] = Counter()
        self.used: list[tuple[Steps, str, str, str]] = []
        self._index(root, (), "")

    def _index(self, node: Any, steps: Steps, base: str) -> None:
        waiting = [(node, steps, base)]
        while waiting:
            node, steps, base = waiting.pop()
            table = node if isinstance(node, dict) else {}
            if isinstance(table.get("$id"), str):
                base = urldefrag(urljoin(base, table["$id"])).url
                self._resources.setdefault(base, steps)
            for key in ("$anchor", "$dynamicAnchor"):
                if isinstance(table.get(key), str):
                    self._anchors.setdefault((base, table[key]), steps)
            self._dynamic[table.get("$dynamicAnchor", "")] += 1
            self.used += [(steps, key, table[key], base) for key in REFERENCES if isinstance(table.get(key), str)]
            waiting += [(part, (*steps, *more), base) for more, part in parts(node)]

    def steps(self, ref: str, base: str = "") -> Steps:
        """The steps from the root to what a reference names.

        Raises:
            LookupError: there is no such part, or the reference leads out of the schema.
        """
        address, fragment = urldefrag(ref if not base else base + ref if ref.startswith("#") else urljoin(base, ref))
        fragment = unquote(fragment)
        if address not in self._resources:
            message = f"only references within the schema are supported, not {ref!r}"
            raise LookupError(message)
        if fragment and not fragment.startswith("/"):
            return self._anchors[(address, fragment)]
        return _pointed(self._root, self._resources[address], fragment)

    def is_open(self, ref: str) -> bool:
        """Whether a dynamic reference may lead to several schemas."""
        return self._dynamic[urldefrag(ref).fragment] > 1


def _pointed(root: Any, start: Steps, pointer: str) -> Steps:
    steps, node = start, at(root, start)
    for part in pointer.split("/")[1:]:
        key: str | int = part.replace("~1", "/").replace("~0", "~")
        key = int(key) if isinstance(node, list) and str(key).isdigit() else key
        node = at(node, (key,))
        steps = (*steps, key)
    return steps


def at(root: Any, steps: Steps) -> Any:
    """What stands at a place.

    Raises:
        LookupError: nothing does.
    """
    node = root
    for step in steps:
        members = dict(enumerate(node)) if isinstance(node, list) else node if isinstance(node, dict) else {}
        node = members[step]
    return node


def resolve(schema: Mapping[str, Any], ref: str) -> Any:
    """The part of ``schema`` that a reference such as ``#/$defs/money`` or ``#money`` names.

    Raises:
        LookupError: there is no such part, or the reference leads out of the schema.
    """
    return at(schema, References(schema).steps(ref))


def dangling(schema: Any) -> Iterator[tuple[Steps, str]]:
    """References that lead to nothing: the steps of the schema that has one, and the reference."""
    found = References(schema)
    for steps, _, ref, base in found.used:
        try:
            found.steps(ref, base)
        except LookupError:
            yield steps, ref


def localised(schema: Any) -> Any:
    """A copy in which every reference is a pointer from the root, and nothing has a name of its own.

    Raises:
        LookupError: a reference leads to nothing, or out of the schema.
    """
    found = References(schema)
    pointers = {
        (steps, key, ref): pointer(found.steps(ref, base))
        for steps, key, ref, base in found.used
        if key == "$ref" or not found.is_open(ref)
    }
    return _renamed(schema, (), pointers) if found.used else schema


def pointer(steps: Steps) -> str:
    """A place as a reference: ``#/$defs/money``."""
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1").replace("%", "%25") for step in steps)


def _renamed(node: Any, steps: Steps, pointers: Mapping[tuple[Steps, str, str], str]) -> Any:
    if not isinstance(node, dict):
        return node
    places = iter([more for more, _ in parts(node)])  # in the order in which `rebuilt` meets the parts
    copy = rebuilt(node, lambda part: _renamed(part, (*steps, *next(places)), pointers))
    refs = [pointers[(steps, key, node[key])] for key in REFERENCES if (steps, key, node.get(key)) in pointers]
    kept = {key: value for key, value in copy.items() if key not in (*_NAMING, *REFERENCES)}
    both = {"allOf": [*kept.get("allOf", ()), *({"$ref": ref} for ref in refs[1:])]} if refs[1:] else {}
    return {**kept, **({"$ref": refs[0]} if refs else {}), **both}
