"""The verdict as pytest sees it: one failure in the call phase, or a section beside the failure of the body itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from autogen_harness.errors import HarnessFailure, Recorded
from autogen_harness.model import Finding
from autogen_harness.watchdog import watchdog

if TYPE_CHECKING:
    from autogen_harness.harness import Harness


@contextmanager
def judging(item: pytest.Item, harness: Harness) -> Iterator[None]:
    """Watch over the body of ``item`` and judge its harness afterwards. A skipped test is not judged."""

    def hung() -> str:
        return _record_hang(harness)

    try:
        with watchdog(harness.settings.hang_seconds, lambda: harness.ledger.quiet_seconds, hung):
            yield
    except pytest.skip.Exception:
        raise
    except Recorded:  # the harness's own doing: the findings say more than the way it took through the framework
        with as_pytest_failure():
            harness.judge(body_failed=True)
        raise
    except BaseException:
        _attach(item, harness)
        raise
    if getattr(item, "_excinfo", None):  # unittest keeps the failure of its body here instead of raising it
        _attach(item, harness)
        return
    with as_pytest_failure():
        harness.judge()


@contextmanager
def as_pytest_failure() -> Iterator[None]:
    """Show a failed verdict as its text alone: a traceback would lead into the harness."""
    try:
        yield
    except HarnessFailure as failure:
        raise pytest.fail.Exception(str(failure), pytrace=False) from None


def _attach(item: pytest.Item, harness: Harness) -> None:
    try:
        harness.judge(body_failed=True)
    except HarnessFailure as failure:
        item.add_report_section("call", "autogen-harness", str(failure))


def _record_hang(harness: Harness) -> str:
    turns = harness.transcript.turns
    last = f"the last turn was {turns[-1].number}, {turns[-1].said}, for {turns[-1].agent}" if turns else "no turn was played"
    what = f"nothing happened for {harness.settings.hang_seconds:g} s of real time; {last}"
    fix = "look for a wait that never ends after that turn, or raise harness_hang_seconds if the test is just slow"
    harness.ledger.record(Finding("chat-hung", what, fix, 'harness.expect("chat-hung")'))
    return what
