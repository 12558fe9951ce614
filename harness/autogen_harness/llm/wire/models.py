"""The list of models: what a client sees that asks before it chats. A chat may name any other model too."""

from __future__ import annotations

from typing import Any

from autogen_harness.llm.wire.envelope import CREATED

NAMES = ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "gpt-5-mini", "o3", "o4-mini")


def models() -> dict[str, Any]:
    """The body of ``GET /v1/models``."""
    return {"object": "list", "data": [_model(name) for name in NAMES]}


def model(name: str) -> dict[str, Any] | None:
    """The body of ``GET /v1/models/<name>``; None where the list has no such model."""
    return _model(name) if name in NAMES else None


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "autogen-harness"}
