"""A tool that tells a webhook that a parcel was sent: signed as GitHub signs, and sent again until it is answered.

The address and the secret are the operator's and come from the environment: a model must not choose who is told.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time

import requests

from toolbox.envelope import as_text, failure, success
from toolbox.web import failed_request, failed_status

TIMEOUT = 5.0
"""Seconds, of every request."""

ATTEMPTS = 3


def notify_sent(order: int) -> str:
    """Tell the webhook once that ``order`` was sent. Answer: ``notified`` and ``attempts``; or ``error``."""
    body = as_text({"event": "parcel.sent", "order": order}).encode()
    signature = hmac.new(os.environ["PARCELS_SECRET"].encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature-256": f"sha256={signature}",
        "Idempotency-Key": f"parcel.sent/{order}",  # the same in every attempt: the receiver can tell that it knows the event
    }
    problem: dict[str, object] = {}
    for attempt in range(1, ATTEMPTS + 1):
        try:
            reply = requests.post(os.environ["PARCELS_WEBHOOK"], data=body, headers=headers, timeout=TIMEOUT)
            if reply.ok:
                return success(notified=True, attempts=attempt)
            problem = failed_status(reply.status_code, reply.headers)
        except requests.RequestException as error:
            problem = failed_request(error)
        if not problem["retryable"]:
            break
        time.sleep(2.0 ** (attempt - 1))
    return failure(str(problem.pop("error")), **problem)
