"""Calling an API, and trying again."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests
import responses

API = "https://api.example.com/things"


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


@responses.activate
def test_the_reply_is_answered(answer: Any) -> None:
    responses.get(API, json={"things": [1, 2]})
    done = answer(endpoint=API)
    assert done["status_code"] == 200
    assert done["data"] == {"things": [1, 2]}


@responses.activate
def test_a_payload_is_posted(answer: Any) -> None:
    responses.post(API, status=201, json={"id": 7})
    assert answer(endpoint=API, method="POST", payload={"name": "x"})["status_code"] == 201
    assert json.loads(responses.calls[0].request.body) == {"name": "x"}


@responses.activate
def test_what_is_not_there_is_not_asked_for_again(answer: Any) -> None:
    responses.get(API, status=404)
    failed = answer(endpoint=API)
    assert failed["status"] == 404
    assert "404" in failed["error"]
    assert len(responses.calls) == 1


@responses.activate
def test_a_broken_server_is_asked_three_times(answer: Any, waits: list[float]) -> None:
    responses.get(API, status=500)
    failed = answer(endpoint=API)
    assert failed["attempts"] == 3
    assert failed["tool"] == "call_external_api"
    assert len(responses.calls) == 3
    assert waits == [1, 2]


@responses.activate
def test_the_second_attempt_succeeds(answer: Any) -> None:
    responses.get(API, status=503)
    responses.get(API, json={"things": []})
    assert answer(endpoint=API)["data"] == {"things": []}


@responses.activate
def test_a_timeout_is_tried_again(answer: Any) -> None:
    responses.get(API, body=requests.ReadTimeout("timed out"))
    failed = answer(endpoint=API)
    assert failed["error"]
    assert len(responses.calls) == 3


def test_a_method_that_does_not_exist(answer: Any) -> None:
    assert "method" in answer(endpoint=API, method="FETCH")["error"]


def test_no_endpoint(answer: Any) -> None:
    assert "endpoint" in answer()["error"]
