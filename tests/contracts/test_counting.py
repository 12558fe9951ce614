"""How many items come, and which of the upstream's do not."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from breaking import breach, breaches, parameters

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.patterns.every.counting import limit_parameters

URL = "https://api.duckduckgo.com/"
UPSTREAM = ("duckduckgo/nvidia", "duckduckgo/mercury")
ITEMS = [{"name": f"item {number}", "tags": ["a", "b", "c", "d"]} for number in range(8)]


def limited(cut: Any, name: str = "limit", **rules: Any) -> tuple[Any, dict[str, Any]]:
    """A tool that cuts its items as ``cut`` does, and what its contract says."""

    def tool(**arguments: int) -> str:
        return json.dumps({"items": cut(arguments[name]), "all_kinds": ["a", "b", "c"]})

    return tool, {"schema": parameters(**{name: {"type": "integer", "examples": [3], **rules}})}


@pytest.mark.parametrize(
    ("cut", "what"),
    [
        (lambda n: ITEMS[: max(0, n)], ""),
        (lambda n: ITEMS[:n], "limit = -1, and 7 items came"),
        (lambda n: ITEMS[: max(0, n) + 1], "limit = -1, and 1 items came"),
        (lambda n: ITEMS[: max(1, n)], "limit = -1, and 1 items came"),
        (lambda n: ITEMS[: max(0, n)] if n < 5 else ITEMS[:1], "limit = 5 gave 1 items, a smaller number gave 3"),
    ],
)
def test_limits_are_kept(cut: Any, what: str):
    """No more than were asked for, none for none, and no fewer for more."""
    tool, said = limited(cut)

    assert breach("limits-are-kept", tool, **said) == what


def test_a_limit_that_is_ignored_is_told_where_there_is_one_list():
    """With several lists, nobody knows which the number is about."""

    def one(limit: int) -> str:
        return json.dumps({"items": ITEMS})

    said = {"schema": parameters(limit={"type": "integer", "minimum": 1, "examples": [3]})}

    assert breach("limits-are-kept", one, **said) == "limit = 1, and 8 items came"
    assert breach("limits-are-kept", limited(lambda _: ITEMS)[0], **said) == ""


def test_only_numbers_that_the_schema_allows_are_tried():
    """A minimum is a way to refuse."""
    tool, said = limited(lambda n: ITEMS[:n], minimum=1)

    assert breach("limits-are-kept", tool, **said) == ""


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *((name, True) for name in ("num_results", "limit", "max_rows", "top_k", "count", "n", "maxResults", "result_limit")),
        *(
            (name, False)
            for name in ("max_retries", "max_tokens", "max_chars", "maximum_age", "page", "max_depth", "number", "k")
        ),
    ],
)
def test_limits_are_known_by_their_names(name: str, *, is_one: bool):
    """Of items, and of nothing else."""
    contract = tool_contract(lambda **_: "{}", schema=parameters(**{name: {"type": "integer"}})).contract

    assert limit_parameters(contract) == ([name] if is_one else []) or name == "k"


def topics(items: Any, *, into_groups: bool) -> list[str]:
    found: list[str] = []
    for item in items:
        if "Topics" not in item:
            found.append(item["Text"])
        elif into_groups:
            found += topics(item["Topics"], into_groups=True)
    return found


def searching(*, into_groups: bool) -> Any:
    def search() -> str:
        reply = requests.get(URL, params={"q": "mercury"}, timeout=5).json()
        return json.dumps({"results": topics(reply["RelatedTopics"], into_groups=into_groups)})

    return search


EXTRACTORS = (lambda reply: topics(reply["RelatedTopics"], into_groups=True), lambda result: result["results"])


def test_no_item_is_lost_in_a_group():
    """The second cassette has its topics in groups."""
    said = {"schema": parameters(), "upstream": UPSTREAM, "items": EXTRACTORS}

    assert "items of duckduckgo/mercury are not in the result, such as" in breach(
        "no-item-is-lost", searching(into_groups=False), **said
    )
    assert breach("no-item-is-lost", searching(into_groups=True), **said) == ""


def test_what_is_left_behind_a_limit_is_not_lost():
    """As many as were asked for is enough, but the first ones count wherever they stand."""

    def tool(limit: int) -> str:
        reply = requests.get(URL, params={"q": "mercury"}, timeout=5).json()
        return json.dumps({"results": topics(reply["RelatedTopics"], into_groups=True)[:limit]})

    schema = parameters(limit={"type": "integer", "minimum": 1, "maximum": 2, "examples": [1]})

    assert breaches("no-item-is-lost", tool, schema=schema, upstream=UPSTREAM, items=EXTRACTORS) == []
