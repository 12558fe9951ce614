"""Headers without secrets: cookies keep their names, credentials their scheme, addresses all but their secret parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autogen_harness.cassettes.filtering.removed import Place
from autogen_harness.cassettes.filtering.signatures import covers_body
from autogen_harness.secrecy.placeholders import cookie_stand_in, is_stand_in

if TYPE_CHECKING:
    from autogen_harness.cassettes.filtering.eraser import Eraser
    from autogen_harness.model import Headers

ADDRESSES = frozenset({"location", "content-location", "referer"})
"""Headers whose value is a URL, which may be a relative one (RFC 9110, sections 8.7, 10.1.3 and 10.2.2)."""

_SCHEME = re.compile(r"([A-Za-z][\w-]*[ ]+)(\S.*)", re.DOTALL)
_COOKIE = re.compile(r"(\s*([^=;]+)=)([^;]*)")


def cleaned(headers: Headers, eraser: Eraser) -> Headers:
    """The headers, in their order and number, without secrets."""
    return tuple((name, _value(name.lower(), value, number, eraser)) for number, (name, value) in enumerate(headers))


def _value(name: str, value: str, number: int, eraser: Eraser) -> str:
    place = Place(f"header.{name}", ("headers", number, 1))
    if name == "cookie":
        return _COOKIE.sub(lambda found: _cookie(found, place, eraser), value)
    if name == "set-cookie":
        return _COOKIE.sub(lambda found: _cookie(found, place, eraser), value, count=1)
    if covers_body(name):
        return value
    if name in ADDRESSES:
        return eraser.url(value, lambda _: place)
    if name.endswith("authorization") and (found := _SCHEME.fullmatch(value)):
        return found[1] + eraser.value("header", name, found[2], place)
    return eraser.value("header", name, value, place)


def _cookie(found: re.Match[str], place: Place, eraser: Eraser) -> str:
    """A cookie without its value; one that is being deleted has none."""
    value = found[3].strip().strip('"')
    if not value or is_stand_in(value):
        return found[0]
    name = found[2].strip()
    eraser.gone(name, value, place)
    return found[1] + cookie_stand_in(name)
