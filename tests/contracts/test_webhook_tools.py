"""Tools that write to a receiver: redirects, lost replies, and messages that say otherwise than the flag."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.verdict import breach_in

SCHEMA = {
    "type": "object",
    "properties": {"event": {"type": "string"}},
    "required": ["event"],
    "additionalProperties": False,
}
LAWS = {"method-and-body-survive-redirects", "a-lost-reply-is-not-repeated-blindly", "success-exactly-for-2xx"}
RECEIVER = "https://hooks.example.com/accepted"


def webhook(bug: str = "", method: str = "POST") -> Callable[[str], str]:
    """A tool that makes one mistake; "" is none."""

    def register(event: str) -> str:
        key = str(uuid.uuid4() if bug == "a new key each time" else uuid.uuid5(uuid.NAMESPACE_URL, event))
        body = {"event": event} if bug == "no key" else {"event": event, "key": key}
        follow = bug in {"follows redirects", "follows redirects and keeps the method"}
        try:
            reply = requests.request(method, RECEIVER, json=body, timeout=5, allow_redirects=follow and "keeps" not in bug)
            while "keeps" in bug and reply.is_redirect:
                reply = requests.request(method, reply.headers["location"], json=body, timeout=5, allow_redirects=False)
        except requests.RequestException as error:
            if bug == "says failed":
                return json.dumps({"error": type(error).__name__, "registered": False})
            return json.dumps({"error": f"{type(error).__name__}: it may have arrived", "registered": None})
        if not 200 <= reply.status_code < 300:
            message = "Webhook registered." if bug == "one message for all" else f"status {reply.status_code}"
            return json.dumps({"registered": False, "message": message})
        return json.dumps({"registered": True, "message": "Webhook registered."})

    return register


def red(tool: Callable[[str], str], **hints: Any) -> dict[str, str]:
    said = {"success": lambda result: result["registered"] is True, "idempotency_key": "key", **hints}
    test = tool_contract(tool, pattern="webhook", schema=SCHEMA, upstream="webhook/accepted", **said)
    with World(test.contract) as world:
        found = {law.id: breach_in(law, world) for law in test.laws if law.id in LAWS}
        assert world.unseen == ""
    return {law: breach.what for law, breach in found.items() if breach}


@pytest.mark.parametrize(
    ("bug", "law", "said"),
    [
        (
            "follows redirects",
            "method-and-body-survive-redirects",
            "POST became GET on its way, and the result reports success",
        ),
        ("a new key each time", "a-lost-reply-is-not-repeated-blindly", "made again, carries another 'key': "),
        ("no key", "a-lost-reply-is-not-repeated-blindly", "a request that writes carries no 'key'"),
        ("says failed", "a-lost-reply-is-not-repeated-blindly", "does not say that the outcome is unknown"),
        (
            "one message for all",
            "success-exactly-for-2xx",
            "it reports failure, and says what it says on success: 'Webhook reg",
        ),
    ],
)
def test_each_mistake_turns_its_law_red(bug: str, law: str, said: str):
    """That law and no other."""
    found = red(webhook(bug))

    assert set(found) == {law}
    assert said in found[law]


@pytest.mark.parametrize("bug", ["", "follows redirects and keeps the method"])
def test_a_tool_that_refuses_redirects_or_sends_anew_breaks_no_law(bug: str):
    """Either way the receiver has the event, or the model knows that it has not."""
    assert red(webhook(bug)) == {}


def test_a_lost_reply_is_judged_only_where_the_key_is_named():
    """An absent hint is never "there is no key"."""
    test = tool_contract(webhook(), pattern="webhook", schema=SCHEMA, upstream="webhook/accepted")

    assert ("a-lost-reply-is-not-repeated-blindly", "idempotency_key") in test.not_checked


def test_a_tool_that_only_reads_has_nothing_to_lose():
    """It is told that nothing was looked at."""
    test = tool_contract(webhook("follows redirects", "GET"), pattern="webhook", schema=SCHEMA, upstream="webhook/accepted")
    law = next(law for law in test.laws if law.id == "method-and-body-survive-redirects")
    with World(test.contract) as world:
        assert breach_in(law, world) is None
        assert world.unseen == "a request that writes: POST, PUT, PATCH or DELETE"
