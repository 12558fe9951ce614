"""The operator: an assistant that is offered the error-handled tools, and a user proxy that runs them."""

from __future__ import annotations

from error_handled.tool import SCHEMAS, call_external_api, read_file_safe
from toolbox.wiring import Pair, build_pair


def build_agents() -> Pair:
    """A new pair: (user, operator)."""
    return build_pair(
        "operator",
        {"call_external_api": call_external_api, "read_file_safe": read_file_safe},
        SCHEMAS,
        task="You operate services. If a tool says that trying again cannot help, report that instead of repeating the call.",
    )
