"""What a tool owes whose body is a chat of agents: it ends, alone, and its failures are its own.

The model of those agents is ours: see :mod:`autogen_harness.contracts.calling.inner_model`.
"""

from __future__ import annotations

import builtins
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autogen_harness.contracts.calling.inner_model import END, calls_again, goes_on
from autogen_harness.contracts.calling.unawaited import unawaited_ignored
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.patterns.reporting.callback import same_results
from autogen_harness.contracts.reading.verdicts import is_error, parsed
from autogen_harness.llm.replies import Reply
from autogen_harness.llm.turns.fail import fail
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from autogen_harness.contracts.calling.inner_model import Behaviour
    from autogen_harness.contracts.calling.world import Seen, World

PATTERN = frozenset({"nested"})
_LLM_CALLS, _DEPTH = 20, 3  # where limits={...} says nothing else
_CODE = "```python\nprint('this must not run')\n```"
UNASKED = "agents that ask a model through a framework that the harness knows (none was asked)"


def watch(world: World, behaviour: Behaviour | None = None) -> Seen:
    """The ordinary call, with a model that behaves so."""
    usual = world.inner.behaviour
    world.inner.behaviour = behaviour or usual
    try:
        seen = world.call(world.ordinary)
    finally:
        world.inner.behaviour = usual
    if not world.inner.requests:
        world.unseen = UNASKED
    return seen


def _restless(world: World) -> dict[str, Behaviour]:
    """Models that never come to an end, by what they do."""
    return {
        "always calls a tool": calls_again(world.contract.name, dict(world.ordinary)),
        "never says that it is done": goes_on,
    }


def _ends(world: World) -> Iterator[Breach]:
    bounds: Mapping[str, float] = world.contract.hints.limits or {}
    most, deepest = int(bounds.get("llm_calls", _LLM_CALLS)), int(bounds.get("depth", _DEPTH))
    usual, world.inner.most = world.inner.most, most
    try:
        for what, behaviour in _restless(world).items():
            seen = watch(world, behaviour)
            if world.inner.depth > deepest:
                yield Breach(f"with a model that {what}, the tool is called within itself, {world.inner.depth} deep", seen)
            elif len(world.inner.requests) > most:
                yield Breach(f"with a model that {what}, it asks the model more than {most} times", seen)
    finally:
        world.inner.most = usual


def _alone(world: World) -> Iterator[Breach]:
    for behaviour in (None, *_restless(world).values()):
        with _no_keyboard(world.inner.ask_human):
            seen = watch(world, behaviour)
        if world.inner.asked:
            yield Breach(f"a person is asked: {world.inner.asked[0].strip()[:120]!r}", seen)


@contextmanager
def _no_keyboard(note: Callable[[str], str]) -> Iterator[None]:
    """What asks by ``input`` itself is noted as well."""
    patches = Patches()
    patches.swap(builtins, "input", lambda _: lambda prompt="": note(str(prompt)))
    try:
        yield
    finally:
        patches.undo()


def _failures(world: World) -> Iterator[Breach]:
    for failure in (fail(401), fail(429), fail(500), fail.timeout()):
        seen = watch(world, lambda _, failure=failure: failure)  # type: ignore[misc]  # mypy infers no lambda with a default
        if not world.inner.requests:
            return
        if seen.raised is not None:
            yield Breach(f"the model fails with {failure}, and the tool raises {type(seen.raised).__name__}", seen)
        elif not is_error(parsed(seen.result)):
            yield Breach(f"the model fails with {failure}, and the result does not say so", seen)


def _no_code(world: World) -> Iterator[Breach]:
    seen = watch(world, lambda _: Reply(f"{_CODE}\n{END}"))
    code = world.inner.code
    if not code:
        seen = watch(world, lambda _: Reply(_CODE))
        code = world.inner.code
    if code:
        yield Breach(f"code from a message is about to be executed: {code[0].strip().splitlines()[0]!r}", seen)


def _in_a_loop(world: World) -> Iterator[Breach]:
    outside = watch(world)
    with unawaited_ignored():
        inside = world.call(world.ordinary, in_loop=True)
    if inside.raised is not None and outside.raised is None:
        yield Breach(f"called by a chat that is asynchronous, it raises {type(inside.raised).__name__}", inside)
    elif not same_results(world.contract, outside, inside):
        yield Breach("called by a chat that is asynchronous, its result is another", inside)


LAWS = (
    Law(
        id="nesting-ends",
        sentence="whatever its model does, the tool ends after a bounded number of model calls, and does not nest too deep",
        why="a model that calls the tool again from within never comes back, and every call costs money",
        fix="give the inner chat max_turns, do not offer it the tool itself, and say what is right: limits={'llm_calls': 20}",
        check=_ends,
        patterns=PATTERN,
        missing=no_schema,
    ),
    Law(
        id="nobody-is-asked",
        sentence="no person is asked for anything within the tool",
        why="in production nobody sits there, and the chat waits for ever",
        fix='make the inner user proxy with human_input_mode="NEVER"',
        check=_alone,
        patterns=PATTERN,
        missing=no_schema,
    ),
    Law(
        id="inner-failures-are-errors",
        sentence="when the inner model fails, the result is an error",
        why="the outer chat breaks off, or takes the failure for an answer",
        fix="catch what the inner chat raises, and return {'error': ...}",
        check=_failures,
        patterns=PATTERN,
        missing=no_schema,
    ),
    Law(
        id="no-code-is-executed",
        sentence="code that the inner model writes is not executed",
        why="agents execute fenced code by default: whoever talks to the model runs programs on this machine",
        fix="make the inner user proxy with code_execution_config=False",
        check=_no_code,
        patterns=PATTERN,
        missing=no_schema,
    ),
    Law(
        id="works-in-asynchronous-chats",
        sentence="called while an event loop runs, as in a_initiate_chat, the tool gives the same result",
        why="run_until_complete and asyncio.run raise inside of a loop",
        fix="make the tool an `async def` that awaits a_initiate_chat, or run the inner chat in a thread",
        check=_in_a_loop,
        patterns=PATTERN,
        missing=no_schema,
    ),
)
