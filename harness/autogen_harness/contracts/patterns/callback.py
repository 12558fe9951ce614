"""What a tool owes to the callback that it reports its progress to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.arguments import SAMPLE_FILE
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.names import kind_of
from autogen_harness.contracts.patterns.core import no_schema
from autogen_harness.contracts.patterns.envelope import same
from autogen_harness.contracts.upstream import table
from autogen_harness.contracts.verdicts import parsed, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from autogen_harness.contracts.subject import Contract
    from autogen_harness.contracts.upstream import Plan
    from autogen_harness.contracts.world import Seen, World

_PATTERN = frozenset({"callback"})
TERMINAL = frozenset({"completed", "failed", "cancelled", "canceled"})
"""Statuses after which nothing may come."""

_STATUS_FIELDS = ("status", "state", "event", "type")


class Recorder:
    """A callback that keeps its events, and raises at the call numbered ``raises_at`` (from 0)."""

    def __init__(self, raises_at: int = -1) -> None:
        self.events: list[Any] = []
        self._raises_at = raises_at

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Receive one event, in whatever form."""
        number = len(self.events)
        self.events.append(_event(args, kwargs))
        if number == self._raises_at:
            message = "this callback raises on purpose"
            raise RuntimeError(message)


def _event(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """One value for an event: its only argument, or all of them."""
    if len(args) == 1 and not kwargs:
        return args[0]
    return {**{str(number): value for number, value in enumerate(args)}, **kwargs} if kwargs else list(args)


def is_terminal(event: Any) -> bool:
    """Whether an event says that the run is over: a status of completed, failed or cancelled, wherever such words stand."""
    if isinstance(event, str):
        return event.strip().lower() in TERMINAL
    if isinstance(event, dict):
        named = [event[field] for field in _STATUS_FIELDS if field in event]
        return any(is_terminal(value) for value in named or event.values())
    if isinstance(event, (list, tuple)):
        return any(is_terminal(value) for value in event)
    return any(is_terminal(getattr(event, field)) for field in _STATUS_FIELDS if isinstance(getattr(event, field, None), str))


def _how(contract: Contract) -> tuple[Any, Callable[[Any], bool]]:
    hint = contract.hints.callback
    return hint if isinstance(hint, tuple) else (hint, is_terminal)


def _run(world: World, arguments: Mapping[str, Any], plan: Plan | None, recorder: Recorder) -> Seen:
    how, _ = _how(world.contract)
    if isinstance(how, str):
        return world.call(arguments, plan, tool=_bound(world.contract, how, recorder))
    return world.call(arguments, plan, tool=how(recorder))


def _bound(contract: Contract, name: str, recorder: Recorder) -> Callable[..., Any]:
    from functools import partial  # beside its only use

    return partial(contract.tool, **{name: recorder})


def _situations(world: World) -> Iterator[tuple[Mapping[str, Any], Plan]]:
    """The ordinary call under every plan, and calls that fail: each file that is to be read is not there."""
    arguments = world.ordinary
    for plan in table(world.origins):
        yield arguments, plan
    for name, schema in world.contract.properties.items():
        if kind_of(name, schema) == "path" and name in arguments:
            yield {**arguments, name: f"missing/{SAMPLE_FILE}"}, world.calm


def _one_end(world: World) -> Iterator[Breach]:
    _, ends = _how(world.contract)
    for arguments, plan in _situations(world):
        recorder = Recorder()
        seen = _run(world, arguments, plan, recorder)
        last = [bool(ends(event)) for event in recorder.events]
        if problem := _end_problem(last):
            yield Breach(f"{problem}; events: {recorder.events!r}", seen)


def _end_problem(last: list[bool]) -> str:
    if not last:
        return "the callback was never called"
    if sum(last) != 1:
        return f"{sum(last)} events end the run, where one should"
    return "" if last[-1] else "an event follows the one that ends the run"


def _unmoved(world: World) -> Iterator[Breach]:
    arguments = world.ordinary
    quiet = Recorder()
    calm = _run(world, arguments, None, quiet)
    free = frozenset(world.contract.hints.nondeterministic or ())
    for number in range(len(quiet.events)):
        loud = Recorder(raises_at=number)
        seen = _run(world, arguments, None, loud)
        if seen.raised is not None:
            yield Breach(f"a callback that raises at event {number + 1} ends the tool with its exception", seen)
        elif not same(without(parsed(calm.result), free), without(parsed(seen.result), free)):
            yield Breach(f"a callback that raises at event {number + 1} changes the result", seen)
        elif len(loud.events) != len(quiet.events):
            yield Breach(f"after a callback raised at event {number + 1}, later events are not sent", seen)


LAWS = (
    Law(
        id="exactly-one-terminal-event",
        sentence="every run ends with exactly one event that says so: completed, failed or cancelled",
        why="who waits for the end waits for ever, or acts twice",
        fix="send the last event in one place, in a finally or after a try that covers every step",
        check=_one_end,
        patterns=_PATTERN,
        needs=("callback",),
        missing=no_schema,
    ),
    Law(
        id="raising-callback-does-not-break-the-tool",
        sentence="a callback that raises changes neither the result nor the later events",
        why="a broken progress bar must not stop the work",
        fix="call the callback in a try of its own, and log what it raises",
        check=_unmoved,
        patterns=_PATTERN,
        needs=("callback",),
        missing=no_schema,
    ),
)
