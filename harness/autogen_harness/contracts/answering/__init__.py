"""What a tool asks, and what it is answered: as recorded, and every fault."""

from __future__ import annotations
