"""What a person may see of a request: reports are kept by CI services, for many to read."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_plus

from autogen_harness.secrecy.names import SecretNames, Where
from autogen_harness.secrecy.placeholders import stand_in

_PARAMETER = re.compile(r"([?&;]([^=&;#?]+)=)([^&#]*)")
_USER = re.compile(r"(?<=://)[^/?#@]+(?=@)")
_PLACES: tuple[tuple[str, Where], ...] = (("query", "parameter"), ("header", "header"))


def shown_url(url: str, names: tuple[str, ...] = ()) -> str:
    """A URL with ``<removed: NAME>`` for the values of parameters whose names mean a secret, and for its user.

    Args:
        url: as it was sent.
        names: of parameters that are secret, beside those that always are.
    """
    known = SecretNames(names)

    def parameter(found: re.Match[str]) -> str:
        name, value = unquote_plus(found[2]), unquote_plus(found[3])
        return found[1] + (stand_in(name) if value and known.mean("parameter", name, value) else found[3])

    return _PARAMETER.sub(parameter, _USER.sub(stand_in("user"), url))


def shown_value(path: str, value: Any, names: tuple[str, ...] = ()) -> Any:
    """The value at a path such as ``query.api_key`` or ``body.user.password``; a placeholder where its name means a secret.

    Args:
        path: of a difference between two requests.
        value: what stands there.
        names: that are secret, beside those that always are.
    """
    name = (re.findall(r"[^.\[\]\"]+", path) or [""])[-1]
    where: Where = next((where for part, where in _PLACES if path.startswith(part)), "key")
    return stand_in(name) if isinstance(value, str) and SecretNames(names).mean(where, name, value) else value
