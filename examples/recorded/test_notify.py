"""A tool that delivers to a URL, and the receiver of it: a real server on this machine, with a memory and with faults."""

from __future__ import annotations

import json

import pytest

from autogen_harness import Harness
from recorded.notify import notify_sent

SENT = {"event": "parcel.sent", "order": 1001}


@pytest.fixture(autouse=True)
def receiver(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that takes only what is signed with the secret."""
    harness.http.webhook.secret("s3cret-of-the-desk", style="github")
    monkeypatch.setenv("PARCELS_SECRET", "s3cret-of-the-desk")
    monkeypatch.setenv("PARCELS_WEBHOOK", harness.http.webhook.url)


def test_the_event_is_delivered_and_signed(harness: Harness) -> None:
    """Once, with the signature over the exact bytes."""
    assert json.loads(notify_sent(1001)) == {"notified": True, "attempts": 1}

    harness.http.webhook.assert_delivered(SENT, times=1)
    assert harness.http.webhook.deliveries[0].verified


def test_a_lost_answer_makes_a_duplicate_that_the_receiver_knows(harness: Harness) -> None:
    """The first was accepted and its answer was lost. The tool sends again, by the same id, and it counts once."""
    harness.http.webhook.drops()

    assert json.loads(notify_sent(1001)) == {"notified": True, "attempts": 2}

    assert [one.duplicate_of for one in harness.http.webhook.deliveries] == [None, 1]
    harness.http.webhook.assert_delivered(SENT, times=1)
    assert harness.clock.sleeps == [1]


def test_a_model_that_asks_twice_notifies_once(harness: Harness) -> None:
    """The id follows from the event, so the second call is known as a duplicate too."""
    notify_sent(1001)
    notify_sent(1001)
    notify_sent(1002)

    assert [one.duplicate_of for one in harness.http.webhook.deliveries] == [None, 1, None]
    assert [one.json["order"] for one in harness.http.webhook.accepted] == [1001, 1002]


def test_a_receiver_that_is_down_is_tried_three_times(harness: Harness) -> None:
    """Two refusals, then it works; the waits grow and none is real."""
    harness.http.webhook.fails(times=2, status=503)

    assert json.loads(notify_sent(1001))["attempts"] == 3

    assert harness.clock.sleeps == [1, 2]


def test_a_wrong_secret_is_not_tried_again(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The receiver answers 401, nothing counts, and the model is told that trying again cannot help."""
    monkeypatch.setenv("PARCELS_SECRET", "another-secret")

    assert json.loads(notify_sent(1001))["status"] == 401

    assert [one.verified for one in harness.http.webhook.deliveries] == [False]
    harness.http.webhook.assert_not_delivered(SENT)
