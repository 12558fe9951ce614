"""Contracts without a test file: find the tools in a target, see what each owes, and check all of it in processes at once."""

from __future__ import annotations
