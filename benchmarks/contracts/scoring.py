"""From the runs of a way to what it found: a defect is what is red with it and not in the mended tool, with the same seed."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Run = Mapping[str, Any]


def scored(runs: Sequence[Run], seeds: Sequence[int]) -> dict[str, Any]:
    """What one way found of one tool's defects.

    Args:
        runs: rows of one way and one tool, each with its ``defect``, "" where it has none.
        seeds: that were asked for; a way that draws nothing has run with one, which stands for all.

    Returns:
        ``defects``: of each, the number of seeds that ``found`` it, and the median of ``calls`` of the tool until then.
        ``mended``: in how many seeds the mended tool is ``red``, ``why``, and the median of its ``seconds``.
    """
    table = {(run["defect"], run["seed"]): run for run in runs}
    asked = sorted({seed for _, seed in table})
    times = len(seeds) // len(asked)
    defects = sorted({defect for defect, _ in table} - {""})
    mended = [table["", seed] for seed in asked]
    return {
        "defects": {defect: _found([(table[defect, seed], table["", seed]) for seed in asked], times) for defect in defects},
        "mended": {
            "red": sum(bool(run["red"]) for run in mended) * times,
            "why": sorted({key for run in mended for key in run["red"]}),
            "seconds": _median(run["seconds"] for run in mended),
        },
    }


def _found(pairs: Iterable[tuple[Run, Run]], times: int) -> dict[str, Any]:
    new = [{key: calls for key, calls in broken["red"].items() if key not in mended["red"]} for broken, mended in pairs]
    first = [min((calls for calls in red.values() if calls is not None), default=None) for red in new if red]
    return {"found": sum(map(bool, new)) * times, "calls": _median(first), "by": sorted({key for red in new for key in red})}


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(statistics.median(known), 2) if known else None
