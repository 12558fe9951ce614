"""The verdict of a law does not depend on the seed: what chance alone would find, the table finds in every run.

``AUTOGEN_HARNESS_SEEDS=50`` looks at more of them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEEDS = int(os.environ.get("AUTOGEN_HARNESS_SEEDS", "10"))
LAWS = "every-valid-call-returns-json or errors-say-something or output-schema-holds"
"""Laws with a second phase; ``writes-stay-inside`` looks at the same calls."""


def places() -> list[str]:
    """The examples, and the tools with a mistake beside them."""
    examples = ROOT / "examples"
    return [str(path) for path in sorted((*examples.glob("*/test_*.py"), *examples.glob("mistakes/*.py")))]


@pytest.mark.skipif(SEEDS < 1, reason="AUTOGEN_HARNESS_SEEDS is 0")
@pytest.mark.timeout(3600)
def test_ten_seeds_give_one_verdict():
    """For every tool of the examples, and every law that draws."""
    verdicts = {seed: verdict_of(seed) for seed in range(SEEDS)}

    assert len(verdicts[0]) > 10
    assert {seed: found ^ verdicts[0] for seed, found in verdicts.items() if found != verdicts[0]} == {}


def verdict_of(seed: int) -> frozenset[str]:
    """The outcome of each test."""
    options = ["-q", "-rA", "-p", "no:cacheprovider", "-p", "no:randomly", "--tb=no", "-k", LAWS, f"--hypothesis-seed={seed}"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *places()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return frozenset(re.findall(r"^((?:PASSED|FAILED|ERROR) \S+)", run.stdout, re.MULTILINE))
