"""Look for every defect, and write what found it into docs/contracts-how.md: ``make defects``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("harness", "tests", "examples")]  # as pytest has them

from defects.table import BENCHES, OUT_OF_REACH  # noqa: E402  # found by the line above
from defects.workbench import Bench, Defect, few_draws, look  # noqa: E402

from autogen_harness.contracts import registry  # noqa: E402

PAGE = ROOT / "docs" / "contracts-how.md"
TABLE = re.compile(r"(<!-- defects: begin -->\n).*?(<!-- defects: end -->)", re.DOTALL)
MISSED = "a defect is not found"


def rows(bench: Bench) -> Iterator[str]:
    """A row for each defect of a tool. Raises SystemExit where one is not found, or where the twin breaks a law."""
    owed = [law.id for law in registry.owed(bench.mended)[0]]
    for law in owed:
        if breach := look(law, bench.mended).breach:
            raise SystemExit(f"the mended {bench.tool} breaks {law}: {breach.what}")
    for defect in bench.defects:
        yield _row(defect, bench, len(owed))


def _row(defect: Defect, bench: Bench, kept: int) -> str:
    found = look(defect.law, bench.with_only(defect.id))
    if found.breach is None or defect.says not in found.breach.what:
        raise SystemExit(f"{MISSED}: {defect.id}, {found.breach}")
    return f"| {defect.id} | {_cell(defect.what)} | `{defect.law}` | {found.calls} | `{bench.tool}`, {kept} laws |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def table() -> str:
    """Both tables, in the order of the study."""
    with few_draws():
        found = sorted((row for bench in BENCHES for row in rows(bench)), key=_place)
    missed = sorted((f"| {one.id} | {_cell(one.what)} | {one.reason} |" for one in OUT_OF_REACH), key=_place)
    return "\n".join(
        [
            *("| | defect | law | calls | mended twin keeps |", "| --- | --- | --- | --- | --- |", *found, ""),
            *("Out of reach of a contract:", "", "| | defect | why |", "| --- | --- | --- |", *missed, ""),
        ]
    )


def _place(row: str) -> tuple[str, int]:
    letter, number = re.match(r"\| ([A-Z])(\d+)", row).groups()  # type: ignore[union-attr]  # every row begins so
    return letter, int(number)


def main() -> None:
    """Write the page anew between its marks."""
    made = table()
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(lambda marks: f"{marks[1]}{made}{marks[2]}", page), encoding="utf-8")


if __name__ == "__main__":
    main()
