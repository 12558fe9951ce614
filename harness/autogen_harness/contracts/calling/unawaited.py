"""Coroutines that a tool makes and never awaits: laws look for what comes of it, and need no warning beside."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def unawaited_ignored() -> Iterator[None]:
    """Let the interpreter say nothing of coroutines that nobody awaited."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        yield
