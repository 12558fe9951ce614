"""Where in the user's code did this start? For findings whose exception somebody may swallow."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

_SCHEME = ("stdlib", "platstdlib", "purelib", "platlib", "scripts")
_PATHS = [*map(sysconfig.get_path, _SCHEME), str(Path(__file__).parents[1])]
_OTHERS = tuple({spelled for path in _PATHS for spelled in (path, str(Path(path).resolve()))})


def origin() -> str:
    """``file:line (function)`` of the closest caller outside the standard library, installed packages and the harness.

    Empty where there is none, such as in a thread of a pool.
    """
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if not code.co_filename.startswith((*_OTHERS, "<")):
            return f"{_short(code.co_filename)}:{frame.f_lineno} ({code.co_name})"
        frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
    return ""


def raised_at(error: BaseException) -> str:
    """``file:line (function)`` of the innermost such place that ``error`` came through; empty where there is none."""
    found, trace = "", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if not code.co_filename.startswith((*_OTHERS, "<")):
            found = f"{_short(code.co_filename)}:{trace.tb_lineno} ({code.co_name})"
        trace = trace.tb_next
    return found


def _short(path: str) -> str:
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path
