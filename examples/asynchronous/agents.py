"""The researcher: an assistant that is offered the asynchronous tools, and a user proxy that awaits them."""

from __future__ import annotations

from asynchronous.tool import SCHEMAS, parallel_web_research, query_database
from toolbox.wiring import Pair, build_pair


def build_agents() -> Pair:
    """A new pair: (user, researcher). Start their chat with ``await user.a_initiate_chat(researcher, message=...)``."""
    return build_pair(
        "researcher",
        {"parallel_web_research": parallel_web_research, "query_database": query_database},
        SCHEMAS,
        task="You research. Fetch all pages that you need in one call; look into the research database before the web.",
    )
