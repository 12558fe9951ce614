"""Programs that the code under test starts while a player is open: Python among them asks the test, as in ``workers()``.

They are told by the environment that they are started with. A program that is not Python is given a proxy there; one that
takes no notice of that reaches the network, so the report names each.
"""

from __future__ import annotations

import os
import subprocess
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from autogen_harness.model import Note
from autogen_harness.origin import origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autogen_harness.patches import Patches

    class Environment(Protocol):
        """What a process needs to know; None where nobody answers any more."""

        def __call__(self, *, python: bool) -> Mapping[str, str] | None:
            """``python``: it surely is Python."""


TOPIC = "process"
"""The topic of the notes."""

_HELD = ("python", "pytest", "pypy")
"""How the names of programs begin that are surely Python."""


def watch(patches: Patches, record: Callable[[Note], None], environment: Environment) -> None:
    """Give each process that is started what ``environment`` says, and note programs that may not heed it, once each.

    Where that is None nobody answers any more: a stand-in that somebody kept, or put back, starts processes as ever.
    """
    told: set[str] = set()

    def note(program: str) -> None:
        if program not in told:
            told.add(program)
            record(Note(TOPIC, _text(program)))

    def watching(start: Callable[..., None]) -> Callable[..., None]:
        @wraps(start)
        def started(process: Any, args: Any, *rest: Any, **options: Any) -> None:
            program = _program(args)
            python = program.startswith(_HELD)
            ours = environment(python=python)
            if ours is not None and len(rest) < _BEFORE_ENV:
                from autogen_harness.cassettes.workers import answering  # few tests start processes

                options["env"] = answering.joined(os.environ if options.get("env") is None else options["env"], ours)
                if not python:
                    note(program)
            start(process, args, *rest, **options)

        return started

    patches.swap(subprocess.Popen, "__init__", watching)


_BEFORE_ENV = 9
"""Arguments of ``Popen`` between the first and ``env``; nobody gives so many by position."""


def _program(args: Any) -> str:
    first = args if isinstance(args, str | bytes) or not hasattr(args, "__getitem__") else args[0]
    words = (first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)).split()
    return Path(words[0]).name if words else ""


def _text(program: str) -> str:
    where = origin()
    started = f"{program} was started{f' at {where}' if where else ''}"
    return f"{started}; it is given a proxy, and what it sends past that is not seen"
