"""The low file descriptors, which a wrong argument names: ``open(True)`` is standard output, and closes it for everybody."""

from __future__ import annotations

import os
from contextlib import suppress

LOW = range(10)
STANDARD = range(3)
"""Input, output, errors."""


class Descriptors:
    """Keeps copies of those that are open, between ``open`` and ``close``, to put them back.

    Args:
        numbers: which ones.
    """

    def __init__(self, numbers: range = LOW) -> None:
        self._numbers = numbers
        self._copies: dict[int, int] = {}
        self._identities: dict[int, tuple[int, int] | None] = {}

    def open(self) -> None:
        """Copy them."""
        self._identities = {number: found for number in self._numbers if (found := identity(number)) is not None}
        self._copies = {number: os.dup(number) for number in self._identities}

    def close(self) -> None:
        """Let the copies go."""
        for copy in self._copies.values():
            with suppress(OSError):  # closed by a tool that closes all that there is
                os.close(copy)
        self._copies.clear()

    def lost(self) -> tuple[int, ...]:
        """Those that are closed or lead elsewhere."""
        return tuple(number for number in self._copies if identity(number) != self._identities[number])

    def mend(self) -> tuple[int, ...]:
        """Put back those that are lost; which these were."""
        broken = self.lost()
        for number in broken:
            os.dup2(self._copies[number], number)
        return broken


def identity(number: int) -> tuple[int, int] | None:
    """Which file this is, by device and inode; None where it is closed."""
    try:
        found = os.fstat(number)
    except OSError:
        return None
    return found.st_dev, found.st_ino
