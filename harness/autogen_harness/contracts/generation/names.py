"""What a parameter is about, guessed from its name and schema: an address, a place on disk, SQL, one or many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

Kind = Literal["url", "urls", "path", "sql", ""]

_URL = re.compile(r"(^|_)(url|urls|uri|endpoint|endpoints|webhook|href|link)(_|$)", re.IGNORECASE)
_PATH = re.compile(r"(^|_)(path|file|filename|dir|directory|folder|output|source|destination)(_|$)", re.IGNORECASE)
_SQL = re.compile(r"(^|_)(sql|statement)(_|$)", re.IGNORECASE)
_MANY = re.compile(r"(urls|endpoints|links|uris)$", re.IGNORECASE)


def kind_of(name: str, schema: Mapping[str, Any]) -> Kind:
    """What a string parameter, or an array of strings, is about; "" where nothing is known."""
    items = schema.get("items") if schema.get("type") == "array" else None
    entry = items if isinstance(items, dict) else schema
    if entry.get("type", "string") != "string" or "enum" in entry or "const" in entry:
        return ""
    if entry.get("format") in ("uri", "url") or _URL.search(name):
        return "urls" if items is not None or _MANY.search(name) else "url"
    if items is not None:
        return ""
    if _SQL.search(name):
        return "sql"
    return "path" if _PATH.search(name) else ""


def separator_of(schema: Mapping[str, Any]) -> str:
    """What stands between the items of a string that holds many: a comma, unless the description names another."""
    about = str(schema.get("description", "")).lower()
    return "\n" if "line" in about else " " if "space" in about else ","


SELECTS = (
    "SELECT 1",
    "SELECT NULL AS nothing",
    "select count(*) from sqlite_master",
    "SELECT 'x;y' AS text",
    "SELECT 1 WHERE 0",
)
"""Statements that read and change nothing."""

URL_TAILS = ("", "/", "/a/b", "?q=1", "#part", "/%2e%2e/x", "/ü", "/a b")
"""What may stand behind an address of the upstream."""

ODD: Mapping[Kind, tuple[str, ...]] = {
    "sql": ("", ";", "SELECT", "SELEC 1", "SELECT * FROM no_such_table", "SELECT 1; SELECT 2", "--", "SELECT '\x00'", "🦆"),
    "url": (
        "",
        "not a url",
        "/relative",
        "http://",
        "https://[",
        "ftp://example.invalid/x",
        "file:///etc/hostname",
        "https://\x00/",
    ),
    "path": ("", "missing.txt", ".", "..", "sub/missing/deep.json", "a\x00b", "ü.txt", " "),
}
"""Texts that models send for such parameters, and that lead nowhere."""
