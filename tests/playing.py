"""A player of scripts that a test asks by hand, without agents."""

from __future__ import annotations

from autogen_harness.ledger import Ledger
from autogen_harness.llm.player import ScriptPlayer
from autogen_harness.verdict import expectation, judge


class Playing:
    """A player with its ledger. A test file says in an ``ask`` of its own what its requests look like."""

    def __init__(self):
        self.ledger, self.expected = Ledger(), []
        self.llm = ScriptPlayer(self.ledger, self._expect)

    def _expect(self, rule, fields, said, count=1, *, demanded=True):
        self.expected.append(expectation(rule, count, fields, said, demanded=demanded))

    @property
    def rules(self):
        """The rules of all findings that were recorded."""
        return [finding.rule for finding in self.ledger.findings]

    @property
    def findings(self):
        """The findings that the turns do not expect themselves, and those they expect in vain."""
        return judge(self.ledger.findings, self.expected)
