"""How many bytes a client takes from the bodies of replies: what is offered and not read costs nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering import reads
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from typing_extensions import Self


class BodyMeter:
    """Counts as long as it is entered: what ``http.client`` reads, and so requests and urllib3; and what aiohttp hands out."""

    def __init__(self) -> None:
        self._taken: dict[int, int] = {}
        self._replies: list[Any] = []  # held, so that no two have one id
        self._patches = Patches()

    @property
    def most(self) -> int:
        """Bytes that were taken from one body, at most; 0 also where another client did the reading."""
        return max(self._taken.values(), default=0)

    def __enter__(self) -> Self:
        reads.of_http_client(self._patches, self._note)
        streams = sys.modules.get("aiohttp.streams")  # a tool that uses it has imported it
        if streams is not None:
            reads.of(self._patches, streams.StreamReader, ["_read_nowait_chunk"], self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.undo()

    def _note(self, reply: Any, size: int) -> None:
        self._replies.append(reply)
        self._taken[id(reply)] = self._taken.get(id(reply), 0) + size
