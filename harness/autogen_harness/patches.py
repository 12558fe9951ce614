"""Replace attributes for a while and put everything back: the one way in which the harness changes other people's objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_MISSING = object()


class Patches:
    """Attributes replaced since the last :meth:`undo`, which restores them newest first."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def swap(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        """Put ``wrap(original)`` at ``owner.name``. An inherited attribute is shadowed, and uncovered again by undo."""
        own = vars(owner).get(name, _MISSING)
        replacement = wrap(getattr(owner, name))
        setattr(owner, name, staticmethod(replacement) if isinstance(own, staticmethod) else replacement)
        self._undo.append(lambda: delattr(owner, name) if own is _MISSING else setattr(owner, name, own))

    def undo(self) -> None:
        """Put every original back."""
        while self._undo:
            self._undo.pop()()
