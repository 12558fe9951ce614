"""Cassettes of one's own: a parcel desk on a service that nobody has to reach. All of them are composed, by hand."""

from __future__ import annotations

import json

import pytest

from autogen_harness import Harness, call, fault, result, say
from autogen_harness.contracts import tool_contract
from recorded.agents import build_agents
from recorded.shipping import COMPARE_RATES_SCHEMA, PAUSE, buy_label, compare_rates

ANY_REQUEST_ID = {"body.request_id": "uuid"}
"""The tool makes a new one for every order; the file holds that of whoever wrote it."""


def test_a_job_is_asked_for_until_it_is_done(harness: Harness) -> None:
    """One address answers pending, pending, printed: a scenario. The waits between are virtual, and counted."""
    user, clerk = build_agents()
    harness.http.play("parcels/label", like=ANY_REQUEST_ID)
    harness.llm.script(
        call("buy_label", order=1001, grams=500),
        say("Print ", result("buy_label").label, " TERMINATE"),
    )

    chat = user.initiate_chat(clerk, message="Send order 1001, half a kilo.")

    assert chat.summary.startswith("Print https://parcels.example.com/l/1001.pdf")
    assert harness.clock.sleeps == [PAUSE, PAUSE]
    assert harness.http.states == {"label": "printed"}


def test_an_outage_is_a_file_beside_the_cassette(harness: Harness) -> None:
    """A look at the job meets 503 twice: urllib3's own Retry backs off, in virtual time, and the model never hears of it."""
    harness.http.play("parcels/label#1", like=ANY_REQUEST_ID)
    harness.http.play("outages/parcels-busy", "parcels/label#3", "parcels/label#4")

    answer = json.loads(buy_label(order=1001, grams=500))

    assert answer["label"].endswith("/1001.pdf")
    assert harness.clock.sleeps == [2, PAUSE, PAUSE]  # urllib3 does not wait before the first retry


def test_a_label_is_not_ordered_twice(harness: Harness) -> None:
    """The order arrives and its answer is lost. To send it again would be a duplicate, and the tool does not."""
    harness.http.play("parcels/label#1", like=ANY_REQUEST_ID, fault=fault.lost_reply())

    answer = json.loads(buy_label(order=1001, grams=500))

    assert "ConnectionError" in answer["error"]


def test_the_wrong_order_is_not_answered_with_the_right_label(harness: Harness) -> None:
    """AutoGen turns the exception into a message for the model, and the miss is found all the same; here it is meant."""
    user, clerk = build_agents()
    harness.http.play("parcels/label", like=ANY_REQUEST_ID, optional=True)
    harness.expect("http-unmatched", method="POST", host="parcels.example.com")
    harness.llm.script(call("buy_label", order=1002, grams=500), say("I could not. TERMINATE"))

    user.initiate_chat(clerk, message="Send order 1002, half a kilo.")

    assert harness.http.states == {"label": "start"}


@pytest.mark.asyncio
async def test_forms_are_compared_by_their_fields(harness: Harness) -> None:
    """The file says grams before country and the tool sends them the other way round: the same form."""
    user, clerk = build_agents()
    harness.http.play("parcels/rates")
    harness.llm.script(
        call("compare_rates", country="PT", grams=500),
        say("Take ", result("compare_rates").rates[0].carrier, ". TERMINATE"),
    )

    chat = await user.a_initiate_chat(clerk, message="Half a kilo to Portugal?")

    assert chat.summary.startswith("Take slow-post.")


@pytest.mark.asyncio
async def test_what_does_not_matter_is_named(harness: Harness) -> None:
    """Whatever it weighs, it is answered; the country still has to fit."""
    harness.http.play("parcels/rates", ignore=["body.grams"])

    answer = json.loads(await compare_rates(country="PT", grams=27))

    assert [rate["cents"] for rate in answer["rates"]] == [450, 990]


@pytest.mark.asyncio
async def test_a_test_has_a_cassette_of_its_own(harness: Harness) -> None:
    """``recorded/test_recorded/<this name>.json`` is played by itself. ``--harness-record=once`` would make it."""
    _ = harness.http

    answer = json.loads(await compare_rates(country="PT", grams=500))

    assert answer["rates"][0] == {"carrier": "swift", "cents": 390}


@pytest.mark.asyncio
async def test_a_file_of_vcrpy_is_played_as_it_is(harness: Harness) -> None:
    """A suite that moves over keeps its YAML. As in vcrpy, the body is not compared."""
    harness.http.play("old/rates")

    answer = json.loads(await compare_rates(country="NO", grams=1))

    assert [rate["carrier"] for rate in answer["rates"]] == ["slow-post", "swift"]


test_compare_rates = tool_contract(
    compare_rates,
    pattern="async",
    schema=COMPARE_RATES_SCHEMA,
    upstream="parcels/rates",
    timeout=5,
    output_schema=("rates",),
)
