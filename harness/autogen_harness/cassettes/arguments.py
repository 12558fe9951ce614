"""What ``play(...)`` may be told, and what it makes of an interaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.cassette import Queued
from autogen_harness.cassettes.failing import plans
from autogen_harness.cassettes.files.checks import url_problem
from autogen_harness.cassettes.matching import matchers, shapes
from autogen_harness.errors import UsageError
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from autogen_harness.cassettes.cassette import Times
    from autogen_harness.cassettes.failing.overlays import Found
    from autogen_harness.cassettes.failing.plans import Faults
    from autogen_harness.cassettes.matching.functions import Matcher


@dataclass(frozen=True, slots=True)
class Arguments:
    """How interactions are played; the fields are the arguments of ``play``."""

    url: str | None = None
    fault: Faults = None
    optional: bool = False
    times: Times | None = None
    match: Matcher | None = None
    ignore: tuple[str, ...] = ()
    like: tuple[tuple[str, str], ...] = ()

    @property
    def as_in_file(self) -> bool:
        """Are requests compared with what stands in the file, and in no other way?"""
        return self.url is None and self.match is None and not (self.ignore or self.like)

    def queued(self, found: Found, order: int) -> Queued:
        """An interaction as it waits for its request, at its place among all that is queued.

        Raises:
            UsageError: a file brings faults, and so does the call; or a fault cannot be over what was recorded.
        """
        if found.plan is not None and self.fault is not None:
            raise UsageError(f"play({found.name!r}, fault=...): the file says which faults are met; leave fault out")
        one = found.interaction if self.url is None else matchers.moved(found.interaction, self.url)
        one = shapes.widened(one, self.ignore, self.like) if self.ignore or self.like else one
        times = one.times if self.times is None else self.times
        queued = Queued(found.name, one, order, times, self.optional or one.optional, match=self.match)
        queued.source, queued.call = found.source, found.call
        if found.plan is not None or self.fault is not None:
            plan = (found.plan or plans.plan(self.fault)).over(found.name, one)
            queued.fault, queued.ahead = plan.instead, plan.ahead
        return queued


_KEYWORDS = ("fault", "ignore", "like", "match", "optional", "times", "url")


def read(
    names: tuple[str, ...],
    unknown: Iterable[str],
    *,
    ignore: Iterable[str] = (),
    like: Mapping[str, str] | None = None,
    **given: Any,
) -> Arguments:
    """The arguments of a call of ``play``.

    Raises:
        UsageError: an argument of that name does not exist, or its value cannot be meant; says what to write.
    """
    for name in unknown:
        raise UsageError(f"play({name}=...): there is no such argument; {nearest_or_all(name, _KEYWORDS)}")
    if not names:
        message = 'play() needs the name of a cassette, as in harness.http.play("yahoo/chart-nvda")'
        raise UsageError(message)
    return checked(Arguments(**given, ignore=_places(ignore), like=_kinds(like)))


def _places(ignore: object) -> tuple[str, ...]:
    if isinstance(ignore, str) or not all(isinstance(place, str) for place in ignore):  # type: ignore[attr-defined]  # tested
        raise UsageError(f'play(ignore={ignore!r}): write a list of places, as in ignore=["query.t", "body.id"]')
    return tuple(ignore)  # type: ignore[arg-type]  # as above


def _kinds(like: object) -> tuple[tuple[str, str], ...]:
    if like is None:
        return ()
    if not isinstance(like, dict) or not all(isinstance(text, str) for pair in like.items() for text in pair):
        raise UsageError(f'play(like={like!r}): write places with their kinds, as in like={{"body.id": "uuid"}}')
    return tuple(like.items())


def checked(made: Arguments) -> Arguments:
    """The same arguments.

    Raises:
        UsageError: a value that cannot be meant; says what to write.
    """
    if made.url is not None and url_problem(made.url):
        raise UsageError(f"play(url=...): {url_problem(made.url)}")
    plans.plan(made.fault)
    if made.times not in (None, "any") and (type(made.times) is not int or made.times < 1):
        raise UsageError(f'play(times={made.times!r}): write a whole number from 1, or "any"')
    if made.match is not None and not callable(made.match):
        raise UsageError(f"play(match={made.match!r}): write a function of two requests, the recorded one and the one sent")
    if made.match is not None and (made.ignore or made.like):
        message = "play(match=...) decides by itself: leave out ignore and like, or the function"
        raise UsageError(message)
    shapes.check(made.ignore, made.like)
    return made
