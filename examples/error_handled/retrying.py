"""A decorator that tries a tool again when, and only when, that can help.

What can help is decided in one place, by the failure answer's ``retryable``: a timeout, a broken connection, or the
statuses 408, 425, 429, 500, 502, 503 and 504. A tool may answer so itself or simply raise; either way the caller gets an
answer, never an exception.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

import aiohttp
import requests

from toolbox.boundary import is_async
from toolbox.envelope import ToolError, failure
from toolbox.files import reason
from toolbox.web import failed_request, failed_status

logger = logging.getLogger(__name__)

Tool = TypeVar("Tool", bound=Callable[..., Any])

REPEATABLE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""HTTP methods that do the same when they are sent twice (RFC 9110, 9.2.2)."""


def may_repeat(method: str, idempotency_key: str | None) -> bool:
    """Is it safe to send such a request again without knowing whether the first arrived?"""
    return method.upper() in REPEATABLE_METHODS or bool(idempotency_key)


TRANSPORT = (requests.RequestException, aiohttp.ClientError, ConnectionError, TimeoutError, asyncio.TimeoutError)


@dataclass(frozen=True, slots=True)
class Policy:
    """When to try again. All times are in seconds; ``deadline`` bounds the time from the first attempt to the last."""

    max_attempts: int
    base_delay: float
    factor: float
    cap: float
    deadline: float

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError(f"max_attempts counts the first attempt too and must be at least 1, not {self.max_attempts}")
        if self.base_delay < 0 or self.factor < 1 or self.cap < 0:
            raise ValueError("base_delay and cap must be at least 0, and factor at least 1")

    def delay(self, attempt: int) -> float:
        """The pause after attempt 1, 2, ... where the server asked for none: base_delay * factor**(attempt - 1), capped."""
        return min(self.base_delay * self.factor ** (attempt - 1), self.cap)

    def pause(self, answer: dict[str, Any], attempt: int, elapsed: float) -> float | None:
        """Seconds to wait before the next attempt; None if there should be none."""
        asked = float(answer.get("retry_after", 0.0))
        pause = max(self.delay(attempt), asked)
        tried_inside = "attempts" in answer  # by a tool that is resilient itself
        hopeless = not answer.get("retryable") or tried_inside or asked > self.cap or elapsed + pause > self.deadline
        return None if hopeless or attempt >= self.max_attempts else pause


def resilient_tool(
    max_attempts: int = 3, base_delay: float = 1.0, *, factor: float = 2.0, cap: float = 30.0, deadline: float = 120.0
) -> Callable[[Tool], Tool]:
    """Try a tool up to ``max_attempts`` times, waiting longer each time, or as long as Retry-After says if ``cap`` allows it.

    A failure answer gets ``attempts`` and ``tool``. Times are in seconds. ``async def`` tools stay so, and wait without
    holding up the loop. Raises ValueError where ``max_attempts`` is less than 1.
    """
    policy = Policy(max_attempts, base_delay, factor, cap, deadline)

    def decorate(tool: Tool) -> Tool:
        name = getattr(tool, "__name__", type(tool).__name__)

        @wraps(tool)
        def call(*args: Any, **kwargs: Any) -> Any:
            series = _Series(policy, name)
            while True:
                try:
                    answer = tool(*args, **kwargs)
                except Exception as error:  # noqa: BLE001  whatever a tool raises, the model is answered
                    answer = failure_of(error)
                if (pause := series.pause_after(answer)) is None:
                    return series.signed(answer)
                time.sleep(pause)

        @wraps(tool)
        async def acall(*args: Any, **kwargs: Any) -> Any:
            series = _Series(policy, name)
            while True:
                try:
                    answer = await tool(*args, **kwargs)
                except Exception as error:  # noqa: BLE001  whatever a tool raises, the model is answered
                    answer = failure_of(error)
                if (pause := series.pause_after(answer)) is None:
                    return series.signed(answer)
                await asyncio.sleep(pause)

        return cast("Tool", acall if is_async(tool) else call)

    return decorate


class _Series:
    """The attempts of one call: counts them, and decides after each whether there is another."""

    def __init__(self, policy: Policy, tool: str) -> None:
        self._policy, self._tool = policy, tool
        self._attempts, self._started = 0, time.monotonic()

    def pause_after(self, answer: object) -> float | None:
        """Seconds until the next attempt; None if ``answer`` is to be given as it is."""
        self._attempts += 1
        failed = _failed(answer)
        if failed is None:
            return None
        pause = self._policy.pause(failed, self._attempts, time.monotonic() - self._started)
        logger.info("attempt %d of %s failed, %s", self._attempts, self._tool, "giving up" if pause is None else "retrying")
        return pause

    def signed(self, answer: Any) -> Any:
        """``answer``; a failure says how often was tried, unless it does already."""
        failed = _failed(answer)
        return answer if failed is None else failure(**{"attempts": self._attempts, "tool": self._tool, **failed})


def _failed(answer: object) -> dict[str, Any] | None:
    """The fields of a failure answer; None for any other."""
    try:
        fields = json.loads(answer) if isinstance(answer, str) else None
    except ValueError:
        return None
    return fields if isinstance(fields, dict) and fields.get("error") else None


def failure_of(error: Exception) -> str:
    """The failure answer for an exception that a tool raised. Its text is not quoted: it may hold a URL with a key.

    A request that the exception tells of may be repeated only if its method, or its Idempotency-Key header, makes that safe.
    """
    if isinstance(error, ToolError):
        return failure(str(error), status=None, retryable=False)
    fields = _fields_of(error)
    request = getattr(error, "request", None)
    if request is not None and not may_repeat(request.method or "", request.headers.get("Idempotency-Key")):
        fields["retryable"] = False
    return failure(**fields)


def _fields_of(error: Exception) -> dict[str, Any]:
    response = getattr(error, "response", None)
    if response is not None:  # never `if response`: a response of 4xx or 5xx is false
        return failed_status(response.status_code, response.headers)
    if isinstance(error, TRANSPORT):
        return failed_request(error)
    why = f": {reason(error)}" if isinstance(error, OSError) else ""
    return {"error": f"the tool failed, {type(error).__name__}{why}", "status": None, "retryable": False}
