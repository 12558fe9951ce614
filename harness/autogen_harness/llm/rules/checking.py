"""Check a request against the table of rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autogen_harness.llm.rules.request import Request
from autogen_harness.llm.rules.table import TABLE
from autogen_harness.llm.rules.violation import Violation


def violations(body: Mapping[str, Any], dialect: str = "openai") -> list[Violation]:
    """The rules that a request breaks, in the order of the table.

    Args:
        body: the request, as plain data. Whatever its shape, nothing is raised; what cannot be judged is passed over.
        dialect: whose rules: ``openai``, ``azure`` or ``strict-compatible``.
    """
    request = Request(body if isinstance(body, dict) else {})
    return [found for rule in TABLE if dialect in rule.dialects for found in rule.violations(request)]
