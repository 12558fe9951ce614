"""A failed test as text: the conversation as a table, then each finding with its mend."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace

from autogen_harness.model import LEFTOVERS, Finding, ToolRun
from autogen_harness.transcript import Row, Transcript
from autogen_harness.wording import did_you_mean

WIDTH = 118
_HEADS = ("turn", "agent", "scripted", "what happened")


def render_failure(findings: Sequence[Finding], transcript: Transcript) -> str:
    """The whole message of a failed test: its findings, and where what it recorded is."""
    return "\n\n".join(filter(None, [_render(findings, transcript), "\n".join(transcript.recordings)]))


def _render(findings: Sequence[Finding], transcript: Transcript) -> str:
    rows, causes = transcript.rows, causes_of(findings, transcript)
    ordered = [*causes, *(finding for finding in findings if not any(finding is one for one in causes))]
    parts = [headline(ordered)]
    if rows:
        parts.append(render_table(rows))
    elif len(ordered) == 1:  # which the headline begins to tell
        return render_finding(ordered[0])
    for number, finding in enumerate(ordered, 1):
        parts.append(render_finding(finding if number <= len(causes) else _following(finding), f"{number}. "))
    return "\n\n".join(parts)


def causes_of(findings: Sequence[Finding], transcript: Transcript) -> Sequence[Finding]:
    """The findings that do not just follow from others: what is left over, and a turn that quotes a tool that failed, may.

    All of them where there are no others.
    """
    failed = [run for run in transcript.tool_runs if run.outcome != "ok"]
    causes = [one for one in findings if one.rule not in LEFTOVERS and not _quotes(one, failed)]
    return causes if any(one.rule != "expectation-unmet" for one in causes) else findings


def _quotes(finding: Finding, failed: Iterable[ToolRun]) -> bool:
    """Is it about the result of a tool that failed, or of one whose call is misspelt?"""
    if finding.rule != "script-broken":
        return False
    tool = finding.fields.get("tool")
    return any(run.tool == tool or (run.outcome == "unknown" and did_you_mean(tool, [run.tool])) for run in failed)


def _following(finding: Finding) -> Finding:
    return replace(finding, what=f"{finding.what}\nthis may follow from the findings above", fix="", expect="")


def headline(findings: Sequence[Finding]) -> str:
    """The verdict in one line, which is all that pytest's short summary shows: the finding, or how many and of which rules."""
    if len(findings) == 1:
        return f"{findings[0].rule}: {findings[0].what.splitlines()[0]}"
    return f"{len(findings)} findings: {', '.join(dict.fromkeys(finding.rule for finding in findings))}"


def render_finding(finding: Finding, number: str = "") -> str:
    """One finding: what, how to mend it, how to expect it."""
    lines = [f"{number}{finding.rule}: {finding.what}".replace("\n", "\n   ")]
    lines += [f"   fix: {finding.fix}"] if finding.fix else []
    lines += [f"   if it was meant: {finding.expect}"] if finding.expect else []
    return "\n".join(lines)


def render_table(rows: Sequence[Row], width: int = WIDTH) -> str:
    """The conversation, a row a turn; a broken rule points at the row it happened in."""
    cells = [(row.turn, row.agent, row.shown, _happened(row)) for row in rows]
    sizes = _sizes(cells, width)
    lines = [_line(_HEADS, sizes), _line(tuple("-" * size for size in sizes), sizes)]
    for row in cells:
        columns = [_wrap(text, size) for text, size in zip(row, sizes, strict=True)]
        depth = max(map(len, columns))
        lines += [_line(tuple(column[i] if i < len(column) else "" for column in columns), sizes) for i in range(depth)]
    return "\n".join(lines)


def _happened(row: Row) -> str:
    return "\n".join([*row.happened, *(f"<-- {rule}" for rule in row.rules)])


def _sizes(cells: Iterable[tuple[str, ...]], width: int) -> tuple[int, ...]:
    table = [_HEADS, *cells]
    natural = [max(len(line) for row in table for line in (row[i].splitlines() or [""])) for i in range(4)]
    turn, agent = natural[0], min(natural[1], 24)
    rest = width - turn - agent - 6
    scripted = min(natural[2], max(rest // 2, rest - natural[3]))
    return turn, agent, scripted, min(natural[3], rest - scripted)


def _wrap(text: str, size: int) -> list[str]:
    lines = [textwrap.wrap(line, size, subsequent_indent="  ", drop_whitespace=False) or [""] for line in text.splitlines()]
    return [part.rstrip() for line in lines for part in line] or [""]


def _line(columns: tuple[str, ...], sizes: tuple[int, ...]) -> str:
    return "  ".join(column.ljust(size) for column, size in zip(columns, sizes, strict=True)).rstrip()
