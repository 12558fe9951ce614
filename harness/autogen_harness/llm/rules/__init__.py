"""What the API refuses: each request of an agent is checked as the real API checks it, before a turn is played."""

from __future__ import annotations

from autogen_harness.llm.rules.checking import violations as violations
from autogen_harness.llm.rules.violation import Violation as Violation
