"""Laws of steps that hand on what they found."""

from __future__ import annotations
