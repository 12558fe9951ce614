"""``harness.http.yahoo``: replies of Yahoo's chart endpoint, queued without a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.cassette import Match
from autogen_harness.cassettes.services.templates import (
    Now,
    Queue,
    data_of,
    date_of,
    filled,
    http_date,
    instant,
    reply_of,
    template,
)
from autogen_harness.cassettes.services.yahoo.bars import history, today
from autogen_harness.cassettes.services.yahoo.charts import HOSTS, Asked, Sheet, place
from autogen_harness.cassettes.services.yahoo.markets import checked
from autogen_harness.cassettes.services.yahoo.prices import number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from typing_extensions import Unpack

    from autogen_harness.cassettes.cassette import Interaction
    from autogen_harness.cassettes.services.templates import How


class Yahoo:
    """Queues replies of the chart endpoint; each method returns what it queued.

    What a test does not give is that of a shipped cassette: of the same symbol, else of one of its kind. Prices stand in the
    same proportions. Time is that of the cassette or, where wall time is frozen, the last session that had begun. ``times``,
    ``optional`` and ``fault`` are those of ``harness.http.play``.
    """

    def __init__(self, queue: Queue, now: Now) -> None:
        self._queue, self._now = queue, now

    def quote(
        self,
        symbol: str,
        *,
        price: float | None = None,
        previous_close: float | None = None,
        open: float | None = None,  # noqa: A002 - as Yahoo and its users call it
        high: float | None = None,
        low: float | None = None,
        volume: int | None = None,
        currency: str | None = None,
        name: str | None = None,
        at: datetime | float | None = None,
        interval: str = "1d",
        range: str | None = "1d",  # noqa: A002 - as the parameter of the URL
        meta: dict[str, Any] | None = None,
        **how: Unpack[How],
    ) -> Interaction:
        """One bar, today's: what a tool that asks for a price gets.

        Args:
            symbol: such as ``"NVDA"``, ``"VOD.L"``, ``"^GSPC"``, ``"EURUSD=X"``, ``"BTC-USD"``; echoed in capitals.
            price: the last one, in the currency's unit.
            previous_close: by default near the price, as are the next three.
            open: of the session.
            high: of the session.
            low: of the session.
            volume: shares; by default that of the shipped cassette.
            currency: such as ``"USD"``; ``"GBp"`` is pence.
            name: the long and the short name.
            at: when it is answered, a datetime (UTC where it has no zone) or seconds since 1970; weekends have no session.
            interval: what is asked for, and echoed.
            range: likewise; None where the tool sends period1 and period2.
            meta: further fields of ``meta``, by Yahoo's own names.
            how: ``times``, ``optional``, ``fault``.

        Raises:
            UsageError: a value that Yahoo would not send.
        """
        sheet = Sheet.of(checked(symbol), instant(at, self._now))
        given = {"open": open, "high": high, "low": low, "previous_close": previous_close}
        bars = today(sheet, price, given, volume)
        sheet.set(_told(currency, name) | (meta or {}))
        return self._put("quote", symbol, sheet.reply(Asked(symbol, interval, range), bars), how)

    def chart(
        self,
        symbol: str,
        *,
        closes: Sequence[float | None],
        volumes: Sequence[int | None] | None = None,
        previous_close: float | None = None,
        currency: str | None = None,
        name: str | None = None,
        at: datetime | float | None = None,
        interval: str = "1d",
        range: str | None = "1mo",  # noqa: A002 - as the parameter of the URL
        meta: dict[str, Any] | None = None,
        **how: Unpack[How],
    ) -> Interaction:
        """One bar for each close, the last of them now.

        Args:
            symbol: as for :meth:`quote`.
            closes: oldest first; None is a hole, as real charts have. An empty list is a range without a bar.
            volumes: as many.
            previous_close: before the first bar.
            currency: as for :meth:`quote`.
            name: as for :meth:`quote`.
            at: as for :meth:`quote`.
            interval: the time between two bars: minutes (``"5m"``), ``"1h"``, ``"1d"``, ``"1wk"``, ``"1mo"``, ``"3mo"``.
            range: as for :meth:`quote`.
            meta: as for :meth:`quote`.
            how: as for :meth:`quote`.

        Raises:
            UsageError: a value that Yahoo would not send, or not as many volumes as closes.
        """
        sheet = Sheet.of(checked(symbol), instant(at, self._now))
        bars = history(sheet, closes, volumes, previous_close)
        sheet.set(_told(currency, name) | (meta or {}))
        return self._put("chart", symbol, sheet.reply(Asked(symbol, interval, range), bars), how)

    def gone(self, symbol: str, *, interval: str = "1d", range: str | None = "1d", **how: Unpack[How]) -> Interaction:  # noqa: A002 - as above
        """A symbol that is traded no more: status 200, no price, a null currency."""
        sheet = Sheet.of(checked(symbol), self._now(), "yahoo/gone-symbol")
        return self._put("gone", symbol, sheet.reply(Asked(symbol, interval, range), []), how)

    def unknown(self, symbol: str, **how: Unpack[How]) -> Interaction:
        """A symbol that Yahoo does not know, whatever interval and range: 404, ``chart.result`` null."""
        one = template("yahoo/unknown-symbol")
        url = f"{place(checked(symbol))}?interval=1d&range=1d"
        made = filled(one, url, data_of(one), self._dated(one), Match(hosts=HOSTS, query=()))
        return self._put("unknown", symbol, made, how)

    def rate_limited(self, *, retry_after: float | None = None, **how: Unpack[How]) -> Interaction:
        """The rate limit, for any symbol: 429, plain text. ``retry_after``, in seconds, was never seen from Yahoo."""
        one = template("yahoo/too-many-requests")
        wait = {"retry-after": None if retry_after is None else f"{number('retry_after', retry_after):g}"}
        made = filled(one, one.request.url, reply_of(one).body, self._dated(one) | wait)
        return self._put("rate_limited", "", made, how)

    def bad_request(self, *, description: str | None = None, **how: Unpack[How]) -> Interaction:
        """A range that holds no data, for any symbol: 400; ``description`` is what ``chart.error`` says."""
        return self._refused("bad_request", "yahoo/bad-request", description, how)

    def unprocessable(self, *, description: str | None = None, **how: Unpack[How]) -> Interaction:
        """An interval finer than the range allows, for any symbol: 422; ``description`` is what ``chart.error`` says."""
        return self._refused("unprocessable", "yahoo/unprocessable", description, how)

    def _refused(self, verb: str, name: str, description: str | None, how: How) -> Interaction:
        one = template(name)
        body = data_of(one)
        if description is not None:
            body["chart"]["error"]["description"] = description
        return self._put(verb, "", filled(one, one.request.url, body, self._dated(one)), how)

    def _dated(self, one: Interaction) -> dict[str, str | None]:
        at = self._now()
        return {"date": http_date(date_of(one) if at is None else at)}

    def _put(self, verb: str, symbol: str, made: Interaction, how: How) -> Interaction:
        said = f'"{symbol}"' if symbol else ""
        more = ", ..." if verb in ("quote", "chart") else ""
        self._queue(f"yahoo.{verb} {symbol}".strip(), made, call=f"harness.http.yahoo.{verb}({said}{more})", **how)
        return made


def _told(currency: str | None, name: str | None) -> dict[str, Any]:
    fields = {"currency": currency, "longName": name, "shortName": name}
    return {key: value for key, value in fields.items() if value is not None}
