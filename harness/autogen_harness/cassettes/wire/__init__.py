"""HTTP as bytes: how replies are framed, what was captured, how connections fail and how long clients wait."""

from __future__ import annotations
