"""Chats that ``run()`` and its kin of classic AutoGen leave to a thread: the test goes on, and may end before they do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def chats_in_threads() -> Callable[[], list[threading.Thread]]:
    """What finds the chats at work in threads of AutoGen's that are begun from now on.

    Such a thread has a function of an ``autogen`` module as its target and is kept by nobody: ``run()`` returns a response
    that does not know it.
    """
    before = set(threading.enumerate())
    return lambda: [thread for thread in threading.enumerate() if thread not in before and _is_autogens(thread)]


def _is_autogens(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None)  # threading deletes it when the thread has ended
    return str(getattr(target, "__module__", "")).partition(".")[0] == "autogen"
