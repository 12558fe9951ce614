"""Text cut into the pieces of a stream. Joined they are the text again; a client may rely on nothing else."""

from __future__ import annotations

import re

_WORDS = re.compile(r"\s*\S{1,12}|\s+")
_AWKWARD = re.compile(
    r"""\\(?=["\\/bfnrtu])       # an escape, cut behind its backslash
    |   u[0-9a-fA-F]{2}(?=[0-9a-fA-F])  # and inside its four digits: a surrogate pair is cut three times
    |   \d(?=\d)                 # a number, between its digits
    |   [^\\\d]{1,12}
    |   .""",
    re.DOTALL | re.VERBOSE,
)


def words(text: str) -> list[str]:
    """Content, about a word a piece."""
    return _WORDS.findall(text)


def awkward(text: str) -> list[str]:
    """Arguments of a call, cut where a client that reads pieces by themselves breaks: in escapes and in numbers."""
    return _AWKWARD.findall(text)
