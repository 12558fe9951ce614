"""What of a request an interaction compares, and how: its shape. Interactions of one shape are told apart by their keys."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from autogen_harness.cassettes.cassette import AS_RECORDED
from autogen_harness.cassettes.matching import kinds, places
from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autogen_harness.cassettes.cassette import Interaction, Match

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
"""Methods whose body is part of what is asked, so that it is compared unless the interaction says otherwise."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The tolerance of an interaction without its hosts.

    ``query`` are the names compared (None: all), ``headers`` those of headers, in small letters. ``ignore`` and ``like`` are
    places in a request whose query, headers and body are read as plain data. ``exact``: nothing of the URL may
    differ, and nothing inside of the request. ``simple``: method, path and whole query decide.
    """

    query: frozenset[str] | None = None
    path: str | None = None
    body: Literal["any", "compared", "json", "form", "raw"] = "compared"
    headers: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    like: tuple[tuple[str, str], ...] = ()
    exact: bool = field(init=False, compare=False, repr=False)
    simple: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        exact = self.query is None and self.path is None and not self.masked
        object.__setattr__(self, "exact", exact)  # both are asked for every request
        object.__setattr__(self, "simple", exact and self.body == "any" and not self.headers)

    @property
    def masked(self) -> bool:
        """Are there places inside of the request that are not compared, or only by their kind?"""
        return bool(self.ignore or self.like)


def shape(interaction: Interaction) -> Shape:
    """The tolerance that an interaction has towards requests of its own method.

    Raises:
        UsageError: ``ignore`` or ``like`` name what is no place or no kind.
    """
    with_body = interaction.request.method.upper() in WITH_BODY
    if interaction.match is AS_RECORDED:
        return _WHOLE if with_body else _BODILESS
    return _shape(interaction.match, with_body)


_WHOLE, _BODILESS = Shape(), Shape(body="any")
"""The shapes of interactions that say nothing of matching: those of whole files, mostly."""


@lru_cache(maxsize=1024)
def _shape(match: Match, with_body: bool) -> Shape:  # noqa: FBT001 - a cache compares positions
    check(match.ignore, match.like)
    whole = {place for place in match.ignore if place in places.ROOTS}
    alike = {place for place, _ in match.like}
    body = "raw" if "body" in alike else match.body or ("compared" if with_body else "any")
    in_headers = [steps[0] for root, steps in map(places.parse, alike) if root == "header" and steps]
    asked_for = {name for name in in_headers if isinstance(name, str)}
    return Shape(
        query=frozenset() if "query" in whole else None if match.query is None else frozenset(match.query),
        path=match.path,
        body="any" if "body" in whole else body,
        headers=() if "header" in whole else tuple(sorted({name.lower() for name in match.headers} | asked_for)),
        ignore=tuple(sorted(set(match.ignore) - whole)),
        like=match.like,
    )


def check(ignore: Iterable[str], like: Iterable[tuple[str, str]]) -> None:
    """Refuse what is no place or no kind of value.

    Raises:
        UsageError: says which, and the nearest right thing.
    """
    try:
        for place in ignore:
            places.parse(place)
        for place, kind in like:
            places.parse(place)
            kinds.check(kind)
    except ValueError as error:
        raise UsageError(str(error)) from None


def widened(interaction: Interaction, ignore: Iterable[str] = (), like: Iterable[tuple[str, str]] = ()) -> Interaction:
    """The same interaction with more places that are not compared, or only by their kind."""
    match = interaction.match
    more = replace(match, ignore=(*match.ignore, *ignore), like=(*match.like, *like))
    return replace(interaction, match=more)


def moved(interaction: Interaction, url: str) -> Interaction:
    """The same interaction at another URL: scheme, host, port and path are now those; other tolerance stays."""
    match = replace(interaction.match, hosts=(), path=None)
    return replace(interaction, request=replace(interaction.request, url=url), match=match)
