"""Where the values of a text stand, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

Steps = tuple["str | int", ...]
"""The way from the root of a document to a value: keys and indices."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at ``steps``; ``key`` means the key itself and not its value, ``nth`` which of several equal keys."""

    steps: Steps
    text: str
    hint: str = ""
    key: bool = False
    nth: int = 0


@dataclass(slots=True)
class Places:
    """Offsets of the values, keys (several where a key is repeated) and number literals of a text."""

    values: dict[Steps, int]
    keys: dict[Steps, list[int]]
    numbers: list[tuple[Steps, str]]

    def offset(self, problem: Problem) -> int:
        """Where a problem is: at its key, at its value, or at the nearest value around it."""
        steps = problem.steps
        if problem.key and steps in self.keys:
            return self.keys[steps][min(problem.nth, len(self.keys[steps]) - 1)]
        while steps not in self.values:
            steps = steps[:-1]
        return self.values[steps]

    def repeated(self) -> list[Problem]:
        """A problem for each key that is there more than once."""
        return [
            Problem(steps, f"the key {steps[-1]!r} is there twice", "remove one", key=True, nth=len(offsets) - 1)
            for steps, offsets in self.keys.items()
            if len(offsets) > 1
        ]
