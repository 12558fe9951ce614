"""Words that many messages share: the nearest right name, and how many."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: object, names: Iterable[object]) -> str:
    """A question with the nearest of ``names``; empty where none is near, or where it is the name itself."""
    near = difflib.get_close_matches(str(name), [str(one) for one in names], 1)
    return f"did you mean {near[0]!r}?" if near and near[0] != name else ""


def nearest_or_all(word: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known words, else all of them (at most 8); empty where nothing is known."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(repr(name) for name in near)}?"
    return f"known: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}" if names else ""


def times(number: int) -> str:
    """``once``, ``2 times``."""
    return "once" if number == 1 else f"{number} times"


def counted(number: int, thing: str) -> str:
    """``1 turn``, ``2 turns``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
