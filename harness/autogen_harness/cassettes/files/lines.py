"""Large cassettes, ``autogen-harness-cassette-lines/1``: a head, then one interaction a line, its key in front.

A file is loaded by cutting the keys off. An interaction is parsed when somebody asks for it, and what is wrong with its line
is told then. The head has the number of the lines and a hash over them, so a torn file is told at once. Keys are digests of
what :mod:`~autogen_harness.cassettes.matching.matchers` compares, one for each origin at which the interaction answers; where
these rules have changed since the file was written, the keys are made anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING, Any

from autogen_harness import documents
from autogen_harness.cassettes.cassette import Cassette
from autogen_harness.cassettes.files import fields, reading, writing
from autogen_harness.cassettes.files.checks import Checks
from autogen_harness.cassettes.matching import matchers
from autogen_harness.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autogen_harness.cassettes.cassette import Interaction

OPTIONAL = "?"
"""Stands behind the key of an interaction that may stay unplayed."""


@dataclass(frozen=True)
class Lines:
    """A file: its lines, and where each can be found.

    Attributes:
        path: the file as the user named it.
        lines: one interaction each, as text.
        keys: what stands in front of each: its digests, and whether it may stay unplayed.
        by_key: the digest of a shape, an origin and a key -> the numbers of its lines, from 0.
        shapes: the shapes in use at each origin, with the numbers that their digests begin with.
    """

    path: str
    about: str
    lines: Sequence[str]
    keys: Sequence[str]
    by_key: Mapping[str, Sequence[int]]
    shapes: Mapping[matchers.Origin, Sequence[tuple[int, matchers.Shape]]]

    def digests(self, asked: matchers.Asked) -> list[str]:
        """Each under which an interaction that answers this request can stand."""
        seen = ((number, matchers.key(form, asked)) for number, form in self.shapes.get(asked.origin, ()))
        return [_digest(number, asked.origin, key) for number, key in seen if key is not None]

    def optional(self, number: int) -> bool:
        """May the interaction of a line stay unplayed?"""
        return self.keys[number].endswith(OPTIONAL)

    def interaction(self, number: int) -> Interaction:
        """The interaction of a line, parsed now.

        Raises:
            DocumentError: it is none; with the place in the file.
        """
        return _interaction(self.lines[number], self.path, number)

    def cassette(self) -> Cassette:
        """All of it, parsed now.

        Raises:
            DocumentError: one or several lines hold no interaction; with everything that is wrong.
        """
        found, errors = [], []
        for number in range(len(self.lines)):
            try:
                found.append(self.interaction(number))
            except DocumentError as error:
                errors += [error, *error.others]
        if errors:
            raise errors[0].with_others(errors[1:])
        return Cassette(tuple(found), self.about)


def dump(cassette: Cassette) -> str:
    """A cassette as text, line feeds between the lines and behind the last."""
    catalogue = _Catalogue(cassette.interactions)
    rest = "".join(
        writing.written([key, writing.interaction(one)]) + "\n"
        for key, one in zip(catalogue.keys, cassette.interactions, strict=True)
    )
    about: dict[str, Any] = {"about": cassette.about} if cassette.about else {}
    head = {
        **about,
        "count": len(cassette.interactions),
        "format": fields.LINES,
        "origins": [[*origin, sorted(numbers)] for origin, numbers in catalogue.origins.items()],
        "sha256": _sha256(rest),
        "shapes": list(catalogue.shapes.values()),
    }
    return f"{writing.written(head)}\n{rest}"


def loads(text: str, path: str = "<text>") -> Lines:
    """The lines of a text; ``path`` is for messages.

    Raises:
        DocumentError: the head is wrong, or is that of another text: the file is torn, or was changed by hand.
    """
    if "\r" in text:  # which line ends a checkout has is no difference
        text = text.replace("\r\n", "\n")
    first, _, rest = text.partition("\n")
    checks = Checks()
    head = documents.parse_json(first, path)
    reading.head(checks, head)
    if checks.problems:
        documents.refuse(path, first, checks.problems)
    lines = rest.split("\n")
    left = lines.pop()
    _check_whole(head, path, len(lines) + bool(left), rest)
    keys = [line[2 : line.find('"', 2)] for line in lines]
    return _indexed(head, path, lines, keys)


def _check_whole(head: Mapping[str, Any], path: str, count: int, rest: str) -> None:
    hint = "restore the file; to change such a cassette, convert it to .json and back: `autogen-harness cassette convert`"
    if count != head["count"]:
        problem = f"torn: its head counts {head['count']} interactions, and {count} follow"
        raise DocumentError(path, problem, line=1, column=1, pointer="count", hint=hint)
    if _sha256(rest) != head["sha256"]:
        problem = "torn, or changed by hand: the hash in its head is that of other lines"
        raise DocumentError(path, problem, line=1, column=1, pointer="sha256", hint=hint)


def _indexed(head: Mapping[str, Any], path: str, lines: Sequence[str], keys: Sequence[str]) -> Lines:
    """The lines by their keys; by new ones where those of the file were made by other rules."""
    samples = [_interaction(lines[number], path, number) for number in head["shapes"]]
    forms = [matchers.shape(one) for one in samples]
    same = all(
        keys[number] == _key(shape, one) for shape, (number, one) in enumerate(zip(head["shapes"], samples, strict=True))
    )
    origins = {(method, scheme, host, port): numbers for method, scheme, host, port, numbers in head["origins"]}
    if not same or len({*forms}) < len(forms):
        catalogue = _Catalogue([_interaction(line, path, number) for number, line in enumerate(lines)])
        forms, keys, origins = list(catalogue.shapes), catalogue.keys, catalogue.origins
    shapes = {origin: [(number, forms[number]) for number in numbers] for origin, numbers in origins.items()}
    return Lines(path, head.get("about", ""), lines, keys, _by_key(keys), shapes)


def _by_key(keys: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, key in enumerate(keys):
        for digest in key.removesuffix(OPTIONAL).split("+"):
            found.setdefault(digest, []).append(number)
    return found


class _Catalogue:
    """The shapes in use, each with the number of the first interaction that has it; the shapes of each origin; and all keys."""

    def __init__(self, interactions: Iterable[Interaction]) -> None:
        self.shapes: dict[matchers.Shape, int] = {}
        self.origins: dict[matchers.Origin, list[int]] = {}
        self.keys: list[str] = []
        numbers: dict[matchers.Shape, int] = {}
        for place, one in enumerate(interactions):
            form = matchers.shape(one)
            self.shapes.setdefault(form, place)
            number = numbers.setdefault(form, len(numbers))
            for origin in matchers.origins(one):
                known = self.origins.setdefault(origin, [])
                known += [] if number in known else [number]
            self.keys.append(_key(number, one))


def _key(number: int, one: Interaction) -> str:
    """What stands in front of an interaction: a digest for each of its origins."""
    own = matchers.own_key(matchers.shape(one), one)
    digests = "+".join(_digest(number, origin, own) for origin in matchers.origins(one))
    return digests + (OPTIONAL if one.optional else "")


def _digest(number: int, origin: matchers.Origin, key: matchers.Key) -> str:
    """One short text for equal values of shape, origin and key."""
    text = json.dumps([origin, key], default=_plain, separators=(",", ":"))
    return f"{number}:{blake2b(text.encode(), digest_size=12).hexdigest()}"


def _plain(value: Any) -> Any:
    """What JSON has no form for."""
    return {"bytes": value.hex()} if isinstance(value, bytes) else {"set": sorted(value, key=repr)}


def _sha256(rest: str) -> str:
    return sha256(rest.encode("utf-8", "surrogatepass")).hexdigest()


def _interaction(line: str, path: str, number: int) -> Interaction:
    try:
        return _read(line, path)
    except DocumentError:
        return _read("\n" * (number + 1) + line, path)  # raises again, with the place in the file


def _read(line: str, path: str) -> Interaction:
    checks = Checks()
    one = reading.line(checks, documents.parse_json(line, path))
    if checks.problems:
        documents.refuse(path, line, checks.problems)
    return one
