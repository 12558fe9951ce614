"""What is recorded about one tool call, whichever generation of AutoGen makes it: the run, and the finding that it deserves.

AutoGen turns every failure into a string, so the exception itself is caught around the tool.
"""

from __future__ import annotations

import inspect
import json
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

from autogen_harness.errors import Recorded, told, without_links
from autogen_harness.model import Finding, ToolRun
from autogen_harness.origin import raised_at

if TYPE_CHECKING:
    from autogen_harness.ledger import Ledger


class ToolReport:
    """One call of the tool ``name`` that the agent ``owner`` executes.

    Attributes:
        raw: the arguments as the model wrote them.
        arguments: the same as an object; None where they are none.
        entered: was the tool itself called?
        error: what the tool itself raised.
    """

    def __init__(self, ledger: Ledger, name: str, owner: str, call_id: str | None, raw: Any) -> None:
        self._ledger, self.name, self.owner, self._call_id, self.raw = ledger, name, owner, call_id, raw
        self.arguments = _parsed(raw)
        self.entered = False
        self.error: BaseException | None = None

    def watching(self, tool: Any, hand_on: Callable[[BaseException], BaseException] = lambda error: error) -> Any:
        """``tool``, async if it is async, that notes what it raises; ``hand_on`` gives what is raised in its place."""

        async def reporting_async(*args: Any, **kwargs: Any) -> Any:
            with self.noting(hand_on):
                return await tool(*args, **kwargs)

        def reporting(*args: Any, **kwargs: Any) -> Any:
            with self.noting(hand_on):
                return tool(*args, **kwargs)

        chosen = reporting_async if inspect.iscoroutinefunction(tool) else reporting
        return wraps(tool)(chosen) if hasattr(tool, "__name__") else chosen

    @contextmanager
    def noting(self, hand_on: Callable[[BaseException], BaseException]) -> Iterator[None]:
        """The tool is at work; ``hand_on`` as for :meth:`watching`. What was noted closer to the tool stays."""
        self.entered = True
        try:
            yield
        except BaseException as error:
            self.error = self.error or error
            instead = hand_on(error)
            if instead is error:
                raise
            raise instead from None  # contextlib would raise a StopIteration that is a cause itself

    # -- what came of it -------------------------------------------------------------------------------------------------

    def ran(self, content: Any, ignored: str = "", takes: str = "") -> None:
        """The tool gave a result. ``ignored`` says which of the arguments AutoGen kept from it, if it did."""
        if str(content).startswith("<coroutine object"):
            self._never_awaited(content)
        else:
            self._record("ok", content, self._bad_arguments(ignored, takes) if ignored else None)

    def raised(self, error: BaseException, content: Any = None) -> None:
        """The tool raised. What is a finding already, or ended from outside, is no other one."""
        known = isinstance(error, (Recorded, CancelledError))
        self._record("raised", content, None if known else _raised(self.name, self.owner, error), error)

    def failed(self, content: Any) -> None:
        """The tool answered that it failed, and raised nothing in this process."""
        what = f"{self.name} answered with an error: {_brief(content)}"
        fix = "mend the tool, or the service behind it"
        self._record("raised", content, self._finding("tool-raised", what, fix, type="is_error", message=str(content)))

    def unknown(self, content: Any, held: list[str], fix: str) -> None:
        """The agent has no such tool, but those in ``held``. Said once, also when the script's turn was told already."""
        has = f"it has {', '.join(held)}" if held else "it has no tools"
        what = f"{self.owner} was to execute {self.name} and has no such tool; {has}"
        self._record("unknown", content, None if self._told("tool-unknown") else self._finding("tool-unknown", what, fix))

    def refused(self, why: str, takes: str, content: Any = None, error: BaseException | None = None) -> None:
        """The arguments were refused for the reason ``why``; ``takes`` says what the tool takes, as ``(x: int)``."""
        self._record("bad-args", content, self._bad_arguments(why, takes), error)

    def _never_awaited(self, content: Any) -> None:
        what = f"{self.name} gave a coroutine that nothing awaited, and the model was told {str(content)!r}"
        fix = "make the wrapper around the async tool async as well"
        self._record("raised", content, self._finding("tool-raised", what, fix, type="coroutine"))

    def _told(self, rule: str) -> bool:
        """Was it said already, of the turn that makes this call? AutoGen 0.2 does not hand on the ids of calls."""
        return any(
            one.rule == rule
            and one.turn is not None
            and one.fields.get("tool") == self.name
            and self._call_id in (None, one.fields.get("call_id"))
            for one in self._ledger.findings
        )

    def _bad_arguments(self, why: str, takes: str) -> Finding | None:
        if self._told("tool-bad-args"):
            return None
        what = f"{self.name} was called with {_brief(self.raw)}: {without_links(why)}"
        return self._finding("tool-bad-args", what, f"call it as {self.name}{takes}")

    def _finding(self, rule: str, what: str, fix: str, **fields: Any) -> Finding:
        expect = f'harness.expect("{rule}", tool="{self.name}")'
        return Finding(rule, what, fix, expect, None, {"tool": self.name, "agent": self.owner, **fields})

    def _record(self, outcome: Any, content: Any, finding: Finding | None = None, error: BaseException | None = None) -> None:
        raw = self.raw if isinstance(self.raw, str) else None
        self._ledger.record(ToolRun(self.name, self.owner, self.arguments, outcome, content, error, self._call_id, raw))
        if finding is not None:
            self._ledger.record(finding)


def _parsed(raw: Any) -> Mapping[str, Any] | None:
    try:
        value = json.loads(raw)
    except (TypeError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _brief(raw: Any) -> str:
    text = raw if isinstance(raw, str) and raw else repr(raw)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _raised(tool: str, agent: str, error: BaseException) -> Finding:
    kind, where = type(error).__name__, raised_at(error)
    what = f"{tool} raised {told(error)}" + (f", at {where}" if where else "")
    fields = {"tool": tool, "agent": agent, "type": kind, "message": str(error), "error": error}
    expect = f'call("{tool}", ...).raises({kind}), or harness.expect("tool-raised", tool="{tool}")'
    return Finding("tool-raised", what, "mend the tool, or let it return the error as its result", expect, None, fields)
