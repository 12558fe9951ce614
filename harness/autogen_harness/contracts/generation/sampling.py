"""Ordinary arguments for a schema of parameters, where there is no tool to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autogen_harness.contracts.generation.arguments import canonical
from autogen_harness.contracts.hints import Hints
from autogen_harness.contracts.subject import Contract
from autogen_harness.errors import MissingExtra, UsageError
from autogen_harness.schemas import malformed, problems


def arguments_for(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments that a schema allows, the same in every run: its examples, defaults and first words, else small values.

    Raises:
        UsageError: the schema is none, or nothing was found that it allows.
        MissingExtra: no simple value fits, and hypothesis, which would look for one, is not installed.
    """
    if wrong := malformed(parameters):
        message = f"its schema is none: {wrong[0]}"
        raise UsageError(message)
    try:
        found = canonical(Contract(lambda: None, "", parameters, frozenset(), Hints()), None)
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "hypothesis", "contracts") from None
    if unfit := problems(found, parameters):
        message = f"{found!r} is not what its schema allows: {unfit[0]}"
        raise UsageError(message)
    return found
