"""What a receiver answers: as a shipped cassette does, or as the test says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.files import store
from autogen_harness.errors import UsageError
from autogen_harness.model import HttpReply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from autogen_harness.cassettes.services.webhook.delivery import WebhookDelivery

    Answer = HttpReply | Callable[[WebhookDelivery], HttpReply]

PLAIN = HttpReply(200, "OK", (("content-type", "application/json"),), b"{}")
"""What is answered where the test does not say it."""

STYLES = ("discord", "github", "slack")
"""Services whose addresses answer as they do, if no test says otherwise."""


def named(name: str, roots: Sequence[Path]) -> HttpReply:
    """The reply of a cassette: ``"slack"`` is that of ``webhook/slack-ok``, ``"created"`` that of ``webhook/created``.

    Raises:
        UsageError: there is no such cassette, or it holds no reply.
    """
    *first, last = [name] if "/" in name else [f"webhook/{name}-ok", f"webhook/{name}"]
    for stem in first:
        with suppress(UsageError):
            return _reply(stem, roots)
    return _reply(last, roots)


def _reply(name: str, roots: Sequence[Path]) -> HttpReply:
    outcome = store.fetch(name, roots)[0][1].outcome
    if not isinstance(outcome, HttpReply):
        raise UsageError(f"cassette {name!r} holds a broken connection, and no reply: write drops()")
    return outcome


def made(status: int, content: Any, headers: Mapping[str, str]) -> HttpReply:
    """A reply with a JSON body; without a body where ``content`` is None.

    Raises:
        UsageError: there is no such status.
    """
    if type(status) is not int or not 200 <= status <= 599:
        raise UsageError(f"answers(status={status!r}): a status is a whole number from 200 to 599")
    body = b"" if content is None else json.dumps(content).encode()
    kind = {} if content is None else {"content-type": "application/json"}
    reason = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    return HttpReply(status, reason, tuple((kind | dict(headers)).items()), body)


def refusal(reason: str) -> HttpReply:
    """What a delivery gets that is not verified."""
    return HttpReply(401, "Unauthorized", (("content-type", "text/plain; charset=utf-8"),), reason.encode())
