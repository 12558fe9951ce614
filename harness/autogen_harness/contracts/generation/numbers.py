"""Numbers between bounds, in steps."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from autogen_harness.contracts.generation.joining import Flat

    Numbers = st.SearchStrategy[Any]

BIG = 2**53
"""Integers up to it are kept exactly by every JSON reader (RFC 8259, section 6)."""

MANY = 1000
"""Steps that are drawn on the side where nothing bounds a number."""


def integers(flat: Flat) -> Numbers:
    """Integers that a set of keywords allows; nothing where there is none."""
    step = abs(Fraction(str(flat["multipleOf"])).numerator) if flat.get("multipleOf") else 1
    return _multiples(flat, Fraction(step), int)


def numbers(flat: Flat) -> Numbers:
    """Numbers that a set of keywords allows, whole ones among them; nothing where there is none."""
    if flat.get("multipleOf"):
        return _multiples(flat, Fraction(str(flat["multipleOf"])), _plain)
    low, high = _bounds(flat)
    if low is not None and high is not None and low > high:
        return st.nothing()
    if any(abs(bound) > sys.float_info.max for bound in (low, high) if bound is not None):
        return integers(flat)
    low, high = _inward(low, math.inf), _inward(high, -math.inf)
    open_low, open_high = low == flat.get("exclusiveMinimum"), high == flat.get("exclusiveMaximum")
    if low is not None and low == high:
        return st.nothing() if open_low or open_high else st.just(low)
    floats = st.floats(
        low,
        high,
        exclude_min=low is not None and open_low,
        exclude_max=high is not None and open_high,
        allow_nan=False,
        allow_infinity=False,
        allow_subnormal=False,
    )
    return st.one_of(integers(flat), floats)


def fractions(flat: Flat) -> Numbers:
    """Those of the numbers that are not whole."""
    return numbers(flat).filter(lambda number: number % 1 != 0)


def _inward(bound: Any, towards: float) -> Any:
    """The bound, or the next one inside that a float can be."""
    near = None if bound is None else float(bound)
    outside = near is not None and near != bound and (near < bound) == (towards > 0)
    return math.nextafter(near, towards) if outside and near is not None else near


def _plain(number: Fraction) -> int | float:
    return int(number) if number.denominator == 1 else float(number)


def _multiples(flat: Flat, step: Fraction, plain: Any) -> Numbers:
    low, high = _bounds(flat)
    least = None if low is None else math.ceil(Fraction(str(low)) / step)
    most = None if high is None else math.floor(Fraction(str(high)) / step)
    if least is not None and low == flat.get("exclusiveMinimum") and least * step == Fraction(str(low)):
        least += 1
    if most is not None and high == flat.get("exclusiveMaximum") and most * step == Fraction(str(high)):
        most -= 1
    far = BIG if step == 1 else MANY
    first = least if least is not None else min(-far, (most or 0) - far if most is not None and most <= -far else -far)
    last = most if most is not None else max(far, first + far if first >= far else far)
    return st.integers(first, last).map(lambda count: plain(count * step)) if first <= last else st.nothing()


def _bounds(flat: Flat) -> tuple[Any, Any]:
    lows = [flat[key] for key in ("minimum", "exclusiveMinimum") if key in flat]
    highs = [flat[key] for key in ("maximum", "exclusiveMaximum") if key in flat]
    return max(lows, default=None), min(highs, default=None)
