"""The standard files of the process, which a tool closes that was given 1, or true, as a path."""

from __future__ import annotations

import os
from contextlib import suppress

STANDARD = (0, 1, 2)
"""Input, output, errors."""

Identity = tuple[int, int] | None


def identity(descriptor: int) -> Identity:
    """Which file this is, by device and inode; None where it is closed."""
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino


class StandardFiles:
    """Kept from now on until ``close``, so that they can be put back."""

    def __init__(self) -> None:
        self._was = {number: identity(number) for number in STANDARD}
        self._kept = {number: os.dup(number) for number, was in self._was.items() if was is not None}

    def lost(self) -> list[int]:
        """Those that are closed, or another file."""
        return [number for number, was in self._was.items() if identity(number) != was]

    def put_back(self) -> None:
        """Make each of them what it was."""
        for number in self.lost():
            if number in self._kept:
                os.dup2(self._kept[number], number)
            else:
                os.close(number)

    def close(self) -> None:
        """Keep them no more."""
        for kept in self._kept.values():
            with suppress(OSError):  # by a tool that closes all that there is
                os.close(kept)
