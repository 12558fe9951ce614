"""Imports that wait: names loaded at first use, and callbacks for modules that others import.

Importing AutoGen takes seconds, and a session that does not use it must not pay. So the harness asks to be told when someone
else imports it. The finder below sits first in ``sys.meta_path``, lets the ordinary finders find the module, and calls back
when its body has run.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
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
        self._name, self._callback, self._forgotten = name, callback, False

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self._name or self not in sys.meta_path:
            return None
        later = sys.meta_path[
            sys.meta_path.index(self) + 1 :
        ]  # not the earlier ones: two notifiers would ask each other for ever
        found = (finder.find_spec(name, path, target) for finder in later if hasattr(finder, "find_spec"))
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            self._wrap(spec.loader)
        return spec

    def _wrap(self, loader: Any) -> None:
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            # The loader leaves as it came: others (pytest's assertion rewriter among them) look at it later.
            vars(loader).pop("exec_module", None)
            execute(module)
            if module.__name__ == self._name and not self._forgotten:  # the loader of an archive serves other modules too
                self.forget()
                self._callback(module)

        loader.exec_module = exec_module

    def forget(self) -> None:
        self._forgotten = True
        if self in sys.meta_path:
            sys.meta_path.remove(self)


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package whose public names are loaded at first use (PEP 562).

    Args:
        package: its ``__name__``.
        homes: public name -> the module below the package that defines it.
    """

    def load(name: str) -> Any:
        if name not in homes:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return load
