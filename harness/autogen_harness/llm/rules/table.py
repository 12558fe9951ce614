"""All rules, in the order in which a request is checked: parameters, messages, history, tools, schemas."""

from __future__ import annotations

from autogen_harness.llm.rules import calls, functions, messages, parameters, schemas, strict
from autogen_harness.llm.rules.rule import Rule

TABLE: tuple[Rule, ...] = (
    *parameters.RULES,
    *messages.RULES,
    *calls.RULES,
    *functions.RULES,
    *schemas.RULES,
    *strict.RULES,
)
