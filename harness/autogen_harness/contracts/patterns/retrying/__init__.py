"""Laws of tools that try again."""

from __future__ import annotations
