"""Where the shipped data lives: inside the installed package, or in the ``fixtures/`` of a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from autogen_harness.errors import HarnessError

_PACKAGE = Path(__file__).resolve().parent


@cache
def root() -> Path:
    """The folder that holds ``cassettes/`` and the other shipped data. It is read-only: nothing is ever recorded there.

    Raises:
        HarnessError: neither place exists, so the installation is broken.
    """
    packaged, checkout = _PACKAGE / "_fixtures", _PACKAGE.parents[1] / "fixtures"
    for place in (packaged, checkout):
        if place.is_dir():
            return place
    message = f"the shipped data is missing: neither {packaged} nor {checkout} is a folder; reinstall autogen-harness"
    raise HarnessError(message)
