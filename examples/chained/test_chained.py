"""Pattern 4, chained tools: what one answers, the next takes, from a search to a record in the CRM."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from autogen_harness import Harness, call, result, say
from autogen_harness.contracts import chain_contract, tool_contract
from chained.agents import build_agents
from chained.directory import dollars
from chained.tool import (
    ENRICH_COMPANY_DATA_SCHEMA,
    SAVE_TO_CRM_SCHEMA,
    SCHEMAS,
    SCORE_LEAD_SCHEMA,
    SEARCH_COMPANIES_SCHEMA,
    enrich_company_data,
    save_to_crm,
    score_lead,
    search_companies,
)

found, company, lead = result("search_companies").companies[0], result("enrich_company_data"), result("score_lead")

SCORE = call(
    "score_lead",
    company_name=company.company_name,
    revenue=company.revenue,
    employees=company.employees,
    recent_funding=company.recent_funding,
)
SAVE = call("save_to_crm", company_name=lead.company_name, lead_tier=lead.lead_tier, enrichment_data=company)


@pytest.fixture
def crm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The CRM's file, which the tool makes when it is first used."""
    path = tmp_path / "crm.sqlite3"
    monkeypatch.setenv("CRM_DATABASE", str(path))
    return path


def leads(crm: Path) -> list[tuple[str, str]]:
    """Company and tier of every record."""
    with closing(sqlite3.connect(crm)) as database:
        return database.execute("SELECT company_name, lead_tier FROM leads").fetchall()


def test_a_lead_goes_from_the_search_into_the_crm(harness: Harness, crm: Path) -> None:
    """Every argument is what an earlier tool answered, and in the end there is a record."""
    user, researcher = build_agents()
    harness.llm.script(
        call("search_companies", industry="software", min_revenue="5M"),
        call("enrich_company_data", company_name=found.company_name),
        SCORE,
        SAVE,
        say("Saved ", lead.company_name, " as tier ", lead.lead_tier, ". TERMINATE"),
    )

    chat = user.initiate_chat(researcher, message="Find a software company worth calling.")

    assert harness.transcript.tool_calls == ["search_companies", "enrich_company_data", "score_lead", "save_to_crm"]
    assert leads(crm) == [("Larkspur Analytics", "A")]
    assert chat.summary.startswith("Saved Larkspur Analytics as tier A.")


def test_a_misspelt_company_is_asked_for_again(harness: Harness, crm: Path) -> None:
    """A step that fails says what would have worked; the model corrects itself and the chain goes on."""
    user, researcher = build_agents()
    harness.llm.script(
        call("enrich_company_data", company_name="Quilmark"),
        say("There is a problem: ", company.error).by("sales_researcher"),
        call("enrich_company_data", company_name="Quillmark"),
        SCORE,
        SAVE,
        say("Done. TERMINATE"),
    )

    user.initiate_chat(researcher, message="Save Quilmark.")

    assert "did you mean Quillmark?" in harness.transcript.tool_runs[0].result
    assert leads(crm) == [("Quillmark", "B")]


def test_a_crm_that_refuses_is_an_answer_not_a_crash(harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last step fails, and the model can say why."""
    monkeypatch.setenv("CRM_DATABASE", str(tmp_path))  # a folder, not a file
    user, researcher = build_agents()
    harness.llm.script(
        call("save_to_crm", company_name="Quillmark", lead_tier="B", enrichment_data={"founded": 2019}),
        say("Not saved: ", result("save_to_crm").error, " TERMINATE"),
    )

    chat = user.initiate_chat(researcher, message="Save Quillmark as tier B.")

    assert chat.summary.startswith("Not saved: the CRM refused")


def test_a_lead_of_tier_c_is_not_kept(harness: Harness, crm: Path) -> None:
    """Nothing is written for it, and the answer says so."""
    user, researcher = build_agents()
    harness.llm.script(
        call("enrich_company_data", company_name="Fennel & Rowe"),
        SCORE,
        SAVE,
        say("Saved: ", result("save_to_crm").saved, ". TERMINATE"),
    )

    chat = user.initiate_chat(researcher, message="Save Fennel & Rowe.")

    assert chat.summary.startswith("Saved: false.")
    assert not crm.exists()


test_search_companies = tool_contract(
    search_companies,
    pattern="chained",
    schema=SEARCH_COMPANIES_SCHEMA,
    side_effects="none",
    output_schema=("companies",),
    filters={"min_revenue": (lambda company, least: dollars(company["revenue"]) >= dollars(least), ["0", "1M", "10M"])},
)
test_enrich_company_data = tool_contract(
    enrich_company_data, pattern="chained", schema=ENRICH_COMPANY_DATA_SCHEMA, output_schema=("company_name", "revenue")
)
test_score_lead = tool_contract(
    score_lead,
    pattern="chained",
    schema=SCORE_LEAD_SCHEMA,
    output_schema=("company_name", "lead_score", "lead_tier"),
    monotone={"revenue": 1, "recent_funding": 1},
)
test_save_to_crm = tool_contract(
    save_to_crm,
    pattern="chained",
    schema=SAVE_TO_CRM_SCHEMA,
    side_effects="write",
    output_schema=("saved", "crm_id"),
    policy=lambda arguments: arguments["lead_tier"] != "C",
)

test_the_chain = chain_contract(
    [search_companies, enrich_company_data, score_lead, save_to_crm],
    schemas=SCHEMAS,
    example={"industry": "software"},
    idempotency_key="crm_id",
    compensations={},
    mapping={
        "enrich_company_data": {"company_name": "search_companies.companies[0].company_name"},
        "score_lead": {
            "company_name": "enrich_company_data.company_name",
            "revenue": "enrich_company_data.revenue",
            "employees": "enrich_company_data.employees",
            "recent_funding": "enrich_company_data.recent_funding",
        },
        "save_to_crm": {
            "company_name": "score_lead.company_name",
            "lead_tier": "score_lead.lead_tier",
            "enrichment_data": "enrich_company_data",
        },
    },
)
