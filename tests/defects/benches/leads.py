"""Tools that find companies, score them, and keep them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from defects.importable import made
from defects.workbench import Bench, Defect, OutOfReach, contract

from autogen_harness.contracts.subject import Contract
from chained.directory import FUNDING, companies, dollars
from chained.schemas import SAVE_TO_CRM_SCHEMA, SCORE_LEAD_SCHEMA, SEARCH_COMPANIES_SCHEMA
from toolbox.boundary import checked
from toolbox.envelope import failure, success


def changed(schema: Mapping[str, Any], *, required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    """A schema with other parameters."""
    parameters = schema["parameters"]
    together = {**parameters["properties"], **properties}
    return {**schema, "parameters": {**parameters, "properties": together, "required": required or parameters["required"]}}


# -- search --------------------------------------------------------------------------------------------------------------------


def searching(bugs: frozenset[str]) -> Callable[..., str]:
    """Lists the companies of an industry."""

    @checked(SEARCH_COMPANIES_SCHEMA)
    def search(industry: str, min_revenue: str = "1M") -> str:
        found = [one for one in companies() if "H6" in bugs or dollars(one.revenue) >= dollars(min_revenue)]
        wanted = [one for one in found if one.industry == industry.strip().casefold()]
        return success(companies=[{"company_name": one.company_name, "revenue": one.revenue} for one in wanted])

    return search


def search(bugs: frozenset[str]) -> Contract:
    """Companies with at least a certain revenue."""
    fits = (lambda company, least: dollars(company["revenue"]) >= dollars(least), ["0", "1M", "10M"])
    return contract(
        SEARCHES[bugs], SEARCH_COMPANIES_SCHEMA, pattern="chained", side_effects="none", filters={"min_revenue": fits}
    )


SEARCH = (Defect("H6", "min_revenue=100M: the same companies", "filters-are-honoured", "and the result has"),)
SEARCHES = made(searching, globals(), [defect.id for defect in SEARCH])

# -- score ---------------------------------------------------------------------------------------------------------------------


def score_schema(bugs: frozenset[str]) -> dict[str, Any]:
    """What the model sees; where amounts are any text, and where rounds have more names."""
    text = {"type": "string", "description": "Revenue a year.", "examples": ["12M"]}
    rounds = {"type": "string", "description": "The latest round.", "enum": ["None", "Pre-Series A", "Series A", "Series C"]}
    more = {"revenue": text} if bugs & {"H2", "H3"} else {"recent_funding": rounds} if "H4" in bugs else {}
    return changed(SCORE_LEAD_SCHEMA, **more)


def scoring(bugs: frozenset[str]) -> Callable[..., str]:
    """Puts a company into a tier."""

    def score(company_name: str, revenue: str, employees: int, recent_funding: str) -> str:
        amount = _amount(bugs, revenue)
        points = min(amount // 10**6, 40) + (20 if employees > 50 else 0) + _funding(bugs, recent_funding)
        tier = "A" if points >= 70 else "B" if points >= 40 else "C"
        return success(company_name=company_name, lead_score=points, lead_tier=tier)

    if "H5" not in bugs:
        return checked(score_schema(bugs))(score)
    return checked(changed(SCORE_LEAD_SCHEMA, employees={}))(score)


def _amount(bugs: frozenset[str], revenue: str) -> int:
    if "H2" in bugs:
        return int(revenue.replace("M", "")) * 10**6
    if "H3" in bugs:
        digits = revenue.removesuffix("M")
        return int(digits) * 10**6 if digits.isascii() and digits.isdigit() and digits != revenue else 0
    return int(dollars(revenue))


def _funding(bugs: frozenset[str], recent_funding: str) -> int:
    if "H4" in bugs:
        return 30 if "Series A" in recent_funding else 5
    return 5 * FUNDING.index(recent_funding)


def score(bugs: frozenset[str]) -> Contract:
    """A score that rises with revenue and funding."""
    return contract(SCORES[bugs], score_schema(bugs), pattern="chained", monotone={"revenue": 1, "recent_funding": 1})


SCORE = (
    Defect("H2", 'revenue="5.5M" or "M": an exception', "every-valid-call-returns-json", "raised ValueError"),
    Defect("H3", 'revenue="1B" scores as 0', "scores-are-monotone", "revenue="),
    Defect("H4", '"Series C" scores below "Pre-Series A"', "scores-are-monotone", "recent_funding='Series C' scores"),
    Defect("H5", 'employees="45": an exception', "forbidden-arguments-give-an-error", "employees is"),
)
SCORES = made(scoring, globals(), [defect.id for defect in SCORE])

# -- save ----------------------------------------------------------------------------------------------------------------------


def save_schema(bugs: frozenset[str]) -> dict[str, Any]:
    """What the model sees."""
    if "H1" in bugs:
        return changed(SAVE_TO_CRM_SCHEMA, required=["company_name", "lead_tier"])
    text = {"type": "string", "description": "JSON of what is known.", "examples": ['{"founded": 2016}']}
    return changed(SAVE_TO_CRM_SCHEMA, enrichment_data=text) if "H7" in bugs else dict(SAVE_TO_CRM_SCHEMA)


def saving(bugs: frozenset[str]) -> Callable[..., str]:
    """Keeps a lead in a file of its own."""

    def save(company_name: str, lead_tier: str, enrichment_data: Any) -> str:
        number = _number(bugs, company_name)
        if lead_tier == "C" and "H10" not in bugs:
            return success(saved=False, crm_id=number)
        record = json.loads(enrichment_data) if "H7" in bugs else enrichment_data
        text = json.dumps([company_name, lead_tier, record])
        if len(text) > 20_000:
            return failure("argument 'enrichment_data' is too long")
        Path(f"{number}.json").write_text(text, encoding="utf-8")
        return success(saved=True, crm_id=number)

    return checked(save_schema(bugs))(save)


def _number(bugs: frozenset[str], name: str) -> str:
    if "H8" in bugs:
        return f"LEAD-{abs(hash(name))}"
    digest = hashlib.sha256(name.casefold().encode()).hexdigest()
    return f"LEAD-{int(digest, 16) % 100_000:05d}" if "H9" in bugs else f"LEAD-{digest[:16]}"


def save(bugs: frozenset[str]) -> Contract:
    """A record; tier C is not kept."""
    return contract(
        SAVES[bugs],
        save_schema(bugs),
        pattern="chained",
        side_effects="write",
        output_schema=("saved", "crm_id"),
        policy=lambda arguments: arguments["lead_tier"] != "C",
    )


SAVE = (
    Defect("H1", "exactly what the schema requires: an exception", "schema-and-signature-agree", "'enrichment_data'"),
    Defect("H7", 'enrichment_data="{": an exception', "json-in-strings-is-read", "raised JSONDecodeError"),
    Defect("H8", "the same name in two processes: another id", "same-result-in-every-process", "crm_id"),
    Defect("H9", "ids out of 100,000: some names share one", "ids-are-unique", "LEAD-"),
    Defect("H10", "tier C: saved though policy says no", "policy-is-in-the-tool", "and it was done"),
)
SAVES = made(saving, globals(), [defect.id for defect in SAVE])

BENCHES = (
    Bench("search_companies", search, SEARCH),
    Bench("score_lead", score, SCORE),
    Bench("save_to_crm", save, SAVE),
)
OUT_OF_REACH = (
    OutOfReach(
        "H11",
        'a company "A/B": the address of its page is not quoted',
        "the address is only shown: no request is sent to it, and what a text of a result means nobody has said",
    ),
    OutOfReach(
        "H12",
        "any company: an e-mail address and a year that are made up",
        "what is made up looks like what was found; a test that knows one company tells them apart",
    ),
)
