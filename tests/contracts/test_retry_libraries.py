"""Tools that leave trying again to a library: the laws hold for them, and what the decorator knows needs no hint."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
import requests
from judging import what
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from autogen_harness.contracts import retry_contract
from autogen_harness.contracts.registry import LAWS

SCHEMA = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"], "additionalProperties": False}
HERE = {"schema": SCHEMA, "upstream": "yahoo/chart-nvda"}
RETRY_LAWS = [law.id for law in LAWS if law.patterns == frozenset({"error-handled"})]


class Busy(Exception):
    """A status after which one may ask again."""


PASSING = (Busy, requests.ConnectionError, requests.Timeout)


def page(url: str) -> str:
    reply = requests.get(url, timeout=5)
    if reply.status_code in {429, 500, 502, 503, 504}:
        raise Busy(f"status {reply.status_code}")
    ok = 200 <= reply.status_code < 300
    return json.dumps({"status": reply.status_code} if ok else {"error": f"status {reply.status_code}"})


def answering(tool: Callable[..., Any]) -> Callable[..., Any]:
    """Every exception becomes an answer."""

    @wraps(tool)
    def call(url: object = None, **unknown: object) -> str:
        if not isinstance(url, str) or unknown:
            return json.dumps({"error": f"url: {unknown or url}"})
        try:
            return str(tool(url=url))
        except (*PASSING, ValueError) as error:
            return json.dumps({"error": f"gave up: {type(error).__name__}: {error}"})

    return call


def tenacious(**more: Any) -> Callable[..., Any]:
    tenacity = pytest.importorskip("tenacity")
    said = {
        "stop": tenacity.stop_after_attempt(3) | tenacity.stop_after_delay(600),
        "wait": tenacity.wait_exponential_jitter(initial=1, max=10, jitter=2),
        "retry": tenacity.retry_if_exception_type(PASSING),
        "reraise": True,
    }
    return tenacity.retry(**{**said, **more})(page)


def with_stamina(**more: Any) -> Callable[..., Any]:
    stamina = pytest.importorskip("stamina")
    return stamina.retry(**{"on": PASSING, "attempts": 3, "wait_initial": 1, "wait_jitter": 1, **more})(page)


def with_backoff(**more: Any) -> Callable[..., Any]:
    backoff = pytest.importorskip("backoff")
    return backoff.on_exception(backoff.expo, PASSING, **{"max_tries": 3, **more})(page)


DECORATED = [tenacious, with_stamina, with_backoff]
RANGES = {
    "tenacious": [(1, 3), (2, 4), (4, 6)],
    "with_stamina": [(1, 2), (2, 3), (4, 5)],
    "with_backoff": [(0, 1), (0, 2), (0, 4)],
}


@pytest.mark.parametrize("decorated", DECORATED)
def test_bounds_are_read_from_the_decorator(decorated: Callable[..., Any]):
    """Through other wrappers too; a hint of the author's comes first."""
    hints = retry_contract(answering(decorated()), **HERE).contract.hints
    said = retry_contract(answering(decorated()), max_attempts=5, backoff=lambda _: 9.0, **HERE).contract.hints

    assert hints.max_attempts == 3
    assert [hints.backoff(retry) for retry in range(3)] == [pytest.approx(pair) for pair in RANGES[decorated.__name__]]
    assert (said.max_attempts, said.backoff(0)) == (5, 9.0)


def test_what_a_decorator_does_not_know_is_not_said():
    """No limit, or waits that depend on the error."""
    tenacity = pytest.importorskip("tenacity")
    endless = tenacious(stop=tenacity.stop_never, wait=lambda state: state.outcome.exception().wait)
    hints = retry_contract(answering(endless), **HERE).contract.hints

    assert not hints.given("max_attempts")
    assert not hints.given("backoff")


@pytest.mark.parametrize("decorated", DECORATED)
def test_the_laws_hold_for_a_right_tool(decorated: Callable[..., Any]):
    """All that need no other hint; none of these libraries knows of Retry-After."""
    tool = answering(decorated())
    owed = {law.id for law in retry_contract(tool, **HERE).laws} & set(RETRY_LAWS) - {"retry-after-is-honoured"}

    assert {law: broken for law in owed if (broken := what(law, tool, **HERE))} == {}
    assert {"attempts-never-exceed-the-limit", "backoff-follows-its-formula", "success-after-k-failures-is-success"} <= owed
    assert what("retry-after-is-honoured", tool, **HERE)


def test_each_library_can_be_used_wrong():
    """Retried client errors, a hidden last error, and no limit at all."""
    tenacity = pytest.importorskip("tenacity")

    def raising(url: str) -> str:
        requests.get(url, timeout=5).raise_for_status()
        return "{}"

    def hiding(tool: Callable[..., Any]) -> Callable[..., Any]:
        def call(url: str) -> str:
            try:
                return tool(url=url)
            except Exception as error:  # noqa: BLE001  # the mistake under test
                return json.dumps({"error": f"failed: {type(error).__name__}"})

        return call

    three = {"stop": tenacity.stop_after_attempt(3)}
    tool = hiding(tenacity.retry(**three)(raising))
    assert "status 400 was met 3 times" in what("client-errors-are-not-retried", tool, **HERE)
    assert "met a timeout error, and the result does not say so" in what("the-last-error-is-told", tool, **HERE)
    factory = {"attempts": lambda number: answering(with_backoff(max_tries=number))}
    pytest.importorskip("backoff")
    assert "it goes on for ever" in what("no-attempts-are-refused", answering(with_backoff()), **factory, **HERE)


def by_urllib3(**more: Any) -> Callable[..., Any]:
    def tool(url: str) -> str:
        said = {"total": 2, "backoff_factor": 1, "status_forcelist": (429, 500, 502, 503, 504), "raise_on_status": False}
        with requests.Session() as session:
            session.mount("https://", HTTPAdapter(max_retries=Retry(**{**said, **more})))
            reply = session.get(url, timeout=5)
        ok = 200 <= reply.status_code < 300
        return json.dumps({"status": reply.status_code} if ok else {"error": f"status {reply.status_code}"})

    return answering(tool)


URLLIB3 = {"backoff": lambda retry: 0.0 if retry == 0 else 2.0**retry, "max_attempts": 3}


@pytest.mark.parametrize(
    "law", [law for law in RETRY_LAWS if law not in ("the-same-without-simplejson", "the-deadline-is-kept")]
)
def test_urllib3_retries_below_the_tool(law: str):
    """Its waits and attempts are seen, though the tool knows nothing of them; of Retry-After it waits for all."""
    tool, said = by_urllib3(), {**HERE, **URLLIB3}
    if law not in {one.id for one in retry_contract(tool, **said).laws}:
        pytest.skip("needs more hints")

    assert what(law, tool, **said) == ""


def test_a_retry_below_the_tool_that_asks_too_often_is_seen():
    """Nobody sees it from above."""
    assert "5 attempts were made, 3 are allowed" in what(
        "attempts-never-exceed-the-limit", by_urllib3(total=4), **HERE, **URLLIB3
    )
