"""Is a delivery signed with the secret? The schemes of GitHub, Slack, Stripe and Standard Webhooks; all are HMAC-SHA256.

What is signed are the exact bytes of the body, so they are never read and written again on the way.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autogen_harness.errors import UsageError
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from autogen_harness.cassettes.services.webhook.delivery import WebhookDelivery

TOLERANCE = 300.0
"""Seconds between the time in a signature and now, as Slack and Stripe recommend."""

_NO_FIT = "the signature does not fit the body and the secret"


class _UnsignedError(ValueError):
    """A delivery cannot be judged: the text says what it lacks."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a delivery says of itself: the signed bytes, the signatures (one is enough), and when, where that is signed too."""

    content: bytes
    given: tuple[str, ...]
    written: Callable[[bytes], str]
    at: str | None = None


def _github(delivery: WebhookDelivery) -> _Claim:
    given = _header(delivery, "X-Hub-Signature-256")
    return _Claim(delivery.body, (given,), lambda digest: f"sha256={digest.hex()}")


def _slack(delivery: WebhookDelivery) -> _Claim:
    given, at = _header(delivery, "X-Slack-Signature"), _header(delivery, "X-Slack-Request-Timestamp")
    return _Claim(b"v0:%s:%s" % (at.encode(), delivery.body), (given,), lambda digest: f"v0={digest.hex()}", at)


def _stripe(delivery: WebhookDelivery) -> _Claim:
    pairs = [piece.strip().partition("=") for piece in _header(delivery, "Stripe-Signature").split(",")]
    at = next((value for name, _, value in pairs if name == "t"), "")
    given = tuple(value for name, _, value in pairs if name == "v1")
    return _Claim(b"%s.%s" % (at.encode(), delivery.body), given, bytes.hex, at)


def _standard(delivery: WebhookDelivery) -> _Claim:
    ident, at = _header(delivery, "webhook-id"), _header(delivery, "webhook-timestamp")
    given = tuple(_header(delivery, "webhook-signature").split())
    content = b"%s.%s.%s" % (ident.encode(), at.encode(), delivery.body)
    return _Claim(content, given, lambda digest: f"v1,{base64.b64encode(digest).decode()}", at)


def _header(delivery: WebhookDelivery, name: str) -> str:
    value = delivery.header(name)
    if value is None:
        message = f"it has no header {name}"
        raise _UnsignedError(message)
    return value


STYLES: Mapping[str, Callable[[WebhookDelivery], _Claim]] = {
    "github": _github,
    "slack": _slack,
    "standard-webhooks": _standard,
    "stripe": _stripe,
}
"""The schemes, by the name that a test gives."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A secret, and how deliveries are signed with it.

    Attributes:
        secret: as the sender has it; of Standard Webhooks with or without its ``whsec_``.
        style: one of :data:`STYLES`.
        tolerance: seconds that a signed time may differ from now.
    """

    secret: str
    style: str
    tolerance: float = TOLERANCE

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise UsageError(f"secret(style={self.style!r}): {nearest_or_all(self.style, STYLES)}")
        if not isinstance(self.secret, str) or not self.secret:
            raise UsageError("secret(...): write the secret that the sender has, as text")
        self._key()

    def problem(self, delivery: WebhookDelivery, now: float) -> str:
        """Why the delivery is not to be trusted at ``now``, in seconds since 1970; empty where it is."""
        try:
            claim = STYLES[self.style](delivery)
        except _UnsignedError as unsigned:
            return str(unsigned)
        wanted = claim.written(hmac.digest(self._key(), claim.content, "sha256"))
        if not any(hmac.compare_digest(wanted.encode(), given.encode()) for given in claim.given):
            return _NO_FIT
        return "" if claim.at is None else self._late(claim.at, now)

    def _late(self, at: str, now: float) -> str:
        if not at.isdecimal():
            return f"its time {at!r} is no number of seconds"
        away = now - int(at)
        if abs(away) <= self.tolerance:
            return ""
        where = "ago" if away > 0 else "from now"
        return f"it was signed {abs(away):.0f} s {where}, and {self.tolerance:g} s are allowed"

    def _key(self) -> bytes:
        if self.style != "standard-webhooks" or not self.secret.startswith("whsec_"):
            return self.secret.encode()
        try:
            return base64.b64decode(self.secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError) as error:
            raise UsageError(f"secret({self.secret!r}): behind whsec_ stands base64, and this is none: {error}") from error
