"""What a broken law looks like: fields first, and one text made from them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from autogen_harness.errors import HarnessError

MAX_LINES = 20
"""Lines of a timeline shown before it is cut."""

MAX_TEXT = 600
"""Characters of arguments or a result shown before they are cut."""


_MARGIN = f"\n{'':<13}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about a broken law.

    ``timeline`` are the requests and waits of the call in order, one line each; ``result`` is what the tool returned, or the
    exception that left it, as text. ``again`` is the command that makes this call again, ``paste`` a test of it alone.
    """

    law: str
    sentence: str
    tool: str
    what: str
    why: str
    fix: str
    arguments: Any = None
    fault: str = ""
    result: str = ""
    timeline: tuple[str, ...] = field(default=())
    again: str = ""
    paste: str = ""


class ContractWarning(UserWarning):
    """A law of severity "warning" is broken; the text is that of :class:`LawBroken`. Filters for warnings apply."""


class LawBroken(HarnessError, AssertionError):
    """A tool broke a law of its contract. Each law has a subclass; ``evidence`` holds the facts."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        super().__init__(render(evidence))

    @property
    def law(self) -> str:
        """The id of the law."""
        return self.evidence.law


def render(evidence: Evidence) -> str:
    """The text of a failure: what, with which call, what was seen, why it matters, what to do."""
    rows = [
        ("broken", evidence.what),
        ("tool", evidence.tool),
        ("arguments", "" if evidence.arguments is None else _cut(_json(evidence.arguments))),
        ("upstream", evidence.fault),
        ("result", _cut(evidence.result)),
        ("timeline", _block(evidence.timeline)),
        ("why", evidence.why),
        ("fix", evidence.fix),
        ("again", evidence.again),
        ("or paste", evidence.paste),
    ]
    lines = [f"  {name:<10} {_MARGIN.join(text.splitlines())}" for name, text in rows if text.strip()]
    return "\n".join([f"{evidence.law}: {evidence.sentence}", *lines])


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}… ({len(text)} characters)"


def _block(lines: tuple[str, ...]) -> str:
    shown = list(lines[:MAX_LINES])
    if len(lines) > MAX_LINES:
        shown.append(f"… and {len(lines) - MAX_LINES} more")
    return "\n".join(shown)
