"""The coordinator with its one tool, and the pair of agents that works inside that tool."""

from __future__ import annotations

from nested.tool import SCHEMAS, ask_research_agent
from synchronous.tool import SEARCH_WEB_SCHEMA, search_web
from toolbox.wiring import Pair, build_pair


def build_agents() -> Pair:
    """A new pair: (user, coordinator)."""
    return build_pair(
        "coordinator",
        {"ask_research_agent": ask_research_agent},
        SCHEMAS,
        task="You answer questions. Hand what has to be looked up to the research agent, one question at a time.",
    )


def build_inner_agents() -> Pair:
    """A new pair for one call of the tool: (research_runner, researcher)."""
    return build_pair(
        "researcher",
        {"search_web": search_web},
        [SEARCH_WEB_SCHEMA],
        task="You look things up on the web and answer in a few sentences.",
        user="research_runner",
    )
