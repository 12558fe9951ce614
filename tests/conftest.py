"""For every test: pytester, which runs pytest on a project made for one test, and an environment that is the same everywhere."""

from __future__ import annotations

import os

pytest_plugins = ["pytester"]

# A CI service sets this, and with it nothing is recorded and pytest writes longer lines. What it changes is tried by tests that set it.
os.environ.pop("CI", None)
