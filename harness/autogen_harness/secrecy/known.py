"""Values that are known to be secret, each with what it is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from autogen_harness.secrecy.names import SHORTEST, SecretNames

_PASSWORD = re.compile(r"://[^\s/:@]*:([^\s/@]+)@")
_NAMES = SecretNames()
_ORDINARY = re.compile(r"[A-Z]?[a-z]{1,12}|[0-9.]{1,12}")


def of_environment(environment: Mapping[str, str], names: SecretNames = _NAMES) -> dict[str, str]:
    """The values whose names say that they are secret, with those names; and the passwords of URLs such as DATABASE_URL."""
    found = {
        value: name for name, value in environment.items() if names.mean("variable", name, value) and len(value) >= SHORTEST
    }
    for name, value in environment.items():
        found.update(named(f"password of {name}", _PASSWORD.findall(value)))
    return found


def named(name: str, values: Iterable[str]) -> dict[str, str]:
    """Values that are secret, all under one name."""
    return {value: name for value in values if len(value) >= SHORTEST}


def is_ordinary(value: str) -> bool:
    """A word or a short number: what cannot be told from text that is no secret.

    For values that somebody sent, such as the cookie ``theme=solarized``: to look for those would stop every other write.
    """
    return len(value) < SHORTEST or bool(_ORDINARY.fullmatch(value))
