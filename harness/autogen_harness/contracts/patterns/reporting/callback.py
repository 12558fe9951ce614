"""What a tool owes to the callback that it reports its progress to, and what that callback may not change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.calling.unawaited import unawaited_ignored
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.patterns.every.envelope import same
from autogen_harness.contracts.reading.runs import Recorder, as_event, ends_run, may_be_left_out, reporting_to, run, situations
from autogen_harness.contracts.reading.standing import played
from autogen_harness.contracts.reading.verdicts import is_error, parsed, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from autogen_harness.contracts.calling.world import Seen, World
    from autogen_harness.contracts.subject import Contract

PATTERN = frozenset({"callback"})


def _one_end(world: World) -> Iterator[Breach]:
    yield from _one_end_each(world)
    yield from _ends_after_moves(world)


def _one_end_each(world: World) -> Iterator[Breach]:
    ends = ends_run(world.contract)
    for arguments, plan in situations(world):
        recorder = Recorder()
        seen = run(world, arguments, plan, recorder)
        last = [bool(ends(event)) for event in recorder.events]
        if problem := _end_problem(last):
            yield Breach(f"{problem}; events: {recorder.events!r}", seen)


def _ends_after_moves(world: World) -> Iterator[Breach]:
    from autogen_harness.contracts.reading import moves  # hypothesis only where it is needed

    ends, can_cancel = ends_run(world.contract), world.contract.hints.given("cancel")

    def play(made: Sequence[str]) -> Breach | None:
        seen, (run_through,) = played(world, made)
        if run_through.raised is not None:
            return None  # another law says so
        last = [bool(ends(event)) for event in run_through.events]
        problem = _end_problem(last) if run_through.is_over else "it does not end"
        return Breach(f"after {_in_words(made)}: {problem}; events: {run_through.events!r}", seen) if problem else None

    yield from moves.breaches(moves.CancelledRun if can_cancel else moves.OneRun, play)


def _in_words(made: Sequence[str]) -> str:
    """Where the callback did something else than to return."""
    words = {"raise": "raised", "cancel": "asked for the end"}
    told = [f"{words[move]} at event {number}" for number, move in enumerate(made, 1) if move in words]
    return f"the callback {', '.join(told)}" if told else "nothing unusual"


def _end_problem(last: list[bool]) -> str:
    if not last:
        return "the callback was never called"
    if sum(last) != 1:
        return f"{sum(last)} events end the run, where one should"
    return "" if last[-1] else "an event follows the one that ends the run"


def _unmoved(world: World) -> Iterator[Breach]:
    from autogen_harness.contracts.reading import moves  # hypothesis only where it is needed

    yield from _unmoved_at_each(world)
    quiet = Recorder()
    calm = run(world, world.ordinary, None, quiet)

    def play(made: Sequence[str]) -> Breach | None:
        seen, (run_through,) = played(world, made)
        same = run_through.raised is None and same_results(world.contract, calm, seen)
        if same and len(run_through.events) == len(quiet.events):
            return None
        return Breach(f"after {_in_words(made)}, the result or the later events are others", seen)

    yield from moves.breaches(moves.OneRun, play)


def _unmoved_at_each(world: World) -> Iterator[Breach]:
    arguments = world.ordinary
    quiet = Recorder()
    calm = run(world, arguments, None, quiet)
    for number in range(len(quiet.events)):
        loud = Recorder(raises_at=number)
        seen = run(world, arguments, None, loud)
        if seen.raised is not None:
            yield Breach(f"a callback that raises at event {number + 1} ends the tool with its exception", seen)
        elif not same_results(world.contract, calm, seen):
            yield Breach(f"a callback that raises at event {number + 1} changes the result", seen)
        elif len(loud.events) != len(quiet.events):
            yield Breach(f"after a callback raised at event {number + 1}, later events are not sent", seen)


def same_results(contract: Contract, one: Seen, other: Seen) -> bool:
    """Whether two calls gave the same, but for what is declared to differ."""
    free = frozenset(contract.hints.nondeterministic or ())
    return same(without(parsed(one.result), free), without(parsed(other.result), free))


def _alone(world: World) -> Iterator[Breach]:
    for arguments, plan in situations(world):
        alone, told = world.call(arguments, plan), run(world, arguments, plan, Recorder())
        if (alone.raised is None) != (told.raised is None):
            yield Breach(f"{_raises('with', told)}, {_raises('without', alone)}", told)
        elif told.raised is None and not same_results(world.contract, alone, told):
            yield Breach(f"with a callback the result is another than without, which is {alone.result!r}", told)


def _raises(how: str, seen: Seen) -> str:
    return f"{how} a callback it {'returns' if seen.raised is None else f'raises {type(seen.raised).__name__}'}"


def _no_default(contract: Contract) -> str:
    needed = contract.hints.given("callback") and not may_be_left_out(contract)
    return no_schema(contract) or ("a callback that may be left out" if needed else "")


def _awaited(world: World) -> Iterator[Breach]:
    quiet, late = Recorder(), _AsyncRecorder()
    run(world, world.ordinary, None, quiet)
    with unawaited_ignored():
        try:
            tool = reporting_to(world.contract, late.callback())
        except Exception:  # noqa: BLE001  # refused where the tool is made: the best place
            return
        seen = world.call(world.ordinary, tool=tool)
    refused = seen.raised is not None or is_error(parsed(seen.result))
    if len(late.events) != len(quiet.events) and not refused:
        yield Breach(f"of {len(quiet.events)} events, an async callback got {len(late.events)}: nobody awaits it", seen)


class _AsyncRecorder:
    """Keeps the events that an ``async def`` callback is awaited for."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def callback(self) -> Callable[..., Any]:
        """An ``async def``, as every way to tell takes it for one."""

        async def callback(*args: Any, **kwargs: Any) -> None:
            self.events.append(as_event(args, kwargs))

        return callback


LAWS = (
    Law(
        id="exactly-one-terminal-event",
        sentence="every run ends with exactly one event that says so: completed, failed or cancelled",
        why="who waits for the end waits for ever, or acts twice",
        fix="send the last event in one place, in a finally or after a try that covers every step",
        check=_one_end,
        patterns=PATTERN,
        needs=("callback",),
        missing=no_schema,
    ),
    Law(
        id="raising-callback-does-not-break-the-tool",
        sentence="a callback that raises changes neither the result nor the later events",
        why="a broken progress bar must not stop the work",
        fix="call the callback in a try of its own, and log what it raises",
        check=_unmoved,
        patterns=PATTERN,
        needs=("callback",),
        missing=no_schema,
    ),
    Law(
        id="async-callbacks-are-awaited-or-refused",
        sentence="an async callback gets every event, or is refused with an error",
        why="a coroutine that nobody awaits does nothing, and nobody is told: there is no progress at all",
        fix="await what the callback returns, or raise TypeError where the tool is made: inspect.iscoroutinefunction(callback)",
        check=_awaited,
        patterns=PATTERN,
        needs=("callback",),
        missing=no_schema,
    ),
    Law(
        id="the-result-does-not-depend-on-the-callback",
        sentence="the result is the same with and without a callback",
        why="work that is only done where somebody watches is missing in production, or in the tests",
        fix="let the callback only be told; do and return everything without it",
        check=_alone,
        patterns=PATTERN,
        needs=("callback",),
        missing=_no_default,
    ),
)
