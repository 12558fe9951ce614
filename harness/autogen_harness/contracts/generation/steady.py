"""Drawing the same calls in every run, where no pytest and no profile of the user's says how they are drawn."""

from __future__ import annotations

from hypothesis import settings

_NAME = "autogen-harness-survey"


def draw_steadily(examples: int) -> None:
    """From now on, in this process: the same calls whenever it is run, at most ``examples`` of them, and none is kept."""
    settings.register_profile(_NAME, derandomize=True, database=None, max_examples=examples)
    settings.load_profile(_NAME)
