"""A script that writes itself: every tool that an agent is offered is called once, then the model ends the chat."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from autogen_harness.errors import UsageError
from autogen_harness.llm.asking.seen import Seen
from autogen_harness.llm.incoming import schemas_of
from autogen_harness.llm.script.places import Place
from autogen_harness.llm.script.script import Script
from autogen_harness.llm.turns.turn import Turn, call, say
from autogen_harness.wording import nearest_or_all

Sample = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Makes ordinary arguments for a schema of parameters; raises UsageError where none fit it."""


def no_samples(_: Mapping[str, Any]) -> Mapping[str, Any]:
    """What makes arguments where nobody does.

    Raises:
        UsageError: always.
    """
    message = "nothing makes arguments here"
    raise UsageError(message)


FAREWELL = "Every tool was called. TERMINATE"
"""What ends a chat with most agents: AutoGen's examples look for this word."""


@dataclass(slots=True)
class Wish:
    """What a test said of the sweep.

    Attributes:
        sample: makes arguments.
        arguments: by tool, what is to be sent in place of what the schema gives.
        leave: tools that are not called.
        farewell: what the model says at last.
        met: tools that were on offer to anybody so far.
    """

    sample: Sample
    arguments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    leave: Collection[str] = ()
    farewell: str = FAREWELL
    met: set[str] = field(default_factory=set)

    def call_of(self, tool: str, schema: Mapping[str, Any] | None) -> Turn:
        """The turn that calls a tool.

        Raises:
            UsageError: no arguments fit its schema.
        """
        given = dict(self.arguments.get(tool, {}))
        try:
            made = dict(self.sample(schema)) if schema else {}
        except UsageError as error:
            if not given:
                message = (
                    f"call_every_tool() finds no arguments for {tool}: {error}; give them: arguments={{{tool!r}: {{...}}}}"
                )
                raise UsageError(message) from None
            made = {}
        return call(tool, {**made, **given})

    @property
    def strangers(self) -> list[str]:
        """Tools that the test named and that nobody was offered."""
        return [name for name in (*self.arguments, *self.leave) if name not in self.met]

    def nearest(self, name: str) -> str:
        """What a stranger may have meant."""
        return nearest_or_all(name, self.met)


class Sweep(Script):
    """The turns of one agent, written when it asks: a call of each tool on offer that it has not called, then the end."""

    def __init__(self, name: str, seed: str, wish: Wish) -> None:
        super().__init__(name, seed)
        self._wish = wish
        self._called: set[str] = set()
        self._has_ended = False

    def next_for(self, seen: Seen) -> Turn | None:
        """As for any script."""
        self._write(seen)
        return super().next_for(seen)

    def _write(self, seen: Seen) -> None:
        schemas = schemas_of(seen.request.body)
        self._wish.met.update(seen.request.tools)
        for tool in seen.request.tools:
            if tool not in self._called and tool not in self._wish.leave:
                self._called.add(tool)
                self._add(self._wish.call_of(tool, schemas.get(tool)))
        if self.upcoming is None and not self._has_ended:
            self._has_ended = True
            self._add(say(self._wish.farewell))

    def _add(self, turn: Turn) -> None:
        self._written += 1
        self._places.append(Place(self._written, turn))
