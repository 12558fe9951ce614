"""Whose file it is: told by its keys, since several programs share a suffix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from autogen_harness.documents import Problem
from autogen_harness.wording import did_you_mean

_HERE = "autogen_harness.cassettes.foreign"

MIGRATE = "record it anew, or migrate it with `python -m vcr.migration FILE` where vcrpy is installed"
KNOWN = "cassettes of vcrpy, cassetter and betamax are read, and HAR"


class Layout(NamedTuple):
    """One program's format: what it is called, the key by which it is known, and where it is read."""

    name: str
    key: str
    module: str

    @property
    def read(self) -> Callable[..., Any]:
        """The function that makes interactions of its tables."""
        found: Callable[..., Any] = import_module(f"{_HERE}.{self.module}").read
        return found


HAR = Layout("HAR 1.2", "log", "har")
BETAMAX = Layout("betamax", "http_interactions", "betamax")
CASSETTER = Layout("cassetter, version 1", "interactions", "cassetter")
VCRPY = Layout("vcrpy, version 1", "interactions", "vcrpy")


def layout_of(value: Any) -> Layout | Problem:
    """The layout of a file, or why it is none that is known."""
    if _is_before_1(value):
        return Problem((), "this is a cassette of vcrpy before version 1, which is not read", MIGRATE)
    if not isinstance(value, dict):
        return Problem((), "not a cassette: at the top stands no table", KNOWN)
    for layout in (HAR, BETAMAX):
        if layout.key in value:
            return layout
    if _is_of_cassetter(value):
        return CASSETTER
    if VCRPY.key in value:
        return VCRPY
    near = next((hint for name in value if (hint := did_you_mean(name, (HAR.key, BETAMAX.key, VCRPY.key)))), KNOWN)
    return Problem((), "not a cassette that is known: it has none of the keys interactions, http_interactions and log", near)


def is_foreign(value: Any) -> bool:
    """Does JSON look like another program's file, more than like one of ours with something wrong in it?"""
    if not isinstance(value, dict) or "format" in value:
        return _is_before_1(value)
    items = value.get(VCRPY.key)
    first = items[0] if isinstance(items, list) and items else {}
    marked = "version" in value or (isinstance(first, dict) and "response" in first)
    return HAR.key in value or BETAMAX.key in value or (items is not None and marked)


def _is_before_1(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "request" in value[0]


def _is_of_cassetter(value: Mapping[str, Any]) -> bool:
    """Its status is a number, vcrpy's a table; it alone knows gRPC calls and WebSockets."""
    items = value.get("interactions")
    first = items[0] if isinstance(items, list) and items else {}
    response = first.get("response") if isinstance(first, dict) else None
    own = isinstance(response, dict) and isinstance(response.get("status"), int)
    return own or "grpc_interactions" in value or "ws_interactions" in value
