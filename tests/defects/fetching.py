"""One request whose answer is bounded in bytes and in time, as the mended tools send it."""

from __future__ import annotations

import time
from typing import Any

import requests

from toolbox.web import Reply

MOST_BYTES = 1_000_000
"""Of a longer body the rest is never read."""

_PIECE = 128  # bytes: a server that sends drop by drop is looked at often enough


class Endless(Exception):
    """The answer had not ended when its time was over."""


def fetch(method: str, url: str, *, timeout: float, **options: Any) -> Reply:
    """Send one request; ``timeout`` is in seconds, for each wait and for the whole body.

    Raises:
        requests.RequestException: no answer came, or it broke off.
        Endless: it took too long.
    """
    with requests.request(method, url, timeout=timeout, stream=True, allow_redirects=False, **options) as response:
        ends, body = time.monotonic() + timeout, bytearray()
        for piece in response.iter_content(_PIECE):
            body += piece
            if time.monotonic() > ends:
                raise Endless
            if len(body) > MOST_BYTES:
                break
        return Reply(response.status_code, response.headers, bytes(body[:MOST_BYTES]), whole=len(body) <= MOST_BYTES)
