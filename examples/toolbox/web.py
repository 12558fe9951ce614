"""One HTTP request with ``requests``, and what to say when it fails.

What a plain ``requests.get`` leaves open is closed here: no redirect is followed unseen (a POST would come back as a GET),
no more of a body is read than a tool can use, simplejson's presence changes nothing, and no error text repeats a URL, which
may carry a key.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import requests

from toolbox.envelope import ToolError, as_text, clip, parse_json

RETRYABLE_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may change by waiting. Any other 4xx comes again however often one asks."""

MAX_BODY = 1_000_000
"""Bytes; of a longer body the rest is never read."""

LONGEST_WAIT = 1e9
"""Seconds: what a larger Retry-After is taken for."""

PHRASES = {code.value: code.phrase for code in HTTPStatus}

PASSING = (
    *(requests.Timeout, requests.ConnectionError, requests.exceptions.ChunkedEncodingError),
    *(aiohttp.ClientConnectionError, aiohttp.ClientPayloadError),
    *(ConnectionError, TimeoutError, asyncio.TimeoutError),
)
LASTING = (requests.exceptions.SSLError, requests.exceptions.ProxyError, aiohttp.ClientSSLError)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said; ``body`` holds the first :data:`MAX_BODY` bytes, ``whole`` tells whether that is all of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True

    @property
    def ok(self) -> bool:
        """Is it a success: any 2xx?"""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as a value. Raises ToolError where it is not JSON."""
        try:
            return parse_json(self.body)
        except ValueError:
            raise ToolError(f"the server answered {self.status} with a body that is not JSON") from None

    def data(self, limit: int) -> dict[str, Any]:
        """The body for a model: ``data`` if it is JSON of at most ``limit`` characters, else ``text`` cut there."""
        kind = self.headers.get("content-type", "")
        text, cut = clip(decoded(self.body, kind), limit)
        if self.whole and not cut and "json" in kind:
            try:
                value = parse_json(self.body)
                if len(as_text(value)) <= limit:  # 1e9 is longer when Python writes it
                    return {"data": value}
            except (ValueError, RecursionError):
                pass  # the label lies: show the text
        return {"data": {"text": text}, "truncated": cut or not self.whole}


def send(method: str, url: str, *, timeout: float, **options: Any) -> Reply:
    """Send one request; ``timeout`` is in seconds, for connecting and again for every wait for data.

    Raises:
        requests.RequestException: no answer came, or it broke off.
        OSError: the socket failed below requests.
    """
    with requests.request(method, url, timeout=timeout, stream=True, allow_redirects=False, **options) as response:
        body = b""
        for chunk in response.iter_content(16_384):
            body += chunk
            if len(body) > MAX_BODY:
                break
        return Reply(response.status_code, response.headers, body[:MAX_BODY], whole=len(body) <= MAX_BODY)


async def received(response: aiohttp.ClientResponse) -> Reply:
    """What a server said to aiohttp, read as :func:`send` reads: no more than can be used."""
    body = b""
    async for chunk in response.content.iter_chunked(16_384):
        body += chunk
        if len(body) > MAX_BODY:
            break
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status, headers, body[:MAX_BODY], whole=len(body) <= MAX_BODY)


def refused(url: str) -> str | None:
    """Why a tool must not send anything to ``url``; None if it may.

    A model can be talked into asking for addresses inside your own network. This looks at the text alone: names that resolve
    to such an address are for a proxy to stop.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "it is not a URL"
    if parts.scheme not in {"http", "https"} or not host:
        return "it is not an http or https URL with a host"
    if parts.username is not None or any(ord(character) <= 32 for character in url):
        return "it holds a user name or blanks"
    if host == "localhost" or host.endswith(".localhost") or _is_inside(host):
        return "its host is not a public one"
    return None


def shown(url: str) -> str:
    """The URL as an answer may quote it: without user name and password."""
    return re.sub(r"//[^/?#]*@", "//***@", url)


def _is_inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False  # a name, not an address


def failed_status(status: int, headers: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a failure answer for a status that is no success; ``retry_after`` is in seconds."""
    phrase = PHRASES.get(status, "")
    fields: dict[str, Any] = {
        "error": f"the server answered {status} {phrase}".rstrip(),
        "status": status,
        "retryable": status in RETRYABLE_STATUSES,
    }
    seconds = retry_after(headers.get("retry-after", ""))
    return fields if seconds is None else {**fields, "retry_after": seconds}


def failed_request(error: BaseException) -> dict[str, Any]:
    """The fields of a failure answer for a request that got no answer."""
    passing = isinstance(error, PASSING) and not isinstance(error, LASTING)
    return {"error": f"the request failed: {type(error).__name__}", "status": None, "retryable": passing}


def retry_after(value: str) -> float | None:
    """Seconds to wait according to a Retry-After header: a number or an HTTP date (in the past: 0); None if it says neither."""
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())


def decoded(body: bytes, content_type: str) -> str:
    """The text of a body, by the charset that its content type declares, else UTF-8; what cannot be read becomes U+FFFD."""
    charset = content_type.partition("charset=")[2].partition(";")[0].strip("\"' ") or "utf-8"
    try:
        return body.decode(charset, "replace")
    except (LookupError, UnicodeError):
        return body.decode("utf-8", "replace")
