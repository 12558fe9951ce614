"""Whether simplejson is installed, as a process of its own is made to see it.

Of two releases of one environment, one may have simplejson and the other not: ``requests`` uses it where it is there, and then
raises its exceptions, which are no ``json.JSONDecodeError``.
"""

from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import Any


class JSONDecodeError(ValueError):
    """As that of simplejson: with the same fields as the one of ``json``, and no relation to it."""

    def __init__(self, msg: str, doc: str, pos: int) -> None:
        super().__init__(f"{msg}: char {pos}")
        self.msg, self.doc, self.pos = msg, doc, pos


def pretend(*, installed: bool) -> None:
    """Put a double in the place of simplejson, or nothing. Before ``requests`` is imported, and for the rest of the process."""
    double: Any = None
    if installed:
        double = ModuleType("simplejson")
        double.JSONDecodeError, double.loads, double.dumps = JSONDecodeError, _loads, json.dumps
    sys.modules["simplejson"] = double


def _loads(text: str | bytes, **options: Any) -> Any:
    try:
        return json.loads(text, **options)
    except json.JSONDecodeError as error:
        raise JSONDecodeError(error.msg, error.doc, error.pos) from None
