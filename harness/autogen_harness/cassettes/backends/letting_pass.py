"""Waiting in an event loop, for every client that has one."""

from __future__ import annotations

import asyncio


async def let_pass(seconds: float | None) -> None:
    """Wait on the loop's own time, which is virtual while a clock is on, so that concurrent replies overlap.

    It is no sleep of the code under test. None waits until it is cancelled.
    """
    if seconds == 0:
        return
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    timer = None if seconds is None else loop.call_later(seconds, _finish, done)
    try:
        await done
    finally:
        if timer is not None:
            timer.cancel()


def _finish(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)
