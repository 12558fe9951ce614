"""A tool that asks once and lists what it finds, from DuckDuckGo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from defects.fetching import Endless, fetch
from defects.importable import made
from defects.workbench import Bench, Defect, contract

from autogen_harness.contracts.subject import Contract
from synchronous.tool import SEARCH_WEB_SCHEMA
from toolbox.boundary import checked
from toolbox.envelope import clip, failure, parse_json, success

URL = "https://api.duckduckgo.com/"


def schema(bugs: frozenset[str]) -> dict[str, Any]:
    """What the model sees."""
    parameters = SEARCH_WEB_SCHEMA["parameters"]
    number = {**parameters["properties"]["num_results"], "minimum": -1 if "S11" in bugs else 1}
    return {
        **SEARCH_WEB_SCHEMA,
        "parameters": {**parameters, "properties": {**parameters["properties"], "num_results": number}},
    }


def tool(bugs: frozenset[str]) -> Callable[..., str]:
    """The decorated tool."""

    @checked(schema(bugs))
    def search_web(query: str, num_results: int = 5) -> str:
        try:
            reply = fetch("GET", URL, params={"q": query, "format": "json"}, timeout=10)
            if not reply.ok and "S9" not in bugs:
                return failure(f"status {reply.status}")
            answer = parse_json(reply.body)
        except (OSError, ValueError, Endless) as error:
            return failure(f"no answer: {type(error).__name__}")
        if not isinstance(answer, dict) or ("RelatedTopics" not in answer and "S9" not in bugs):
            return failure("the answer holds no topics")
        return success(results=_findings(bugs, answer, int(num_results)))

    return search_web


def _findings(bugs: frozenset[str], answer: dict[str, Any], number: int) -> list[dict[str, Any]]:
    topics = answer.get("RelatedTopics")
    found = topics if isinstance(topics, list) else []
    if "S12" in bugs:  # a group takes a place, and is dropped
        return [_finding(bugs, one) for one in found[:number] if isinstance(one, dict) and "Topics" not in one]
    abstract = {"Text": answer.get("AbstractText"), "FirstURL": answer.get("AbstractURL")}
    related = [_finding(bugs, one) for one in _flat(found)]
    if "S11" in bugs:  # the summary comes on top, and a negative number cuts from the end
        return [_finding(bugs, abstract), *related[:number]]
    return [_finding(bugs, abstract), *related][:number]


def _flat(topics: Any) -> Iterator[dict[str, Any]]:
    for one in topics if isinstance(topics, list) else []:
        if isinstance(one, dict):
            yield from _flat(one["Topics"]) if "Topics" in one else [one]


def _finding(bugs: frozenset[str], topic: dict[str, Any]) -> dict[str, Any]:
    text, cut = clip(str(topic.get("Text") or ""), 300)
    address = str(topic.get("FirstURL") or "")
    return {"text": text, "truncated": cut, "url": address if "S13" in bugs else clip(address, 300)[0]}


def addresses(topics: list[dict[str, Any]]) -> list[str]:
    """Where topics lead, those in groups too."""
    return [topic["FirstURL"] for topic in _flat(topics)]


DEFECTS = (
    Defect("S9", "500 with a JSON body: no results, and no error", "failures-are-reported-as-errors", "does not say so"),
    Defect("S11", "num_results=-1: all but the last; n: n+1 items", "limits-are-kept", "items came"),
    Defect("S12", "topics in groups: none of them is found", "no-item-is-lost", "are not in the result"),
    Defect("S13", "a long address: a result of 700 kB", "results-stay-small", "20,000 are allowed"),
)
TOOLS = made(tool, globals(), [defect.id for defect in DEFECTS])


def search(bugs: frozenset[str]) -> Contract:
    """The summary, then related topics."""
    return contract(
        TOOLS[bugs],
        schema(bugs),
        upstream=("duckduckgo/nvidia", "duckduckgo/mercury", "duckduckgo/empty"),
        timeout=10,
        hosts=["api.duckduckgo.com"],
        side_effects="read",
        items=(lambda reply: addresses(reply["RelatedTopics"]), lambda answer: [one["url"] for one in answer["results"]]),
        output_schema=("results",),
    )


BENCHES = (Bench("search_web", search, DEFECTS),)
OUT_OF_REACH = ()
