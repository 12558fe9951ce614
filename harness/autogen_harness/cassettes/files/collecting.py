"""Hold the garbage collector back while a large cassette is read: of that nothing is garbage."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = 10_000
"""So many new objects are not looked through once more, for each of the collector's generations."""


@contextmanager
def held_back() -> Iterator[None]:
    """Collect nothing inside of the block, which takes a third of the time of reading; what it made counts as old behind it."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > MANY and not gc.get_freeze_count():  # else what somebody has frozen would thaw
            gc.freeze()
            gc.unfreeze()
        gc.enable()
