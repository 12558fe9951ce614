"""The scripts of a test: one for all agents, one for each agent that has its own, and those of selections and summaries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from autogen_harness.errors import must_be_text
from autogen_harness.llm.script.script import Script, SideScript
from autogen_harness.llm.script.script_file import ScriptFile
from autogen_harness.llm.script.sweep import FAREWELL, Sample, Sweep, Wish
from autogen_harness.llm.turns.turn import Turn


class Scripts:
    """What is set before the agents ask.

    Attributes:
        selector, summary: what the model says where AutoGen asks by itself; see docs/scripts.md.
    """

    def __init__(self, seed: str, read: Callable[[str], ScriptFile], sample: Sample) -> None:
        self._seed, self._read, self._sample = seed, read, sample
        self._forget()

    def _forget(self) -> None:
        self._main = Script("", self._seed)
        self._agents: dict[str, Script] = {}
        self._wish: Wish | None = None
        self.selector = SideScript("selector", self._seed)
        self.summary = SideScript("summary", self._seed)

    def script(self, *turns: Turn) -> None:
        """Set what the model says, in order, to whichever agents ask.

        Raises:
            UsageError: an earlier script has turns left, or something is not a turn.
        """
        self._main.load(turns)

    def load(self, name: str | Path) -> None:
        """Set everything that a script file says: ``harness.llm.load("analyst.yaml")``. See docs/script-files.md.

        Args:
            name: a path from the folder of the test file, or from the project's folder of scripts (setting ``scripts``), or
                the name of a script that the harness ships.

        Raises:
            UsageError: there is no such file, or an earlier script has turns left.
            DocumentError: the file is not a script; with the place of everything that is wrong.
        """
        self.add(self._read(str(name)))

    def add(self, file: ScriptFile) -> None:
        """Set everything that ``file`` says, beside what is set already for others.

        Raises:
            UsageError: an earlier script has turns left.
        """
        scripts = {self._main: file.turns, **{self.agent(name): turns for name, turns in file.agents.items()}}
        for script, turns in scripts.items():
            if turns:
                script.script(*turns)
        for side, said in ((self.selector, file.selector), (self.summary, file.summary)):
            if said == "forbid":
                side.forbid()
            elif said:
                side.script(*said)

    def call_every_tool(
        self,
        *,
        arguments: Mapping[str, Mapping[str, Any]] | None = None,
        leave: Collection[str] = (),
        farewell: str = FAREWELL,
    ) -> None:
        """In place of a script: each agent that asks calls every tool that it is offered, once and in order, and then ends.

        Args:
            arguments: by tool, arguments to send; those left out come from the tool's schema: its examples and defaults, else
                small values that it allows.
            leave: tools that are not called.
            farewell: what each agent's model says at last.

        Raises:
            UsageError: a script has turns left, or ``farewell`` is no text.
        """
        must_be_text(farewell, "farewell in harness.llm.call_every_tool(...)", "farewell='That is all. TERMINATE'")
        self._main.load(())
        self._wish = Wish(self._sample, dict(arguments or {}), frozenset(leave), farewell)

    def agent(self, name: str) -> Script:
        """The script of one agent, ``harness.llm.agent("planner").script(...)``; the agent then never takes a common turn.

        Raises:
            UsageError: this is not a name.
        """
        example = f'harness.llm.agent("{getattr(name, "name", "planner")}")'
        must_be_text(name, "the name in harness.llm.agent(...)", example)
        return self._agents.setdefault(name, Script(name, self._seed))

    @property
    def _scripts(self) -> list[Script]:
        """Every script; that of all agents has no name, and an agent may be called as the selections are."""
        return [self._main, *self._agents.values(), self.selector, self.summary]

    def _script_of(self, agent: str) -> Script:
        """The script of an agent; where every tool is to be called, each has one of its own."""
        if self._wish is not None and agent not in self._agents:
            self._agents[agent] = Sweep(agent, self._seed, self._wish)
        return self._agents.get(agent, self._main)
