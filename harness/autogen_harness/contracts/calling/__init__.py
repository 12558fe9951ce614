"""The world in which a contract calls a tool, and what of a call is seen from outside."""

from __future__ import annotations
