"""What the environment says of the machine that runs the tests."""

from __future__ import annotations

import os


def is_ci() -> bool:
    """Is this a CI service? They all set the variable ``CI``; there nothing is written unless somebody says so."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
