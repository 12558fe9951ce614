"""How many bytes a client takes from the bodies of replies: what is offered and not read costs nothing."""

from __future__ import annotations

import http.client
import sys
from functools import wraps
from typing import TYPE_CHECKING, Any

from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self


class BodyMeter:
    """Counts as long as it is entered: what ``http.client`` reads, and so requests and urllib3; and what aiohttp hands out."""

    def __init__(self) -> None:
        self._taken: dict[int, int] = {}
        self._replies: list[Any] = []  # held, so that no two have one id
        self._inner = False
        self._patches = Patches()

    @property
    def most(self) -> int:
        """Bytes that were taken from one body, at most; 0 also where another client did the reading."""
        return max(self._taken.values(), default=0)

    def __enter__(self) -> Self:
        for name in ("read", "read1", "readinto"):
            self._patches.swap(http.client.HTTPResponse, name, self._counting)
        streams = sys.modules.get("aiohttp.streams")  # a tool that uses it has imported it
        if streams is not None:
            self._patches.swap(streams.StreamReader, "_read_nowait_chunk", self._counting)
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.undo()

    def _counting(self, read: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(read)
        def counted(reply: Any, *args: Any, **options: Any) -> Any:
            if self._inner:  # one way of reading is made of another, such as read of readinto in Python 3.10
                return read(reply, *args, **options)
            self._inner = True
            try:
                got = read(reply, *args, **options)
            finally:
                self._inner = False
            self._note(reply, got if isinstance(got, int) else len(got or b""))
            return got

        return counted

    def _note(self, reply: Any, size: int) -> None:
        self._replies.append(reply)
        self._taken[id(reply)] = self._taken.get(id(reply), 0) + size
