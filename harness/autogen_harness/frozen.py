"""Data that cannot be changed any more: dicts and lists that look and compare like any other, and refuse every change.

Subclasses of ``dict`` and ``list``, so that they equal plain data, print as it, show differences in pytest as it does, and are
written by ``json.dumps``. Copies (``copy``, ``deepcopy``, ``pickle``) are plain data again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn


def _refuse(_self: Any, *_args: Any, **_kwargs: Any) -> NoReturn:
    __tracebackhide__ = True
    message = "this is kept as it was and cannot be changed; change a copy of it: copy.deepcopy(...)"
    raise TypeError(message)


class FrozenDict(dict[str, Any]):
    """A dict that refuses every change with a ``TypeError``."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


class FrozenList(list[Any]):
    """A list that refuses every change with a ``TypeError``."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)

    def __reduce_ex__(self, _protocol: Any) -> tuple[Any, ...]:  # a list's own way would append
        return self.__reduce__()


def freeze(value: Any) -> Any:
    """A copy of ``value`` whose mappings and lists, at any depth, cannot be changed; other values are taken as they are.

    What is frozen already is not copied again.
    """
    if isinstance(value, (FrozenDict, FrozenList)):
        return value
    if isinstance(value, Mapping):
        return FrozenDict({key: freeze(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return FrozenList(map(freeze, value))
    return value
