"""Arguments are checked where they come in.

A model sends what it likes: a number as text, null, a name that it made up. AutoGen's two ways to register a tool treat
that differently (one passes it on, one converts it or drops it), so a tool that wants to be sure checks for itself.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, TypeVar, cast

from jsonschema import Draft202012Validator, ValidationError

from toolbox.envelope import failure

Tool = TypeVar("Tool", bound=Callable[..., Any])
Schema = Mapping[str, Any]


def checked(schema: Schema) -> Callable[[Tool], Tool]:
    """Let a call through only if its arguments obey ``schema["parameters"]``; else answer an error that names the argument.

    The tool keeps its name, signature and kind (``async def`` stays one); nothing of it runs when a call is refused.
    """
    parameters = schema["parameters"]

    def decorate(tool: Tool) -> Tool:
        complain = partial(_complaint, parameters, Draft202012Validator(parameters), inspect.signature(tool))

        @wraps(tool)
        def call(*args: Any, **kwargs: Any) -> Any:
            problem = complain(args, kwargs)
            return failure(problem) if problem else tool(*args, **kwargs)

        @wraps(tool)
        async def acall(*args: Any, **kwargs: Any) -> Any:
            problem = complain(args, kwargs)
            return failure(problem) if problem else await tool(*args, **kwargs)

        return cast("Tool", acall if is_async(tool) else call)

    return decorate


def is_async(tool: Callable[..., Any]) -> bool:
    """Must a call of ``tool`` be awaited? True too for an object whose ``__call__`` is ``async def``."""
    return inspect.iscoroutinefunction(tool) or inspect.iscoroutinefunction(type(tool).__call__)


def _complaint(
    parameters: Schema,
    validator: Draft202012Validator,
    signature: inspect.Signature,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> str | None:
    """What is wrong with the arguments, in one sentence that never repeats their values; None if they are right."""
    arguments = {**signature.bind_partial(*args).arguments, **kwargs}
    known = parameters["properties"]
    for name in parameters["required"]:
        if name not in arguments:
            return f"argument '{name}' is missing"
    for name, value in arguments.items():
        if name not in known:
            return f"argument '{name}' is unknown; this tool takes {', '.join(known)}"
        if not _is_json(value):
            return f"argument '{name}' cannot be written as JSON in UTF-8"
    error = next(iter(validator.iter_errors(arguments)), None)
    return _sentence(error) if error else None


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _sentence(error: ValidationError) -> str:
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    return f"argument '{where}' breaks its rule {error.validator}: {json.dumps(error.validator_value)}"
