"""Matchers of the test's own: functions that say whether a request is the one that was recorded, or what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness import origin
from autogen_harness.cassettes.matching import matchers
from autogen_harness.cassettes.matching.places import Mark
from autogen_harness.differences import Difference
from autogen_harness.errors import told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from autogen_harness.cassettes.cassette import Interaction, Queued
    from autogen_harness.cassettes.matching.asked import Asked
    from autogen_harness.model import HttpRequest

    Matcher = Callable[[HttpRequest, HttpRequest], Iterable[Difference] | bool]


def fits(queued: Queued, asked: Asked) -> bool:
    """Does the function of a queued interaction accept a request? One that raises does not, and the error is kept."""
    return not _said(queued, asked)


def differences(queued: Queued, asked: Asked) -> list[Difference]:
    """All that stands between a request and an interaction that has a function; method and host come before it."""
    one = queued.interaction
    hosts = [found for found in matchers.origin(one, asked) if found.path == "host"]
    return [*matchers.method(one, asked), *hosts] or _said(queued, asked)


def _said(queued: Queued, asked: Asked) -> list[Difference]:
    function: Any = queued.match
    try:
        said = function(queued.interaction.request, asked.request)
        found = said if isinstance(said, bool) else list(said)
    except Exception as error:  # noqa: BLE001 - whatever the test's own code raises is told, and never met by the client
        where = origin.raised_at(error)
        queued.doubt = told(error) + (f" at {where}" if where else "")
        return [_refused(function, queued.doubt)]
    if isinstance(said, str):  # it would pass for differences, letter by letter
        return [_refused(function, f"the text {said!r}: let it return a bool, or differences")]
    if isinstance(found, bool):
        return [] if found else [_refused(function, "another")]
    wrong = next((one for one in found if not isinstance(one, Difference)), None)
    return found if wrong is None else [_refused(function, f"{wrong!r}, which is no Difference")]


def _refused(function: Any, met: str) -> Difference:
    return Difference("match", Mark(f"a request that {name(function)} accepts"), Mark(met))


def name(function: Any) -> str:
    """What a reader knows a function by."""
    called = getattr(function, "__name__", repr(function))
    code = getattr(function, "__code__", None)
    return f"{called} (line {code.co_firstlineno})" if code is not None and called == "<lambda>" else str(called)


def indexed_at(interaction: Interaction) -> set[tuple[str, str]]:
    """Method and host of the requests that a function is asked about."""
    return {(method, host) for method, _, host, _ in matchers.origins(interaction)}
