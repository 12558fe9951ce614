"""Texts of the formats that JSON Schema names (Validation 2020-12, section 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import time

    Texts = st.SearchStrategy[str]


def _matching(pattern: str) -> Texts:
    return st.from_regex(pattern, fullmatch=True)


_HOSTS = _matching(r"[a-z]([a-z0-9-]{0,6}[a-z0-9])?(\.[a-z]{2,4}){1,2}")
_IDN_HOSTS = st.sampled_from(("bücher.example", "例え.jp", "пример.com", "straße.de")) | _HOSTS
_ACCOUNTS = _matching(r"[a-z0-9]{1,8}([.+_-][a-z0-9]{1,4})?")
_SECTIONS = _matching(r"(/[a-z0-9._-]{1,6}){0,3}")
_QUERIES = st.sampled_from(("", "?q=1", "?a=b&c=%20", "#top", "?x=1#y"))
_ZONES = st.sampled_from(("Z", "+00:00", "-08:00", "+05:30", "+14:00"))
_OTHER_SCRIPTS = st.sampled_from(("é", "ß", "日本", "д"))
_POINTERS = st.lists(st.text(max_size=5).map(lambda text: text.replace("~", "~0").replace("/", "~1")), max_size=3).map(
    lambda keys: "".join(f"/{key}" for key in keys)
)
_REGEXES = st.sampled_from(("", "a", "^[A-Z]{3}$", r"\d+", "(a|b)*c?", "[^,]+", r"^\S+@\S+$", ".{0,3}", "(?:x)y"))
_TEMPLATES = st.sampled_from(("", "/users/{id}", "{+base}/a", "/find{?q,page}", "{/path*}", "https://a.example/{x:3}"))


def _clock(moment: time) -> str:
    return moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds")


def _uris() -> Texts:
    web = st.builds("https://{}{}{}".format, _HOSTS, _SECTIONS, _QUERIES)
    rare = ("urn:isbn:0451450523", "mailto:a@b.example", "http://[2001:db8::7]/c", "ftp://a.example:21/x")
    return web | st.sampled_from(rare)


def _uri_references() -> Texts:
    return _uris() | st.builds("{}{}".format, _SECTIONS, _QUERIES) | st.sampled_from(("", "//a.example/x", "../up"))


def _durations() -> Texts:
    """ISO 8601 as RFC 3339, appendix A, has it: units follow each other without a gap."""
    date = _matching(r"[0-9]{1,3}(D|M([0-9]{1,2}D)?|Y([0-9]{1,2}M([0-9]{1,2}D)?)?)")
    clock = _matching(r"T[0-9]{1,3}(S|M([0-9]{1,2}S)?|H([0-9]{1,2}M([0-9]{1,2}S)?)?)")
    return st.one_of(date, clock, st.builds("{}{}".format, date, clock), _matching("[0-9]{1,3}W")).map("P{}".format)


FORMATS: Mapping[str, Callable[[], Texts]] = {
    "date": lambda: st.dates().map(str),
    "time": lambda: st.builds("{}{}".format, st.times().map(_clock), _ZONES),
    "date-time": lambda: st.builds("{}T{}{}".format, st.dates(), st.times().map(_clock), _ZONES),
    "duration": _durations,
    "email": lambda: st.builds("{}@{}".format, _ACCOUNTS, _HOSTS),
    "idn-email": lambda: st.builds("{}{}@{}".format, _OTHER_SCRIPTS, _ACCOUNTS, _IDN_HOSTS),
    "hostname": lambda: _HOSTS,
    "idn-hostname": lambda: _IDN_HOSTS,
    "ipv4": lambda: st.ip_addresses(v=4).map(str),
    "ipv6": lambda: st.ip_addresses(v=6).map(str),
    "uri": _uris,
    "url": _uris,
    "uri-reference": _uri_references,
    "iri": lambda: st.builds("https://{}/{}".format, _IDN_HOSTS, _OTHER_SCRIPTS) | _uris(),
    "iri-reference": lambda: st.builds("/{}".format, _OTHER_SCRIPTS) | _uri_references(),
    "uri-template": lambda: _TEMPLATES,
    "uuid": lambda: st.uuids().map(str),
    "json-pointer": lambda: _POINTERS,
    "json-pointer-uri-fragment": lambda: _POINTERS.map(lambda text: "#" + quote(text)),
    "relative-json-pointer": lambda: st.builds("{}{}".format, st.integers(0, 9), _POINTERS | st.just("#")),
    "regex": lambda: _REGEXES,
}


def texts_of(name: Any) -> Texts | None:
    """Texts of a format; None where it is none that is known, and so says nothing."""
    make = FORMATS.get(name)
    return make() if make else None
