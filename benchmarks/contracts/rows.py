"""What one way of testing says of one tool with one seed."""

from __future__ import annotations

from typing import NamedTuple

HANG, GONE = "hang", "gone"


class Row(NamedTuple):
    """One run.

    Attributes:
        way: which way of testing.
        seed: of what is drawn; 0 where nothing is.
        red: what was found wrong, by a name that stays the same from run to run, with the calls of the tool until then.
        calls: of the tool, in all.
        seconds: real, without starting the process; None where it hung.
    """

    way: str
    seed: int
    red: dict[str, int | None]
    calls: int
    seconds: float | None
