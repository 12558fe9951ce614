"""Calling a tool, ordinary or asynchronous, so that nothing of the call is left afterwards."""

from __future__ import annotations

import asyncio
import inspect
import traceback
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def perform(
    tool: Callable[..., Any],
    arguments: Mapping[str, Any],
    *,
    in_loop: bool = False,
    unfinished: list[str] | None = None,
) -> Any:
    """Call a tool, and await it where it is asynchronous; a coroutine that comes out of an ordinary function is its result.

    The tasks that are at work when it returns are cancelled; ``unfinished`` receives their names.
    """
    left = unfinished if unfinished is not None else []
    if is_async(tool):
        return _run(_awaiting(tool, arguments), left)
    if in_loop:
        return _run(_calling(tool, arguments), left)
    return tool(**arguments)


def is_async(tool: Callable[..., Any]) -> bool:
    """Whether a tool is an ``async def``, also behind ``functools.partial`` or as a ``__call__``."""
    inner = getattr(tool, "func", tool)
    return inspect.iscoroutinefunction(inner) or inspect.iscoroutinefunction(type(inner).__call__)


async def _awaiting(tool: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    return await tool(**arguments)


async def _calling(tool: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    return tool(**arguments)


def _run(coroutine: Any, unfinished: list[str]) -> Any:
    """Run to the end in a loop of its own, of which nothing is left afterwards; asyncio.run would leave a trace."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        for task in asyncio.all_tasks(loop):
            unfinished.append(getattr(task.get_coro(), "__qualname__", task.get_name()))
            task.cancel()
            loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def let_go(error: BaseException) -> None:
    """Free what the frames of a failed call hold: a coroutine left behind there complains now, and to nobody."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        chained: BaseException | None = error
        freed: list[BaseException] = []
        while chained is not None and chained not in freed:
            traceback.clear_frames(chained.__traceback__)
            freed.append(chained)
            chained = chained.__cause__ or chained.__context__
