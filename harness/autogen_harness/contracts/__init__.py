"""The tests that a tool owes, made from the tool and its schema alone.

Public names are imported when they are first used: a session without contracts loads neither hypothesis nor jsonschema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.imports import lazy_names

if TYPE_CHECKING:
    from autogen_harness.contracts.failure import ContractWarning, Evidence, LawBroken
    from autogen_harness.contracts.generation.profiles import register_profiles
    from autogen_harness.contracts.hints import Hints
    from autogen_harness.contracts.law import Law
    from autogen_harness.contracts.registry import NotChecked
    from autogen_harness.contracts.team_testing import team_contract
    from autogen_harness.contracts.testing import ContractSummary, chain_contract, contracts_in, retry_contract, tool_contract

__all__ = [
    "ContractSummary",
    "ContractWarning",
    "Evidence",
    "Hints",
    "Law",
    "LawBroken",
    "NotChecked",
    "chain_contract",
    "contracts_in",
    "register_profiles",
    "retry_contract",
    "team_contract",
    "tool_contract",
]

_HOMES = {
    "ContractSummary": "testing",
    "ContractWarning": "failure",
    "Evidence": "failure",
    "Hints": "hints",
    "Law": "law",
    "LawBroken": "failure",
    "NotChecked": "registry",
    "chain_contract": "testing",
    "contracts_in": "testing",
    "register_profiles": "generation.profiles",
    "retry_contract": "testing",
    "team_contract": "team_testing",
    "tool_contract": "testing",
}

__getattr__ = lazy_names(__name__, _HOMES)
