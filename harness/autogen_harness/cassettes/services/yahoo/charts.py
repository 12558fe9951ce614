"""The reply of the chart endpoint: a shipped one, with other prices, at another time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as escaped

from autogen_harness.cassettes.cassette import Match
from autogen_harness.cassettes.services.templates import data_of, date_of, filled, http_date, template
from autogen_harness.cassettes.services.yahoo.markets import identity, template_of
from autogen_harness.cassettes.services.yahoo.prices import Bar, single
from autogen_harness.cassettes.services.yahoo.sessions import DAY, MINUTES, Sessions
from autogen_harness.errors import UsageError
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autogen_harness.cassettes.cassette import Interaction

_DAY_FIELDS = ("regularMarketDayHigh", "regularMarketDayLow", "regularMarketVolume", "chartPreviousClose")
_ROUND_THE_CLOCK = ("CRYPTOCURRENCY", "CURRENCY")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a chart is asked for: ``range`` None where ``period1`` and ``period2`` are sent instead, or nothing is."""

    symbol: str
    interval: str = "1d"
    range: str | None = "1d"

    @property
    def url(self) -> str:
        """The URL, spelt as the shipped ones are."""
        span = "" if self.range is None else f"&range={escaped(self.range, safe='')}"
        return f"{place(self.symbol)}?interval={escaped(self.interval, safe='')}{span}"

    @property
    def match(self) -> Match:
        """Both hosts; interval and range are compared where they are sent, a crumb never is."""
        return Match(hosts=HOSTS, query=("interval",) if self.range is None else ("interval", "range"))


HOSTS = ("query1.finance.yahoo.com", "query2.finance.yahoo.com")
"""The two names of the one service."""


def place(symbol: str) -> str:
    """The URL of a symbol, without a query."""
    return f"https://{HOSTS[0]}/v8/finance/chart/{escaped(symbol, safe='')}"


@dataclass(slots=True)
class Sheet:
    """A shipped chart, taken apart to be filled in."""

    interaction: Interaction
    meta: dict[str, Any]
    bar: Bar
    sessions: Sessions
    at: float

    @classmethod
    def of(cls, symbol: str, at: float | None, name: str = "") -> Sheet:
        """The sheet of a symbol, or of the shipped cassette ``name``; ``at`` None is the day of that cassette."""
        one = template(name or template_of(symbol))
        result = data_of(one)["chart"]["result"][0]
        meta, quote = result["meta"], result["indicators"]["quote"][0]
        bar = Bar(**{key: values[0] for key, values in quote.items()})
        sheet = cls(one, meta, bar, Sessions.of(meta), date_of(one) if at is None else at)
        own = {key: value for key, value in identity(symbol).items() if meta.get(key) is not None}
        meta |= {"symbol": symbol.upper(), **own}
        sheet._move()
        return sheet

    def _move(self) -> None:
        """To the last session that had begun."""
        shift = self.sessions.shift(self.at)
        for period in self.meta["currentTradingPeriod"].values():
            period["start"] += shift
            period["end"] += shift
        stamped = self.meta["regularMarketTime"] if self.bar.close is None else self.sessions.closed
        self.meta["regularMarketTime"] = min(int(self.at), stamped + shift)

    def times(self, count: int, interval: str) -> list[int]:
        """When the bars are; a market that never closes stamps the running day with the time of its last price."""
        slots = self.sessions.slots(count, self.at, interval)
        if interval == "1d" and slots and self.meta["instrumentType"] in _ROUND_THE_CLOCK:
            slots[-1] = self.meta["regularMarketTime"]
        return slots

    def set(self, fields: Mapping[str, Any]) -> None:
        """Set fields of ``meta`` by Yahoo's own names.

        Raises:
            UsageError: there is no such field, or its value is of another type.
        """
        for name, value in fields.items():
            if name not in self.meta:
                raise UsageError(f"{name}={value!r}: this reply has no such field; {nearest_or_all(name, self.meta)}")
            kind = type(self.meta[name])
            if value is not None and self.meta[name] is not None and type(value) not in {kind, int if kind is float else kind}:
                raise UsageError(f"{name}={value!r}: Yahoo sends {kind.__name__} here, as in {self.meta[name]!r}")
            self.meta[name] = float(value) if kind is float and value is not None else value

    def reply(self, asked: Asked, bars: Sequence[Bar]) -> Interaction:
        """The interaction that answers what is asked with these bars."""
        meta = self.meta | {"dataGranularity": asked.interval, "range": asked.range or ""}
        times = self.times(len(bars), asked.interval)
        if asked.interval in MINUTES:
            meta = _intraday(meta, times, self.sessions)
        if not bars:
            meta = {name: value for name, value in meta.items() if name not in _DAY_FIELDS}
        result = {"meta": meta} | ({"timestamp": times} if bars else {})
        result["indicators"] = _indicators(bars, intraday=asked.interval in MINUTES)
        body = {"chart": {"result": [result], "error": None}}
        return filled(self.interaction, asked.url, body, {"date": http_date(self.at)}, asked.match)


def _indicators(bars: Sequence[Bar], *, intraday: bool) -> dict[str, Any]:
    quote: dict[str, Any] = {}
    if bars:
        for name in ("open", "high", "low", "close"):
            quote[name] = [single(getattr(bar, name)) for bar in bars]
        quote["volume"] = [bar.volume for bar in bars]
    adjusted = {"adjclose": quote["close"]} if bars else {}
    return {"quote": [quote]} | ({} if intraday else {"adjclose": [adjusted]})


def _intraday(meta: dict[str, Any], times: Iterable[int], sessions: Sessions) -> dict[str, Any]:
    """Less than a day apart, three more fields come, in their places."""
    regular = meta["currentTradingPeriod"]["regular"]
    days = sorted({(time - regular["start"]) // DAY * DAY for time in times})
    more: dict[str, dict[str, Any]] = {
        "chartPreviousClose": {"previousClose": meta.get("chartPreviousClose"), "scale": 3},
        "currentTradingPeriod": {
            "tradingPeriods": [
                [{**regular, "start": regular["start"] + day, "end": regular["start"] + day + sessions.end - sessions.start}]
                for day in days
            ]
        },
    }
    return {key: item for name in meta for key, item in ({name: meta[name]} | more.get(name, {})).items()}
