"""``int("5.5")`` raises: the schema allows any amount, the code only whole millions.

Right: ``dollars`` in ``chained/directory.py``.
"""

from __future__ import annotations

import json

from autogen_harness.contracts import tool_contract
from toolbox.boundary import checked

SCHEMA = {
    "name": "score_lead",
    "parameters": {
        "type": "object",
        "properties": {
            "revenue": {"type": "string", "description": "Millions, such as 5M or 5.5M.", "pattern": r"^[0-9]{1,4}(\.[0-9])?M$"}
        },
        "required": ["revenue"],
        "additionalProperties": False,
    },
}


@checked(SCHEMA)
def score_lead(revenue: str) -> str:
    """Score a company by its revenue."""
    millions = int(revenue.replace("M", ""))
    return json.dumps({"lead_score": 40 if millions > 10 else 10})


test_score_lead = tool_contract(score_lead, pattern="chained", schema=SCHEMA)
