"""Run a callback when a module is imported, without importing it: how the harness reaches frameworks that it never loads.

Importing AutoGen takes seconds, and a session that does not use it must not pay. So the harness asks to be told. The finder
below sits first in ``sys.meta_path``, lets the ordinary finders find the module, and calls back when its body has run.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    Callback = Callable[[ModuleType], None]


def when_imported(name: str, callback: Callback) -> Callable[[], None]:
    """Call ``callback(module)`` now if ``name`` is imported already, else once, as soon as it has been.

    Returns:
        A function that takes the wish back; calling it twice, or late, does nothing.
    """
    module = sys.modules.get(name)
    if module is not None:
        callback(module)
        return lambda: None
    finder = _Notifier(name, callback)
    sys.meta_path.insert(0, finder)
    return finder.forget


class _Notifier:
    """A meta path finder that finds nothing by itself and wraps the loader of one module."""

    def __init__(self, name: str, callback: Callback) -> None:
        self._name, self._callback, self._searching, self._forgotten = name, callback, False, False

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self._name or self._searching:
            return None
        self._searching = True  # find_spec walks sys.meta_path and would meet this finder again
        try:
            spec = find_spec(name)
        finally:
            self._searching = False
        if spec is not None and spec.loader is not None and hasattr(spec.loader, "exec_module"):
            self._wrap(spec)
        return spec

    def _wrap(self, spec: ModuleSpec) -> None:
        loader = spec.loader
        assert loader is not None
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            # The loader leaves as it came: others (pytest's assertion rewriter among them) look at it later.
            del loader.exec_module  # type: ignore[method-assign]  # removes the instance attribute set below
            execute(module)
            if not self._forgotten:
                self.forget()
                self._callback(module)

        loader.exec_module = exec_module  # type: ignore[method-assign]  # on this loader only, for this one import

    def forget(self) -> None:
        self._forgotten = True
        if self in sys.meta_path:
            sys.meta_path.remove(self)
