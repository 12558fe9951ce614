"""The companies that the chained tools know: made up, and few, but really searched."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

FUNDING = ("None", "Pre-seed", "Seed", "Series A", "Series B", "Series C", "Series D or later")
"""Rounds of funding, in order."""

UNITS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9}

MONEY_PATTERN = r"^\$?[0-9]{1,12}(\.[0-9]{1,3})?[KMBkmb]?$"
"""An amount in US dollars, such as ``750000``, ``500K``, ``5.5M``, ``$1B``."""


@dataclass(frozen=True, slots=True)
class Company:
    """One entry; ``revenue`` is a year's, written as in :data:`MONEY_PATTERN`."""

    company_name: str
    industry: str
    revenue: str
    employees: int
    founded: int
    headquarters: str
    tech_stack: tuple[str, ...]
    recent_funding: str


def dollars(amount: str) -> Decimal:
    """The value of an amount. Raises ValueError where it is none."""
    match = re.fullmatch(r"\$?([0-9]+(?:\.[0-9]+)?)([KMB]?)", amount.strip().upper())
    if match is None:
        raise ValueError(f"{amount!r} is not an amount of money")
    return Decimal(match[1]) * UNITS[match[2]]


def companies() -> list[Company]:
    """All entries, in the order of the file."""
    entries = json.loads(Path(__file__).with_name("companies.json").read_text(encoding="utf-8"))
    return [Company(**{**entry, "tech_stack": tuple(entry["tech_stack"])}) for entry in entries]
