"""Chained tools: what one answers, the next takes, under the same names.

* ``search_companies`` -> ``industry``, ``min_revenue``, ``companies`` (each ``company_name``, ``revenue``, ``employees``)
* ``enrich_company_data`` -> ``company_name``, ``revenue``, ``employees``, ``recent_funding``, ``founded``, ``headquarters``,
  ``tech_stack``, ``industry``
* ``score_lead`` -> ``company_name``, ``lead_score`` (0 to 100), ``lead_tier``, ``priority``
* ``save_to_crm`` -> ``saved``, ``crm_id``, ``company_name``, ``lead_tier``

Where it does not work the answer has ``error`` alone.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import sqlite3
from contextlib import closing
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from chained.directory import FUNDING, companies, dollars
from chained.schemas import (
    ENRICH_COMPANY_DATA_SCHEMA,
    SAVE_TO_CRM_SCHEMA,
    SCHEMAS,
    SCORE_LEAD_SCHEMA,
    SEARCH_COMPANIES_SCHEMA,
)
from toolbox.boundary import checked
from toolbox.envelope import failure, success

__all__ = [
    "ENRICH_COMPANY_DATA_SCHEMA",
    "SAVE_TO_CRM_SCHEMA",
    "SCHEMAS",
    "SCORE_LEAD_SCHEMA",
    "SEARCH_COMPANIES_SCHEMA",
    "crm_path",
    "enrich_company_data",
    "save_to_crm",
    "score_lead",
    "search_companies",
]

MAX_ENRICHMENT = 20_000
"""Characters of the enrichment data, as JSON, that a record holds."""


@checked(SEARCH_COMPANIES_SCHEMA)
def search_companies(industry: str, min_revenue: str = "1M") -> str:
    """The companies of ``industry`` with at least ``min_revenue``; none is an answer too."""
    wanted, least = industry.strip().casefold(), dollars(min_revenue)
    found = [
        {"company_name": company.company_name, "revenue": company.revenue, "employees": company.employees}
        for company in companies()
        if company.industry == wanted and dollars(company.revenue) >= least
    ]
    return success(industry=industry, min_revenue=min_revenue, companies=found)


@checked(ENRICH_COMPANY_DATA_SCHEMA)
def enrich_company_data(company_name: str) -> str:
    """The directory's entry of a company."""
    known = {company.company_name: company for company in companies()}
    if company_name in known:
        return success(**asdict(known[company_name]))
    nearest = difflib.get_close_matches(company_name, known, 1)
    return failure("the directory has no such company" + (f"; did you mean {nearest[0]}?" if nearest else ""))


@checked(SCORE_LEAD_SCHEMA)
def score_lead(company_name: str, revenue: str, employees: int, recent_funding: str) -> str:
    """Points for revenue (0 to 40), size (10 to 30) and funding (0 to 30); 70 make tier A, 45 tier B."""
    score = _revenue_points(dollars(revenue)) + _size_points(employees) + 5 * FUNDING.index(recent_funding)
    tier, priority = ("A", "High") if score >= 70 else ("B", "Medium") if score >= 45 else ("C", "Low")
    return success(company_name=company_name, lead_score=score, lead_tier=tier, priority=priority)


def _revenue_points(revenue: Decimal) -> int:
    steps = ((Decimal(10**7), 40), (Decimal(5 * 10**6), 25), (Decimal(10**6), 10))
    return next((points for least, points in steps if revenue >= least), 0)


def _size_points(employees: int) -> int:
    """From 50 to 499 people a company is big enough to buy and small enough to decide."""
    if employees < 50:
        return 10
    return 30 if employees < 500 else 20


@checked(SAVE_TO_CRM_SCHEMA)
def save_to_crm(company_name: str, lead_tier: str, enrichment_data: dict[str, Any]) -> str:
    """Keep a lead of tier A or B; one company has one record, whose id follows from its name."""
    crm_id = f"LEAD-{hashlib.sha256(company_name.casefold().encode()).hexdigest()[:12]}"
    enrichment = json.dumps(enrichment_data, sort_keys=True)
    if len(enrichment) > MAX_ENRICHMENT:
        return failure(f"argument 'enrichment_data' is longer than {MAX_ENRICHMENT} characters")
    kept = lead_tier != "C"
    if kept:
        try:
            _store(crm_id, company_name, lead_tier, enrichment)
        except sqlite3.Error as error:
            return failure(f"the CRM refused, {type(error).__name__}: {error}")
    return success(saved=kept, crm_id=crm_id, company_name=company_name, lead_tier=lead_tier)


def crm_path() -> Path:
    """The SQLite file of the CRM: ``CRM_DATABASE``, else ``crm.sqlite3`` in the working folder. Made when first used."""
    return Path(os.environ.get("CRM_DATABASE", "crm.sqlite3"))


def _store(*record: str) -> None:
    with closing(sqlite3.connect(crm_path(), timeout=5)) as crm, crm:
        crm.execute(
            "CREATE TABLE IF NOT EXISTS leads (crm_id TEXT PRIMARY KEY, company_name TEXT, lead_tier TEXT, enrichment TEXT)"
        )
        crm.execute("INSERT OR REPLACE INTO leads VALUES (?, ?, ?, ?)", record)
