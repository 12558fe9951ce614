"""The sales researcher: an assistant that is offered the chained tools, and a user proxy that runs them."""

from __future__ import annotations

from chained.tool import SCHEMAS, enrich_company_data, save_to_crm, score_lead, search_companies
from toolbox.wiring import Pair, build_pair


def build_agents() -> Pair:
    """A new pair: (user, sales_researcher)."""
    functions = (search_companies, enrich_company_data, score_lead, save_to_crm)
    return build_pair(
        "sales_researcher",
        {function.__name__: function for function in functions},
        SCHEMAS,
        task="You research sales leads. For each company found: enrich its data, score it, save it to the CRM.",
    )
