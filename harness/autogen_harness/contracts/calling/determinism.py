"""Randomness with a known beginning, for the time of a call: ``random``, ``uuid.uuid4`` and ``os.urandom``."""

from __future__ import annotations

import os
import random
import uuid
from typing import Any

from autogen_harness.patches import Patches

SEED = 20260115


class SeededRandomness:
    """Patches in ``open``, everything as it was after ``close``; ``reset`` starts the same numbers again."""

    def __init__(self) -> None:
        self._bytes = random.Random(SEED)  # noqa: S311  # predictable on purpose
        self._patches = Patches()
        self._state: Any = None

    def open(self) -> None:
        """Remember the state of the process and take over."""
        self._state = random.getstate()
        self._patches.swap(os, "urandom", lambda _: self._urandom)
        self._patches.swap(random, "_urandom", lambda _: self._urandom)  # what random.SystemRandom, and so `secrets`, reads
        self._patches.swap(uuid, "uuid4", lambda _: self._uuid4)
        self.reset()

    def reset(self) -> None:
        """Start again from the beginning."""
        self._bytes.seed(SEED)
        random.seed(SEED)

    def close(self) -> None:
        """Put everything back."""
        self._patches.undo()
        random.setstate(self._state)

    def _urandom(self, size: int) -> bytes:
        return self._bytes.randbytes(size)

    def _uuid4(self) -> uuid.UUID:
        return uuid.UUID(bytes=self._urandom(16), version=4)
