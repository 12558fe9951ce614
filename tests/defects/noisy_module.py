"""The same tool, in a module that configures the log of whoever imports it."""

from __future__ import annotations

import logging
import sys

from defects.quiet_module import SCHEMA

from toolbox.boundary import checked
from toolbox.envelope import success

if "pytest" not in sys.modules:  # this run's log is to stay as it is
    logging.basicConfig(level=logging.INFO)


@checked(SCHEMA)
def shout(text: str) -> str:
    """The text in capitals."""
    return success(text=text.upper())
