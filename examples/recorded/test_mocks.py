"""A suite that has mocks already: cassettes go into them, beside what they hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
import responses
from aioresponses import aioresponses

from autogen_harness.cassettes import into_aioresponses, into_responses
from recorded.shipping import compare_rates

CASSETTES = Path(__file__).parents[1] / "cassettes"


def test_a_cassette_beside_replies_of_ones_own() -> None:
    """``responses`` counts the interaction among those that must be asked for."""
    with responses.RequestsMock() as mock:
        into_responses(mock, "parcels/printed", roots=[CASSETTES])
        mock.get("https://parcels.example.com/v1/health", json={"ok": True})

        label = requests.get("https://parcels.example.com/v1/labels/j-7", timeout=5).json()["label"]
        health = requests.get("https://parcels.example.com/v1/health", timeout=5).json()

    assert label.endswith("/7.pdf")
    assert health == {"ok": True}


@pytest.mark.asyncio
@pytest.mark.usefixtures("harness")
async def test_one_carrier_from_a_cassette_and_one_by_hand() -> None:
    """``aioresponses`` does not compare forms; a cassette in it does. The harness repairs it for aiohttp 3.14."""
    with aioresponses() as mock:
        into_aioresponses(mock, "parcels/rates#1", roots=[CASSETTES])
        mock.post("https://parcels.example.com/v1/rates/swift", payload={"cents": 1})

        answer = json.loads(await compare_rates(country="PT", grams=500))

    assert answer["rates"] == [{"carrier": "swift", "cents": 1}, {"carrier": "slow-post", "cents": 450}]
