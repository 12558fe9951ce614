"""The tools with known defects of tests/defects, as every way of testing is given them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "examples")]  # as pytest has them

from defects.table import BENCHES  # noqa: E402  # found by the line above
from defects.workbench import Bench, Counting  # noqa: E402

from autogen_harness.contracts.subject import Contract  # noqa: E402

__all__ = ["MENDED", "Counting", "bench", "contract", "listed", "output_schema"]

MENDED = ""
"""The name of the tool without a defect."""


def bench(tool: str) -> Bench:
    """The bench that makes a tool."""
    return next(one for one in BENCHES if one.tool == tool)


def contract(tool: str, defect: str) -> Contract:
    """The tool with one defect, or with none."""
    made = bench(tool)
    return made.with_only(defect) if defect != MENDED else made.mended


def listed() -> list[dict[str, Any]]:
    """Every tool with the names of its defects; ``single`` tells a tool from a chain or a team."""
    return [
        {"tool": one.tool, "defects": [defect.id for defect in one.defects], "single": _is_single(one.mended)}
        for one in BENCHES
    ]


def _is_single(made: Contract) -> bool:
    return not (made.steps or made.of_team)


def output_schema(made: Contract) -> dict[str, Any] | None:
    """What a success looks like, as a schema, where the contract says it."""
    declared = made.hints.output_schema
    if not declared:
        return None
    fields = declared if isinstance(declared, dict) else {"required": list(declared)}
    return {"type": "object", **fields}
