"""The back-off of retry libraries and clients under the virtual clock: its exact schedule, in no real time."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from autogen_harness.clock import VirtualClock
from autogen_harness.model import Slept

if TYPE_CHECKING:
    from collections.abc import Callable

THREE = [1.0, 2.0, 4.0]


class Flaky:
    """Fails three times, then answers."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= len(THREE):
            raise ConnectionError
        return "answered"

    async def later(self) -> str:
        return self()


def tenacity_policy(**more: Any) -> dict[str, Any]:
    tenacity = pytest.importorskip("tenacity")
    return {"wait": tenacity.wait_exponential(), "stop": tenacity.stop_after_attempt(4), **more}


def by_tenacity(flaky: Flaky) -> object:
    tenacity = pytest.importorskip("tenacity")
    return tenacity.Retrying(**tenacity_policy())(flaky)


def by_tenacity_with_an_event(flaky: Flaky) -> object:
    tenacity = pytest.importorskip("tenacity")
    return tenacity.Retrying(**tenacity_policy(sleep=tenacity.sleep_using_event(threading.Event())))(flaky)


def by_tenacity_in_a_coroutine(flaky: Flaky) -> object:
    tenacity = pytest.importorskip("tenacity")
    return asyncio.run(tenacity.AsyncRetrying(**tenacity_policy())(flaky.later))


def stamina_policy() -> dict[str, Any]:
    return {"on": ConnectionError, "attempts": 4, "wait_initial": 1.0, "wait_max": 60.0, "wait_jitter": 0.0}


def by_stamina(flaky: Flaky) -> object:
    return pytest.importorskip("stamina").retry(**stamina_policy())(flaky.__call__)()


def by_stamina_in_a_coroutine(flaky: Flaky) -> object:
    return asyncio.run(pytest.importorskip("stamina").retry(**stamina_policy())(flaky.later)())


def backoff_policy() -> Any:
    backoff = pytest.importorskip("backoff")
    return backoff.on_exception(backoff.expo, ConnectionError, max_tries=4, jitter=None)


def by_backoff(flaky: Flaky) -> object:
    return backoff_policy()(flaky.__call__)()


def by_backoff_in_a_coroutine(flaky: Flaky) -> object:
    return asyncio.run(backoff_policy()(flaky.later)())


CASES: list[tuple[Callable[[Flaky], object], str]] = [
    (by_tenacity, "time.sleep"),
    (by_tenacity_with_an_event, "Event.wait"),
    (by_tenacity_in_a_coroutine, "asyncio.sleep"),
    (by_stamina, "time.sleep"),
    (by_stamina_in_a_coroutine, "asyncio.sleep"),
    (by_backoff, "time.sleep"),
    (by_backoff_in_a_coroutine, "asyncio.sleep"),
]


@pytest.mark.parametrize(("retry", "how"), CASES, ids=[retry.__name__ for retry, _ in CASES])
def test_the_schedule_of_a_back_off_is_exact(retry: Callable[[Flaky], object], how: str) -> None:
    """One, two and four seconds between four attempts, each recorded with the call by which it waits."""
    told: list[Slept] = []
    with VirtualClock(told.append) as clock:
        flaky = Flaky()
        assert ("answered", 4) == (retry(flaky), flaky.calls)
    assert ([Slept(seconds, how) for seconds in THREE], THREE, 7.0) == (told, clock.sleeps, clock.elapsed)


def test_the_deadline_of_a_back_off_is_virtual(clock: VirtualClock) -> None:
    """tenacity and stamina give up after so many seconds by ``time.monotonic``, which the waits have moved."""
    tenacity = pytest.importorskip("tenacity")
    attempts: list[int] = []

    def fail() -> None:
        attempts.append(1)
        raise ConnectionError

    with pytest.raises(tenacity.RetryError):
        tenacity.Retrying(wait=tenacity.wait_fixed(10), stop=tenacity.stop_after_delay(59.5))(fail)
    assert (7, 60.0) == (len(attempts), clock.elapsed)


def test_urllib3_waits_as_its_policy_says(clock: VirtualClock) -> None:
    """By its factor, from the second retry on, and by ``Retry-After`` where the server says one."""
    urllib3 = pytest.importorskip("urllib3")
    policy = urllib3.Retry(4, backoff_factor=1, status_forcelist=[503])
    for _ in range(3):
        policy = policy.increment("GET", "/", urllib3.HTTPResponse(status=503))
        policy.sleep()
    policy.sleep(urllib3.HTTPResponse(status=503, headers={"Retry-After": "7"}))
    assert [2.0, 4.0, 7.0] == clock.sleeps


class Unavailable:
    """Answers of a model that is busy: twice with the seconds to wait, then a completion."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, request: Any) -> Any:
        httpx = pytest.importorskip("httpx")
        self.asked += 1
        if self.asked <= 2:
            return httpx.Response(429, headers={"Retry-After": str(3 * self.asked)}, request=request, json={})
        message = {"role": "assistant", "content": "answered"}
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": choices}
        return httpx.Response(200, json=body, request=request)


def by_openai(busy: Unavailable) -> str:
    openai, httpx = pytest.importorskip("openai"), pytest.importorskip("httpx")
    with openai.OpenAI(api_key="k", http_client=httpx.Client(transport=httpx.MockTransport(busy))) as client:
        done = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}])
    return str(done.choices[0].message.content)


def by_openai_in_a_coroutine(busy: Unavailable) -> str:
    openai, httpx = pytest.importorskip("openai"), pytest.importorskip("httpx")

    async def ask() -> str:
        async with openai.AsyncOpenAI(
            api_key="k", http_client=httpx.AsyncClient(transport=httpx.MockTransport(busy))
        ) as client:
            done = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}])
        return str(done.choices[0].message.content)

    return asyncio.run(ask())


@pytest.mark.parametrize("ask", [by_openai, by_openai_in_a_coroutine])
def test_the_openai_client_waits_as_the_server_says(ask: Callable[[Unavailable], str], clock: VirtualClock) -> None:
    """Three and six seconds, by ``Retry-After``."""
    busy = Unavailable()
    assert ("answered", 3) == (ask(busy), busy.asked)
    assert ([3.0, 6.0], 9.0) == (clock.sleeps, clock.elapsed)
