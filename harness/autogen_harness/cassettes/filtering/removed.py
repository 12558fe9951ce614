"""What was taken out of an interaction: places and names, never a value."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from autogen_harness.documents import Steps

Side = Literal["request", "reply"]
Why = Literal["name", "value", "form"]

_SIMPLE = re.compile(r"[^.\[\]\"*]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: in words, as ``query.crumb`` or ``body.items[0].token``, and as steps into a cassette's file."""

    text: str
    steps: Steps = ()

    def inside(self, steps: Steps) -> Place:
        """The place of a value inside the JSON that stands here."""
        text = self.text + "".join(f"[{step}]" if isinstance(step, int) else step_to(step) for step in steps)
        return Place(text, (*self.steps, *steps))


def step_to(name: str) -> str:
    """How a place goes on to a name: ``.token``, or ``["a.b"]`` where the name has marks of its own."""
    return f".{name}" if _SIMPLE.fullmatch(name) else f"[{json.dumps(name)}]"


@dataclass(frozen=True, slots=True)
class Removed:
    """One value that was taken out: of the request or the reply, where, what it is called, and what told that it is secret."""

    side: Side
    place: Place
    name: str
    why: Why


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a place that its reader has to know, such as a signature that no longer fits."""

    side: Side
    place: str
    text: str
