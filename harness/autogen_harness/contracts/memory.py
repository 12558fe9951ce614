"""What a test of a contract remembers from run to run: the call that broke its law."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autogen_harness.contracts import verdict
from autogen_harness.contracts.crashes import Shelf, crash_of
from autogen_harness.contracts.failure import LawBroken
from autogen_harness.errors import UsageError
from autogen_harness.surroundings import is_ci

if TYPE_CHECKING:
    import pytest

    from autogen_harness.contracts.crashes import Crash
    from autogen_harness.contracts.law import Law
    from autogen_harness.contracts.subject import Contract

OPTION = "--harness-replay"


def shelf_of(config: pytest.Config) -> Shelf:
    """The crash files of a session's project; in CI they are read and never written."""
    return Shelf(config.rootpath, closed=is_ci())


class Memory:
    """That of one test."""

    def __init__(self, test: pytest.Item) -> None:
        self._test = test
        self._shelf = shelf_of(test.config)

    def check(self, law: Law, contract: Contract) -> str:
        """As :func:`verdict.check`, with what is remembered; and remember, or forget, what comes of it.

        Raises:
            LawBroken: the law's own subclass; its evidence says how to make the call again.
        """
        __tracebackhide__ = True
        known = [(crash.arguments, crash.fault) for crash in self._shelf.of(self._test.nodeid)]
        replayed = bool(self._test.config.getoption("harness_replay", None))
        try:
            unseen = verdict.check(law, contract, known, draw=not replayed)
        except LawBroken as broken:
            told = self._remember(broken)
        else:
            self._shelf.drop(self._test.nodeid)
            return unseen
        raise told from None

    def _remember(self, broken: LawBroken) -> LawBroken:
        crash = crash_of(broken.evidence, self._test.nodeid)
        if crash is None or crash.arguments is None:
            return broken
        again = f"pytest {OPTION} {crash.id}" if self._shelf.keep(crash) else ""
        return type(broken)(replace(broken.evidence, again=again, paste=_pasted(crash)))


def _pasted(crash: Crash) -> str:
    contract = crash.test.partition("::")[2].partition("[")[0].replace("::", ".")
    name = f"{contract.rpartition('.')[2]}_{crash.law}".replace("-", "_")
    fault = f", fault={crash.fault!r}" if crash.fault else ""
    return f"def {name}():\n    {contract}.holds({crash.law!r}, {crash.arguments!r}{fault})"


def select(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave of the collected tests only the one whose call is to be made again.

    Raises:
        UsageError: no such crash is kept, or its test is not among those collected.
        DocumentError: its file is none of ours.
    """
    crash = shelf_of(config).find(config.getoption("harness_replay"))
    kept = [item for item in items if item.nodeid == crash.test]
    if not kept:
        message = (
            f"{OPTION} {crash.id}: {crash.test} was not collected; name no other test, or delete {crash.id}.json if it is gone"
        )
        raise UsageError(message)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
