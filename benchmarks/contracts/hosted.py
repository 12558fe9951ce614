"""A tool in a process of its own, called from another one, as a server of tools has it.

It gets what the contract's own calls get where nothing is wrong: an upstream that answers as recorded, here under whatever
address, a clock that does not wait, a scratch folder. So a call that would really wait, or reach out, ends at once and in the
same way each time.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from subjects import contract

from autogen_harness.contracts.calling.world import Seen, World
from autogen_harness.contracts.subject import Contract

SECONDS = 10.0
"""Real seconds after which a call hangs."""

VIRTUAL = 60.0
"""Seconds of the tool's own clock after which it would have hung."""

_FORK = multiprocessing.get_context("fork")


class Told(NamedTuple):
    """What came of a call.

    Attributes:
        kind: "answer", "error" (the tool says so itself), "raised", "hang" or "gone", where the process is no more.
        text: the result, or what was raised.
        cut_off: whether the tool closed or replaced standard input, output or error, on which a server may live.
        calls: how many calls this was.
    """

    kind: str
    text: str
    cut_off: bool
    calls: int


class Hosted:
    """The process; started anew after a call that it did not survive. ``calls`` counts them."""

    def __init__(self, tool: str, defect: str) -> None:
        self._subject, self.calls = (tool, defect), 0
        self._start()

    def call(self, arguments: Mapping[str, Any]) -> Told:
        """Call the tool."""
        self.calls += 1
        try:
            self._line.send(dict(arguments))
            kind, text, cut_off = self._line.recv() if self._line.poll(SECONDS) else ("hang", "", False)
        except (EOFError, OSError):
            kind, text, cut_off = "gone", "", True
        if kind == "gone" or (kind == "hang" and not text):
            self.close()
            self._start()
        return Told(kind, text, cut_off, self.calls)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        self._line, theirs = _FORK.Pipe()
        self._process = _FORK.Process(target=_serve, args=(*self._subject, self._line, theirs), daemon=True)
        self._process.start()
        theirs.close()


class _Everywhere(dict[str, Any]):
    """The answer of one server for every host."""

    def __missing__(self, _: str) -> Any:
        return next(iter(self.values()))

    def __contains__(self, _: object) -> bool:
        return bool(self)

    def get(self, host: str, _: Any = None) -> Any:
        """What answers a host."""
        return self[host] if self else None


def _serve(tool: str, defect: str, caller: Connection, line: Connection) -> None:
    caller.close()  # so that the line ends where the caller does
    made = contract(tool, defect)
    with World(made) as world:
        world._player._servers = _Everywhere(world._player._servers)
        while True:
            seen = world.call(line.recv())
            line.send((*_told(made, seen), bool(seen.broken_descriptors)))


def _told(made: Contract, seen: Seen) -> tuple[str, str]:
    if seen.elapsed > VIRTUAL:
        return "hang", f"{seen.elapsed:g} s"
    if seen.raised is not None:
        return "raised", type(seen.raised).__name__
    try:
        text = seen.result if isinstance(seen.result, str) else json.dumps(seen.result)
    except (TypeError, ValueError):
        return "raised", f"returned {type(seen.result).__name__}"
    return "error" if _says_error(made, text) else "answer", text


def _says_error(made: Contract, text: str) -> bool:
    """As the tool's own answers tell failures from successes."""
    try:
        answer = json.loads(text)
        says = made.hints.success or (lambda fields: not isinstance(fields, dict) or fields.get("error") is None)
        return not says(answer)
    except ValueError:
        return False
    except (LookupError, TypeError):
        return True
