"""TOML as plain data, on every Python: the standard library reads it from 3.11 on, and pytest brings a reader before that."""

from __future__ import annotations

import sys
from typing import Any


def loads(text: str) -> dict[str, Any]:
    """The tables of a text.

    Raises:
        ValueError: it is not TOML; the message says where.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    tables: dict[str, Any] = tomllib.loads(text)
    return tables
