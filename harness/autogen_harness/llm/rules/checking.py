"""Check a request against the table of rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autogen_harness.llm.rules.violation import Violation


def violations(body: Mapping[str, Any], dialect: str = "openai") -> list[Violation]:
    """The rules that a request breaks, in the order of the table.

    Args:
        body: the request, as plain data.
        dialect: whose rules: ``openai``, ``azure`` or ``strict-compatible``.
    """
    return []
