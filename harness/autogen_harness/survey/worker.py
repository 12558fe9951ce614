"""One process of a survey: finds a tool again, checks its laws one after the other, and says after each what came of it.

Run as ``python -m autogen_harness.survey.worker`` with the order as JSON on its standard input.
"""

from __future__ import annotations

import inspect
import json
import sys
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_harness.contracts import registry, verdict
from autogen_harness.contracts.failure import LawBroken
from autogen_harness.contracts.generation.steady import draw_steadily
from autogen_harness.contracts.law import NotShown
from autogen_harness.errors import HarnessError
from autogen_harness.harness import Harness
from autogen_harness.survey.discovery import tools_in
from autogen_harness.survey.guesses import Guess, guess, known
from autogen_harness.survey.reach import measured
from autogen_harness.survey.texts import ORDINARY
from autogen_harness.survey.verdicts import SAID, Plan, Reached, Said, State, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autogen_harness.contracts.law import Law
    from autogen_harness.survey.discovery import Tool

MARK = "autogen-harness survey: "
"""What a line of ours begins with: a tool may print as well."""


def find(target: str) -> list[Tool]:
    """The tools of a target; it is imported under a harness: no agent needs a key, and nothing reaches the network.

    Raises:
        UsageError: it cannot be imported, or there is no tool in it.
    """
    harness = Harness()
    harness.open()
    with closing(harness):
        return tools_in(target)


def main() -> None:
    """Carry out the order that stands on the standard input: say what a tool owes, or check some of that."""
    order = json.loads(sys.stdin.read())
    draw_steadily(order["examples"])
    tool = next(tool for tool in find(order["target"]) if tool.name == order["tool"])
    roots = [Path(folder) for folder in order["roots"]]
    if order["plan"] is None:
        _tell_what_is_owed(tool, guess(tool, roots))
    else:
        _hold_to(tool, known(tool, roots, Plan(**order["plan"])), order["laws"], coverage=order["coverage"])


def _tell_what_is_owed(tool: Tool, guessed: Guess) -> None:
    laws, unchecked = registry.owed(guessed.contract)
    for gap in unchecked:
        _say(Verdict(tool.name, gap.law, "not checked", gap.hint))
    contract = guessed.contract
    patterns, owed = sorted(contract.patterns), [law.id for law in laws]
    file, line = _place(tool)
    callback = contract.hints.callback or ""
    found = Plan(tool.name, patterns, contract.upstream, owed, file, line, guessed.arguments, guessed.asks)
    _say(replace(found, strangers=guessed.strangers, trouble=guessed.trouble, callback=callback))


def _hold_to(tool: Tool, guessed: Guess, wanted: Sequence[str], *, coverage: bool) -> None:
    file, _ = _place(tool)
    with measured(file, wanted=coverage) as arcs:
        for law in registry.owed(guessed.contract)[0]:
            if law.id in wanted:
                _say(check(law, guessed))
    if arcs:
        _say(Reached(tool.name, file, arcs))


def _place(tool: Tool) -> tuple[str, int]:
    code = getattr(inspect.unwrap(tool.function), "__code__", None)
    return (code.co_filename, code.co_firstlineno) if code else ("", 0)


def check(law: Law, guessed: Guess) -> Verdict:
    """One law of one tool."""
    met: dict[str, bool] = {}
    one = _checked(law, guessed, met)
    told = met if guessed.contract.upstream else {}
    return replace(one, met=[label for label in told if told[label]], unmet=[label for label in told if not told[label]])


def _checked(law: Law, guessed: Guess, met: dict[str, bool]) -> Verdict:
    name = guessed.contract.name
    try:
        unseen = verdict.check(law, guessed.contract, watch=lambda world: met.update(world.met))
    except NotShown as reason:
        return Verdict(name, law.id, "not checked", str(reason))
    except LawBroken as broken:
        return _broken(law, guessed, broken)
    except HarnessError as error:
        return Verdict(name, law.id, "not checked", str(error))
    return Verdict(name, law.id, "not checked" if unseen else "held", unseen)


def _broken(law: Law, guessed: Guess, broken: LawBroken) -> Verdict:
    name = guessed.contract.name
    if guessed.strangers:
        return Verdict(name, law.id, "not checked", f"a cassette for {', '.join(guessed.strangers)}")
    if law.id == ORDINARY:
        said = broken.evidence.result[:120]
        return Verdict(name, law.id, "not checked", f"example (arguments made up from the schema give {said})")
    state: State = "broken" if broken.evidence.severity == "error" else "warned"
    return Verdict(name, law.id, state, str(broken), asdict(broken.evidence))


def _say(one: Said) -> None:
    kind = type(one).__name__
    print("\n" + MARK + json.dumps([kind, asdict(one)], default=repr), flush=True)  # noqa: T201  # this is how it reports


def heard(line: str) -> Said | None:
    """What a line of a worker's output says; None where it is not ours."""
    if not line.startswith(MARK):
        return None
    kind, fields = json.loads(line[len(MARK) :])
    said: Said = SAID[kind](**fields)
    return said


if __name__ == "__main__":
    main()
