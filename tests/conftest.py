"""For every test: pytester, which runs pytest on a project made for one test, and one environment for all machines."""

from __future__ import annotations

import os

pytest_plugins = ["pytester"]

# A CI service sets this: then nothing is recorded, and pytest writes longer lines. Tests of what it changes set it themselves.
os.environ.pop("CI", None)
