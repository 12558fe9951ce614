"""A scripted failure as an exception: the ``openai`` package's own class where it is installed, else ours with its fields.

AutoGen's fail-over to the next config knows only the SDK's classes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from autogen_harness.errors import ModelFault, ModelTimeout, Recorded
from autogen_harness.llm.turns.fail import fail
from autogen_harness.llm.wire.failures import error_body

if TYPE_CHECKING:
    from autogen_harness.llm.turns.turn import Fail

_CLASSES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
}
_URL = "https://api.openai.com/v1/chat/completions"


def error_of(fault: Fail) -> Exception:
    """The exception that the SDK would raise for ``fault``, its own retries done."""
    try:
        sdk = import_module("openai")
    except ImportError:
        kind = ModelTimeout if fault.kind == "timeout" else ModelFault
        return kind(fault.message, status_code=fault.status, code=fault.code, retry_after=fault.retry_after)
    http = _http_library()
    request = http.Request("POST", _URL)
    made: Exception
    if fault.kind == "timeout":
        made = sdk.APITimeoutError(request=request)
    elif fault.status is None:
        made = sdk.APIConnectionError(request=request)
    else:
        made = _status_error(sdk, http, request, fault, fault.status)
    return made


def fault_of(error: Exception) -> Fail | None:
    """The turn that says what the SDK raised of the API; None for any other error, and for what the harness itself refused."""
    sdk: Any = sys.modules.get("openai")
    if sdk is None or _is_ours(error):
        return None
    if isinstance(error, sdk.APITimeoutError):
        return fail.timeout()
    if isinstance(error, sdk.APIConnectionError):
        return fail.connection_reset()
    return _status_fault(error) if isinstance(error, sdk.APIStatusError) else None


def _status_fault(error: Any) -> Fail:
    said = error.body.get("message") if isinstance(error.body, Mapping) else None
    after = _seconds(error.response.headers.get("retry-after"))
    return fail(error.status_code, message=said or str(error), code=error.code, retry_after=after)


def _is_ours(error: BaseException | None) -> bool:
    """Did the network guard refuse the connection? The SDK makes an error of its own of that."""
    while error is not None and not isinstance(error, Recorded):
        error = error.__cause__ or error.__context__
    return error is not None


def _seconds(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:  # a date
        return None


def _status_error(sdk: Any, http: Any, request: Any, fault: Fail, status: int) -> Exception:
    body = error_body(fault)
    headers = {} if fault.retry_after is None else {"retry-after": f"{fault.retry_after:g}"}
    response = http.Response(status, request=request, headers=headers, json={"error": body})
    known = _CLASSES.get(status, "InternalServerError" if status >= 500 else "APIStatusError")
    made: Exception = getattr(sdk, known)(fault.message, response=response, body=body)
    return made


def _http_library() -> Any:
    """The HTTP library that this SDK is built on: httpx up to openai 2, httpx2 from openai 3 on."""
    exceptions = import_module("openai._exceptions")
    return getattr(exceptions, "httpx2", None) or exceptions.httpx
