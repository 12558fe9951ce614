"""Laws of asynchronous tools."""

from __future__ import annotations
