"""The hand-written tests of `handwritten/`, run by pytest on one tool."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from rows import Row
from subjects import contract

from autogen_harness.contracts.subject import Contract

TESTS = Path(__file__).with_name("handwritten")
WAY = "handwritten"
WAYS = (WAY,)
NO_PLUGINS = ("autogen_harness", "hypothesispytest", "schemathesis", "cacheprovider", "randomly", "xdist", "anyio")


class _Subject:
    """Gives the tests the tool, counts its calls where it is called as it is, and notes which tests are red after how many."""

    def __init__(self, made: Contract) -> None:
        self._made, self.calls = made, 0
        self.red: dict[str, int | None] = {}

    @pytest.fixture
    def contract(self) -> Contract:
        return self._made

    @pytest.fixture
    def tool(self) -> Callable[..., Any]:
        under = self._made.tool

        @wraps(under)
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            return under(*args, **kwargs)

        return counted

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.red.setdefault(report.nodeid.rpartition("::")[2], self.calls or None)


def rows(tool: str, defect: str, seeds: list[int]) -> Iterator[Row]:
    """Nothing is drawn, so all seeds are one."""
    subject = _Subject(contract(tool, defect))
    begin = time.perf_counter()
    off = [word for plugin in NO_PLUGINS for word in ("-p", f"no:{plugin}")]
    with tempfile.TemporaryDirectory() as scratch:
        base = ["-c", os.devnull, "--rootdir", str(TESTS), "--basetemp", f"{scratch}/base", "--import-mode=importlib", "-q"]
        told = pytest.main([*base, *off, str(file_of(tool))], plugins=[subject])
    if told not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        message = f"the tests of {tool} could not be run: {told!r}"
        raise RuntimeError(message)
    yield Row(WAY, 0, subject.red, subject.calls, time.perf_counter() - begin)


def file_of(tool: str) -> Path:
    """The tests of a tool."""
    return TESTS / f"test_{re.sub('[^a-z]', '_', tool)}.py"
