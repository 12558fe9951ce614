"""Laws that every tool owes."""

from __future__ import annotations
