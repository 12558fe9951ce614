"""A scripted failure as an exception: the ``openai`` package's own class where it is installed, else ours with its fields.

AutoGen's fail-over to the next config knows only the SDK's classes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autogen_harness.errors import ModelFault, ModelTimeout

if TYPE_CHECKING:
    from autogen_harness.llm.turns import Fail

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


def _status_error(sdk: Any, http: Any, request: Any, fault: Fail, status: int) -> Exception:
    body = {
        "message": fault.message,
        "type": fault.type or ("server_error" if status >= 500 else "invalid_request_error"),
        "param": fault.param,
        "code": fault.code,
    }
    headers = {} if fault.retry_after is None else {"retry-after": f"{fault.retry_after:g}"}
    response = http.Response(status, request=request, headers=headers, json={"error": body})
    known = _CLASSES.get(status, "InternalServerError" if status >= 500 else "APIStatusError")
    made: Exception = getattr(sdk, known)(fault.message, response=response, body=body)
    return made


def _http_library() -> Any:
    """The HTTP library that this SDK is built on: httpx up to openai 2, httpx2 from openai 3 on."""
    exceptions = import_module("openai._exceptions")
    return getattr(exceptions, "httpx2", None) or exceptions.httpx
