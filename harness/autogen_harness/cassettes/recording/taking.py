"""What was sent and what came of it, as an interaction of a cassette."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from autogen_harness.cassettes.cassette import Interaction, Recorded
from autogen_harness.cassettes.matching.matchers import Asked
from autogen_harness.clock.timeline import Real

if TYPE_CHECKING:
    from collections.abc import Collection

    from autogen_harness.cassettes.cassette import Timing
    from autogen_harness.model import HttpRequest, Outcome

KEPT = frozenset(
    {
        *("accept", "accept-language", "content-encoding", "content-language", "content-type"),
        *("idempotency-key", "if-match", "if-modified-since", "if-none-match", "prefer", "range", "x-requested-with"),
        *("stripe-signature", "x-hub-signature-256", "x-slack-request-timestamp", "x-slack-signature"),  # of the very bytes
    }
)
"""Request headers that are recorded. Others tell of the client and the machine, or are secret."""


def taken(request: HttpRequest, outcome: Outcome, at: str, timing: Timing | None, headers: Collection[str] = ()) -> Interaction:
    """An interaction.

    Args:
        request: as it was sent.
        outcome: what came of it.
        at: when it was sent, see :func:`now`.
        timing: how long it took.
        headers: names, in small letters, of request headers to keep beside :data:`KEPT`.
    """
    kept = tuple(pair for pair in request.headers if pair[0].lower() in KEPT or pair[0].lower() in headers)
    recorded = Recorded(at, Asked(request).host, _with_version(request.client))
    plain = replace(request, headers=kept, timeout=None, client="")  # these two are of the test, not of the request
    return Interaction(plain, outcome, recorded=recorded, timing=timing)


def now() -> str:
    """The real time in UTC, whoever froze it: ``2026-11-22T10:00:00Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(Real.wall()))


@cache
def _with_version(client: str) -> str:
    try:
        return f"{client}/{version(client)}" if client else ""
    except PackageNotFoundError:  # a module of the standard library
        return client
