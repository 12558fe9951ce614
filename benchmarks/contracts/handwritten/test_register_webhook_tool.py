"""Telling a receiver of an event."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import responses

HOOK = "https://hooks.example.com/orders"
EVENT = {"endpoint_url": HOOK, "event_type": "order.created", "payload": {"order": 1001}}


@responses.activate
def test_the_event_is_posted(answer: Any) -> None:
    responses.post(HOOK, body="ok")
    done = answer(**EVENT)
    assert done["webhook_registered"] is True
    assert done["message"] == "Webhook registered."
    request = responses.calls[0].request
    assert json.loads(request.body) == {"event": "order.created", "payload": {"order": 1001}}
    assert request.headers["Idempotency-Key"] == done["tracking_id"]


@responses.activate
@pytest.mark.parametrize("status", [404, 500])
def test_a_receiver_that_refuses(answer: Any, status: int) -> None:
    responses.post(HOOK, status=status)
    failed = answer(**EVENT)
    assert failed["webhook_registered"] is False
    assert str(status) in failed["error"]


@responses.activate
def test_a_timeout(answer: Any) -> None:
    responses.post(HOOK, body=requests.ReadTimeout("timed out"))
    failed = answer(**EVENT)
    assert failed["webhook_registered"] is None
    assert failed["error"]


@responses.activate
def test_the_same_event_has_the_same_id(answer: Any) -> None:
    responses.post(HOOK, body="ok")
    assert answer(**EVENT)["tracking_id"] == answer(**EVENT)["tracking_id"]


def test_an_address_that_is_none(answer: Any) -> None:
    assert answer(**{**EVENT, "endpoint_url": "not a url"})["error"]


def test_no_payload(answer: Any) -> None:
    assert "payload" in answer(endpoint_url=HOOK, event_type="order.created")["error"]
