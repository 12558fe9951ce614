"""Calls that ask for many things at once: addresses of the upstream that differ in a token, and what answers them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from autogen_harness.cassettes import fault
from autogen_harness.contracts.answering.upstream import Plan
from autogen_harness.contracts.generation.arguments import MANY, batch_parameter, batch_value
from autogen_harness.contracts.patterns.every.envelope import needs_upstream
from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from autogen_harness.contracts.answering.upstream import Answer
    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.subject import Contract
    from autogen_harness.model import HttpRequest


def needs_batch(contract: Contract) -> str:
    """What a law wants that looks at several requests of one call."""
    many = "" if batch_parameter(contract) else "a parameter that holds many addresses, such as urls"
    return needs_upstream(contract) or many


def token(number: int, size: int = MANY) -> str:
    """What the address number ``number`` holds, and no other does."""
    return f"item-{number}-of-{size}"


def addresses(world: World, size: int = MANY) -> list[str]:
    """Addresses of the upstream, each with its token."""
    return [_with_token(world.main.url, token(number, size)) for number in range(size)]


def batch(world: World, items: Sequence[str]) -> dict[str, Any]:
    """The ordinary call, with these items."""
    name = batch_parameter(world.contract)
    return {**world.ordinary, name: batch_value(world.contract.properties[name], items)}


def most_items(world: World, wanted: int) -> int:
    """So many items, or as many as the schema allows."""
    limit = world.contract.properties[batch_parameter(world.contract)].get("maxItems")
    return wanted if limit is None else min(wanted, limit)


def _with_token(url: str, mark: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=f"{parts.query}&item={mark}" if parts.query else f"item={mark}"))


def number_of(request: HttpRequest, size: int = MANY) -> int:
    """Which item a request is for."""
    return next((number for number in range(size) if token(number, size) in request.url), 0)


def reply_to(number: int, size: int = MANY) -> HttpReply:
    """The answer for an item, which names its token."""
    return HttpReply(
        200, "OK", (("content-type", "application/json"),), b'{"text": "reply to %s"}' % token(number, size).encode()
    )


@dataclass
class Meter:
    """An upstream that takes ``seconds`` for each reply, and notes when it was asked for it."""

    seconds: float
    size: int
    now: Callable[[], float]
    _began: list[float] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        """What it answers."""
        return Plan(f"each reply takes {self.seconds:g} s", self._give, 200)

    @property
    def most_open(self) -> int:
        """How many requests were open at the same time, at most."""
        return max((sum(begun <= moment < begun + self.seconds for begun in self._began) for moment in self._began), default=0)

    def _give(self, request: HttpRequest, _: int) -> Answer:
        self._began.append(self.now())
        return fault.slow(self.seconds).over(reply_to(number_of(request, self.size), self.size))
