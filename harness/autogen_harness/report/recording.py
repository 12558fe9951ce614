"""What pytest says of recording: its options, the marker of a test, and what the test's own cassette is called."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autogen_harness.cassettes.recording.modes import Recording
from autogen_harness.cassettes.recording.naming import own_name

if TYPE_CHECKING:
    from autogen_harness.cassettes.recording.modes import Mode
    from autogen_harness.settings import Settings

_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or os.urandom(8).hex()
"""The run that this process belongs to; the workers of pytest-xdist belong to one."""


def recording_of(item: pytest.Item, settings: Settings, marked: Mode | None) -> Recording:
    """How a test records: what the project's settings, the command line and ``marked``, the test's marker, say of it."""
    option = item.config.getoption
    return Recording(
        own=_own_name(item, item.config.rootpath / settings.cassettes),
        forced=option("harness_record"),
        marked=marked,
        in_ci=option("harness_record_in_ci"),
        secret_names=settings.record_secret_names,
        run=_RUN,
    )


def _own_name(item: pytest.Item, folder: Path) -> str:
    classes = [node.name for node in item.listchain() if isinstance(node, pytest.Class)]
    base = folder.parent if item.path.is_relative_to(folder.parent) else item.config.rootpath
    return own_name(item.path, base, [*classes, item.name])
