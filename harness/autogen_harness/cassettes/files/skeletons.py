"""The beginning of a cassette for one request, for a person to fill in: its name, its file and a text that loads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from autogen_harness.cassettes.files import bodies, whereabouts
from autogen_harness.cassettes.files.checks import url_problem
from autogen_harness.cassettes.files.fields import FORMAT
from autogen_harness.cassettes.matching.matchers import WITH_BODY
from autogen_harness.cassettes.wire.framing import NO_BODY
from autogen_harness.errors import UsageError
from autogen_harness.model import HttpReply, HttpRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autogen_harness.cassettes.cassette import Interaction, Match

MAX_BODY = 160
"""Characters of a request's body up to which the skeleton asks for that body, else for any."""

MAX_NAME = 40
"""Characters of a path that go into a name."""

DEFAULT_ROOT = Path("tests/cassettes")
"""Where cassettes are written when no folder of one's own is known."""


def skeleton(request: HttpRequest, status: int = 200, names: Sequence[str] = ()) -> str:
    """A cassette that answers ``request`` with ``status`` and, where there can be a body, with ``{}``. It holds no secret.

    ``names`` are secret beside those that always are.
    """
    kept = without_secrets(request, names)
    request = kept.request
    lines = [
        f'{{"format": "{FORMAT}", "interactions": [{{',
        f' "request": {{"method": {_json(request.method)},{_gap(request.url)}"url": {_json(request.url)}{_sent(request)},',
        *_tolerance(request, kept.match),
        f' "outcome": {{"response": {{"status": {status}{_answered(request.method, status)}}}}}',
        "}]}",
    ]
    return "\n".join(lines)


def without_secrets(request: HttpRequest, names: Sequence[str] = ()) -> Interaction:
    """A request as it may stand in a file, with what of it is then not compared: what is printed here is pasted there."""
    from autogen_harness.cassettes import filtering  # a player without a miss does not pay for it
    from autogen_harness.cassettes.cassette import Interaction

    return filtering.cleaned(Interaction(request, HttpReply(200)), names).interaction


def begin(method: str, url: str, status: int, roots: Sequence[Path]) -> tuple[str, Path, str]:
    """Name, file and text of a new cassette.

    Raises:
        UsageError: there is no such method, URL or status.
    """
    if not method.isalpha():
        raise UsageError(f"{method!r} is no method; write it as in: GET https://host/path")
    if url_problem(url):
        raise UsageError(url_problem(url))
    if not 100 <= status <= 599:
        raise UsageError(f"{status} is no status; it is a whole number from 100 to 599")
    request = HttpRequest(method.upper(), url)
    return (*place(request, roots), skeleton(request, status))


def place(request: HttpRequest, roots: Sequence[Path] = ()) -> tuple[str, Path]:
    """A name for the cassette of a request that no file has yet, and its file in the first of the user's folders."""
    root = next(iter(roots), DEFAULT_ROOT)
    stem = _name(without_secrets(request).request)
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, 1000))
    name = next((name for name in names if not (root / f"{name}.json").exists()), stem)
    return name, whereabouts.relative(root / f"{name}.json")


def _name(request: HttpRequest) -> str:
    """``host/path-in-words``, behind the method where that is not GET. The query is left out: it may hold a key."""
    asked = urlsplit(request.url)
    words = re.sub(r"[^a-z0-9]+", "-", unquote(asked.path).lower()).strip("-")[:MAX_NAME].strip("-")
    method = "" if request.method == "GET" and words else request.method.lower()
    return f"{asked.hostname}/{'-'.join(filter(None, (method, words)))}"


def _gap(url: str) -> str:
    """A long URL gets a line of its own."""
    return "\n  " if len(url) > MAX_NAME + 20 else " "


def _sent(request: HttpRequest) -> str:
    """The rest of the request's table."""
    body = _compared(request)
    return f',\n  "body": {body}}}' if body else "}"


def _tolerance(request: HttpRequest, match: Match) -> list[str]:
    body = "any" if request.method in WITH_BODY and not _compared(request) else None
    rules = {"body": body, "path": match.path, "ignore": match.ignore}
    told = {key: rule for key, rule in rules.items() if rule}
    return [f' "match": {_json(told)},'] if told else []


def _compared(request: HttpRequest) -> str:
    """The body as the file has it, if it is compared and short enough to be read."""
    if request.method not in WITH_BODY or not request.body:
        return ""
    table = bodies.write(request.body)
    if "json" in table:
        table.pop("style")  # JSON is compared by meaning, however it was written
    text = _json(table)
    return text if "base64" not in table and len(text) <= MAX_BODY else ""


def _answered(method: str, status: int) -> str:
    return "" if method == "HEAD" or status in NO_BODY or status < 200 else ', "body": {"json": {}}'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
