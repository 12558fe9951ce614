"""Tools that work one after the other, from a search to a record."""

from __future__ import annotations

from defects.workbench import Bench, Defect

from autogen_harness.contracts import hints, subject
from autogen_harness.contracts.subject import Contract
from chained.schemas import ENRICH_COMPANY_DATA_SCHEMA, SAVE_TO_CRM_SCHEMA, SCORE_LEAD_SCHEMA, SEARCH_COMPANIES_SCHEMA
from chained.tool import enrich_company_data, save_to_crm, score_lead, search_companies
from toolbox.boundary import checked


def chain(bugs: frozenset[str]) -> Contract:
    """From the search to the record; in H13 the second step calls a company otherwise."""

    def enrich(company: str) -> str:
        return enrich_company_data(company)

    name = ENRICH_COMPANY_DATA_SCHEMA["parameters"]["properties"]["company_name"]
    other = {"type": "object", "properties": {"company": name}, "required": ["company"], "additionalProperties": False}
    renamed = {**ENRICH_COMPANY_DATA_SCHEMA, "parameters": other}
    second, what, called = (
        (checked(renamed)(enrich), renamed, "company")
        if "H13" in bugs
        else (enrich_company_data, ENRICH_COMPANY_DATA_SCHEMA, "company_name")
    )
    said = hints.Hints(
        example={"industry": "software"},
        idempotency_key="crm_id",
        mapping={
            "enrich_company_data": {called: "search_companies.companies[0].company_name"},
            "save_to_crm": {"enrichment_data": "enrich_company_data"},
        },
    )
    steps = (search_companies, second, score_lead, save_to_crm)
    schemas = (SEARCH_COMPANIES_SCHEMA, what, SCORE_LEAD_SCHEMA, SAVE_TO_CRM_SCHEMA)
    return subject.chain(steps, schemas=schemas, upstream=(), hints=said)


BENCHES = (
    Bench(
        "sales chain",
        chain,
        (Defect("H13", "name, company, company_name: one thing", "one-thing-has-one-name", "calls 'company'"),),
    ),
)
OUT_OF_REACH = ()
