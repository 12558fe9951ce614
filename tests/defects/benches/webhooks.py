"""A tool that tells a receiver of an event."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import requests
from defects.importable import made
from defects.workbench import Bench, Defect, contract

from autogen_harness.contracts.subject import Contract
from callback.tool import REGISTER_WEBHOOK_SCHEMA
from toolbox.boundary import checked
from toolbox.envelope import failure, success
from toolbox.web import refused, send

DONE = "Webhook registered."


def tool(bugs: frozenset[str]) -> Callable[..., str]:
    """The decorated tool."""

    def register_webhook_tool(endpoint_url: str, event_type: str, payload: Any) -> str:
        about = json.dumps([endpoint_url, event_type, payload], sort_keys=True)
        key = str(uuid.uuid4() if "K13" in bugs else uuid.uuid5(uuid.NAMESPACE_URL, about))
        if problem := refused(endpoint_url):
            return failure(problem, tracking_id=key, webhook_registered=False)
        event = {"event": event_type, "payload": payload}
        try:
            status = _sent(bugs, endpoint_url, event, {"Idempotency-Key": key})
        except (OSError, ValueError) as error:
            said = str(error) if "K15" in bugs else type(error).__name__
            return failure(f"no answer: {said}; it is unknown whether it arrived", tracking_id=key, webhook_registered=None)
        if not (status == 200 if "K10" in bugs else 200 <= status < 300):
            more = {"message": DONE} if "K11" in bugs else {}
            return failure(f"status {status}", tracking_id=key, webhook_registered=False, **more)
        return success(tracking_id=key, webhook_registered=True, message=DONE)

    if "K14" not in bugs:
        return checked(REGISTER_WEBHOOK_SCHEMA)(register_webhook_tool)
    parameters = REGISTER_WEBHOOK_SCHEMA["parameters"]
    loose = {**parameters, "properties": {**parameters["properties"], "payload": {}}}
    return checked({"parameters": loose})(register_webhook_tool)


def _sent(bugs: frozenset[str], url: str, event: Any, headers: dict[str, str]) -> int:
    if "K12" in bugs:
        with requests.post(url, json=event, headers=headers, timeout=5, stream=True) as reply:
            return reply.status_code
    return send("POST", url, json=event, headers=headers, timeout=5).status


DEFECTS = (
    Defect("K10", "201, 202 or 204: not registered", "success-exactly-for-2xx", "it reports failure"),
    Defect("K11", '400: "Webhook registered."', "success-exactly-for-2xx", "says what it says on success"),
    Defect("K12", "302: the POST becomes a GET", "method-and-body-survive-redirects", "POST became GET"),
    Defect("K13", "a lost reply: a repeat has another id", "a-lost-reply-is-not-repeated-blindly", "carries another"),
    Defect("K14", "payload=3: it is sent", "forbidden-arguments-give-an-error", "payload is"),
    Defect("K15", "no connection: a token stands in the error", "secrets-stay-out-of-results", "in the address stands in"),
)
TOOLS = made(tool, globals(), [defect.id for defect in DEFECTS])


def webhook(bugs: frozenset[str]) -> Contract:
    """One event, sent once."""
    return contract(
        TOOLS[bugs],
        REGISTER_WEBHOOK_SCHEMA,
        pattern="webhook",
        upstream=("webhook/slack-ok", "webhook/created", "webhook/accepted"),
        timeout=5,
        idempotency_key="Idempotency-Key",
        side_effects="external",
        success=lambda answer: answer["webhook_registered"],
        output_schema=("tracking_id",),
    )


BENCHES = (Bench("register_webhook_tool", webhook, DEFECTS),)
OUT_OF_REACH = ()
