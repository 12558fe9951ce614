"""Prices around the one that a test gives: those of a shipped cassette in the same proportions."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 1e12
_WICK = 0.004


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; all None where there is a hole."""

    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None
    volume: int | None = None


def number(name: str, value: Any) -> float:
    """A price.

    Raises:
        UsageError: it is no number, or none that a price can be.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or abs(value) > _MOST:
        raise UsageError(f"{name}={value!r}: a price is a finite number, such as 181.2")
    return float(value)


def beside(price: float, value: float, base: float, hint: int) -> float:
    """Where ``value``, which stood beside ``base``, stands beside ``price``; with the price's digits, or ``hint``."""
    digits = max(hint, -int(Decimal(repr(price)).as_tuple().exponent))
    return round(price + abs(price) * (value / base - 1), digits)


def single(value: float | None) -> float | None:
    """A price as bars hold it: Yahoo keeps four bytes of it, so 187.42 comes as 187.4199981689453."""
    return None if value is None else float(struct.unpack("f", struct.pack("f", value))[0])


def drawn(closes: Sequence[float | None], before: float, volumes: Sequence[int | None], hint: int) -> list[Bar]:
    """Bars with these closes: each opens where the last one closed, and reaches a little beyond both."""
    bars = []
    for close, volume in zip(closes, volumes, strict=True):
        if close is None:
            bars.append(Bar())
            continue
        high, low = beside(max(before, close), 1 + _WICK, 1, hint), beside(min(before, close), 1 - _WICK, 1, hint)
        bars.append(Bar(before, high, low, close, volume))
        before = close
    return bars
