"""Secrets are taken out of what is recorded, by their value where it is known, and by their form where it has one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from autogen_harness.llm.turns.turn import Call, Calls, Fail, Say, Turn
from autogen_harness.secrecy import forms
from autogen_harness.secrecy.placeholders import stand_in


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
                text = text.replace(value, stand_in(name))
        text, formed = forms.removed(text)
        self.removed += formed
        return text
