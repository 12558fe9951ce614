"""From a tool and its schema to a pytest test: one id a law."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from autogen_harness.contracts import hints as hint_words
from autogen_harness.contracts import placing, registry, replaying, subject
from autogen_harness.contracts.answering import origins
from autogen_harness.contracts.failure import ContractWarning, LawBroken
from autogen_harness.contracts.law import NotShown
from autogen_harness.contracts.memory import Memory
from autogen_harness.errors import HarnessError, UsageError
from autogen_harness.settings import project_settings
from autogen_harness.settings_search import find_project
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import FrameType

    from autogen_harness.contracts.law import Law
    from autogen_harness.contracts.registry import NotChecked


def tool_contract(
    tool: Callable[..., Any],
    *,
    pattern: str | Sequence[str] = "sync",
    schema: Any = None,
    upstream: Sequence[str] | str = (),
    **hints: Any,
) -> Callable[..., None]:
    """The tests that a tool owes, as one parametrized test function; bind it to a name that begins with ``test_``.

    Write it in a module or in the body of a class: pytest collects it from there.

    Args:
        tool: the function, ordinary or ``async def``.
        pattern: one or several of sync, async, callback, webhook, chained, error-handled, nested.
        schema: what the model sees: an OpenAI tool, a ``functions`` entry, or the parameters schema; None reads type hints.
        upstream: names of cassettes; every request to their hosts is answered by the interaction, or the fault, under test.
        **hints: see :class:`~autogen_harness.contracts.hints.Hints`.

    Returns:
        The test. Its ``not_checked`` lists laws that the tool owes and that could not be checked, with the keyword that is
        missing; its ``contract`` is what was understood; its ``holds(law, arguments, fault=...)`` makes one call alone.

    Raises:
        UsageError: an unknown hint, pattern, law or argument (with the nearest), or no schema can be found; or a test runs.
    """
    place = _Place(sys._getframe(1), "tool_contract")
    return _contract(place, tool, hints, pattern=pattern, schema=schema, upstream=upstream)


def retry_contract(
    tool: Callable[..., Any], *, schema: Any = None, upstream: Sequence[str] | str = (), **hints: Any
) -> Callable[..., None]:
    """The tests that a tool owes that tries again: :func:`tool_contract` with the pattern ``error-handled``.

    ``max_attempts`` and ``backoff`` are read from the decorator where it is tenacity's, stamina's or backoff's.

    Args:
        tool: the function, with what makes it try again.
        schema: as in :func:`tool_contract`.
        upstream: as in :func:`tool_contract`; callables that may fail are named in ``collaborators={...}``.
        **hints: see :class:`~autogen_harness.contracts.hints.Hints`.

    Returns:
        The test, as :func:`tool_contract` does.

    Raises:
        UsageError: as :func:`tool_contract` does.
    """
    place = _Place(sys._getframe(1), "retry_contract")
    return _contract(place, tool, hints, pattern="error-handled", schema=schema, upstream=upstream)


class _Place(NamedTuple):
    """Where a test stands in the user's file, and which function makes it."""

    caller: FrameType
    by: str


def _contract(
    place: _Place,
    tool: Callable[..., Any],
    hints: dict[str, Any],
    *,
    pattern: str | Sequence[str],
    schema: Any,
    upstream: Sequence[str] | str,
) -> Callable[..., None]:
    caller = place.caller
    placing.refuse_in_a_test(caller, place.by)
    words = hint_words.read(hints, by=place.by)
    contract = subject.contract(tool, pattern=pattern, schema=schema, upstream=upstream, hints=words)
    if contract.home is None:
        contract = replace(contract, home=subject.home_in(tool, caller.f_globals))
    laws, not_checked = registry.owed(contract)
    test = _test_of(contract, laws)
    return _dressed(test, contract, laws, not_checked, caller)


def chain_contract(
    steps: Sequence[Callable[..., Any]], *, schemas: Any = None, upstream: Sequence[str] | str = (), **hints: Any
) -> Callable[..., None]:
    """The tests that tools owe to each other when one's answer is the next one's input.

    Args:
        steps: the functions, first to last.
        schemas: their schemas in the same order, or by tool name; None reads type hints.
        upstream: names of cassettes, as in :func:`tool_contract`.
        **hints: ``example``, arguments of the first step (or of any, by its name); ``mapping``, by step and parameter the path
            of its value, such as ``{"enrich": {"name": "search.companies[0].name"}}`` or a function of all results. A parameter
            without one takes the field of its own name from the latest result that has it. ``output_schema``: by step.

    Returns:
        The test, as :func:`tool_contract` does.

    Raises:
        UsageError: fewer than two steps, an unknown hint or step, or no schema can be found; or a test runs.
    """
    caller = sys._getframe(1)
    placing.refuse_in_a_test(caller, "chain_contract")
    words = hint_words.read(hints, by="chain_contract")
    chain = subject.chain(steps, schemas=schemas, upstream=upstream, hints=words)
    laws, not_checked = registry.owed(chain)
    return _dressed(_test_of(chain, laws), chain, laws, not_checked, caller)


def _test_of(contract: subject.Contract, laws: Sequence[Law]) -> Callable[..., None]:
    @pytest.mark.parametrize("law", [pytest.param(law, id=law.id) for law in laws])
    def test_contract(law: Law, request: pytest.FixtureRequest) -> None:
        __tracebackhide__ = True
        memory = Memory(request.node)
        try:
            unseen = memory.check(law, replace(contract, roots=cassette_folders(request.config)))
        except NotShown as reason:
            pytest.skip(str(reason))
        except LawBroken as broken:
            if broken.evidence.severity == "error":
                raise
            _warn(str(broken), test_contract)
            return
        if unseen:
            _add(test_contract, registry.NotChecked(law.id, unseen))

    return test_contract


def _warn(text: str, test: Any) -> None:
    """Warn at the line of the user's file that makes the contract."""
    place = test.place_as.__code__
    warnings.warn_explicit(f"{text}\n", ContractWarning, place.co_filename, place.co_firstlineno)


def _add(test: Any, gap: NotChecked) -> None:
    """Known when the law has been checked, and not before."""
    test.not_checked = tuple(dict.fromkeys((*test.not_checked, gap)))


def look_up_upstream(test: Any, config: pytest.Config) -> None:
    """Find the cassettes of a contract while tests are collected: an unknown name is one error, and not one a law.

    Raises:
        pytest.Collector.CollectError: there is no such cassette, or its file is not one.
    """
    contract: subject.Contract = test.contract
    try:
        origins.load(contract.upstream, cassette_folders(config))
    except HarnessError as error:
        message = f"the contract of {contract.name}: upstream={contract.upstream}: {error}"
        raise pytest.Collector.CollectError(message) from None


def cassette_folders(config: pytest.Config) -> tuple[Path, ...]:
    """The project's own cassette folder, as the plugin's settings name it."""
    if not config.pluginmanager.has_plugin("autogen_harness"):
        return ()
    return (config.rootpath / _cassettes(config.rootpath, config.getini("harness_cassettes") or ""),)


@cache
def _cassettes(root: Path, ini: str) -> str:
    return project_settings(root, {"cassettes": ini} if ini else {}).cassettes


def _dressed(
    test: Any, contract: Any, laws: Iterable[Law], not_checked: Sequence[NotChecked], caller: Any
) -> Callable[..., None]:
    lines = [f"{law.id}: {law.sentence}." for law in laws]
    test.__doc__ = "\n".join([f"{contract.name} keeps its contract.", "", *lines])
    test.__module__ = caller.f_globals.get("__name__", test.__module__)
    test.place_as = placing.line_of(caller)
    test.contract, test.not_checked, test.laws = contract, tuple(not_checked), tuple(laws)
    test.holds = partial(_hold, contract)
    return placing.fit_for(caller, test)


def _hold(contract: subject.Contract, law: str, arguments: Mapping[str, Any], *, fault: str = "") -> None:
    """Make one call, and see that it keeps a law: what a failure offers to paste.

    Args:
        contract: of which tool; bound already.
        law: its id.
        arguments: of the call, by name.
        fault: what the upstream answers, as a failure calls it; "" for no fault.

    Raises:
        LawBroken: the law's own subclass.
        UsageError: the contract owes no such law, or the law does not look at such a call.
    """
    __tracebackhide__ = True
    laws = {owed.id: owed for owed in registry.owed(contract)[0]}
    if law not in laws:
        message = f"{contract.name} owes no law {law!r} that can be checked; {nearest_or_all(law, laws)}"
        raise UsageError(message)
    root, settings = find_project(Path.cwd())
    replaying.hold(laws[law], replace(contract, roots=(root / settings.cassettes,)), arguments, fault)


@dataclass(frozen=True, slots=True)
class ContractSummary:
    """What one contract of a session checks: for the terminal summary and the run file."""

    tool: str
    patterns: tuple[str, ...]
    checked: tuple[str, ...]
    not_checked: tuple[NotChecked, ...]


def contracts_in(items: Iterable[pytest.Item]) -> list[ContractSummary]:
    """The contracts among collected tests, each once, in the order of collection."""
    found: dict[int, ContractSummary] = {}
    for item in items:
        test: Any = getattr(item, "obj", None)
        if isinstance(getattr(test, "laws", None), tuple) and hasattr(test, "not_checked"):
            patterns = tuple(sorted(test.contract.patterns))
            found[id(test)] = ContractSummary(
                test.contract.name, patterns, tuple(law.id for law in test.laws), test.not_checked
            )
    return list(found.values())
