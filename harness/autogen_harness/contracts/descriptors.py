"""The low file descriptors, which a wrong argument names: ``open(True)`` is standard output, and closes it for everybody."""

from __future__ import annotations

import os

_LOW = range(10)


class Descriptors:
    """Keeps copies of those that are open, between ``open`` and ``close``, to put them back."""

    def __init__(self) -> None:
        self._copies: dict[int, int] = {}
        self._identities: dict[int, tuple[int, int] | None] = {}

    def open(self) -> None:
        """Copy them."""
        self._identities = {number: identity for number in _LOW if (identity := _identity(number)) is not None}
        self._copies = {number: os.dup(number) for number in self._identities}

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
