"""What is read from results, events, steps and tasks."""

from __future__ import annotations
