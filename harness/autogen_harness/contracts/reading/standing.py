"""Runs that stand still at each event until they are told how to go on: so that what happens meanwhile can be chosen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.calling.performing import perform
from autogen_harness.contracts.reading.runs import as_event, parameter_of, reporting_to

if TYPE_CHECKING:
    from autogen_harness.contracts.calling.world import Seen, World

PATIENCE = 10.0
"""Real seconds for a run to come to its next event, on a very busy machine."""

BRIEF = 0.5
"""The same where the run may have to wait for another one. Too short does no harm: it then goes on a little later."""


class Standing:
    """One run, in a thread of its own.

    Attributes:
        events: what it told so far.
        raised: the exception that left the tool.
        result: what the tool returned.
        is_over: whether it has ended.
        elsewhere: whether events came from other threads than the run's own, so that nobody knows whose they are.
    """

    def __init__(self, cancel: Callable[[Any], object]) -> None:
        self.events: list[Any] = []
        self.raised: Exception | None = None
        self.result: Any = None
        self.is_over = self.elsewhere = False
        self._waits = False
        self._cancel = cancel
        self._orders: SimpleQueue[str] = SimpleQueue()
        self._arrived = threading.Semaphore(0)
        self.thread: threading.Thread | None = None

    def tell(self, *args: Any, **kwargs: Any) -> None:
        """The callback: stand still, then do as told; in a thread that is not the run's own, only note the event."""
        self.events.append(as_event(args, kwargs))
        if threading.current_thread() is not self.thread:
            self.elsewhere = True
            return
        self._arrived.release()
        order = self._orders.get()
        if order == "cancel":
            self._cancel(self.events[-1])
        if order == "raise":
            message = "this callback raises on purpose"
            raise RuntimeError(message)

    def begin(self, tool: Callable[..., Any], arguments: Mapping[str, Any], patience: float = PATIENCE) -> None:
        """Run to the first event."""
        self.thread = threading.Thread(target=self._work, args=(tool, arguments), daemon=True)
        self.thread.start()
        self._waits = not self._arrived.acquire(timeout=patience)

    def go_on(self, how: str = "step", patience: float = PATIENCE) -> None:
        """Run to the next event, or to the end; not where it waits for another run."""
        if not self.is_over and not self._waits:
            self._orders.put(how)
            self._waits = not self._arrived.acquire(timeout=patience)

    def finish(self) -> None:
        """Run to the end, if it comes to one."""
        if self._waits:
            self._waits = not self._arrived.acquire(timeout=PATIENCE)
        while not self.is_over and not self._waits:
            self.go_on()

    def _work(self, tool: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
        try:
            self.result = perform(tool, arguments)
        except Exception as error:  # noqa: BLE001  # what leaves a tool is what we look for
            self.raised = error
        finally:
            self.is_over = True
            self._arrived.release()


def played(world: World, moves: Sequence[str]) -> tuple[Seen, list[Standing]]:
    """One call of the world in which runs of the tool go on as the moves say, and then to their ends.

    Returns:
        The call, whose result is the first run's; and the runs that were begun.
    """
    cancel, others = _way_to_cancel(world)
    first, second = Standing(cancel), Standing(cancel)

    def told_by_whom(*args: Any, **kwargs: Any) -> None:
        (second if threading.current_thread() is second.thread else first).tell(*args, **kwargs)

    def tool_of(run: Standing) -> Callable[..., Any]:
        return shared or reporting_to(world.contract, run.tell, **others)

    def go(**arguments: Any) -> Any:
        first.begin(tool_of(first), arguments)
        for move in moves:
            if move == "begin":
                second.begin(tool_of(second), arguments, BRIEF)
            elif move == "step second":
                second.go_on(patience=BRIEF)
            else:
                first.go_on(move, BRIEF if second.thread else PATIENCE)
        for run in (first, second):
            if run.thread is not None:
                run.finish()
        return first.result

    one_tool_for_both = "begin" in moves and not parameter_of(world.contract)
    shared = reporting_to(world.contract, told_by_whom, **others) if one_tool_for_both else None
    seen = world.call(world.ordinary, tool=go)
    return seen, [run for run in (first, second) if run.thread is not None]


def _way_to_cancel(world: World) -> tuple[Callable[[Any], object], Mapping[str, Any]]:
    how = world.contract.hints.cancel
    if callable(how):
        return how, {}
    asked = threading.Event()
    return lambda _: asked.set(), {how: asked} if how else {}
