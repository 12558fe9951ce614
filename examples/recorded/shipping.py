"""Tools of a parcel desk, whose upstream is a made-up service: ``parcels.example.com``.

* ``buy_label`` starts a job and asks for it until it is done (requests). Answer: ``order``, ``label``.
* ``compare_rates`` asks every carrier at once (aiohttp). Answer: ``rates``, cheapest first, each ``carrier`` and ``cents``.

Where it does not work the answer has ``error``, ``status`` (of HTTP, null without an answer) and ``retryable``.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import aiohttp
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from toolbox.boundary import checked
from toolbox.envelope import ToolError, failure, parse_json, success
from toolbox.web import failed_request, received

API = "https://parcels.example.com/v1"

CARRIERS = ("slow-post", "swift")

TIMEOUT = 5.0
"""Seconds, of every request of this module."""

PAUSE = 2.0
"""Seconds between two looks at a job."""

MAX_LOOKS = 10

PATIENCE = Retry(3, status_forcelist=[502, 503], allowed_methods=["GET"], backoff_factor=1, raise_on_status=False)
"""Looks are tried again by urllib3. Orders are not: who knows whether the first arrived?"""

GRAMS: dict[str, Any] = {
    "type": "integer",
    "description": "Weight in grams.",
    "minimum": 1,
    "maximum": 30_000,
    "examples": [500],
}

BUY_LABEL_SCHEMA: dict[str, Any] = {
    "name": "buy_label",
    "description": "Buy the shipping label of an order, and wait until it is printed.",
    "parameters": {
        "type": "object",
        "properties": {
            "order": {"type": "integer", "description": "Number of the order.", "minimum": 1, "examples": [1001]},
            "grams": GRAMS,
        },
        "required": ["order", "grams"],
        "additionalProperties": False,
    },
}

COMPARE_RATES_SCHEMA: dict[str, Any] = {
    "name": "compare_rates",
    "description": "What each carrier takes for a parcel, the cheapest first.",
    "parameters": {
        "type": "object",
        "properties": {
            "country": {
                "type": "string",
                "description": "Two capitals, such as PT.",
                "pattern": "^[A-Z]{2}$",
                "examples": ["PT"],
            },
            "grams": GRAMS,
        },
        "required": ["country", "grams"],
        "additionalProperties": False,
    },
}


@checked(BUY_LABEL_SCHEMA)
def buy_label(order: int, grams: int) -> str:
    """Start the job, then look at it every two seconds until its label is there."""
    wanted = {"request_id": str(uuid.uuid4()), "order": int(order), "parcel": {"grams": int(grams), "insured": False}}
    try:
        with requests.Session() as session:
            session.mount("https://", HTTPAdapter(max_retries=PATIENCE))
            job = _job(session.post(f"{API}/labels", json=wanted, timeout=TIMEOUT))
            return success(order=order, label=_printed(session, job["id"]))
    except ToolError as error:
        return failure(str(error), status=None, retryable=False)
    except (OSError, ValueError, LookupError, TypeError) as error:
        return failure(**failed_request(error))


def _printed(session: requests.Session, job_id: str) -> str:
    """The address of the label, once there is one. ``t`` keeps caches from answering."""
    for _ in range(MAX_LOOKS):
        reply = session.get(f"{API}/labels/{job_id}", params={"t": int(time.time())}, timeout=TIMEOUT)
        job = _job(reply)
        if job["state"] == "printed":
            return str(job["label"])
        time.sleep(PAUSE)
    raise ToolError("the label is still not printed")


def _job(reply: requests.Response) -> dict[str, Any]:
    reply.raise_for_status()
    job: dict[str, Any] = parse_json(reply.content)
    return job


@checked(COMPARE_RATES_SCHEMA)
async def compare_rates(country: str, grams: int) -> str:
    """One form to each carrier, all at once; one that fails fails the comparison."""
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT), raise_for_status=True) as session:
            rates = await asyncio.gather(*(_rate(session, carrier, country, int(grams)) for carrier in CARRIERS))
        return success(rates=sorted(rates, key=lambda rate: rate["cents"]))
    except aiohttp.ClientResponseError as error:
        return failure(f"a carrier answered {error.status}", status=error.status, retryable=error.status >= 500)
    except (OSError, ValueError, LookupError, TypeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
        return failure(**failed_request(error))


async def _rate(session: aiohttp.ClientSession, carrier: str, country: str, grams: int) -> dict[str, Any]:
    form = {"country": country, "grams": grams}
    async with session.post(f"{API}/rates/{carrier}", data=form) as response:
        reply = await received(response)
        return {"carrier": carrier, "cents": int(parse_json(reply.body)["cents"])}
