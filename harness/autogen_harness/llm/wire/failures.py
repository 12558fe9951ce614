"""A scripted failure as the API answers it: a status, its headers, and the body of an error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from autogen_harness.llm.turns.turn import Fail
from autogen_harness.model import Headers

LIMIT = 10_000
"""Requests a minute that the rate-limit headers speak of."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that is an error. ``headers`` are those that only a failure has."""

    status: int
    headers: Headers
    body: dict[str, Any]


def failure(fault: Fail) -> Failure | None:
    """The answer, or None for a fault that is none: a timeout, a connection that breaks."""
    if fault.status is None:
        return None
    return Failure(fault.status, _waiting(fault), {"error": error_body(fault)})


def error_body(fault: Fail) -> dict[str, Any]:
    """What stands under ``error``."""
    return {"message": fault.message, "type": fault.type, "param": fault.param, "code": fault.code}


def rate_limits(*, exceeded: bool = False, reset: str = "6ms") -> Headers:
    """The headers by which clients pace themselves."""
    remaining = 0 if exceeded else LIMIT - 1
    return (
        ("x-ratelimit-limit-requests", str(LIMIT)),
        ("x-ratelimit-remaining-requests", str(remaining)),
        ("x-ratelimit-reset-requests", reset),
        ("x-ratelimit-limit-tokens", str(LIMIT * 1000)),
        ("x-ratelimit-remaining-tokens", str(remaining * 1000)),
        ("x-ratelimit-reset-tokens", reset),
    )


def _waiting(fault: Fail) -> Headers:
    """``Retry-After`` is whole seconds in the standard; what is shorter is said in milliseconds, which the SDK reads first."""
    if fault.retry_after is None:
        return rate_limits(exceeded=fault.status == 429)
    exact = (("retry-after-ms", f"{fault.retry_after * 1000:g}"),) if fault.retry_after % 1 else ()
    limits = rate_limits(exceeded=fault.status == 429, reset=f"{fault.retry_after:g}s")
    return (("retry-after", str(math.ceil(fault.retry_after))), *exact, *limits)
