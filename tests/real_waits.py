"""Waits that are real under a virtual clock too: the system is asked, by no function that a clock replaces."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autogen_harness.clock.timeline import Real

if TYPE_CHECKING:
    from collections.abc import Iterator


def really(seconds: float) -> None:
    """Wait so many real seconds, without the CPU."""
    end = Real.monotonic() + seconds
    while (left := end - Real.monotonic()) > 0:
        select.select([], [], [], left)


def compute(seconds: float) -> None:
    """Use the CPU for so many real seconds."""
    end = Real.monotonic() + seconds
    while Real.monotonic() < end:
        sum(range(1000))


@contextmanager
def server(*delays: float) -> Iterator[tuple[str, int]]:
    """Serve at the address: the nth connection gets its answer, the word "real", after the nth delay of real seconds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for delay in delays:
                peer, _ = listener.accept()
                with peer:
                    really(delay)
                    peer.sendall(b"real\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()
        thread.join()
