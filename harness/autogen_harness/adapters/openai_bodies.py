"""What the ``openai`` package would send for the arguments that its methods are called with."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any


def body_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """The body of the request: what was not given is left out, and a class becomes the schema of its JSON."""
    body = {name: value for name, value in params.items() if type(value).__name__ not in ("NotGiven", "Omit")}
    if isinstance(body.get("response_format"), type):
        as_schema = import_module("openai.lib._parsing").type_to_response_format_param
        body["response_format"] = as_schema(body["response_format"])
    return body
