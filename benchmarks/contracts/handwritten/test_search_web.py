"""Findings on the web."""

from __future__ import annotations

from typing import Any

import requests
import responses

URL = "https://api.duckduckgo.com/"
FOUND = {
    "AbstractText": "NVIDIA makes chips.",
    "AbstractURL": "https://en.wikipedia.org/wiki/Nvidia",
    "RelatedTopics": [
        {"Text": "GeForce - a brand", "FirstURL": "https://duckduckgo.com/GeForce"},
        {"Text": "CUDA - a platform", "FirstURL": "https://duckduckgo.com/CUDA"},
    ],
}


@responses.activate
def test_the_summary_comes_first(answer: Any) -> None:
    responses.get(URL, json=FOUND)
    found = answer(query="NVIDIA")["results"]
    assert [one["text"] for one in found] == ["NVIDIA makes chips.", "GeForce - a brand", "CUDA - a platform"]
    assert found[1]["url"] == "https://duckduckgo.com/GeForce"
    assert "q=NVIDIA" in responses.calls[0].request.url


@responses.activate
def test_no_more_results_than_asked_for(answer: Any) -> None:
    responses.get(URL, json=FOUND)
    assert len(answer(query="NVIDIA", num_results=2)["results"]) == 2


@responses.activate
def test_not_found(answer: Any) -> None:
    responses.get(URL, status=404)
    assert answer(query="NVIDIA")["error"]


@responses.activate
def test_a_broken_server(answer: Any) -> None:
    responses.get(URL, status=500)
    assert answer(query="NVIDIA")["error"]


@responses.activate
def test_a_timeout(answer: Any) -> None:
    responses.get(URL, body=requests.ReadTimeout("timed out"))
    assert answer(query="NVIDIA")["error"]


def test_no_results_cannot_be_asked_for(answer: Any) -> None:
    assert "num_results" in answer(query="NVIDIA", num_results="many")["error"]


def test_no_query(answer: Any) -> None:
    assert "query" in answer()["error"]
