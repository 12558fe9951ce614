"""The file descriptors 0, 1 and 2: a tool that closes one, as ``open(True)`` does, would silence the whole process."""

from __future__ import annotations

import os


class StandardStreams:
    """Keeps copies between ``open`` and ``close``, to put them back."""

    def __init__(self) -> None:
        self._copies: dict[int, int] = {}
        self._identities: dict[int, tuple[int, int] | None] = {}

    def open(self) -> None:
        """Copy those that are open."""
        for number in range(3):
            identity = _identity(number)
            if identity is not None:
                self._copies[number], self._identities[number] = os.dup(number), identity

    def close(self) -> None:
        """Let the copies go."""
        for copy in self._copies.values():
            os.close(copy)
        self._copies.clear()

    def mend(self) -> tuple[int, ...]:
        """Put back those that are closed or lead elsewhere; which these were."""
        broken = tuple(number for number in self._copies if _identity(number) != self._identities[number])
        for number in broken:
            os.dup2(self._copies[number], number)
        return broken


def _identity(number: int) -> tuple[int, int] | None:
    try:
        found = os.fstat(number)
    except OSError:
        return None
    return found.st_dev, found.st_ino
