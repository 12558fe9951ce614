"""The schemas of the chained tools. One thing has one name along the chain: an answer's fields are the next arguments."""

from __future__ import annotations

from typing import Any

from chained.directory import FUNDING, MONEY_PATTERN

TIERS = ("A", "B", "C")
"""How good a lead is, best first."""

COMPANY_NAME = {
    "type": "string",
    "description": "The company's name as search_companies gives it.",
    "minLength": 1,
    "maxLength": 200,
    "examples": ["Larkspur Analytics"],
}


def _tool(name: str, description: str, required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "parameters": {"type": "object", "properties": properties, "required": required, "additionalProperties": False},
    }


SEARCH_COMPANIES_SCHEMA = _tool(
    "search_companies",
    "Find the companies of an industry that have at least a certain revenue.",
    ["industry"],
    industry={
        "type": "string",
        "description": "An industry, such as software, manufacturing, energy or health.",
        "minLength": 1,
        "maxLength": 100,
        "examples": ["software"],
    },
    min_revenue={
        "type": "string",
        "description": "The least revenue a year in US dollars, such as 500K, 5.5M or 1B.",
        "pattern": MONEY_PATTERN,
        "default": "1M",
    },
)

ENRICH_COMPANY_DATA_SCHEMA = _tool(
    "enrich_company_data",
    "Get everything that is known about one company.",
    ["company_name"],
    company_name=COMPANY_NAME,
)

SCORE_LEAD_SCHEMA = _tool(
    "score_lead",
    "Score a company as a sales lead, from 0 to 100, and put it into tier A, B or C.",
    ["company_name", "revenue", "employees", "recent_funding"],
    company_name=COMPANY_NAME,
    revenue={
        "type": "string",
        "description": "Revenue a year in US dollars, such as 500K, 5.5M or 1B.",
        "pattern": MONEY_PATTERN,
        "examples": ["12.5M"],
    },
    employees={
        "type": "integer",
        "description": "How many people work there.",
        "minimum": 1,
        "maximum": 10_000_000,
        "examples": [120],
    },
    recent_funding={
        "type": "string",
        "description": "The latest round of funding.",
        "enum": list(FUNDING),
    },
)

SAVE_TO_CRM_SCHEMA = _tool(
    "save_to_crm",
    "Save a lead of tier A or B to the CRM; saving the same company again updates its record. Tier C is not kept.",
    ["company_name", "lead_tier", "enrichment_data"],
    company_name=COMPANY_NAME,
    lead_tier={"type": "string", "description": "The tier that score_lead gave.", "enum": list(TIERS)},
    enrichment_data={
        "type": "object",
        "description": "What enrich_company_data answered, as it is.",
        "examples": [{"founded": 2016, "headquarters": "Lisbon"}],
    },
)

SCHEMAS = [SEARCH_COMPANIES_SCHEMA, ENRICH_COMPANY_DATA_SCHEMA, SCORE_LEAD_SCHEMA, SAVE_TO_CRM_SCHEMA]
