"""Code that classic AutoGen would execute from a message: refused and recorded, unless the test allows it.

``UserProxyAgent`` executes fenced blocks by default, on this machine where Docker is off; a scripted answer must not.
"""

from __future__ import annotations

from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autogen_harness.adapters import Seams
    from autogen_harness.patches import Patches

REFUSED = "autogen-harness refused to execute this code; allow it with harness.code.allow()"


def guard(agents: Any, patches: Patches, seams: Seams) -> None:
    """Guard the two ways in which an agent executes code: its own, and a code executor."""
    patches.swap(agents, "execute_code_blocks", lambda original: _own(original, seams))
    base = import_module("autogen.coding.base")
    for executor in _executors(base.CodeExecutor):
        patches.swap(executor, "execute_code_blocks", lambda original: _executor(original, seams, base.CodeResult))


def _executors(base: type) -> Iterator[type]:
    """Every class that executes code in its own way: subclasses of AutoGen's protocol that define the method."""
    kind: type
    for kind in base.__subclasses__():
        yield from _executors(kind)
        if "execute_code_blocks" in vars(kind):
            yield kind


def _own(original: Callable[..., Any], seams: Seams) -> Callable[..., Any]:
    @wraps(original)
    def execute_code_blocks(agent: Any, code_blocks: Any) -> Any:
        if seams.may_execute("\n".join(code for _, code in code_blocks)):
            return original(agent, code_blocks)
        return 1, REFUSED

    return execute_code_blocks


def _executor(original: Callable[..., Any], seams: Seams, result: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def execute_code_blocks(executor: Any, code_blocks: Any) -> Any:
        if seams.may_execute("\n".join(block.code for block in code_blocks)):
            return original(executor, code_blocks)
        return result(exit_code=1, output=REFUSED)

    return execute_code_blocks
