"""Secrets are taken out of what is recorded, by their value where it is known, and by their form where it has one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from autogen_harness.llm.turns.turn import Call, Calls, Fail, Say, Turn

SHORTEST = 8
"""Characters of a value that can be a secret; a shorter one would be found everywhere."""

_NAMES = re.compile(
    r"(?i)(?:^|[_-])(?:api[_-]?key|key|token|secret|passwd|password|pwd|credentials?|auth|authorization)(?:$|[_-])"
)
_FORMS: Mapping[str, re.Pattern[str]] = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    "bearer token": re.compile(r"(?i)(?<=\bbearer )[\w~+/.=-]{8,}"),
    "basic credentials": re.compile(r"(?i)(?<=\bbasic )[A-Za-z0-9+/]{8,}={0,2}"),
    "OpenAI or Anthropic key": re.compile(r"\bsk-[\w-]{16,}"),
    "GitHub token": re.compile(r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,})"),
    "Slack token": re.compile(r"\bxox[abeprs]-[\w-]{10,}"),
    "AWS key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "Google key": re.compile(r"\bAIza[\w-]{35}"),
    "JSON web token": re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    "password of a URL": re.compile(r"(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"),
}


class Secrets:
    """Takes secrets out of turns.

    Args:
        known: values that are secrets, each with what it is called.

    Attributes:
        removed: how often each was taken out.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = sorted(known.items(), key=lambda pair: -len(pair[0]))
        self.removed: Counter[str] = Counter()

    def cleaned(self, turn: Turn) -> Turn:
        """The turn without secrets."""
        if isinstance(turn, Calls):
            return replace(turn, calls=tuple(map(self._call, turn.calls)), said=self._parts(turn.said))
        if isinstance(turn, Call):
            return self._call(turn)
        if isinstance(turn, Say):
            return replace(turn, parts=self._parts(turn.parts))
        if isinstance(turn, Fail):
            return replace(turn, message=self.text(turn.message))
        return turn

    def _call(self, turn: Call) -> Call:
        return replace(turn, arguments=self.data(turn.arguments), said=self._parts(turn.said))

    def _parts(self, parts: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(map(self.data, parts))

    def data(self, value: Any) -> Any:
        """A value without secrets; references stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.data(item) for key, item in value.items()}
        return [self.data(item) for item in value] if isinstance(value, list) else value

    def text(self, text: str) -> str:
        """A text in which ``<removed: NAME>`` stands for each secret."""
        for value, name in self._known:
            times = text.count(value)
            if times:
                self.removed[name] += times
                text = text.replace(value, _stand_in(name))
        for name, form in _FORMS.items():
            text, times = form.subn(_stand_in(name), text)
            self.removed += Counter({name: times})
        return text


def of_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The values whose names say that they are secret, with those names."""
    return {value: name for name, value in environment.items() if _NAMES.search(name) and len(value) >= SHORTEST}


def named(name: str, values: Iterable[str]) -> dict[str, str]:
    """Values that are secret, all under one name."""
    return {value: name for value in values if len(value) >= SHORTEST}


def _stand_in(name: str) -> str:
    return f"<removed: {name}>"
