"""What a player offers to processes that a test starts."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autogen_harness.cassettes.backends import Desk
    from autogen_harness.cassettes.workers.asking import AskingDesk


class Workers:
    """The processes of a player.

    Args:
        desk: where what they ask is answered.
        allowed: hosts that they may reach.
    """

    def __init__(self, desk: Desk, allowed: Sequence[str]) -> None:
        self._desk, self._allowed = desk, tuple(allowed)
        self._afar: AskingDesk | None = None
        self._process = os.getpid()

    @contextmanager
    def workers(self) -> Iterator[Mapping[str, str]]:
        """Processes that are started inside of the block are answered by this player too; yields what they need to know.

        It is in the environment that they inherit. One that gets an environment of its own needs it there, as in
        ``subprocess.run(command, env={**mine, **environment})``. Python processes with autogen-harness installed, no others.
        They wait in real time. Forked ones are answered, too.
        """
        from autogen_harness.cassettes.workers import answering, asking  # few tests start processes

        answers = answering.Answering(self._desk)
        answers.start()
        address = answers.address()
        self._afar = asking.AskingDesk(address)
        try:
            with answering.environment(address, self._allowed) as environment:
                yield environment
        finally:
            self._afar = None
            answers.stop()

    @property
    def _elsewhere(self) -> AskingDesk | None:
        """Where a fork of the test's process asks: it has a copy of the player, and what that counts nobody sees."""
        return self._afar if self._afar is not None and os.getpid() != self._process else None
