"""All rules, in the order in which a request is checked: parameters, messages, history, tools, schemas."""

from __future__ import annotations

from autogen_harness.llm.rules import answers, calls, choices, formats, functions, messages, parameters, schemas, strict
from autogen_harness.llm.rules.rule import Rule

TABLE: tuple[Rule, ...] = (
    *parameters.RULES,
    *choices.RULES,
    *formats.RULES,
    *messages.RULES,
    *answers.RULES,
    *calls.RULES,
    *functions.RULES,
    *schemas.RULES,
    *strict.RULES,
)
