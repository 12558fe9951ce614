"""Where a contract is written: pytest finds it in a module or in a class, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_RUNNING = frozenset({"pytest_pyfunc_call", "runtest"})  # the hook that calls a test function; what runs a unittest method


def refuse_in_a_test(caller: FrameType, by: str) -> None:
    """A contract that a test makes is collected by nobody, and would be green whatever the tool does.

    The stack tells: outwards from the call, an import (of this file, by whoever collects it) comes before a running test.

    Raises:
        UsageError: a test is running the code that makes the contract.
    """
    frame: FrameType | None = caller
    while frame is not None and frame.f_code.co_name != "<module>":
        if frame.f_code.co_name in _RUNNING:
            message = (
                f"{by}(...) makes tests for pytest to collect, and checks nothing while a test runs; "
                "write it in the module or in a class: test_my_tool = " + f"{by}(...)"
            )
            raise UsageError(message)
        frame = frame.f_back


def fit_for(caller: FrameType, test: Any) -> Callable[..., None]:
    """The test as the place wants it: in the body of a class, one that takes no ``self``."""
    in_a_class = "__qualname__" in caller.f_locals and caller.f_code.co_name != "<module>"
    placed: Callable[..., None] = staticmethod(test) if in_a_class else test
    return placed


def line_of(caller: FrameType) -> Callable[[], None]:
    """A function whose source is the line of the user's file: pytest shows that place for the test."""

    def place() -> None:
        """Nothing is called here."""

    place.__code__ = place.__code__.replace(co_filename=caller.f_code.co_filename, co_firstlineno=caller.f_lineno)
    return place
