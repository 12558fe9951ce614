"""Projects of one test file, run by a real pytest in a process of its own, with the plugin found by its entry point."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from textwrap import dedent

import pytest

OFFLINE = ("-p", "no:randomly", "-p", "no:cacheprovider", "-W", "error")


PREAMBLE = '''\
import pytest
from contextlib import suppress
from autogen_harness.model import Finding


def wrong(harness, rule="tool-raised", what="boom raised ValueError: db down"):
    """Something that would be found in a real chat."""
    harness.ledger.record(Finding(rule, what, fix="mend it", expect='harness.expect("tool-raised")', fields={"tool": "boom"}))


'''


@pytest.fixture
def run(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Run pytest on ``source``, with files beside it and more arguments; a ``pytest.ini`` is made unless one is given."""

    def run(
        source: str, *arguments: str, files: dict[str, str] | None = None, ini: str = "", preamble: str = PREAMBLE
    ) -> pytest.RunResult:
        pytester.makepyfile(test_it=preamble + dedent(source))
        scope = "asyncio_default_fixture_loop_scope = function" if find_spec("pytest_asyncio") else ""
        settings = f"[pytest]\n{scope}\n{dedent(ini)}"
        for name, text in {"pytest.ini": settings, **(files or {})}.items():
            path = pytester.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        return pytester.runpytest_subprocess(*OFFLINE, *arguments, timeout=60)

    return run
