"""Whose fault a failed tool call is: the tool's, whose body ran, or the call's, whose arguments it does not take."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import CodeType

_TO_TEXT = "serialize_to_str"
"""The function of AutoGen that makes text of a tool's result."""


def signature_text(tool: Any) -> str:
    """The parameters of a tool as one would write them, and what it returns left out: that is no argument."""
    signature = _signature(tool)
    return "(...)" if signature is None else str(signature.replace(return_annotation=signature.empty))


def unknown_names(tool: Any, arguments: Mapping[str, Any] | None) -> list[str]:
    """The arguments that ``tool`` has no parameter for."""
    signature = _signature(tool)
    if signature is None or any(one.kind is one.VAR_KEYWORD for one in signature.parameters.values()):
        return []
    return [name for name in arguments or () if name not in signature.parameters]


def is_tools_own(tool: Any, arguments: Mapping[str, Any] | None, error: BaseException) -> bool:
    """Is ``error`` what the tool raised, rather than a refusal of its arguments?

    It is if the tool's body ran, or gave what AutoGen cannot turn into text. If not, one of its decorators may have raised;
    but not where the arguments do not fit, or where only the framework's own wrapper was reached.
    """
    layers, ran = [*_layers(tool)], set(_ran(error))
    if (layers and layers[-1] in ran) or any(code.co_name == _TO_TEXT for code in ran):
        return True
    return _takes(tool, arguments) and (not layers or not ran.isdisjoint(layers))


def _layers(tool: Any) -> Iterator[CodeType]:
    """The code of a tool, from its outermost decorator to its body; that of AutoGen's wrappers is left out."""
    while tool is not None:
        if not inspect.isroutine(tool) and not hasattr(tool, "func"):
            tool = getattr(tool, "__call__", None)  # noqa: B004 - the method itself, not whether there is one
        code = getattr(tool, "__code__", None)
        if code is not None and not str(getattr(tool, "__globals__", {}).get("__name__")).startswith("autogen."):
            yield code
        tool = getattr(tool, "__wrapped__", None) or getattr(tool, "func", None)  # functools.wraps, functools.partial


def _ran(error: BaseException) -> Iterator[CodeType]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code
        trace = trace.tb_next


def _takes(tool: Any, arguments: Mapping[str, Any] | None) -> bool:
    signature = _signature(tool)
    if signature is None:
        return True
    try:
        signature.bind(**(arguments or {}))
    except TypeError:
        return False
    return True


def _signature(tool: Any) -> inspect.Signature | None:
    try:
        return inspect.signature(tool)
    except (TypeError, ValueError):  # some builtins have none
        return None
