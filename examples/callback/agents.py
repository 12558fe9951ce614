"""The data engineer: an assistant that is offered the callback tools, and a user proxy that runs them."""

from __future__ import annotations

from callback.progress import Callback
from callback.tool import SCHEMAS, make_data_pipeline_tool, register_webhook_tool
from toolbox.wiring import Pair, build_pair


def build_agents(callback: Callback | None = None) -> Pair:
    """A new pair: (user, engineer). ``callback`` is told about every step of the pipeline."""
    return build_pair(
        "engineer",
        {"run_data_pipeline": make_data_pipeline_tool(callback), "register_webhook_tool": register_webhook_tool},
        SCHEMAS,
        task="You run data pipelines, and announce each finished one to the webhook that the user names.",
    )
