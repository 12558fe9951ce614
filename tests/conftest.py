"""For every test: pytester, which runs pytest on a project made for one test; one environment for all machines; no clock."""

from __future__ import annotations

import os

from hypothesis import settings

pytest_plugins = ["pytester"]

# A CI service sets this: then nothing is recorded, and pytest writes longer lines. Tests of what it changes set it themselves.
os.environ.pop("CI", None)

# Hypothesis asks of each case that it takes less than 200 ms of real time, which a busy machine does not keep.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")
