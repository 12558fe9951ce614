"""What agents may not do behind a test's back: ask a person, and execute code."""

from __future__ import annotations

from autogen_harness.errors import must_be_text
from autogen_harness.ledger import Ledger
from autogen_harness.model import Finding

LEAVE = "exit"
"""What an agent is told when it asks and nothing is scripted: AutoGen ends the chat on this word, as a person would."""


class Human:
    """``harness.human``: the answers that a person would type."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.reset()

    def reset(self) -> None:
        """Forget all answers."""
        self._answers: list[str] = []
        self.asked: list[str] = []

    def says(self, *answers: str) -> None:
        """Script the next answers, in order.

        Raises:
            UsageError: an answer is not text.
        """
        for answer in answers:
            must_be_text(answer, "what a person types", 'harness.human.says("yes", "exit")')
        self._answers += answers

    def leftovers(self) -> list[Finding]:
        """A finding ``turns-left`` if answers are left that nobody asked for."""
        if not self._answers:
            return []
        first, said = len(self.asked) + 1, [repr(answer) for answer in self._answers]
        what = f"the chat ended, and nobody asked the person for {', '.join(said)}"
        fix = "remove the answers, or find out why the agents stopped asking (human_input_mode, max_turns, termination message)"
        fields = {"script": "human", "count": len(said), "turns": [f"a person types {answer}" for answer in said]}
        return [Finding("turns-left", what, fix, 'harness.expect("turns-left", script="human")', first, fields)]

    def answer(self, prompt: str) -> str:
        """The next answer; without one, ``exit``, recorded as the finding ``human-asked``."""
        self.asked.append(prompt)
        if self._answers:
            return self._answers.pop(0)
        fix = 'let nobody be asked (human_input_mode="NEVER", or no UserProxyAgent), or script it: harness.human.says("...")'
        what = f"an agent asked a person: {prompt.strip()!r}"
        self._ledger.record(Finding("human-asked", what, fix, 'harness.expect("human-asked")', None, {"prompt": prompt}))
        return LEAVE


class Code:
    """``harness.code``: whether agents may execute code from messages."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.reset()

    def reset(self) -> None:
        """Back to refusing."""
        self.allowed = False

    def allow(self) -> None:
        """Let agents execute code, on this machine."""
        self.allowed = True

    def may_run(self, code: str) -> bool:
        """May this code run? If not, the attempt is recorded as the finding ``code-executed``."""
        if not self.allowed:
            first = code.strip().splitlines()[0] if code.strip() else ""
            fix = "set code_execution_config=False on the agent, or allow it: harness.code.allow()"
            what = f"an agent was about to execute code from a message: {first!r}"
            self._ledger.record(Finding("code-executed", what, fix, 'harness.expect("code-executed")', None, {"code": code}))
        return self.allowed
