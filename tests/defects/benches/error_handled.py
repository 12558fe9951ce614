"""A tool that calls any API and tries again, and the decorator that makes it do so."""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import requests
from defects.fetching import Endless, fetch
from defects.importable import made
from defects.workbench import Bench, Defect, contract

from autogen_harness.contracts.subject import Contract
from error_handled.retrying import may_repeat
from error_handled.tool import CALL_EXTERNAL_API_SCHEMA
from toolbox.boundary import checked
from toolbox.envelope import clip, failure, parse_json, success
from toolbox.web import Reply, failed_request, failed_status, refused

LIMIT = 3
"""Attempts of one call."""

PATIENCE = 5.0
"""Seconds of the longest wait; a server that asks for more is told of, not waited for."""

TIMEOUT = 15


def schema(bugs: frozenset[str]) -> dict[str, Any]:
    """What the model sees."""
    parameters = CALL_EXTERNAL_API_SCHEMA["parameters"]
    seconds = {"type": "integer", "description": "Seconds.", "minimum": 1, "maximum": TIMEOUT, "default": TIMEOUT}
    properties = {**parameters["properties"], "timeout": seconds}
    if "E17" in bugs:
        properties["payload"] = {**properties["payload"], "type": "object"}
    return {**CALL_EXTERNAL_API_SCHEMA, "parameters": {**parameters, "properties": properties}}


def trying(bugs: frozenset[str], limit: int = LIMIT) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Try a tool up to ``limit`` times, 1, 2, ... seconds apart or as far as the server asks."""
    if limit < 1 and "E7" not in bugs:
        raise ValueError("the limit must be at least 1")

    def decorate(tool: Callable[..., Any]) -> Callable[..., Any]:
        name = tool.__name__ if "E12" in bugs else getattr(tool, "__name__", type(tool).__name__)

        @wraps(tool)
        def call(*args: Any, **kwargs: Any) -> Any:
            for attempt in range(1, limit + 1):
                answer = _answer(bugs, partial(tool, *args, **kwargs))
                pause = _pause(bugs, _failed(answer), attempt)
                if pause is None or attempt == limit:
                    return _signed(answer, attempt, name)
                time.sleep(pause)
            return json.dumps({"error": None, "attempts": limit})

        return call

    return decorate


def _answer(bugs: frozenset[str], tool: Callable[[], Any]) -> Any:
    try:
        return tool()
    except Exception as error:  # noqa: BLE001  # whatever a tool raises, the model is answered
        return failure(f"the tool failed, {type(error).__name__}", status=None, retryable="E5" in bugs)


def _failed(answer: Any) -> dict[str, Any]:
    """The fields of a failure; none of any other answer."""
    fields = json.loads(answer) if isinstance(answer, str) else {}
    return fields if fields.get("error") else {}


def _pause(bugs: frozenset[str], failed: dict[str, Any], attempt: int) -> float | None:
    if not failed.get("retryable") or "attempts" in failed or "E11" in bugs:
        return None
    pause = max(2.0 ** (attempt - 1), 0.0 if "E4" in bugs else failed.get("retry_after", 0.0))
    return pause if pause <= PATIENCE or "E9" in bugs else None


def _signed(answer: Any, attempts: int, name: str) -> Any:
    failed = _failed(answer)
    return failure(**{"attempts": attempts, "tool": name, **failed}) if failed else answer


def tool(bugs: frozenset[str]) -> Callable[..., Any]:
    """The decorated tool."""

    def call_external_api(
        endpoint: str,
        method: str = "GET",
        payload: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
        timeout: int = TIMEOUT,
    ) -> Any:
        if problem := refused(endpoint):
            return failure(problem, status=None, retryable=False)
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        limit = TIMEOUT if "E8" in bugs else timeout
        try:
            reply = fetch(method, endpoint, json=payload, headers=headers, timeout=limit)
        except Endless:
            return failure("the answer does not end", status=None, retryable=False)
        except (OSError, ValueError) as error:
            return _unanswered(bugs, error, method, idempotency_key)
        return _told(bugs, reply, method, idempotency_key)

    if "E5" in bugs:  # what the schema forbids is found out inside of the loop, by an exception
        return trying(bugs)(call_external_api)
    return checked(schema(bugs))(trying(bugs)(call_external_api))


def _unanswered(bugs: frozenset[str], error: Exception, method: str, key: str | None) -> str:
    fields = failed_request(error)
    if "E16" in bugs:
        fields["error"] = f"the request failed: {error}"
    if "E24" in bugs:
        return json.dumps({"error": fields["error"], "retried": False})
    fields["retryable"] &= may_repeat(method, key) or "E2" in bugs
    return failure(**fields)


def _told(bugs: frozenset[str], reply: Reply, method: str, key: str | None) -> Any:
    if not (reply.status < 400 if "E14" in bugs else reply.ok):
        fields = failed_status(reply.status, reply.headers)
        fields["retryable"] &= may_repeat(method, key) or "E2" in bugs
        fields["retryable"] |= "E1" in bugs  # `if error.response:` is false for 4xx, and no status is no reason to give up
        return failure(**fields)
    if "E13" in bugs:
        return {"status_code": reply.status, "data": _data(bugs, reply)}
    if "E15" in bugs:
        return success(status_code=reply.status, data={"text": reply.body.decode("utf-8", "replace")})
    if "E6" in bugs and not _is_json(reply.body):
        return failure("Invalid JSON response", attempts=LIMIT, status=reply.status, retryable=False)
    return success(status_code=reply.status, **_data(bugs, reply))


def _data(bugs: frozenset[str], reply: Reply) -> dict[str, Any]:
    if "E3" in bugs:
        try:
            value = requests.compat.json.loads(reply.body)
        except json.JSONDecodeError:  # simplejson's is another
            value = None
        return {"data": {"text": clip(json.dumps(value), 5_000)[0]}, "truncated": not reply.whole}
    return reply.data(5_000)


def _is_json(body: bytes) -> bool:
    try:
        parse_json(body)
    except ValueError:
        return False
    return True


DEFECTS = (
    Defect("E1", "400, 401, 404 or 422: three attempts", "client-errors-are-not-retried", "status 400 was met 3 times"),
    Defect("E2", "a POST meets 503: three POSTs", "writes-are-repeated-only-with-a-key", "a POST was sent again with no"),
    Defect("E3", "201 without JSON, simplejson installed: a failure", "the-same-without-simplejson", "body not JSON"),
    Defect("E4", "429 with Retry-After: not waited for", "retry-after-is-honoured", "asked again after 1 s"),
    Defect("E5", "an argument that is missing: three attempts", "deterministic-errors-are-not-retried", "it waited 3 s"),
    Defect("E6", "no JSON in a body: attempts 3 after one", "reported-attempts-are-true", "3 attempts, the upstream saw 1"),
    Defect("E7", "a limit of 0: never called, error null", "no-attempts-are-refused", "0 it asked nobody"),
    Defect("E8", "timeout=7: the transport gets 15", "the-timeout-argument-is-honoured", "the same: 15 s"),
    Defect("E9", "Retry-After of a day: waited for, twice", "the-deadline-is-kept", "172"),
    Defect("E11", "503 told in-band: one attempt", "in-band-errors-are-retried", "was not asked again"),
    Defect("E12", "a partial cannot be wrapped", "wrapping-changes-nothing", "cannot wrap a functools.partial"),
    Defect("E13", "a dict is returned", "every-valid-call-returns-json", "dict, not a string"),
    Defect("E14", "304 is a success", "success-exactly-for-2xx", "it reports success"),
    Defect("E15", "5 MB are passed on as they are", "results-stay-small", "20,000 are allowed"),
    Defect("E16", "a key in the URL stands in the error", "secrets-stay-out-of-results", "api_key in the address stands in"),
    Defect("E17", "payload's default null is no string", "schema-is-well-formed", "default"),
    Defect("E24", "each kind of failure has fields of its own", "errors-have-one-shape", "retried"),
)
TOOLS = made(tool, globals(), [defect.id for defect in DEFECTS])


def api(bugs: frozenset[str]) -> Contract:
    """Any API, asked up to three times."""
    under = TOOLS[bugs]
    return contract(
        under,
        schema(bugs),
        pattern="error-handled",
        upstream=("webhook/httpbin-echo",),
        max_attempts=LIMIT,
        backoff=lambda retry: 2.0**retry,
        attempts=lambda number: trying(bugs, number)(inspect.unwrap(under)),
        wrap=trying(bugs),
        timeout=TIMEOUT,
        deadline=LIMIT * TIMEOUT + 2 * PATIENCE,
        success=lambda answer: isinstance(answer, dict) and "error" not in answer,
        output_schema=("status_code",),
    )


BENCHES = (Bench("call_external_api", api, DEFECTS),)
OUT_OF_REACH = ()
