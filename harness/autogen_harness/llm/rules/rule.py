"""What a rule of the API is: data with its source, and a function that finds where a request breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autogen_harness.llm.rules.violation import Violation

if TYPE_CHECKING:
    from autogen_harness.llm.rules.request import Request

OPENAI = frozenset({"openai", "azure"})
"""OpenAI's own servers: its limits of lengths and numbers, its patterns of names, its schemas."""

EVERYONE = OPENAI | {"strict-compatible"}
"""Servers that speak the same protocol and are as strict as OpenAI about a history that fits together."""

COMPATIBLE = frozenset({"strict-compatible"})
"""Servers such as vLLM and DeepSeek alone."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A request breaks a rule here.

    Attributes:
        where: the path of the part at fault, such as ``messages[3].name``; ``{where}`` in the rule's texts.
        index: the number of the message that it lies in, from 0.
        facts: what else the rule's texts name in braces. The keys ``param`` and ``code`` replace those of the rule.
    """

    where: str = ""
    index: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


Find = Callable[["Request"], Iterator[Breach]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that the API refuses.

    Attributes:
        id: a name in kebab case, by which a finding can be expected.
        law: what a request must hold, in one sentence.
        message, param: what the API answers; ``{names}`` stand for the facts of a breach.
        code: the ``code`` of the answer.
        find: yields each breach. It is given requests of any shape and never raises.
        sources: public threads, as ``owner/repo#number``, or pages that quote the answer.
        fix: how to mend the request, in one sentence.
        dialects: who enforces the rule.
        warning: no source shows that the API refuses it.
    """

    id: str
    law: str
    message: str
    find: Find
    sources: tuple[str, ...]
    fix: str
    param: str | None = None
    code: str | None = None
    dialects: frozenset[str] = OPENAI
    warning: bool = False

    def violations(self, request: Request) -> Iterator[Violation]:
        """Every breach in ``request``, as the API would answer it."""
        for breach in self.find(request):
            yield self._violation(breach)

    def _violation(self, breach: Breach) -> Violation:
        facts = {"where": breach.where, "index": breach.index, **breach.facts}
        param = facts["param"] if "param" in facts else self.param and self.param.format(**facts)
        return Violation(
            self.id,
            self.message.format(**facts),
            param,
            facts.get("code", self.code),
            where=breach.where,
            index=breach.index,
            fix=self.fix,
            warning=self.warning,
        )
