"""What a test asserts of the calls that were made: ``harness.llm.assert_called(...)`` and its kin.

"Called" means that the body of the tool was entered: an agent had the tool, and took the arguments. A call that the model made
and nobody executed does not count, and is shown as what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autogen_harness import wording
from autogen_harness.errors import UsageError, must_be_text
from autogen_harness.llm.asked import calls_made
from autogen_harness.llm.asked.calls_made import CallsDiffer, Wanted
from autogen_harness.llm.incoming import schemas_of
from autogen_harness.llm.lint.lint import wrong_arguments
from autogen_harness.model import LlmRequest, ToolRun

if TYPE_CHECKING:
    from autogen_harness.ledger import Ledger


class ToolAssertions:
    """Assertions on the tool runs of a ledger. A failure is a :class:`~autogen_harness.llm.asked.calls_made.CallsDiffer`."""

    _ledger: Ledger

    def assert_called(
        self, tool: str, arguments: Mapping[str, Any] | None = None, /, *, times: int | None = None, **kwargs: Any
    ) -> None:
        """Assert that ``tool`` ran, with these arguments among others.

        Args:
            tool: the tool's name.
            arguments: arguments as a mapping, for names that collide with ``times`` or Python's own; joined with the keywords.
            times: how many runs of it fit; None for at least one.
            kwargs: what the arguments are: a value, a compiled pattern to search, a type, or a function that says yes.

        Raises:
            CallsDiffer: it did not, or not so often.
            UsageError: the tool has no such parameter, or ``times`` is no number from 1.
        """
        __tracebackhide__ = True
        if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
            hint = f"write assert_not_called({tool!r})" if times == 0 else "a number from 1"
            raise UsageError(f"assert_called({tool!r}, times={times!r}): {hint}")
        wanted = self._wanted("assert_called", tool, arguments, kwargs)
        runs = self._ledger.of(ToolRun)
        fitting = wanted.fitting(runs)
        if len(fitting) == times or (times is None and fitting):
            return
        said = "was not called" if not fitting else f"was called {wording.times(len(fitting))}, not {wording.times(times or 0)}"
        raise calls_made.differ(f"{wanted} {said}", runs, wanted, self._offered())

    def assert_not_called(self, tool: str, arguments: Mapping[str, Any] | None = None, /, **kwargs: Any) -> None:
        """Assert that ``tool``, which an agent could have called, never ran with these arguments.

        Args:
            tool: the tool's name.
            arguments: arguments as a mapping, joined with the keywords.
            kwargs: as for :meth:`assert_called`; none for a tool that did not run at all.

        Raises:
            CallsDiffer: it did.
            UsageError: no agent was offered such a tool, so that it had to hold; or the tool has no such parameter.
        """
        __tracebackhide__ = True
        wanted = self._wanted("assert_not_called", tool, arguments, kwargs)
        runs = self._ledger.of(ToolRun)
        if tool not in self._offered() and tool not in {run.tool for run in runs}:
            raise UsageError(calls_made.never_offered(tool, self._offered()))
        fitting = wanted.fitting(runs)
        if fitting:
            raise CallsDiffer(f"{wanted} was called {wording.times(len(fitting))}", runs, marked=fitting)

    def assert_order(self, *tools: str, exactly: bool = False) -> None:
        """Assert that ``tools`` ran in this order; others may have run before, between and after.

        Args:
            tools: their names; a name can stand more than once.
            exactly: nothing else ran.

        Raises:
            CallsDiffer: they did not.
            UsageError: no name is given, or something that is not one.
        """
        __tracebackhide__ = True
        for tool in tools:
            must_be_text(tool, "each of assert_order(...)", 'assert_order("search", "score")')
        if not tools:
            raise UsageError('assert_order() names nothing; write assert_order("search", "score")')
        problem = calls_made.out_of_order(tools, self._ledger.of(ToolRun), self._offered(), exactly=exactly)
        if problem is not None:
            raise problem

    def _wanted(self, verb: str, tool: str, arguments: Mapping[str, Any] | None, kwargs: Mapping[str, Any]) -> Wanted:
        """What is asserted, checked: an assertion on a parameter that the tool does not have would say nothing."""
        must_be_text(tool, f"the tool of {verb}(...)", f'{verb}("search_web")')
        wanted = Wanted.of(verb, tool, arguments, kwargs)
        made = {name for run in self._ledger.of(ToolRun) if run.tool == tool for name in run.arguments or ()}
        new = {name: None for name in wanted.arguments if name not in made}
        schemas = [one for request in self._ledger.of(LlmRequest) if (one := schemas_of(request.body).get(tool)) is not None]
        for wrong in wrong_arguments(new, schemas[-1]) if schemas else ():
            if wrong.check == "extra":
                raise UsageError(f"{verb}({tool!r}): {wrong.text}" + (f"; {wrong.hint}" if wrong.hint else ""))
        return wanted

    def _offered(self) -> list[str]:
        """Every tool that was on offer to an agent, once."""
        return list(dict.fromkeys(name for request in self._ledger.of(LlmRequest) for name in request.tools))
