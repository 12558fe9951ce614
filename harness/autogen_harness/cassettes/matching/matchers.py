"""Does a request fit an interaction, and where not.

Two views of one rule, held together by a test: :func:`key` is equal for a request and an interaction exactly where
:func:`differences` is empty. The first finds, in constant time; the second explains, on a miss only.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from autogen_harness.cassettes.matching import kinds, payloads, places
from autogen_harness.cassettes.matching.asked import Asked, Origin, Pairs, Place
from autogen_harness.cassettes.matching.shapes import WITH_BODY, Shape, moved, shape
from autogen_harness.differences import Difference, compare

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.cassettes.cassette import Interaction

__all__ = [
    "MATCHERS",
    "WITH_BODY",
    "Asked",
    "Key",
    "Origin",
    "Place",
    "Shape",
    "differences",
    "key",
    "moved",
    "origins",
    "own_key",
    "shape",
]

Key = tuple[Any, ...]


def origins(interaction: Interaction, own: Asked | None = None) -> list[Origin]:
    """Every origin at which an interaction answers; ``own`` is its request, where it was taken apart already."""
    asked = own or Asked(interaction.request)
    if not interaction.match.hosts:
        return [asked.origin]
    hosts = dict.fromkeys(host.lower() for host in interaction.match.hosts)
    return [(asked.method, asked.scheme, host, asked.port) for host in hosts]


def key(form: Shape, asked: Asked) -> Key | None:
    """What a request looks like through a shape; None where the shape's path pattern does not fit it."""
    if form.simple:
        return asked.path, asked.query, None
    path = asked.path if form.path is None else (form.path if _fits(form.path, asked.raw_path) else None)
    return None if path is None else (path, *_inside(form, asked, recorded=False))


def own_key(form: Shape, interaction: Interaction, own: Asked | None = None) -> Key:
    """The key that requests must have to be answered by an interaction of this shape; ``own`` as for :func:`origins`."""
    asked = own or Asked(interaction.request)
    return (asked.path if form.path is None else form.path, *_inside(form, asked, recorded=True))


def _inside(form: Shape, asked: Asked, *, recorded: bool) -> Key:
    """All but the path, by meaning; as one text where places in it are masked."""
    if form.ignore or form.like:
        return (payloads.canonical(_seen(form, asked, recorded=recorded)),)
    body = None if form.body == "any" else asked.payload(form.body).key
    headers = (asked.headers(form.headers),) if form.headers else ()
    return (_pairs(form.query, asked), *headers, body)


def _seen(form: Shape, asked: Asked, *, recorded: bool) -> dict[str, Any]:
    """What a shape compares of a request, as plain data: query, headers, body and what kind of body it is.

    What has only to be of a kind is marked: always where it was ``recorded``, since a recording may hold a placeholder there,
    else where it fits. What is ignored is left out, and last: the kind is that of the whole value.
    """
    headers = payloads.by_name(asked.headers(form.headers))
    view: dict[str, Any] = {"query": payloads.by_name(_pairs(form.query, asked)), "header": headers}
    if form.body != "any":
        payload = asked.payload(form.body)
        view |= {"body": payload.value, "kind": payload.kind}
    for place, kind in form.like:
        if recorded:
            _add_header(form, view["header"], place)
        view = _marked(view, place, kind, recorded=recorded)
    for place in form.ignore:
        root, steps = places.parse(place)
        view = places.without(view, (root, *steps))
    return view


def _add_header(form: Shape, headers: dict[str, Any], place: str) -> None:
    """Recordings keep few headers, and this one is asked for by its name; unless no header is compared."""
    root, steps = places.parse(place)
    if root == "header" and steps and steps[0] in form.headers:
        headers.setdefault(str(steps[0]), "")


def _marked(view: dict[str, Any], place: str, kind: str, *, recorded: bool) -> dict[str, Any]:
    root, steps = places.parse(place)
    mark, is_text = places.Mark(kinds.shown(kind)), root != "body" or view.get("kind") != "json"

    def change(value: Any) -> Any:
        if isinstance(value, places.Mark):
            return value
        shown = payloads.text(value) if isinstance(value, bytes) else value
        return mark if recorded or kinds.fits(kind, shown, text=is_text) else value

    made: dict[str, Any] = places.changed(view, (root, *steps), change)
    return made


def _pairs(names: frozenset[str] | None, asked: Asked) -> Pairs:
    return asked.query if names is None else tuple(pair for pair in asked.query if pair[0] in names)


def _fits(pattern: str, path: str) -> bool:
    compiled = _compiled(pattern)
    return bool(compiled.fullmatch(path) or compiled.fullmatch(unquote(path)))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def method(interaction: Interaction, asked: Asked) -> list[Difference]:
    """The method, in capitals."""
    return compare(interaction.request.method.upper(), asked.method, "method")


def origin(interaction: Interaction, asked: Asked) -> list[Difference]:
    """Scheme, host (or one of the hosts declared) and port."""
    own = Asked(interaction.request)
    hosts = [host.lower() for host in interaction.match.hosts] or [own.host]
    found = compare(own.scheme, asked.scheme, "scheme") + compare(own.port, asked.port, "port")
    if asked.host not in hosts:
        found.append(Difference("host", hosts[0] if len(hosts) == 1 else hosts, asked.host))
    return found


def path(interaction: Interaction, asked: Asked) -> list[Difference]:
    """The path, or the pattern declared for it."""
    pattern = interaction.match.path
    if pattern is not None:
        return [] if _fits(pattern, asked.raw_path) else [Difference("path", pattern, unquote(asked.raw_path))]
    own = Asked(interaction.request)
    return [] if own.path == asked.path else [Difference("path", unquote(own.raw_path), unquote(asked.raw_path))]


def inside(interaction: Interaction, asked: Asked) -> list[Difference]:
    """The query's names and values in any order, the headers that are compared, and the body field by field."""
    form, own = shape(interaction), Asked(interaction.request)
    expected, actual = _seen(form, own, recorded=True), _seen(form, asked, recorded=False)
    found = [*compare(expected["query"], actual["query"], "query"), *compare(expected["header"], actual["header"], "header")]
    if form.body == "any":
        return found
    if expected["kind"] != actual["kind"] or isinstance(expected["body"], bytes):
        same = expected["kind"] == actual["kind"] and expected["body"] == actual["body"]
        return found if same else [*found, Difference("body", _written(own), _written(asked))]
    actually = _written(asked) if isinstance(actual["body"], bytes) else actual["body"]
    return [*found, *compare(expected["body"], actually, "body")]


def _written(asked: Asked) -> str:
    return payloads.text(asked.request.body)


MATCHERS: tuple[Callable[[Interaction, Asked], list[Difference]], ...] = (method, origin, path, inside)
"""Every matcher, in the order in which a reader wants to hear of its differences."""


def differences(interaction: Interaction, asked: Asked) -> list[Difference]:
    """All that stands between a request and an interaction; empty where it fits."""
    return [difference for matcher in MATCHERS for difference in matcher(interaction, asked)]
