"""What a tool owes whose body is a chat of agents: it ends, alone, quietly, and nothing of one call is in another.

The model of those agents is ours: see :mod:`autogen_harness.contracts.inner_model`.
"""

from __future__ import annotations

import builtins
import io
import json
import secrets
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.inner_model import END, calls_again, concludes, goes_on
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.callback import same_results
from autogen_harness.contracts.patterns.core import no_schema
from autogen_harness.contracts.unawaited import unawaited_ignored
from autogen_harness.contracts.verdicts import is_error, parsed
from autogen_harness.contracts.world import perform
from autogen_harness.llm.replies import Reply
from autogen_harness.llm.turns.fail import fail
from autogen_harness.patches import Patches
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from autogen_harness.contracts.inner_model import Behaviour
    from autogen_harness.contracts.world import Seen, World
    from autogen_harness.model import LlmRequest

_PATTERN = frozenset({"nested"})
_LLM_CALLS, _DEPTH = 20, 3  # where limits={...} says nothing else
_CODE = "```python\nprint('this must not run')\n```"
_UNASKED = "agents that ask a model through a framework that the harness knows (none was asked)"


def _watch(world: World, behaviour: Behaviour | None = None) -> Seen:
    """The ordinary call, with a model that behaves so."""
    usual = world.inner.behaviour
    world.inner.behaviour = behaviour or usual
    try:
        seen = world.call(world.ordinary)
    finally:
        world.inner.behaviour = usual
    if not world.inner.requests:
        world.unseen = _UNASKED
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
            seen = _watch(world, behaviour)
            if world.inner.depth > deepest:
                yield Breach(f"with a model that {what}, the tool is called within itself, {world.inner.depth} deep", seen)
            elif len(world.inner.requests) > most:
                yield Breach(f"with a model that {what}, it asks the model more than {most} times", seen)
    finally:
        world.inner.most = usual


def _alone(world: World) -> Iterator[Breach]:
    for behaviour in (None, *_restless(world).values()):
        with _no_keyboard(world.inner.ask_human):
            seen = _watch(world, behaviour)
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


def _apart(world: World) -> Iterator[Breach]:
    given, answered = (f"canary-{secrets.token_hex(8)}" for _ in range(2))
    first = _with_text(world, given)
    split: list[int] = []

    def twice(**ordinary: Any) -> Any:
        perform(world.contract.tool, first)
        split.append(len(world.inner.requests))
        return perform(world.contract.tool, ordinary)

    def behave(_: LlmRequest) -> Reply:
        return Reply(f"It is {'42' if split else answered}. {END}")

    usual, world.inner.behaviour = world.inner.behaviour, behave
    try:
        seen = world.call(world.ordinary, tool=twice)
    finally:
        world.inner.behaviour = usual
    if not world.inner.requests:
        world.unseen = _UNASKED
    later = world.inner.requests[split[0] :] if split else ()
    for canary, what in ((given, "asked"), (answered, "answered")):
        if _is_told(canary, later):
            yield Breach(f"what one call {what} is in what the model is asked in the next: {canary!r}", seen)


def _is_told(canary: str, requests: Sequence[LlmRequest]) -> bool:
    return any(canary in json.dumps(request.messages, default=repr) for request in requests)


def _with_text(world: World, canary: str) -> dict[str, Any]:
    """The ordinary arguments, with a canary in the first text that may hold it."""
    accepts = Checker(world.contract.schema).accepts
    texts = {name: f"{value} {canary}" for name, value in world.ordinary.items() if isinstance(value, str)}
    candidates = ({**world.ordinary, name: text} for name, text in texts.items())
    return next(filter(accepts, candidates), dict(world.ordinary))


def _failures(world: World) -> Iterator[Breach]:
    for failure in (fail(401), fail(429), fail(500), fail.timeout()):
        seen = _watch(world, lambda _, failure=failure: failure)  # type: ignore[misc]  # mypy infers no lambda with a default
        if not world.inner.requests:
            return
        if seen.raised is not None:
            yield Breach(f"the model fails with {failure}, and the tool raises {type(seen.raised).__name__}", seen)
        elif not is_error(parsed(seen.result)):
            yield Breach(f"the model fails with {failure}, and the result does not say so", seen)


def _no_code(world: World) -> Iterator[Breach]:
    seen = _watch(world, lambda _: Reply(f"{_CODE}\n{END}"))
    code = world.inner.code
    if not code:
        seen = _watch(world, lambda _: Reply(_CODE))
        code = world.inner.code
    if code:
        yield Breach(f"code from a message is about to be executed: {code[0].strip().splitlines()[0]!r}", seen)


def _quiet(world: World) -> Iterator[Breach]:
    said = f"The answer is {secrets.token_hex(4)}."
    with redirect_stdout(io.StringIO()) as out:
        seen = _watch(world, concludes(said))
    printed = out.getvalue().splitlines()
    if any(said in line for line in printed):  # a line of the framework's own about its state is no conversation
        yield Breach(f"what the inner agents say is printed, in {len(printed)} lines", seen)


def _in_a_loop(world: World) -> Iterator[Breach]:
    outside = _watch(world)
    with unawaited_ignored():
        inside = world.call(world.ordinary, in_loop=True)
    if inside.raised is not None and outside.raised is None:
        yield Breach(f"called by a chat that is asynchronous, it raises {type(inside.raised).__name__}", inside)
    elif not same_results(world.contract, outside, inside):
        yield Breach("called by a chat that is asynchronous, its result is another", inside)


def _outer_goes_on(world: World) -> Iterator[Breach]:
    seen = _watch(world, concludes("It is so."))
    if isinstance(seen.result, str) and END in seen.result:
        yield Breach(f"the word that ends the inner chat, {END}, stands in the result", seen)


LAWS = (
    Law(
        id="nesting-ends",
        sentence="whatever its model does, the tool ends after a bounded number of model calls, and does not nest too deep",
        why="a model that calls the tool again from within never comes back, and every call costs money",
        fix="give the inner chat max_turns, do not offer it the tool itself, and say what is right: limits={'llm_calls': 20}",
        check=_ends,
        patterns=_PATTERN,
        missing=no_schema,
    ),
    Law(
        id="nobody-is-asked",
        sentence="no person is asked for anything within the tool",
        why="in production nobody sits there, and the chat waits for ever",
        fix='make the inner user proxy with human_input_mode="NEVER"',
        check=_alone,
        patterns=_PATTERN,
        missing=no_schema,
    ),
    Law(
        id="conversations-do-not-leak",
        sentence="nothing of one call is in what the model is asked in the next",
        why="one customer's question is in another's conversation",
        fix="make the inner agents anew for every call, or clear their history: initiate_chat(clear_history=True)",
        check=_apart,
        patterns=_PATTERN,
        missing=no_schema,
    ),
    Law(
        id="inner-failures-are-errors",
        sentence="when the inner model fails, the result is an error",
        why="the outer chat breaks off, or takes the failure for an answer",
        fix="catch what the inner chat raises, and return {'error': ...}",
        check=_failures,
        patterns=_PATTERN,
        missing=no_schema,
    ),
    Law(
        id="no-code-is-executed",
        sentence="code that the inner model writes is not executed",
        why="agents execute fenced code by default: whoever talks to the model runs programs on this machine",
        fix="make the inner user proxy with code_execution_config=False",
        check=_no_code,
        patterns=_PATTERN,
        missing=no_schema,
    ),
    Law(
        id="nesting-is-quiet",
        sentence="what the inner agents say is not printed",
        why="the log of the outer chat is lost in that of the inner one",
        fix="initiate_chat(silent=True)",
        check=_quiet,
        patterns=_PATTERN,
        missing=no_schema,
        severity="warning",
    ),
    Law(
        id="works-in-asynchronous-chats",
        sentence="called while an event loop runs, as in a_initiate_chat, the tool gives the same result",
        why="run_until_complete and asyncio.run raise inside of a loop",
        fix="make the tool an `async def` that awaits a_initiate_chat, or run the inner chat in a thread",
        check=_in_a_loop,
        patterns=_PATTERN,
        missing=no_schema,
    ),
    Law(
        id="an-inner-end-does-not-end-the-outer-chat",
        sentence="the word that ends the inner chat is not in the result",
        why="the outer chat reads it in the tool's answer, and ends before the model has seen it",
        fix=f'take it out of the answer: text.replace("{END}", "")',
        check=_outer_goes_on,
        patterns=_PATTERN,
        missing=no_schema,
    ),
)
