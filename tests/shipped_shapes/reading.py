"""A shipped cassette as plain values, and the rules that every one of them owes.

A rule is a function whose docstring is the sentence that must hold; it yields what is wrong, so a list of nothing is green.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from re import fullmatch
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from autogen_harness import library
from autogen_harness.cassettes.files.writing import written

if TYPE_CHECKING:
    from datetime import datetime

ROOT = library.root() / "cassettes"
FORMAT = "autogen-harness-cassette/1"
STYLES: Mapping[str, Mapping[str, Any]] = {
    "compact": {"separators": (",", ":"), "ensure_ascii": False},
    "python": {},
    "indent-2": {"indent": 2},
}


@dataclass(frozen=True, slots=True)
class Shipped:
    """One shipped interaction, read without the harness's own loader: the judge must not share its mistakes."""

    name: str
    document: dict[str, Any]
    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def interaction(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["interactions"][0]
        return found

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def date(self) -> datetime:
        return parsedate_to_datetime(self.header("date") or "")


Rule = Callable[[Shipped], Iterator[str]]


def bytes_of(body: Mapping[str, Any] | None) -> bytes:
    if body is None:
        return b""
    if "text" in body:
        return str(body["text"]).encode()
    return (json.dumps(body["json"], **STYLES[body["style"]]) + body.get("end", "")).encode()


@cache
def shipped(name: str) -> Shipped:
    document = json.loads((ROOT / f"{name}.json").read_text(encoding="utf-8"))
    interaction = document["interactions"][0]
    response = interaction["outcome"]["response"]
    headers = tuple((key, value) for key, value in response["headers"])
    url = interaction["request"]["url"]
    return Shipped(name, document, url, response["status"], response["reason"], headers, bytes_of(response.get("body")))


def one_composed_interaction(it: Shipped) -> Iterator[str]:
    """A file says its format, what the reply is in one sentence, and holds one interaction that admits to be composed."""
    if it.document["format"] != FORMAT or len(it.document["interactions"]) != 1:
        yield "not one interaction of this format"
    if not it.document["about"].endswith(".") or "\n" in it.document["about"]:
        yield "about is not a sentence"
    if it.interaction["provenance"] != "composed":
        yield "provenance is not composed"
    if it.interaction["play"] != {"times": 1}:
        yield "an interaction is played once"


def standard_reason(it: Shipped) -> Iterator[str]:
    """The reason phrase is the registered one of its status."""
    phrase = "Unprocessable Entity" if it.status == 422 else HTTPStatus(it.status).phrase  # renamed in Python 3.13
    if it.reason != phrase:
        yield f"{it.reason!r} instead of {phrase!r}"


def fixed_recent_date(it: Shipped) -> Iterator[str]:
    """The date header is fixed, in GMT, between 2025 and 2026."""
    if it.date.year not in {2025, 2026} or not str(it.header("date")).endswith(" GMT"):
        yield f"date: {it.header('date')}"


def plain_body_framing(it: Shipped) -> Iterator[str]:
    """content-length, where present, counts the body's bytes; nothing is encoded or chunked."""
    if it.header("content-length") not in {None, str(len(it.body))}:
        yield f"content-length {it.header('content-length')}, body {len(it.body)}"
    yield from unwanted(it, "content-encoding", "transfer-encoding")


def no_identity(it: Shipped) -> Iterator[str]:
    """No reply carries set-cookie or etag, and no header name appears twice."""
    yield from unwanted(it, "set-cookie", "etag")
    names = [key.lower() for key, _ in it.headers]
    yield from (f"{name} appears twice" for name in sorted({name for name in names if names.count(name) > 1}))


def tidy_file(it: Shipped) -> Iterator[str]:
    """The file is UTF-8, stands as ``save`` writes it, and reading it loses nothing (71000.0 stays 71000.0)."""
    text = (ROOT / f"{it.name}.json").read_text(encoding="utf-8")
    if text != written(json.loads(text), indent=1) + "\n":
        yield "not as a cassette is saved"


def answers_its_own_request(it: Shipped) -> Iterator[str]:
    """The path pattern and the hosts, where declared, fit the recorded URL itself."""
    match, parts = it.interaction.get("match", {}), urlsplit(it.url)
    if "path" in match and not (fullmatch(match["path"], parts.path) and fullmatch(match["path"], unquote(parts.path))):
        yield f"{match['path']} does not fit {parts.path}, raw and decoded"
    if parts.hostname not in match.get("hosts", [parts.hostname]):
        yield f"{parts.hostname} is not among its hosts"


def unwanted(it: Shipped, *names: str) -> Iterator[str]:
    yield from (f"{name} must be absent" for name in names if it.header(name) is not None)


def wanted(it: Shipped, **values: str) -> Iterator[str]:
    for key, value in values.items():
        name = key.replace("_", "-")
        if it.header(name) != value:
            yield f"{name}: {it.header(name)!r} instead of {value!r}"


def with_status(*statuses: int) -> Rule:
    def rule(it: Shipped) -> Iterator[str]:
        if it.status not in statuses:
            yield f"status {it.status}, expected {statuses}"

    rule.__doc__ = f"The status is {' or '.join(map(str, statuses))}."
    rule.__name__ = "status"
    return rule


def with_body(text: str) -> Rule:
    def rule(it: Shipped) -> Iterator[str]:
        if it.body.decode() != text:
            yield f"body {it.body!r}"

    rule.__doc__ = f"The body is exactly {text!r}."
    rule.__name__ = "body"
    return rule


def compact_json(it: Shipped) -> Iterator[str]:
    """The body is JSON without any space between its tokens, and gives the same bytes again when parsed and written."""
    if it.body != json.dumps(it.data, separators=(",", ":"), ensure_ascii=False).encode():
        yield "not compact"


EVERY: tuple[Rule, ...] = (
    one_composed_interaction,
    standard_reason,
    fixed_recent_date,
    plain_body_framing,
    no_identity,
    tidy_file,
    answers_its_own_request,
)
