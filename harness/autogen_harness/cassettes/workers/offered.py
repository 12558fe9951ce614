"""What a player offers to processes that a test starts."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autogen_harness.cassettes.workers import starting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from autogen_harness.cassettes.backends import Desk
    from autogen_harness.cassettes.workers.answering import Answering
    from autogen_harness.cassettes.workers.asking import AskingDesk
    from autogen_harness.ledger import Entry
    from autogen_harness.patches import Patches


class Workers:
    """The processes of a player.

    Args:
        desk: where what they ask is answered.
        allowed: hosts that they may reach.
    """

    def __init__(self, desk: Desk, allowed: Sequence[str]) -> None:
        self._desk, self._allowed = desk, tuple(allowed)
        self._answers: Answering | None = None
        self._afar: AskingDesk | None = None
        self._process = os.getpid()
        self._holds = False

    @contextmanager
    def workers(self) -> Iterator[Mapping[str, str]]:
        """Whatever process is started inside of the block is answered by this player too; yields what it needs to know.

        What ``subprocess`` and asyncio start is answered anyway, in the scope of the code that starts it. For all else
        (``multiprocessing``, ``os.system``, forks) this is in the environment meanwhile; where that is made anew, pass it on.
        """
        from autogen_harness.cassettes.workers import answering  # few tests start processes

        with answering.environment(self._told()) as environment:
            yield environment

    @contextmanager
    def unheld(self) -> Iterator[None]:
        """What is started inside of the block is not answered by this player: it has one of its own."""
        held, self._holds = self._holds, False
        try:
            yield
        finally:
            self._holds = held

    def _told_if_open(self, *, python: bool) -> Mapping[str, str] | None:
        return self._told(python=python) if self._holds else None

    def _told(self, *, python: bool = True) -> Mapping[str, str]:
        """What a process needs to know that is started now; from the first time on there is somebody to answer it.

        A program that may not be Python is given a proxy beside that.
        """
        from autogen_harness.cassettes.workers import answering, asking, proxying

        if self._answers is None:
            self._answers = answering.Answering(self._desk)
            self._answers.start()
            self._afar = asking.AskingDesk(self._answers.address())
        address = self._answers.address()
        told = answering.variables(address, self._allowed)
        return told if python else {**told, **proxying.variables(self._answers.proxy(address))}

    def _open_workers(self, patches: Patches, record: Callable[[Entry], None]) -> None:
        self._holds = True
        starting.watch(patches, record, self._told_if_open)

    def _close_workers(self) -> None:
        self._holds = False
        if self._answers is not None:
            self._answers.stop()
        self._answers = self._afar = None

    @property
    def _elsewhere(self) -> AskingDesk | None:
        """Where a fork of the test's process asks: it has a copy of the player, and what that counts nobody sees."""
        return self._afar if self._afar is not None and os.getpid() != self._process else None
