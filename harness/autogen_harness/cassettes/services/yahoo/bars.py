"""The bars that a test describes by a few prices, and the fields of ``meta`` that must agree with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.cassettes.services.yahoo.prices import Bar, beside, drawn, number
from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autogen_harness.cassettes.services.yahoo.charts import Sheet


def today(sheet: Sheet, price: float | None, given: Mapping[str, float | None], volume: int | None) -> list[Bar]:
    """One bar around ``price``; ``given`` may hold open, high, low and previous_close.

    Raises:
        UsageError: something is no price, or the high or the low lies on the wrong side of it.
    """
    told = {name: number(name, value) for name, value in given.items() if value is not None}
    now, meta = _price(sheet, price), sheet.meta
    opened = told.get("open", _near(sheet, now, sheet.bar.open))
    high = told.get("high", max(now, opened, _near(sheet, now, meta["regularMarketDayHigh"])))
    low = told.get("low", min(now, opened, _near(sheet, now, meta["regularMarketDayLow"])))
    if not low <= min(now, opened) <= max(now, opened) <= high:
        raise UsageError(f"open {opened:g} and price {now:g} must lie between low {low:g} and high {high:g}")
    bar = Bar(opened, high, low, now, sheet.bar.volume if volume is None else volume)
    before = told.get("previous_close", _near(sheet, now, meta["chartPreviousClose"]))
    if volume is not None:
        meta["regularMarketVolume"] = volume
    _agree(sheet, [bar], before)
    return [bar]


def history(
    sheet: Sheet, closes: Sequence[float | None], volumes: Sequence[int | None] | None, previous_close: float | None
) -> list[Bar]:
    """One bar for each close; none for none.

    Raises:
        UsageError: something is no price, there are not as many volumes, or all closes are holes.
    """
    told = [None if close is None else number("closes", close) for close in closes]
    amounts = [sheet.bar.volume] * len(told) if volumes is None else list(volumes)
    if len(amounts) != len(told):
        raise UsageError(f"{len(told)} closes and {len(amounts)} volumes: write as many of both")
    first = next((close for close in told if close is not None), None)
    if told and first is None:
        raise UsageError("closes are all None: write [] for a range without a bar")
    if first is None:
        return []
    near = _near(sheet, first, sheet.meta["chartPreviousClose"])
    before = near if previous_close is None else number("previous_close", previous_close)
    bars = drawn(told, before, amounts, sheet.meta["priceHint"])
    _agree(sheet, bars, before)
    return bars


def _price(sheet: Sheet, price: float | None) -> float:
    return sheet.meta["regularMarketPrice"] if price is None else number("price", price)


def _near(sheet: Sheet, price: float, value: float | None) -> float:
    meta = sheet.meta
    base: float = meta["regularMarketPrice"]
    return beside(price, base if value is None else value, base, meta["priceHint"])


def _agree(sheet: Sheet, bars: Sequence[Bar], before: float) -> None:
    """Let ``meta`` say what the bars do: the last price, the span of the day and of the year, and the close before."""
    traded = [bar for bar in bars if bar.close is not None]
    last = traded[-1]
    price = last.close or 0.0
    year = {name: _near(sheet, price, sheet.meta[name]) for name in ("fiftyTwoWeekHigh", "fiftyTwoWeekLow")}
    highs, lows = [bar.high for bar in traded if bar.high is not None], [bar.low for bar in traded if bar.low is not None]
    sheet.meta |= {
        "regularMarketPrice": price,
        "fiftyTwoWeekHigh": max(year["fiftyTwoWeekHigh"], *highs),
        "fiftyTwoWeekLow": min(year["fiftyTwoWeekLow"], *lows),
        "regularMarketDayHigh": last.high,
        "regularMarketDayLow": last.low,
        "chartPreviousClose": before,
    }
