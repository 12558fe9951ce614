"""What a contract wants to know of a tool and nobody has said: its patterns, and which cassettes are its upstream.

A guess is made by looking: the signature, and one ordinary call in a contract's world, whose requests are noted and refused.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from autogen_harness.cassettes.files import store
from autogen_harness.contracts import hints, subject
from autogen_harness.contracts.answering import origins
from autogen_harness.contracts.answering.upstream import status
from autogen_harness.contracts.calling.performing import is_async
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.generation.names import kind_of
from autogen_harness.contracts.reading.verdicts import is_error, not_json, parsed
from autogen_harness.errors import told
from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from autogen_harness.contracts.calling.world import Seen
    from autogen_harness.contracts.subject import Contract
    from autogen_harness.survey.discovery import Tool
    from autogen_harness.survey.verdicts import Plan

ANY_ADDRESS = "webhook/httpbin-echo"
"""The upstream of a tool that asks whatever address it is told to: one that says what it was sent."""

_CALLBACK = re.compile(r"callback|listener|on_[a-z]+|progress|notify")
_MOST = 500  # cassettes looked at to find one for a host


@dataclass(frozen=True, slots=True)
class Guess:
    """A tool with what was found out about it.

    Attributes:
        contract: to be checked.
        strangers: hosts that it asks and that no cassette answers for.
        arguments: those of an ordinary call.
        asks: method and URL of each request of such a call; of one that a stranger refuses, the first.
        trouble: what the call gives where it does not succeed.
    """

    contract: Contract
    strangers: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)
    asks: tuple[tuple[str, str], ...] = ()
    trouble: str = ""


def guess(tool: Tool, roots: Sequence[Path]) -> Guess:
    """Find out what can be found out.

    Raises:
        UsageError: the tool has neither a schema nor simple type hints.
    """
    made = _plain(tool, roots)
    looked = _look(made)
    found = {url: _cassette_for(url, roots) for _, url in looked.asks if urlsplit(url).hostname not in _hosts(made)}
    names = tuple(dict.fromkeys(name for name in found.values() if name))
    strangers = {urlsplit(url).hostname or url for url, name in found.items() if name is None}
    if names:  # now it is answered, and may go on
        looked = _look(replace(made, upstream=(*made.upstream, *names)))
    made = looked.contract
    if made.upstream and not strangers and _asks_again(made):
        made = replace(made, patterns=made.patterns | {"error-handled"})
    return replace(looked, contract=made, strangers=tuple(sorted(strangers)))


def known(tool: Tool, roots: Sequence[Path], plan: Plan) -> Guess:
    """What was found out before, in another process: the tool is not called again.

    Raises:
        UsageError: as :func:`guess` does.
    """
    made = replace(_plain(tool, roots), patterns=frozenset(plan.patterns), upstream=tuple(plan.upstream))
    asks = tuple((method, url) for method, url in plan.asks)
    return Guess(made, tuple(plan.strangers), plan.arguments, asks, plan.trouble)


def _hosts(contract: Contract) -> set[str]:
    return {host for origin in origins.load(contract.upstream, contract.roots) for host in origin.hosts}


def _plain(tool: Tool, roots: Sequence[Path]) -> Contract:
    """The contract by what the signature and the schema say."""
    pattern = ["async" if is_async(tool.function) else "sync"]
    said: dict[str, Any] = {}
    if callback := _callback(tool):
        pattern, said = [*pattern, "callback"], {"callback": callback}
    made = subject.contract(
        tool.function, pattern=pattern, schema=tool.schema, upstream=(), hints=hints.read(said, by="autogen-harness check")
    )
    takes_address = any(kind_of(name, schema) in ("url", "urls") for name, schema in made.properties.items())
    return replace(made, name=tool.name, roots=tuple(roots), upstream=(ANY_ADDRESS,) if takes_address else ())


def _callback(tool: Tool) -> str:
    """The parameter that takes a callback: one that speaks of it, and that is not the model's to set."""
    offered = _offered(tool.schema)
    names = inspect.signature(tool.function).parameters
    return next((name for name in names if _CALLBACK.fullmatch(name) and name not in offered), "")


def _offered(schema: Any) -> Mapping[str, Any]:
    parameters = schema.get("parameters", schema) if schema else {}
    found: Mapping[str, Any] = parameters.get("properties", {})
    return found


def _look(contract: Contract) -> Guess:
    """Make an ordinary call, and see which requests it sends."""
    if not contract.sound:
        return Guess(contract)
    with World(contract) as world:
        seen = world.call(world.ordinary)
        answered = [(request.method, request.url) for request in seen.attempts]
        missed = [(str(one.fields["method"]), str(one.fields["url"])) for one in seen.astray if one.rule == "http-unmatched"]
        return Guess(contract, (), dict(world.ordinary), tuple(answered + missed), _trouble(seen))


def _trouble(seen: Seen) -> str:
    if seen.raised is not None:
        return told(seen.raised)
    return not_json(seen.result) or (str(seen.result) if is_error(parsed(seen.result)) else "")


def _cassette_for(url: str, roots: Sequence[Path]) -> str | None:
    """The cassette with the best answer for an address: a success, with the path most like it; None where none has the host."""
    host = urlsplit(url).hostname or ""
    fitting = [
        (one.outcome.status < 300, _alike(one.request.url, url), name)
        for name, one in store.every(roots, _MOST)[0]
        if host in (one.match.hosts or (urlsplit(one.request.url).hostname,)) and isinstance(one.outcome, HttpReply)
    ]
    return max(fitting)[2] if fitting else None


def _alike(recorded: str, asked: str) -> float:
    return SequenceMatcher(None, urlsplit(recorded).path, urlsplit(asked).path).ratio()


def _asks_again(contract: Contract) -> bool:
    """Whether it tries more than once where the server is out of order for a moment."""
    with World(contract) as world:
        return world.call(world.ordinary, status(world.main, 503)).most_attempts > 1
