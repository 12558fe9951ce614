"""Everything that is known about a breach of a law, as data."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from autogen_harness import origin
from autogen_harness.contracts.failure import Evidence
from autogen_harness.errors import UnmatchedRequest

if TYPE_CHECKING:
    from autogen_harness.contracts.calling.world import Seen
    from autogen_harness.contracts.law import Breach, Law
    from autogen_harness.contracts.subject import Contract

_PLAY = re.compile(r'harness\.http\.play\(("[^"]*")\)')


def evidence(law: Law, contract: Contract, breach: Breach) -> Evidence:
    """Everything that is known about a breach."""
    seen = breach.seen
    return Evidence(
        law=law.id,
        sentence=law.sentence,
        tool=contract.name,
        what=breach.what,
        why=law.why,
        fix=_cassette_missing(seen) or breach.fix or law.fix,
        arguments=dict(seen.arguments) if seen else None,
        fault=seen.plan.label if seen and (contract.upstream or contract.collaborators) else "",
        result=_result(seen.result, seen.raised) if seen else "",
        timeline=seen.timeline if seen else (),
        severity=breach.severity or law.severity,
    )


def _cassette_missing(seen: Seen | None) -> str:
    """The repair where the upstream has no answer: what a chat would play, a contract names."""
    missed = [finding for finding in seen.astray if finding.rule == "http-unmatched"] if seen else []
    lines = [_PLAY.sub(r"upstream=(..., \1)", line) for line in missed[0].fix.splitlines()] if missed else []
    return "\n".join(line for line in lines if "harness.http." not in line)  # such as a webhook's with an address of its own


def _result(result: Any, raised: BaseException | None) -> str:
    if raised is not None:
        where = origin.raised_at(raised)
        return f"raised {type(raised).__name__}{_said(raised)}" + (f", at {where}" if where else "")
    return result if isinstance(result, str) else json.dumps(result, default=repr)


def _said(error: BaseException) -> str:
    if isinstance(error, UnmatchedRequest):  # what to do about it is said for a chat: see _cassette_missing
        return f": {str(error).splitlines()[0]}"
    try:
        text = str(error)
    except Exception as broken:  # noqa: BLE001  # an exception whose own text raises is one of the things we look for
        text = f"(its text cannot be made: {type(broken).__name__})"
    return f": {text}" if text else ""
