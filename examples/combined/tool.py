"""All tools of the patterns in one registry, each hardened as its pattern needs.

A registry holds a name once: a second tool of the same name is an error, not a replacement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import asynchronous.tool
import callback.tool
import chained.tool
import error_handled.tool
import synchronous.tool
from error_handled.retrying import resilient_tool

Tool = Callable[..., Any]
Schema = Mapping[str, Any]


def build_registry(tools: Iterable[tuple[Schema, Tool]]) -> dict[str, tuple[Schema, Tool]]:
    """Name -> (schema, function), in order. Raises ValueError for a name that comes twice."""
    registry: dict[str, tuple[Schema, Tool]] = {}
    for schema, function in tools:
        name = schema["name"]
        if name in registry:
            raise ValueError(f"two tools are called {name!r}; each needs a name of its own")
        registry[name] = (schema, function)
    return registry


REGISTRY = build_registry(
    [
        # Quick look-ups, now with the retries of the error-handled pattern: their answers say whether trying again can help.
        (synchronous.tool.GET_STOCK_PRICE_SCHEMA, resilient_tool(max_attempts=3)(synchronous.tool.get_stock_price)),
        (synchronous.tool.SEARCH_WEB_SCHEMA, resilient_tool(max_attempts=3)(synchronous.tool.search_web)),
        # Many at once: AutoGen awaits them.
        (asynchronous.tool.PARALLEL_WEB_RESEARCH_SCHEMA, asynchronous.tool.parallel_web_research),
        (asynchronous.tool.QUERY_DATABASE_SCHEMA, resilient_tool(max_attempts=2)(asynchronous.tool.query_database)),
        # Long work that tells of its progress, and an event that may be sent twice because it has an idempotency key.
        (callback.tool.RUN_DATA_PIPELINE_SCHEMA, callback.tool.make_data_pipeline_tool()),
        (callback.tool.REGISTER_WEBHOOK_SCHEMA, resilient_tool(max_attempts=3)(callback.tool.register_webhook_tool)),
        # Steps of a chain.
        (chained.tool.SEARCH_COMPANIES_SCHEMA, chained.tool.search_companies),
        (chained.tool.ENRICH_COMPANY_DATA_SCHEMA, chained.tool.enrich_company_data),
        (chained.tool.SCORE_LEAD_SCHEMA, chained.tool.score_lead),
        (chained.tool.SAVE_TO_CRM_SCHEMA, chained.tool.save_to_crm),
        # Anything else: resilient from the start.
        (error_handled.tool.CALL_EXTERNAL_API_SCHEMA, error_handled.tool.call_external_api),
        (error_handled.tool.READ_FILE_SAFE_SCHEMA, error_handled.tool.read_file_safe),
    ]
)

SCHEMAS = [schema for schema, _ in REGISTRY.values()]
FUNCTIONS = {name: function for name, (_, function) in REGISTRY.items()}
