"""Replace attributes for a while and put everything back: the one way in which the harness changes other people's objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_MISSING = object()


class Patches:
    """Attributes replaced since the last :meth:`undo`, which restores them newest first.

    What somebody else has put over a replacement meanwhile is left: it is theirs to take away.
    """

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def swap(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        """Put ``wrap(original)`` at ``owner.name``. An inherited attribute is shadowed, and uncovered again by undo."""
        replacement = wrap(getattr(owner, name))
        is_static = isinstance(vars(owner).get(name), staticmethod)
        self.put(owner, name, staticmethod(replacement) if is_static else replacement)

    def put(self, owner: Any, name: str, ours: Any) -> None:
        """Put ``ours`` at ``owner.name``, where there may have been nothing."""
        own = vars(owner).get(name, _MISSING)
        setattr(owner, name, ours)
        self._undo.append(lambda: _restore(owner, name, own, ours))

    def undo(self) -> None:
        """Put every original back."""
        while self._undo:
            self._undo.pop()()


def _restore(owner: Any, name: str, own: Any, ours: Any) -> None:
    if vars(owner).get(name, _MISSING) is not ours:
        return
    if own is _MISSING:
        delattr(owner, name)
    else:
        setattr(owner, name, own)
