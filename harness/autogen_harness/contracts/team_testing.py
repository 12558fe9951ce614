"""From agents to a pytest test: one id a law."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from autogen_harness.contracts import hints as hint_words
from autogen_harness.contracts import placing, registry, subject, testing
from autogen_harness.contracts.team import maker


def team_contract(agents: Any, *, name: str = "", without: Mapping[str, str] | None = None) -> Callable[..., None]:
    """The tests that agents owe to each other, as one parametrized test function; bind it to a name that begins with ``test_``.

    Args:
        agents: a function that makes them, which every law calls anew; or the agents. Either is one agent, a team or group chat
            manager, or a collection of them. Two laws that change the agents need a function.
        name: what failures call the team; the function's name, or "agents", by default.
        without: laws that are left out, each with the reason.

    Returns:
        The test, as :func:`~autogen_harness.contracts.tool_contract` does.

    Raises:
        UsageError: ``without`` names an unknown law, or gives no reason; or a test runs.
    """
    caller = sys._getframe(1)
    placing.refuse_in_a_test(caller, "team_contract")
    hints = hint_words.read({"without": without} if without is not None else {}, by="team_contract")
    contract = subject.team(maker(agents), name or getattr(agents, "__name__", "agents"), hints)
    laws, not_checked = registry.owed(contract)
    return testing._dressed(testing._test_of(contract, laws), contract, laws, not_checked, caller)
