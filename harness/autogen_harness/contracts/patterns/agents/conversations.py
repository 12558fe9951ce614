"""What is said within a tool stays there: not in the next call, not on the screen, not in the outer chat."""

from __future__ import annotations

import io
import json
import secrets
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

from autogen_harness.adapters import histories
from autogen_harness.contracts.calling.inner_model import END, concludes
from autogen_harness.contracts.calling.performing import perform
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.agents.nested import PATTERN, UNASKED, watch
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.team import maker, values_of, without_clients
from autogen_harness.errors import UsageError
from autogen_harness.llm.replies import Reply
from autogen_harness.schemas import Checker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.model import LlmRequest


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
        world.unseen = UNASKED
    later = world.inner.requests[split[0] :] if split else ()
    for canary, what in ((given, "asked"), (answered, "answered")):
        if _is_told(canary, later):
            yield Breach(f"what one call {what} is in what the model is asked in the next: {canary!r}", seen)


def _is_told(canary: str, requests: Sequence[LlmRequest]) -> bool:
    return any(canary in json.dumps(request.messages, default=repr) for request in requests)


def _outside(world: World) -> Iterator[Breach]:
    canary = f"canary-{secrets.token_hex(8)}"
    with without_clients():
        agents = values_of(maker(world.contract.hints.outer)())
    with _heard(agents, canary):
        seen = watch(world)
    if _is_told(canary, world.inner.requests):
        yield Breach(f"what the agents of the outer chat have heard is in what the inner model is asked: {canary!r}", seen)


@contextmanager
def _heard(agents: list[Any], text: str) -> Iterator[None]:
    """The agents have heard a text, as long as the block lasts.

    Raises:
        UsageError: there is no agent among them.
    """
    restores = histories.tell(agents, text)
    if not restores:
        message = (
            "outer=...: there is no agent with a history in it; give the agents of the outer chat, or a function that does"
        )
        raise UsageError(message)
    try:
        yield
    finally:
        for restore in restores:
            restore()


def _with_text(world: World, canary: str) -> dict[str, Any]:
    """The ordinary arguments, with a canary in the first text that may hold it."""
    accepts = Checker(world.contract.schema).accepts
    texts = {name: f"{value} {canary}" for name, value in world.ordinary.items() if isinstance(value, str)}
    candidates = ({**world.ordinary, name: text} for name, text in texts.items())
    return next(filter(accepts, candidates), dict(world.ordinary))


def _quiet(world: World) -> Iterator[Breach]:
    said = f"The answer is {secrets.token_hex(4)}."
    with redirect_stdout(io.StringIO()) as out:
        seen = watch(world, concludes(said))
    printed = out.getvalue().splitlines()
    if any(said in line for line in printed):  # a line of the framework's own about its state is no conversation
        yield Breach(f"what the inner agents say is printed, in {len(printed)} lines", seen)


def _outer_goes_on(world: World) -> Iterator[Breach]:
    seen = watch(world, concludes("It is so."))
    if isinstance(seen.result, str) and END in seen.result:
        yield Breach(f"the word that ends the inner chat, {END}, stands in the result", seen)


LAWS = (
    Law(
        id="conversations-do-not-leak",
        sentence="nothing of one call is in what the model is asked in the next",
        why="one customer's question is in another's conversation",
        fix="make the inner agents anew for every call, or clear their history: initiate_chat(clear_history=True)",
        check=_apart,
        patterns=PATTERN,
        missing=no_schema,
    ),
    Law(
        id="outer-history-stays-outside",
        sentence="what the agents of the outer chat have heard is not in what the inner model is asked, but for the arguments",
        why="what a customer told one agent is told to another, who should not know it, and every inner call pays for it",
        fix="make the inner agents for every call, and hand them what they must know as arguments",
        check=_outside,
        patterns=PATTERN,
        needs=("outer",),
        missing=no_schema,
    ),
    Law(
        id="nesting-is-quiet",
        sentence="what the inner agents say is not printed",
        why="the log of the outer chat is lost in that of the inner one",
        fix="initiate_chat(silent=True)",
        check=_quiet,
        patterns=PATTERN,
        missing=no_schema,
        severity="warning",
    ),
    Law(
        id="an-inner-end-does-not-end-the-outer-chat",
        sentence="the word that ends the inner chat is not in the result",
        why="the outer chat reads it in the tool's answer, and ends before the model has seen it",
        fix=f'take it out of the answer: text.replace("{END}", "")',
        check=_outer_goes_on,
        patterns=PATTERN,
        missing=no_schema,
    ),
)
