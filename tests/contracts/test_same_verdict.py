"""The verdict of a law does not depend on the seed: what chance alone would find, the table finds in every run.

``AUTOGEN_HARNESS_SEEDS=50`` looks at more seeds, at all laws that draw, and at as many examples as a run of pytest does.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.core
import pytest

from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.generation import fuzz

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FILES = sorted((*EXAMPLES.glob("*/test_*.py"), *EXAMPLES.glob("mistakes/*.py")))
SEEDS = int(os.environ.get("AUTOGEN_HARNESS_SEEDS", "10"))
THOROUGH = "AUTOGEN_HARNESS_SEEDS" in os.environ
EFFORT = 1.0 if THOROUGH else 0.1
"""The share of an ordinary run's examples."""


def contracts_of(path: Path) -> list[Any]:
    """The contracts that a file makes, also in the bodies of its classes."""
    name = f"seeds_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return [test for test in vars(module).values() if isinstance(getattr(test, "laws", None), tuple)]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_all_seeds_give_one_verdict(path: Path, monkeypatch: pytest.MonkeyPatch):
    """For every tool of a file, and every law that draws: none is red with one seed and green with another."""
    for test in contracts_of(path):
        contract = replace(test.contract, roots=(EXAMPLES / "cassettes",))
        for law in [law for law in test.laws if law.judge is not None and (THOROUGH or law.effort == 1)]:
            assert len(set(verdicts(law, contract, monkeypatch).values())) == 1, f"{contract.name}: {law.id}"


def verdicts(law: Any, contract: Any, monkeypatch: pytest.MonkeyPatch) -> dict[int, bool]:
    """By seed whether the law holds. Where the table finds a breach, no seed is asked."""
    with World(contract) as world:
        if next(law.check(world), None) is not None:
            return {0: False}
        found = {}
        for seed in range(SEEDS):
            monkeypatch.setattr(hypothesis.core, "global_force_seed", seed)
            found[seed] = next(fuzz.breaches(replace(law, effort=law.effort * EFFORT), world), None) is None
    return found
