"""The function needs ``enrichment_data``; the schema does not require it, so a model may leave it out.

A call that follows the schema to the letter is a TypeError. Right: ``chained/schemas.py``.
"""

from __future__ import annotations

import json

from autogen_harness.contracts import tool_contract
from toolbox.boundary import checked

SCHEMA = {
    "name": "save_to_crm",
    "parameters": {
        "type": "object",
        "properties": {
            "company_name": {"type": "string", "description": "The company."},
            "lead_tier": {"type": "string", "description": "A, B or C."},
            "enrichment_data": {"type": "string", "description": "What is known about it, as text."},
        },
        "required": ["company_name", "lead_tier"],
        "additionalProperties": False,
    },
}


@checked(SCHEMA)
def save_to_crm(company_name: str, lead_tier: str, enrichment_data: str) -> str:
    """Save a lead."""
    return json.dumps({"saved": True, "company": company_name, "tier": lead_tier, "enrichment": enrichment_data})


test_save_to_crm = tool_contract(save_to_crm, pattern="chained", schema=SCHEMA)
