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
    from autogen_harness.llm.asked.calls_made import CallsDiffer as CallsDiffer
    from autogen_harness.llm.references.reference import Reference as Reference
    from autogen_harness.llm.references.reference import result as result
    from autogen_harness.llm.turns.fail import fail as fail
    from autogen_harness.llm.turns.turn import Turn as Turn
    from autogen_harness.llm.turns.turn import call as call
    from autogen_harness.llm.turns.turn import calls as calls
    from autogen_harness.llm.turns.turn import say as say
    from autogen_harness.model import Finding as Finding

_HOMES = {
    "CallsDiffer": "llm.asked.calls_made",
    "ChatHung": "errors",
    "Fault": "cassettes",
    "Finding": "model",
    "Harness": "harness",
    "HarnessError": "errors",
    "HarnessFailure": "errors",
    "Reference": "llm.references.reference",
    "Turn": "llm.turns.turn",
    "UnmatchedRequest": "errors",
    "UsageError": "errors",
    "call": "llm.turns.turn",
    "calls": "llm.turns.turn",
    "fail": "llm.turns.fail",
    "fault": "cassettes",
    "result": "llm.references.reference",
    "say": "llm.turns.turn",
}

__all__ = [
    "CallsDiffer",
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
