"""A delivery is verified as the sender's documentation says, against the exact bytes and the time that the code sees."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from autogen_harness.cassettes.services.webhook.delivery import WebhookDelivery
from autogen_harness.cassettes.services.webhook.signatures import STYLES, Signature

SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes, ok").decode()
NOW = 1_767_603_600


def signed(style, body, at=NOW):
    """The headers that a sender adds; written from the documentation of each scheme, not from ours."""
    if style == "standard-webhooks":
        key = base64.b64decode(SECRET[6:])
        mac = hmac.new(key, f"msg_1.{at}.".encode() + body, hashlib.sha256).digest()
        return {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(at),
            "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
        }
    lead = {"github": b"", "slack": f"v0:{at}:".encode(), "stripe": f"{at}.".encode()}[style]
    mac = hmac.new(SECRET.encode(), lead + body, hashlib.sha256).hexdigest()
    return {
        "github": {"X-Hub-Signature-256": f"sha256={mac}"},
        "slack": {"X-Slack-Signature": f"v0={mac}", "X-Slack-Request-Timestamp": str(at)},
        "stripe": {"Stripe-Signature": f"t={at},v1={'0' * 64},v1={mac},v0=old"},
    }[style]


def problem(style, body, headers, secret=SECRET, now=NOW):
    return Signature(secret, style).problem(WebhookDelivery(1, "POST", "/", tuple(headers.items()), body), now)


def test_githubs_own_example_is_verified():
    """The values that GitHub's documentation gives to check an implementation with."""
    mac = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"X-Hub-Signature-256": f"sha256={mac}"}
    assert problem("github", b"Hello, World!", headers, "It's a Secret to Everybody") == ""


@pytest.mark.parametrize("style", STYLES)
@given(body=st.binary(max_size=60), at=st.integers(0, 60))
def test_what_is_signed_is_verified_and_nothing_else(style, body, at):
    """Any bytes; one byte more, another secret, or no header at all, and it is not."""
    headers = signed(style, body)
    assert problem(style, body, headers) == ""
    assert "does not fit" in problem(style, body + b" ", headers)
    assert "does not fit" in problem(style, body, headers, secret="whsec_" + base64.b64encode(b"other").decode())
    name = list(headers)[at % len(headers)]
    assert problem(style, body, {key: value for key, value in headers.items() if key != name}) == f"it has no header {name}"


@pytest.mark.parametrize("style", ["slack", "stripe", "standard-webhooks"])
@pytest.mark.parametrize(
    ("away", "says"),
    [(300, ""), (301, "it was signed 301 s ago, and 300 s are allowed"), (-300, ""), (-400, "it was signed 400 s from now")],
)
def test_a_time_that_is_signed_must_be_near(style, away, says):
    """In both directions, by five minutes."""
    assert problem(style, b"x", signed(style, b"x"), now=NOW + away).startswith(says)
    assert bool(problem(style, b"x", signed(style, b"x"), now=NOW + away)) == bool(says)


def test_a_time_that_is_no_number_is_told():
    """The signature fits, and the time cannot be judged."""
    assert problem("slack", b"x", signed("slack", b"x", "soon")) == "its time 'soon' is no number of seconds"


def test_the_time_is_the_one_that_the_code_sees(harness):
    """Frozen time, moved by virtual waits: what was signed six minutes before it is sent is refused with 401."""
    harness.clock.freeze("2026-01-05T09:00:00Z")
    hook = harness.http.webhook
    hook.secret(SECRET, style="slack")
    headers = signed("slack", b"x", int(time.time()))

    def deliver():
        return requests.post(hook.url, data=b"x", headers=headers, timeout=5).status_code

    found = [deliver()]
    time.sleep(360)
    found.append(deliver())

    assert found == [200, 401]
    assert [(one.verified, one.accepted) for one in hook.deliveries] == [(True, True), (False, False)]
    assert hook.deliveries[1].reason == "it was signed 360 s ago, and 300 s are allowed"


def test_an_address_can_have_a_secret_of_its_own(harness):
    """The others stay without one, and say neither yes nor no."""
    hook = harness.http.webhook
    hook.at("github").secret(SECRET)
    sent = [
        requests.post(url, data=b"x", headers=signed("github", b"x"), timeout=5) for url in (hook.url_for("github"), hook.url)
    ]
    assert [reply.status_code for reply in sent] == [204, 200]
    assert [one.verified for one in hook.deliveries] == [True, None]
