"""Plain replies for aiohttp, made without being written and parsed: most of them are, and it costs a fraction.

A reply is plain where it is text in ASCII but for its body, which is small and in no coding. What is made here is held against
what aiohttp's parser makes of the same by a test.
"""

from __future__ import annotations

import inspect
import re
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import ClientResponse, HttpVersion10, HttpVersion11, hdrs
from aiohttp.http import RawResponseMessage
from aiohttp.http_parser import HttpResponseParser, HttpResponseParserPy
from multidict import CIMultiDict, CIMultiDictProxy, istr

from autogen_harness.cassettes.wire.framing import NO_BODY
from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autogen_harness.model import Outcome

_NAME = re.compile(r"[A-Za-z0-9_-]{1,200}")
_ODD = frozenset({"content-encoding", "transfer-encoding", "upgrade", "sec-websocket-key1"})
_COMPILED = HttpResponseParser is not HttpResponseParserPy
_SHOWN = {name.lower(): name for name in vars(hdrs).values() if isinstance(name, istr)} if _COMPILED else {}
"""The spelling that aiohttp's compiled parser gives to names that it knows."""

_VERSIONS = {"1.0": HttpVersion10, "1.1": HttpVersion11}

_LONG = 4096
"""Characters of all values, half of what the parser takes of one."""

_MANY = 64
"""Headers, half of what it takes."""

LIMITS = (("max_line_size", 8190), ("max_field_size", 8190), ("max_headers", 128))
"""What the parser takes. Where the user of a session says something else, the parser shall keep it."""

_NEEDS_WRITER = "stream_writer" in inspect.signature(ClientResponse.__init__).parameters
WRITER: dict[str, Any] = {"stream_writer": SimpleNamespace(output_size=0)} if _NEEDS_WRITER else {}
"""An argument of responses since aiohttp 3.14, where no writer has written anything."""

LARGE = 2**16
"""Bytes from which a body may have to wait for its reader."""


class Plain(NamedTuple):
    """A plain reply, with its head as aiohttp's parser makes it.

    ``sized``: it says how long its body is. ``final``: it leads nowhere and leaves nothing, no redirect and no cookies.
    """

    reply: HttpReply
    message: Any
    sized: bool
    final: bool

    def suits(self, options: Mapping[str, Any]) -> bool:
        """Whether a client that reads with these options (those of ``ResponseHandler.set_response_params``) takes all of it."""
        usual = all(options.get(name, most) == most for name, most in LIMITS)
        ends = self.sized or options.get("read_until_eof", False)
        return bool(usual and ends and len(self.reply.body) <= options.get("read_bufsize", LARGE))


def plain(outcome: Outcome, method: str) -> Plain | None:
    """What is handed over; None where an outcome is not plain."""
    if not isinstance(outcome, HttpReply) or method == hdrs.METH_HEAD or not _is_simple(outcome):
        return None
    names = _names(tuple([name for name, _ in outcome.headers]))
    values = [value for _, value in outcome.headers]
    if names is None or not _is_text(" ".join(values)):
        return None
    if names.sized is not None and values[names.sized] != str(len(outcome.body)):
        return None
    headers = CIMultiDictProxy(CIMultiDict([*zip(names.shown, values)]))  # noqa: B905 - they are as many
    raw = (*zip(names.raw, [value.encode() for value in values]),)  # noqa: B905 - as above
    sized = names.sized is not None
    head = _VERSIONS[outcome.version], outcome.status, outcome.reason, headers, raw
    message = RawResponseMessage(*head, not sized, None, False, False)
    return Plain(outcome, message, sized, names.quiet and outcome.status // 100 != 3)


def _is_simple(reply: HttpReply) -> bool:
    if reply.coded or not 0 < len(reply.body) <= LARGE or reply.version not in _VERSIONS:
        return False
    return 200 <= reply.status < 1000 and reply.status not in NO_BODY and _is_text(reply.reason)


def _is_text(text: str) -> bool:
    """Whether it is in ASCII, of a usual length, and no part of it has a blank before or behind it."""
    return text.isascii() and text.isprintable() and len(text) < _LONG and "  " not in text and text.strip() == text


class _Names(NamedTuple):
    """The names of headers as aiohttp shows them and as they are written; the place of Content-Length; without Set-Cookie."""

    shown: tuple[str, ...]
    raw: tuple[bytes, ...]
    sized: int | None
    quiet: bool


@lru_cache(maxsize=256)
def _names(names: tuple[str, ...]) -> _Names | None:
    """What is known of names; None where they are not plain. Most replies of a service have the same."""
    small = [name.lower() for name in names]
    odd = not _ODD.isdisjoint(small) or not all(map(_NAME.fullmatch, names))
    if odd or len(set(small)) != len(small) or len(small) > _MANY:  # aiohttp refuses some of those that are repeated
        return None
    shown = [_SHOWN.get(known, name) for known, name in zip(small, names, strict=True)]
    sized = small.index("content-length") if "content-length" in small else None
    return _Names(tuple(shown), tuple([name.encode() for name in names]), sized, "set-cookie" not in small)
