"""What came of one law of one tool, as data that travels between processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["held", "broken", "warned", "not checked", "hung"]

MARKS: dict[State, str] = {"held": "+", "broken": "X", "warned": "!", "not checked": ".", "hung": "?"}
"""How a state is shown in a table."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One law of one tool.

    Attributes:
        text: the failure, as pytest would show it; why it was not checked, or did not end, in words.
        evidence: the fields of the failure; None where there is none.
        met, unmet: faults of the upstream that were tried, by whether a request of the tool met them.
    """

    tool: str
    law: str
    state: State
    text: str = ""
    evidence: Mapping[str, Any] | None = None
    unmet: Sequence[str] = ()
    met: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a tool owes, as far as it could be found out.

    Attributes:
        tool: its name.
        patterns: those that it seems to follow.
        upstream: the cassettes that answer for the hosts that it asks.
        owed: the laws that can be checked.
        file, line: where its function is written; "" and 0 where nobody knows.
        arguments: those of an ordinary call, as far as they could be made up.
        asks: method and URL of each request that such a call sends.
        strangers: hosts that it asks and that no cassette answers for.
        trouble: what such a call gives where it does not succeed; "" where it does.
        callback: its parameter that takes a callback; "" where none seems to.
    """

    tool: str
    patterns: Sequence[str]
    upstream: Sequence[str]
    owed: Sequence[str]
    file: str = ""
    line: int = 0
    arguments: Mapping[str, Any] = field(default_factory=dict)
    asks: Sequence[Sequence[str]] = ()
    strangers: Sequence[str] = ()
    trouble: str = ""
    callback: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a process ran of the file of a tool: which lines followed which."""

    tool: str
    file: str
    arcs: Sequence[Sequence[int]]


Said = Verdict | Plan | Reached
"""What a process of a survey says."""

SAID: Mapping[str, type[Any]] = {"Verdict": Verdict, "Plan": Plan, "Reached": Reached}
"""By the names of their kinds."""
