"""For every test: pytester, which runs pytest on a project made for one test."""

from __future__ import annotations

pytest_plugins = ["pytester"]
