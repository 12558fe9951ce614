"""What a process has only once, and all its parts share: a tool that changes it changes it for everybody."""

from __future__ import annotations

import gc
import locale
import logging
import os
import signal
import sys
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PATIENCE = 5.0  # seconds of real time for a thread that is about to end
_OPEN_FILES = "/proc/self/fd" if sys.platform == "linux" else "/dev/fd"


@dataclass(frozen=True, slots=True)
class ProcessState:
    """The shared state at one moment."""

    environment: Mapping[str, str]
    folder: str
    handlers: tuple[Any, ...]
    level: int
    signals: Mapping[int, Any]
    filters: tuple[Any, ...]
    path: tuple[str, ...]
    locale: str
    files: frozenset[int]
    threads: frozenset[threading.Thread]

    @classmethod
    def now(cls) -> ProcessState:
        """As it is."""
        root = logging.getLogger()
        return cls(
            environment=dict(os.environ),
            folder=os.getcwd(),  # noqa: PTH109  # as text: it may be gone
            handlers=tuple(root.handlers),
            level=root.level,
            signals={number: signal.getsignal(number) for number in signal.valid_signals()},
            filters=tuple(warnings.filters),
            path=tuple(sys.path),
            locale=locale.setlocale(locale.LC_ALL),
            files=_open_files(),
            threads=frozenset(threading.enumerate()),
        )

    def changes(self, later: ProcessState) -> Iterator[str]:
        """What differs, in words; what only came later and may still go is given the chance."""
        for name in sorted({*self.environment, *later.environment}):
            if self.environment.get(name) != later.environment.get(name):
                yield f"it changed the environment's {name}"
        words = {
            "folder": "the working folder",
            "handlers": "the handlers of the root logger",
            "level": "the level of the root logger",
            "filters": "the filters for warnings",
            "path": "sys.path",
            "locale": "the locale",
        }
        yield from (f"it changed {said}" for name, said in words.items() if getattr(self, name) != getattr(later, name))
        for number, handler in self.signals.items():
            if later.signals[number] is not handler and later.signals[number] != handler:
                yield f"it changed the handler of {signal.Signals(number).name}"
        for thread in _that_stay(later.threads - self.threads):
            yield f"it left a thread at work, {thread.name}"
        if later.files - self.files and (left := _after_collection() - self.files):
            yield f"it left {len(left)} file{'s' * (len(left) > 1)} or socket{'s' * (len(left) > 1)} open"

    def restore(self) -> None:
        """Put back what can be put back: all but files and threads."""
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.folder)
        root = logging.getLogger()
        root.handlers[:] = self.handlers
        root.setLevel(self.level)
        warnings.filters[:] = self.filters  # type: ignore[index]  # typeshed calls it a Sequence; it is a list
        sys.path[:] = self.path
        locale.setlocale(locale.LC_ALL, self.locale)
        for number, handler in self.signals.items():
            if handler is not None and signal.getsignal(number) != handler:  # None: set by C, and nobody can put it back
                signal.signal(number, handler)


def _open_files() -> frozenset[int]:
    """The numbers of open files; the one that lists them is closed again. Empty where the system does not tell."""
    try:
        return frozenset(number for number in map(int, os.listdir(_OPEN_FILES)) if _is_open(number))  # noqa: PTH208  # names only
    except OSError:
        return frozenset()


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _after_collection() -> frozenset[int]:
    gc.collect()
    return _open_files()


def _that_stay(threads: frozenset[threading.Thread]) -> Iterator[threading.Thread]:
    for thread in threads:
        thread.join(_PATIENCE)
        if thread.is_alive():
            yield thread
