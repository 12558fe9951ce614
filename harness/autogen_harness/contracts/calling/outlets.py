"""What a tool says besides its result: on standard output and error, and in the log."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable

_AS_TEXT = logging.Formatter("%(message)s")


class Outlets:
    """Listens between ``open`` and ``close``, and lets all pass on to where it goes.

    A log record is heard as its logger hands it on: what a handler makes of it is not known. Records below INFO are for those
    who look for them, and not heard.

    Attributes:
        printed: what was written, piece by piece.
        logged: the text of each record, with that of its exception.
    """

    def __init__(self) -> None:
        self.printed: list[str] = []
        self.logged: list[str] = []
        self._patches = Patches()

    def open(self) -> None:
        """Begin to listen."""
        for name in ("stdout", "stderr"):
            self._patches.swap(sys, name, lambda stream: _Heard(stream, self.printed))
        self._patches.swap(logging.Logger, "callHandlers", self._hearing)

    def close(self) -> None:
        """Stop listening; what was heard stays."""
        self._patches.undo()

    def forget(self) -> None:
        """Begin anew."""
        self.printed.clear()
        self.logged.clear()

    def _hearing(self, original: Callable[..., None]) -> Callable[..., None]:
        def callHandlers(logger: logging.Logger, record: logging.LogRecord) -> None:  # noqa: N802  # logging's own name for it
            if record.levelno >= logging.INFO:
                self.logged.append(_text(record))
            original(logger, record)

        return callHandlers


class _Heard:
    """A stream whose texts are also kept."""

    def __init__(self, stream: Any, texts: list[str]) -> None:
        self._stream, self._texts = stream, texts

    def write(self, text: str) -> Any:
        self._texts.append(text)
        return self._stream.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _text(record: logging.LogRecord) -> str:
    try:
        return _AS_TEXT.format(record)
    except Exception:  # noqa: BLE001  # arguments that do not fit the message: logging itself only complains of them
        return f"{record.msg} {record.args}"
