"""Functions for those generations of AutoGen that are imported: nothing is imported for the others."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any


def for_imported(table: Mapping[str, str]) -> Iterator[Any]:
    """The functions of a table, from the module that shows a generation to ``module:attribute``, where that is imported."""
    for shown_by, target in table.items():
        if shown_by in sys.modules:
            module, attribute = target.split(":")
            yield getattr(import_module(module), attribute)
