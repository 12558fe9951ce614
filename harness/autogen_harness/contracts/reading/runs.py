"""A run of a tool that reports its progress: who is told, how the tool gets to know it, and in which situations."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.answering.upstream import Plan, status_reply, table
from autogen_harness.contracts.generation.arguments import SAMPLE_FILE
from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.contracts.reading.events import Reader, is_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from autogen_harness.contracts.answering.upstream import Answer
    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract
    from autogen_harness.model import HttpRequest


NAMED_BY = "{} (events={{...}} says which fields)"
"""What a law found nothing of in the events."""


class Recorder:
    """A callback that keeps its events, and raises at the call numbered ``raises_at`` (from 0)."""

    def __init__(self, raises_at: int = -1) -> None:
        self.events: list[Any] = []
        self._raises_at = raises_at

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Receive one event, in whatever form."""
        number = len(self.events)
        self.events.append(as_event(args, kwargs))
        self.react(number)

    def react(self, number: int) -> None:
        """What happens within the tool's call of its callback, at event ``number``."""
        if number == self._raises_at:
            message = "this callback raises on purpose"
            raise RuntimeError(message)


def as_event(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """One value for an event: its only argument, or all of them."""
    if len(args) == 1 and not kwargs:
        return args[0]
    return {**{str(number): value for number, value in enumerate(args)}, **kwargs} if kwargs else list(args)


def reader(contract: Contract) -> Reader:
    """Reads the events as the author said."""
    return Reader(contract.hints.events or {})


def ends_run(contract: Contract) -> Callable[[Any], bool]:
    """Tells the events that end a run."""
    hint = contract.hints.callback
    return hint[1] if isinstance(hint, tuple) else is_terminal


def parameter_of(contract: Contract) -> str:
    """The tool's parameter for its callback; "" where a factory takes it."""
    how = _how(contract)
    return how if isinstance(how, str) else ""


def may_be_left_out(contract: Contract) -> bool:
    """Whether the tool can be had without a callback of ours: a factory made one, and a parameter may have a default."""
    taken = inspect.signature(contract.tool).parameters.get(parameter_of(contract))
    return not parameter_of(contract) or (taken is not None and taken.default is not taken.empty)


def reporting_to(contract: Contract, callback: Callable[..., Any], **others: Any) -> Callable[..., Any]:
    """The tool, which reports to ``callback``; ``others`` go the same way: to the tool, or to what makes it."""
    how = _how(contract)
    return partial(contract.tool, **{how: callback}, **others) if isinstance(how, str) else how(callback, **others)


def run(world: World, arguments: Mapping[str, Any], plan: Plan | None, callback: Callable[..., Any]) -> Seen:
    """Call the tool once, with a callback."""
    return world.call(arguments, plan, tool=reporting_to(world.contract, callback))


def situations(world: World) -> Iterator[tuple[Mapping[str, Any], Plan]]:
    """The ordinary call under every plan, a failure at each of its requests, and each file that is to be read not there."""
    arguments = world.ordinary
    for plan in table(world.origins):
        yield arguments, plan
    for number in range(len(run(world, arguments, None, Recorder()).attempts)):
        yield arguments, _failing_at(world, number)
    for name, schema in world.contract.properties.items():
        if kind_of(name, schema) == "path" and name in arguments:
            yield {**arguments, name: f"missing/{SAMPLE_FILE}"}, world.calm


def _failing_at(world: World, number: int) -> Plan:
    """Only the request ``number`` (from 0) of a call fails, whatever it asks for, and asking again does not help."""
    order: list[str] = []

    def give(request: HttpRequest, attempt: int) -> Answer:
        if attempt == 0:
            order.append(request.url)
        fails = order[number : number + 1] == [request.url]
        return status_reply(world.main, 503) if fails else world.calm.give(request, 0)

    return Plan(f"status 503 for request {number + 1}", give, 503)


def _how(contract: Contract) -> Any:
    hint = contract.hints.callback
    return hint[0] if isinstance(hint, tuple) else hint
