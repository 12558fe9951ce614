"""One assistant that is offered every tool, and the user proxy that runs them."""

from __future__ import annotations

from combined.tool import FUNCTIONS, SCHEMAS
from toolbox.wiring import Pair, build_pair


def build_agents() -> Pair:
    """A new pair: (user, generalist). Async tools run in ``initiate_chat`` and ``a_initiate_chat`` alike."""
    return build_pair("generalist", FUNCTIONS, SCHEMAS, task="You solve tasks with your tools.")
