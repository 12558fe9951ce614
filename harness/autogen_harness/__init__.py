"""Deterministic, offline, honest tests of AutoGen agents and their tools.

Names are loaded at first use, so importing this package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.imports import lazy_names

if TYPE_CHECKING:
    from autogen_harness.cassettes import Fault as Fault
    from autogen_harness.cassettes import fault as fault
    from autogen_harness.errors import ChatHung as ChatHung
    from autogen_harness.errors import HarnessError as HarnessError
    from autogen_harness.errors import HarnessFailure as HarnessFailure
    from autogen_harness.errors import UnmatchedRequest as UnmatchedRequest
    from autogen_harness.errors import UsageError as UsageError
    from autogen_harness.harness import Harness as Harness
    from autogen_harness.llm.fail import fail as fail
    from autogen_harness.llm.references import Reference as Reference
    from autogen_harness.llm.references import result as result
    from autogen_harness.llm.turns import Turn as Turn
    from autogen_harness.llm.turns import call as call
    from autogen_harness.llm.turns import calls as calls
    from autogen_harness.llm.turns import say as say
    from autogen_harness.model import Finding as Finding

_HOMES = {
    "ChatHung": "errors",
    "Fault": "cassettes",
    "Finding": "model",
    "Harness": "harness",
    "HarnessError": "errors",
    "HarnessFailure": "errors",
    "Reference": "llm.references",
    "Turn": "llm.turns",
    "UnmatchedRequest": "errors",
    "UsageError": "errors",
    "call": "llm.turns",
    "calls": "llm.turns",
    "fail": "llm.fail",
    "fault": "cassettes",
    "result": "llm.references",
    "say": "llm.turns",
}

__all__ = [
    "ChatHung",
    "Fault",
    "Finding",
    "Harness",
    "HarnessError",
    "HarnessFailure",
    "Reference",
    "Turn",
    "UnmatchedRequest",
    "UsageError",
    "call",
    "calls",
    "fail",
    "fault",
    "result",
    "say",
]

__getattr__ = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
