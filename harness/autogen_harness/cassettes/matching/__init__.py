"""Does a request fit an interaction: in constant time where it does, field by field where it does not."""

from __future__ import annotations
