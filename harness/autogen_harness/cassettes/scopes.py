"""Cassettes of one agent among several: what is played inside of a scope answers only the code that runs in it.

A scope is a context variable, so tasks have that of the code that made them. Threads have none by themselves, and event loops
hand work to executors without it; so while a player is open, threads and the jobs of thread pools get the scope of whoever
started them.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.cassettes.shelf import Shelf
    from autogen_harness.patches import Patches

_scope: ContextVar[Shelf | None] = ContextVar("autogen_harness_cassettes", default=None)


def current() -> Shelf | None:
    """The shelf of the code that runs now; None where it runs in no scope."""
    return _scope.get()


@contextmanager
def entered(shelf: Shelf | None) -> Iterator[None]:
    """Run a block in a scope, or in none."""
    token = _scope.set(shelf)
    try:
        yield
    finally:
        _scope.reset(token)


def put(patches: Patches) -> None:
    """Let threads and the jobs of thread pools run in the scope of whoever started them."""
    patches.swap(threading.Thread, "start", _carrying_start)
    patches.swap(ThreadPoolExecutor, "submit", _carrying_submit)


def _carrying_start(start: Callable[..., None]) -> Callable[..., None]:
    @wraps(start)
    def carrying(thread: threading.Thread) -> None:
        if _scope.get() is not None:
            thread.run = _carried(thread.run)  # type: ignore[method-assign]  # of this one thread
        start(thread)

    return carrying


def _carrying_submit(submit: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(submit)
    def carrying(pool: ThreadPoolExecutor, work: Callable[..., Any], /, *args: Any, **options: Any) -> Any:
        return submit(pool, _carried(work), *args, **options)

    return carrying


def _carried(work: Callable[..., Any]) -> Callable[..., Any]:
    shelf = _scope.get()

    @wraps(work)
    def run(*args: Any, **options: Any) -> Any:
        with entered(shelf):
            return work(*args, **options)

    return run
