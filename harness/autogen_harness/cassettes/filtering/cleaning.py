"""An interaction without secrets, and what that took."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autogen_harness.cassettes.filtering import contents, headers, signatures
from autogen_harness.cassettes.filtering.eraser import Eraser
from autogen_harness.cassettes.filtering.removed import Place, Remark
from autogen_harness.model import HttpFailure, HttpReply
from autogen_harness.secrecy.names import SecretNames
from autogen_harness.secrecy.placeholders import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from autogen_harness.cassettes.cassette import Interaction, Match
    from autogen_harness.cassettes.filtering.removed import Removed
    from autogen_harness.model import Headers, HttpRequest, Outcome

_NOT_COMPARED = frozenset({"path", "userinfo"})
"""Parts of a URL that are no place of ``match.ignore``: nobody compares a user, and a path that may differ is a pattern."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An interaction that can be kept.

    Attributes:
        interaction: it, with placeholders for secrets; what was taken from the request is in its ``match.ignore``.
        removed: what was taken out, and where.
        notes: what a reader should know, such as a signature that no longer fits.
    """

    interaction: Interaction
    removed: tuple[Removed, ...] = ()
    notes: tuple[Remark, ...] = ()


def cleaned(interaction: Interaction, names: Iterable[str] = (), values: Mapping[str, str] | None = None) -> Cleaned:
    """An interaction without secrets; the same one where there are none.

    Args:
        interaction: what was recorded.
        names: of headers, parameters and keys whose values are secret, beside those that always are; ``*`` may stand in them.
        values: texts to take out wherever they stand, each with what it is called.
    """
    known = SecretNames(names)
    asked, answered = (Eraser(side, known, values or {}) for side in ("request", "reply"))
    request = cleaned_request(interaction.request, asked)
    outcome, notes = _outcome(interaction.outcome, answered)
    if request.body != interaction.request.body:
        notes = signatures.outdated(request.headers, "request") + notes
    removed = (*asked.removed, *answered.removed)
    if not removed:
        return Cleaned(interaction, (), tuple(notes))
    places = [one.place.text for one in asked.removed] + [note.place for note in notes if note.side == "request"]
    match = _widened(interaction.match, request.url, places)
    return Cleaned(replace(interaction, request=request, outcome=outcome, match=match), removed, tuple(notes))


def cleaned_request(request: HttpRequest, eraser: Eraser) -> HttpRequest:
    """A request without what the eraser takes out."""
    url = eraser.url(request.url, lambda part: Place(part, ("url",)))
    body = request.body if _coding(request.headers) else contents.cleaned(request.body, _type(request.headers), eraser)
    return replace(request, url=url, headers=headers.cleaned(request.headers, eraser), body=body)


def _outcome(outcome: Outcome, eraser: Eraser) -> tuple[Outcome, list[Remark]]:
    if isinstance(outcome, HttpReply):
        return _reply(outcome, eraser)
    text = eraser.text(outcome.text, Place("text", ("text",)))
    reply, notes = (None, list[Remark]()) if outcome.reply is None else _reply(outcome.reply, eraser)
    return HttpFailure(outcome.kind, _reframed(outcome.reply, reply), text), notes


def _reply(reply: HttpReply, eraser: Eraser) -> tuple[HttpReply, list[Remark]]:
    kept = headers.cleaned(reply.headers, eraser)
    if reply.coded and _coding(reply.headers):
        text = f"its body is kept in the coding {_coding(reply.headers)}, and only known values were looked for in it"
        return replace(reply, headers=kept), [Remark("reply", "body", text)]
    body = contents.cleaned(reply.body, _type(reply.headers), eraser)
    notes = signatures.outdated(kept, "reply") if body != reply.body else []
    return replace(reply, headers=kept, body=body), notes


def _reframed(before: HttpReply | None, after: HttpReply | None) -> HttpReply | None:
    """The beginning of a reply that promises as many more bytes as it did before."""
    if before is None or after is None:
        return None
    more = len(after.body) - len(before.body)
    promised = [
        (name, str(int(value) + more) if name.lower() == "content-length" and value.isdecimal() else value)
        for name, value in after.headers
    ]
    return replace(after, headers=tuple(promised))


def _widened(match: Match, url: str, places: Iterable[str]) -> Match:
    """The match of a request in which these places hold placeholders: it answers the request with the real values, too."""
    ignore = list(dict.fromkeys(place for place in places if place not in _NOT_COMPARED))
    if match.body == "raw" and any(place.startswith("body") for place in ignore):
        ignore.append("body")  # of bytes there is no part that could be left out
    path = match.path
    if path is None and "path" in places:
        path = _pattern(url)
    return replace(match, ignore=tuple(dict.fromkeys((*match.ignore, *ignore))), path=path)


def _pattern(url: str) -> str:
    """An expression for the path of a URL, with anything in place of placeholders."""
    path = re.sub(r"^[^/]*//[^/?#]*|[?#].*", "", url, flags=re.DOTALL)
    return ".+".join(map(re.escape, PLACEHOLDER.split(path)))


def _first(headers: Headers, name: str) -> str:
    return next((value for one, value in headers if one.lower() == name), "")


def _type(headers: Headers) -> str:
    return _first(headers, "content-type")


def _coding(headers: Headers) -> str:
    coding = _first(headers, "content-encoding").lower()
    return "" if coding == "identity" else coding
