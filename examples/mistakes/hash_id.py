"""``hash`` of a string differs from process to process, so after a restart the same company has another id.

Right: ``hashlib``; see ``save_to_crm`` in ``chained/tool.py``.
"""

from __future__ import annotations

import json

from autogen_harness.contracts import tool_contract
from toolbox.boundary import checked

SCHEMA = {
    "name": "save_to_crm",
    "parameters": {
        "type": "object",
        "properties": {"company_name": {"type": "string", "description": "The company's name."}},
        "required": ["company_name"],
        "additionalProperties": False,
    },
}


@checked(SCHEMA)
def save_to_crm(company_name: str) -> str:
    """Save a lead."""
    return json.dumps({"saved": True, "crm_id": f"LEAD-{hash(company_name) % 100_000:05d}"})


test_save_to_crm = tool_contract(save_to_crm, pattern="chained", schema=SCHEMA)
