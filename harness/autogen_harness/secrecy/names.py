"""Which names mean a secret.

A name is read by its words, however they are joined: ``accessToken``, ``access-token`` and ``ACCESS_TOKEN`` are one. What
follows a secret word can take the meaning back: a ``token_type`` is no token. So can what goes before: a
``next_page_token`` leads to the next page and opens nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal

Where = Literal["header", "parameter", "key", "variable"]
"""Of what: an HTTP header; a parameter of a query or form; a key of JSON; a variable of the environment."""

SHORTEST = 8
"""Characters of a value that can be a secret where only the value, or a vague name, says so; a shorter one is everywhere."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MEANING = (
    r"\b(?:authorization|jwt|pwd|passcode|passphrase|crumb|cookie|csrf|xsrf|bearer|credentials?|(?:j|php|asp)?sess(?:ion)?id"
    r"|[a-z]*(?:token|secret|passwd|password)|[a-z]*(?:api|access|secret|private|auth) ?keys?"
    r"|(?:account|app|application|consumer|encryption|functions|license|master|session|shared|signing|subscription) key)\b"
)
_HARMLESS = re.compile(
    r"\b(?:(?:change|continuation|cursor|next|page|pagination|prev|previous|resume|skip|start|sync) ?token"
    r"|at|count|dir|enabled|endpoint|expiration|expires|expiry|file|hint|in|length|limits?|method|mode|names?|path"
    r"|policy|required|size|sock|status|ttl|types?|uri|url|usage|version)$"
)
_PATTERNS: dict[Where, re.Pattern[str]] = {
    "header": re.compile(_MEANING),
    "parameter": re.compile(rf"{_MEANING}|^sig$|\bsignature$|^hmac$"),
    "key": re.compile(_MEANING),
    "variable": re.compile(rf"{_MEANING}|\b(?:key|auth)\b"),
}
_VAGUE: dict[Where, re.Pattern[str]] = {"header": re.compile(r"\bauth$"), "parameter": re.compile(r"^(?:key|auth)$")}
_FOLDERS = frozenset({"PWD", "OLDPWD"})
"""Variables of the shell whose value is a folder."""


class SecretNames:
    """The names that mean a secret here.

    Args:
        more: names beside those that are known everywhere; case does not count, and ``*`` stands for any characters.
    """

    def __init__(self, more: Iterable[str] = ()) -> None:
        self._more = tuple(name.lower() for name in more)

    def mean(self, where: Where, name: str, value: str) -> bool:
        """Does this name say that its value is a secret?

        A vague one (``key`` in a query) does so for values of at least :data:`SHORTEST` characters only.
        """
        if any(fnmatchcase(name.lower(), pattern) for pattern in self._more):
            return True
        sure, vague = _meaning(where, name)
        return sure or (vague and len(value) >= SHORTEST)


@lru_cache(maxsize=4096)
def _meaning(where: Where, name: str) -> tuple[bool, bool]:
    """Is a name of a secret for sure, or perhaps."""
    words = " ".join(_WORD.findall(name[:200])).lower()
    if _HARMLESS.search(words) or (where == "variable" and name in _FOLDERS):
        return False, False
    return bool(_PATTERNS[where].search(words)), where in _VAGUE and bool(_VAGUE[where].search(words))
