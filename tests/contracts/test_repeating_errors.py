"""An error that says what was given, and nothing else, helps nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autogen_harness.contracts import registry, tool_contract, verdict
from autogen_harness.contracts.calling.world import World

SCHEMA = {
    "name": "fetch",
    "description": "Pages.",
    "parameters": {
        "type": "object",
        "properties": {"urls": {"type": "array", "items": {"type": "string"}, "minItems": 1}, "note": {"type": "string"}},
    },
}


@pytest.mark.parametrize(
    ("says", "found"),
    [
        (lambda url, _: url, "the error only repeats urls"),
        (lambda url, _: repr(url), "the error only repeats urls"),
        (lambda url, _: f"{url} is no address", ""),
        (lambda _, note: note, ""),
        (lambda *_: "no address", ""),
    ],
)
def test_an_error_that_only_repeats_an_address_says_nothing(says: Any, found: str):
    """As the exceptions of clients for an address that is none; what another argument says may be a reason by chance."""

    def fetch(urls: list[str], note: str = "x") -> str:
        return json.dumps({"error": says(urls[0], note) or "no"})

    law = next(law for law in registry.LAWS if law.id == "errors-say-something")
    with World(tool_contract(fetch, schema=SCHEMA, example={"urls": ["page"], "note": "not today"}).contract) as world:
        breach = verdict.breach_in(law, world, draw=False)

    assert (breach.what[: len(found)] if breach else "") == found
