"""Laws of agents: inside a tool, and beside each other."""

from __future__ import annotations
