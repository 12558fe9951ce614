"""Where in the user's code did this happen? For findings whose exception somebody may swallow, and for a wait that never ends.

The user's code is what is neither the standard library, nor installed, nor the harness.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from types import CodeType, FrameType

_SCHEME = ("stdlib", "platstdlib", "purelib", "platlib", "scripts")
_PATHS = [*map(sysconfig.get_path, _SCHEME), str(Path(__file__).parent)]
_OTHERS = tuple({spelled for path in _PATHS for spelled in (path, str(Path(path).resolve()))})


def origin() -> str:
    """``file:line (function)`` of the closest caller that is the user's code.

    Empty where there is none, such as in a thread of a pool.
    """
    return at(sys._getframe(1))


def at(frame: FrameType | None) -> str:
    """The same of ``frame``, or of the closest of its callers."""
    while frame is not None:
        if is_users(frame.f_code):
            return _place(frame.f_code, frame.f_lineno)
        frame = frame.f_back
    return ""


def raised_at(error: BaseException) -> str:
    """``file:line (function)`` of the innermost such place that ``error`` came through; empty where there is none."""
    found, trace = "", error.__traceback__
    while trace is not None:
        if is_users(trace.tb_frame.f_code):
            found = _place(trace.tb_frame.f_code, trace.tb_lineno)
        trace = trace.tb_next
    return found


def is_users(code: CodeType) -> bool:
    """Is it the user's code?"""
    return not code.co_filename.startswith((*_OTHERS, "<"))


def _place(code: CodeType, line: int) -> str:
    return f"{_short(code.co_filename)}:{line} ({code.co_name})"


def _short(path: str) -> str:
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path
