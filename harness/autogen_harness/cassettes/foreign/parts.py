"""What the formats of other programs have in common: a URL, headers in one of three layouts, a body, a status, a moment."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from autogen_harness.cassettes.cassette import Interaction, Match, Recorded, Timing
from autogen_harness.cassettes.files import bodies
from autogen_harness.cassettes.files.checks import Checks, url_problem
from autogen_harness.cassettes.foreign.imported import Lost
from autogen_harness.documents import Steps
from autogen_harness.model import Headers, HttpReply, HttpRequest
from autogen_harness.wording import did_you_mean

MATCH = Match(body="any")
"""What other programs compare by default, vcrpy first of all: method and URL, and not the body."""


class Parts(Checks):
    """The problems of one foreign file, as they are found, and what was left out of it."""

    names: Mapping[type, str] = {**Checks.names, bytes: "bytes"}

    def __init__(self) -> None:
        super().__init__()
        self.lost: list[Lost] = []

    def leave(self, at: Steps, what: str) -> None:
        """Note what was left out of the interaction at a place."""
        number = next((f" {step + 1}" for step in at if isinstance(step, int)), "")
        noun = str(at[0]) if at else ""
        self.lost.append(Lost(f"{_NOUNS.get(noun, noun)}{number}", what))

    def having(self, value: Any, at: Steps, *needed: str, known: Sequence[str] | None = None) -> Mapping[str, Any]:
        """A table with the keys ``needed``; keys that are not ``known`` either are left out (None: without a word)."""
        if not isinstance(value, dict):
            self.wrong(at, f"must be {self.names[dict]}, not {self.kind(value)}")
            return {}
        for name in needed:
            if name not in value:
                self.wrong(at, f"the key {name!r} is missing", did_you_mean(name, value))
        for name in value:
            if known is not None and name not in needed and name not in known:
                self.leave(at, f"the key {name!r}, which is not known")
        return value

    def place_of(self, table: Mapping[str, Any], at: Steps, *names: str) -> str | None:
        """The URL under one of these names; None where it was left out, because it is none of http or https."""
        name = next((name for name in names if name in table), "")
        if not name:
            self.wrong(at, f"the key {names[0]!r} is missing", did_you_mean(names[0], table))
            return ""
        scheme = _SCHEME.match(table[name]) if isinstance(table[name], str) else None
        if scheme and scheme[1].lower() not in ("http", "https"):
            self.leave(at, f"a request over {scheme[1]}, which is neither http nor https")
            return None
        url = self.url(table, name, at)
        return "" if url_problem(url) else url

    def verb(self, table: Mapping[str, Any], at: Steps) -> str:
        """The method, in capitals."""
        if table.get("method") == "":
            self.wrong((*at, "method"), "must not be empty")
        return self.text(table, "method", at).upper()

    def pairs(self, value: Any, at: Steps) -> Headers:
        """Headers: a table of lists or of texts, or pairs."""
        if isinstance(value, dict):
            named = [(name, content, (*at, name)) for name, content in value.items()]
        elif isinstance(value, list):
            cut = [item if isinstance(item, list) and len(item) == 2 else ("", item) for item in value]
            named = [(name, content, (*at, index)) for index, (name, content) in enumerate(cut)]
        else:
            named = []
            if value is not None:
                self.wrong(at, f"headers are {self.names[dict]} or pairs, not {self.kind(value)}")
        return tuple([self._pair(name, one, place) for name, content, inner in named for one, place in _each(content, inner)])

    def _pair(self, name: Any, value: Any, at: Steps) -> tuple[str, str]:
        content = _unfolded(value)
        if not isinstance(name, str) or content is None:
            self.wrong(at, "a header is a name with a value, or with a list of values")
            return "", ""
        for problem in _wrong_with(name, content):
            self.wrong(at, problem)
        return name, content

    def raw(self, value: Any, at: Steps) -> bytes:
        """A body that is text or bytes."""
        if isinstance(value, str):
            return value.encode("utf-8", "surrogatepass")
        if value is not None and not isinstance(value, bytes):
            self.wrong(at, f"a body is text or bytes, not {self.kind(value)}")
        return value if isinstance(value, bytes) else b""

    def structure(self, value: Any, at: Steps) -> bytes:
        """JSON that stands there as a structure, as ``json.dumps`` sends it."""
        try:
            return json.dumps(value).encode()
        except (TypeError, ValueError, RecursionError):
            self.wrong(at, "the structure holds what JSON cannot", "write the body as text")
            return b""

    def form(self, value: Any) -> bytes:
        """A table as a form."""
        return urlencode(value, doseq=True).encode()

    def base64(self, value: Any, at: Steps) -> bytes:
        """Base64 text."""
        if not isinstance(value, str):
            self.wrong(at, f"must be {self.names[str]}, not {self.kind(value)}")
            return b""
        return self.attempt(at, lambda: bodies.read_base64(value))

    def status(self, value: Any, at: Steps) -> int:
        """A status code."""
        return self.whole(value, at, low=100, high=599)


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_NOUNS = {"interactions": "interaction", "http_interactions": "interaction", "log": "entry"}


def _each(content: Any, at: Steps) -> list[tuple[Any, Steps]]:
    """The values of a header with their places."""
    return [(one, (*at, index)) for index, one in enumerate(content)] if isinstance(content, list) else [(content, at)]


@lru_cache(maxsize=4096)
def _wrong_with(name: str, value: str) -> tuple[str, ...]:
    """What is wrong with a header; most of them are in every response."""
    checks = Checks()
    checks.header([name, value], ())
    return tuple(problem.text for problem in checks.problems)


def _unfolded(value: Any) -> str | None:
    """The value of a header on one line (RFC 9112, section 5.2); None where it is no value."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return " ".join(line.strip() for line in value.splitlines()) if "\n" in (value := str(value)) else value


def phrase(status: int) -> str:
    """The usual reason of a status, for files that do not hold the one that was sent."""
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""


def value_of(headers: Headers, name: str) -> str:
    """The first header of a name (in small letters); empty where there is none."""
    return next((value for key, value in headers if key.lower() == name), "")


_FRACTION = re.compile(r"\.(\d+)")
"""Python 3.10 reads three or six digits of a second; others write what they like."""


def moment(text: Any) -> str:
    """A moment of ISO 8601 in UTC, as our files have it; empty where it is none. One without a zone is in UTC."""
    plain = _FRACTION.sub(lambda found: f".{found[1][:6]:0<6}", str(text).replace("Z", "+00:00"))
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        return ""
    return _written(found)


def _written(found: datetime) -> str:
    aware = found if found.tzinfo else found.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def sent_at(headers: Headers) -> str:
    """When a server says that it answered; empty where it does not."""
    try:
        return _written(parsedate_to_datetime(value_of(headers, "date")))
    except (ValueError, TypeError, IndexError):
        return ""


def interaction(request: HttpRequest, reply: HttpReply, at: str, client: str, timing: Timing | None = None) -> Interaction:
    """An interaction as another program recorded it at a moment; where that is not known, it counts as composed."""
    recorded = Recorded(at, urlsplit(request.url).hostname or "", client) if at else None
    return Interaction(request, reply, match=MATCH, recorded=recorded, timing=timing)
