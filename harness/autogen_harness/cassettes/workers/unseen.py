"""Processes that nothing holds: what they send is not seen, and the report says so."""

from __future__ import annotations

import subprocess
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness.model import Note
from autogen_harness.origin import origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from autogen_harness.patches import Patches

TOPIC = "process"
"""The topic of the notes."""


def watch(patches: Patches, record: Callable[[Note], None], is_held: Callable[[], bool]) -> None:
    """Note each program that is started while ``is_held`` is false, once each."""
    told: set[str] = set()

    def watching(start: Callable[..., None]) -> Callable[..., None]:
        @wraps(start)
        def started(process: Any, args: Any, *rest: Any, **options: Any) -> None:
            program = _program(args)
            if not is_held() and program not in told:
                told.add(program)
                record(Note(TOPIC, _text(program)))
            start(process, args, *rest, **options)

        return started

    patches.swap(subprocess.Popen, "__init__", watching)


def _program(args: Any) -> str:
    first = args if isinstance(args, str | bytes) or not hasattr(args, "__getitem__") else args[0]
    words = (first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)).split()
    return Path(words[0]).name if words else ""


def _text(program: str) -> str:
    where = origin()
    return (
        f"{program} was started{f' at {where}' if where else ''} as a process of its own, and what it sends is not seen: start "
        "Python inside of `with harness.http.workers():`"
    )
