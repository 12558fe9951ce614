"""What a tool's author has already written down: words and numbers of its code, and samples in descriptions.

A tool that says ``"M" in revenue`` has a branch for texts with an M. Its code tells us so, and chance would not.
"""

from __future__ import annotations

import inspect
import re
from itertools import permutations
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MAX_WORDS = 12
"""Words of the tool's code that are tried, shortest first."""

MAX_WORD = 12
"""Characters of the longest word that is tried."""

MAX_PAIRS = 20
"""Words put together in twos that are tried."""

MAX_NUMBERS = 12
"""Numbers of the tool's code that are tried, nearest to zero first, each with its neighbours."""

_QUOTED = re.compile(r"""['"`“]([^'"`“”]{1,40})['"`”]""")
_LISTED = re.compile(
    r"\b(?:such as|like|e\.g\.,?|for example|as in|one of)[: ]+([^;.()]*(?:\.[^ ;()][^;.()]*)*)", re.IGNORECASE
)
_SPLIT = re.compile(r",\s*|\s+(?:or|and)\s+")


def words_of(tool: Callable[..., Any]) -> list[str]:
    """Short texts in the code of a tool, and of the functions of its module that it names; shortest first."""
    found = {value for value in _constants_of(tool) if isinstance(value, str) and 0 < len(value) <= MAX_WORD}
    return sorted(found, key=lambda word: (len(word), word))[:MAX_WORDS]


def spellings_of(tool: Callable[..., Any]) -> list[str]:
    """Texts made of the words: each alone, behind a number, and in twos."""
    words = words_of(tool)
    alone = [text for word in words for text in (word, f"1{word}", f"1.5{word}")]
    return [*alone, *[left + right for left, right in permutations(words, 2)][:MAX_PAIRS]]


def numbers_of(tool: Callable[..., Any]) -> list[Any]:
    """Numbers in the code of a tool, and their neighbours."""
    numbers = (int, float)
    found = {value for value in _constants_of(tool) if isinstance(value, numbers) and not isinstance(value, bool)}
    nearest = sorted(found, key=lambda number: (abs(number), number))[:MAX_NUMBERS]
    return list(dict.fromkeys(near for number in nearest for near in (number, number + 1, number - 1)))


def samples_in(description: str) -> list[str]:
    """What a description gives as samples: what it quotes, and what follows "such as"."""
    listed = [sample.strip() for found in _LISTED.finditer(description) for sample in _SPLIT.split(found[1])]
    return list(dict.fromkeys(sample for sample in (*_QUOTED.findall(description), *listed) if 0 < len(sample) <= 40))


def _constants_of(tool: Callable[..., Any]) -> Iterator[Any]:
    function = inspect.unwrap(getattr(tool, "func", tool))
    code = getattr(function, "__code__", None)
    if code is None:
        return
    known: Mapping[str, Any] = getattr(function, "__globals__", {})
    named = (known.get(name) for name in sorted(_names(code)))
    near = [other.__code__ for other in named if inspect.isfunction(other) and other.__module__ == function.__module__]
    for part in (code, *near):
        yield from _constants(part)


def _constants(code: CodeType) -> Iterator[Any]:
    for constant in code.co_consts:
        for value in constant if isinstance(constant, (tuple, frozenset)) else (constant,):
            if isinstance(value, CodeType):
                yield from _constants(value)
            else:
                yield value


def _names(code: CodeType) -> set[str]:
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*(_names(part) for part in inner))
