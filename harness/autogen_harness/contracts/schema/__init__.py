"""What a schema says, and whether the function takes it."""

from __future__ import annotations
