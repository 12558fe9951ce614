"""When each backend is installed: at once for clients that are imported, for the others as soon as they are."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from autogen_harness.cassettes.backends import ENTRANCES, Backend, Desk, Entrance, InsteadOf, Patcher, backend, watchers
from autogen_harness.errors import MissingExtra, UsageError
from autogen_harness.imports import when_imported
from autogen_harness.model import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from autogen_harness.cassettes.backends import Live
    from autogen_harness.ledger import Entry
    from autogen_harness.model import Delivery, HttpRequest


class Seat(NamedTuple):
    """What backends know of a player, whose own method ``record`` is another thing; see :class:`Desk`."""

    passes: Callable[[str, str, int], bool]
    answer: Callable[[HttpRequest], Delivery | Live]
    missed: Callable[[str, str, str], None]
    record: Callable[[Entry], None]
    advance: Callable[[float], None]


class Doors:
    """The backends of one desk, between ``open`` and ``close``."""

    def __init__(self, desk: Desk, chosen: Sequence[str] = ()) -> None:
        self._desk, self._chosen = desk, frozenset(chosen)
        self._wanted: set[str] = set()
        self._installed: dict[str, Backend | None] = {}
        self._watching: list[Patcher] = []
        self._forget: list[Callable[[], None]] = []

    def open(self) -> None:
        """Install what can be, and ask to be told of the rest.

        Raises:
            UsageError: they are open.
        """
        if self._forget:
            message = "this Player is open already; close() it first"
            raise UsageError(message)
        self._wanted = {entrance.name for entrance in ENTRANCES if entrance.default} | self._chosen
        for entrance in ENTRANCES:
            if entrance.library:
                self._forget.append(when_imported(entrance.library, self._watcher(entrance)))
            for module in filter(None, (entrance.library, entrance.client)):
                self._forget.append(when_imported(module, self._installer(entrance)))

    def close(self) -> None:
        """Uninstall everything; harmless when nothing is open."""
        while self._forget:
            self._forget.pop()()
        while self._watching:
            self._watching.pop().stop()
        while self._installed:
            _, installed = self._installed.popitem()
            if installed is not None:
                installed.uninstall()

    def _watcher(self, entrance: Entrance) -> Callable[[ModuleType], None]:
        """For a mock library that is not built on here: the mocks of the user's own are watched all the same."""

        def watch(_: ModuleType) -> None:
            for one in () if entrance.name in self._wanted else watchers(entrance, self._desk.missed):
                one.start()
                self._watching.append(one)

        return watch

    def _installer(self, entrance: Entrance) -> Callable[[ModuleType], None]:
        def install(module: ModuleType) -> None:
            if entrance.name not in self._wanted or entrance.name in self._installed or not _ready(entrance, module):
                return
            self._installed[entrance.name] = None  # importing the backend may import its library, which calls this again
            if entrance.library and entrance.library not in sys.modules and find_spec(entrance.library) is None:
                self._desk.record(Note("backend", str(MissingExtra(entrance.library, entrance.extra))))
                return
            try:
                made = backend(entrance)(self._desk)
            except InsteadOf as known:  # its entrance comes behind this one, and its client is there after this one's
                if known.name not in self._wanted:
                    self._wanted.add(known.name)
                    self._desk.record(Note("backend", str(known)))
                return
            made.install()
            self._installed[entrance.name] = made

        return install


def _ready(entrance: Entrance, imported: ModuleType) -> bool:
    """The client is there, and its mock library is not just importing it: then there is nothing to build on yet."""
    library = sys.modules.get(entrance.library)
    begun = bool(getattr(getattr(library, "__spec__", None), "_initializing", False))
    return entrance.client in sys.modules and (imported is library or not begun)
