"""The verdict waits for chats that a framework still runs in threads: what they do after it would go unjudged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness import origin
from autogen_harness.clock.timeline import Real
from autogen_harness.clock.waits import frames_of_threads
from autogen_harness.model import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Thread

_STEP = 0.05


def settle(chats: Iterable[Thread], limit: float, quiet: Callable[[], float]) -> list[Finding]:
    """Wait until every chat has ended; a finding for each in which nothing happens any more.

    Args:
        chats: the threads.
        limit: real seconds without anything recorded after which a chat hangs; 0 or less: never.
        quiet: real seconds since something was recorded.
    """
    begun = Real.monotonic()

    def hangs() -> bool:
        return 0 < limit <= min(quiet(), Real.monotonic() - begun)

    hung = []
    for chat in chats:
        while chat.is_alive() and not hangs():
            chat.join(_STEP)
        if chat.is_alive():
            hung.append(_finding(chat, limit))
    return hung


def _finding(chat: Thread, limit: float) -> Finding:
    where = origin.at(frames_of_threads().get(chat.ident or 0))
    return Finding(
        "chat-hung",
        f"a chat that run() started in {chat.name} has not ended after the test, and nothing happened in it for {limit:g} s of "
        f"real time{f'; it waits at {where}' if where else ''}",
        "end it in the test: process() the response, or read its events to the last; or look there for a wait that never ends",
        'harness.expect("chat-hung")',
    )
