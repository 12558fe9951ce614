"""Compare what was recorded with what comes now, and tell drift of shape, of values and of headers apart.

Only some kinds mean that a program which works with the recording may fail live: see :attr:`Drift.breaks`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from autogen_harness.cassettes.cassette import Queued
from autogen_harness.cassettes.matching import matchers
from autogen_harness.cassettes.matching.index import Index
from autogen_harness.cassettes.recording.shapes import Shape, differing
from autogen_harness.differences import ABSENT, Difference, compare, render
from autogen_harness.model import HttpReply
from autogen_harness.secrecy.placeholders import PLACEHOLDER
from autogen_harness.secrecy.shown import shown_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from autogen_harness.cassettes.cassette import Cassette, Interaction
    from autogen_harness.model import HttpRequest, Outcome

Kind = Literal["shape", "value", "header", "status", "missing", "new"]

VOLATILE = frozenset(
    {
        "age",
        "alt-svc",
        "cf-cache-status",
        "cf-ray",
        "connection",
        "content-length",
        "date",
        "etag",
        "expires",
        "keep-alive",
        "last-modified",
        "nel",
        "report-to",
        "server-timing",
        "set-cookie",
        "transfer-encoding",
        "via",
        "x-amz-cf-id",
        "x-amz-cf-pop",
        "x-cache",
        "x-request-id",
        "x-served-by",
        "x-timer",
        "y-rid",
    }
)
"""Headers that differ from one answer to the next, or on the way, and say nothing of the service; not compared."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One way in which an answer is not what it was.

    Attributes:
        kind: "shape": other fields or kinds of values, or another media type. "value", "header": the same shape with another
            value. "status": another status, or a failure in place of a reply. "missing": a request was recorded and is not
            made any more. "new": the other way round.
        place: such as ``body.items[].price``, ``header.server``, ``status``.
        before, after: what was recorded, and what is now. Of a shape these are words, ``number or null``.
        request: method and URL.
    """

    kind: Kind
    place: str
    before: Any
    after: Any
    request: str = ""

    @property
    def breaks(self) -> bool:
        """May a program that works with the recording fail live?"""
        return self.kind not in ("value", "header")


def compare_cassettes(before: Cassette, after: Cassette) -> list[Drift]:
    """Every drift from one cassette to another, request by request, in the order of ``after``; then what is missing there.

    A request of ``after`` is held against the interaction of ``before`` that would answer it, each one once.
    """
    index = indexed("", before.interactions)
    found: list[Drift] = []
    for one in after.interactions:
        queued = index.find(matchers.Asked(one.request))
        if queued is None:
            found.append(new(one.request, one.outcome))
            continue
        queued.played += 1
        found += compare_outcomes(queued.interaction.outcome, one.outcome, told(one.request))
    left = (queued.interaction for queued in index.all if queued.missing)
    return found + [Drift("missing", "interaction", _brief(one.outcome), ABSENT, told(one.request)) for one in left]


def indexed(name: str, interactions: Iterable[Interaction]) -> Index:
    """Interactions to be found by requests, as a player finds them."""
    index = Index()
    for number, one in enumerate(interactions):
        index.add(Queued(f"{name}#{number + 1}", one, number, one.times, one.optional))
    return index


def new(request: HttpRequest, outcome: Outcome) -> Drift:
    """The drift of a request that was not recorded."""
    return Drift("new", "interaction", ABSENT, _brief(outcome), told(request))


def told(request: HttpRequest) -> str:
    """Method and URL."""
    return f"{request.method} {shown_url(request.url)}"


def compare_outcomes(before: Outcome, after: Outcome, request: str = "") -> list[Drift]:
    """Every drift from one outcome to another; of another status nothing else is told."""
    if not (isinstance(before, HttpReply) and isinstance(after, HttpReply)) or before.status != after.status:
        same = _brief(before) == _brief(after)
        return [] if same else [Drift("status", "status", _brief(before), _brief(after), request)]
    found = [pair for pair in (*_of_headers(before, after), *_of_bodies(before, after)) if not _was_removed(pair[1])]
    return [Drift(kind, one.path, one.expected, one.actual, request) for kind, one in found]


def _was_removed(one: Difference) -> bool:
    """Is it no more than a placeholder, on one side, for what stands on the other? What was secret is known to nobody."""
    return any(_fills(*pair) for pair in ((one.expected, one.actual), (one.actual, one.expected)))


def _fills(text: Any, other: Any) -> bool:
    if not (isinstance(text, str) and isinstance(other, str) and PLACEHOLDER.search(text)):
        return False
    return re.fullmatch(".+".join(map(re.escape, PLACEHOLDER.split(text))), other, re.DOTALL) is not None


def _brief(outcome: Outcome) -> int | str:
    return outcome.status if isinstance(outcome, HttpReply) else outcome.kind


Found = tuple[Kind, Difference]


def _of_headers(before: HttpReply, after: HttpReply) -> Iterator[Found]:
    media = _media_type(before), _media_type(after)
    if media[0] != media[1]:
        yield "shape", Difference("header.content-type", *media)
    tables = _headers(before), _headers(after)
    for one in compare(*tables, "header"):
        if one.path != "header.content-type" or media[0] == media[1]:
            yield "header", one


def _media_type(reply: HttpReply) -> str:
    value = next((value for name, value in reply.headers if name.lower() == "content-type"), "")
    return value.partition(";")[0].strip().lower()


def _headers(reply: HttpReply) -> dict[str, str]:
    """By name in small letters; repeated ones joined, as a proxy may do (RFC 9110, section 5.3)."""
    made: dict[str, list[str]] = {}
    for name, value in reply.headers:
        if name.lower() not in VOLATILE:
            made.setdefault(name.lower(), []).append(value)
    return {name: ", ".join(values) for name, values in made.items()}


def _of_bodies(before: HttpReply, after: HttpReply) -> Iterator[Found]:
    kinds = _kind(before), _kind(after)
    if kinds[0] != kinds[1]:
        yield "shape", Difference("body", *kinds)
    elif kinds[0] == "JSON":
        yield from _of_json(json.loads(before.body), json.loads(after.body))
    elif before.body != after.body:
        yield "value", Difference("body", *(one.body.decode("utf-8", "backslashreplace") for one in (before, after)))


def _kind(reply: HttpReply) -> str:
    """What a body is, in a word. One that could not be decoded is compared by its bytes."""
    if not reply.body:
        return "nothing"
    if reply.coded:
        return "bytes"
    try:
        text = reply.body.decode("utf-8")
    except UnicodeDecodeError:
        return "bytes"
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return "text"
    return "JSON"


def _of_json(before: Any, after: Any) -> Iterator[Found]:
    shapes = list(differing(Shape().see(before), Shape().see(after), "body"))
    for one in shapes:
        yield "shape", one
    told_already = tuple(one.path for one in shapes)
    for one in compare(before, after, "body"):
        if not _is_within(re.sub(r"\[\d+\]", "[]", one.path), told_already):
            yield "value", one


def _is_within(place: str, places: tuple[str, ...]) -> bool:
    return any(place == one or place.startswith((f"{one}.", f"{one}[")) for one in places)


def render_drifts(drifts: Iterable[Drift], *, before: str = "recorded", after: str = "now") -> str:
    """Drifts as text: each request, and under it what differs, worst first; a long list is cut."""
    lines: list[str] = []
    for request, group in groupby(drifts, lambda one: one.request):
        lines += [request] if request else []
        ordered = sorted(group, key=lambda one: not one.breaks)
        shown = (Difference(f"{one.kind} {one.place}", one.before, one.after) for one in ordered)
        lines.append(render(shown, expected=before, actual=after))
    return "\n".join(lines)
