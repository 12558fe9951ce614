"""For tests that look at contracts."""

from __future__ import annotations

import pytest

from autogen_harness.contracts import placing


@pytest.fixture(autouse=True)
def _contracts_in_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests make contracts to look into them, which nobody else has a reason to do while a test runs."""
    monkeypatch.setattr(placing, "refuse_in_a_test", lambda *_: None)
