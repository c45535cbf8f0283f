"""What a chart of Yahoo says: bars, splits and dividends, as they were then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from rustybt.values import Ratio, parse_decimal
from rustybt_data.adapters.options import Edge
from rustybt_data.adapters.replies import Reply, ratio_of
from rustybt_data.adapters.split_scale import MONEY_PLACES, price_of_then, volume_of_then

PRICES: Final = ("open", "high", "low", "close")
_MOST_PLACES: Final = 8
_HUNDREDTHS: Final = {"GBp": "GBP", "GBX": "GBP", "ZAc": "ZAR", "ILA": "ILS"}
"""Currencies in which Yahoo counts the hundredth part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of one ticker.

    Attributes:
        zone: The exchange's zone.
        currency: What prices are in, after hundredths have been made whole units.
        places: Decimals of prices, as Yahoo shows them.
        in_hundredths: Whether prices came in hundredths of the currency.
        splits: Days and factors on earlier prices.
        dividends: Ex-dates and amounts per share of today.
        stamps: When each bar began.
        columns: The numbers of the bars; None where nothing traded.
    """

    zone: ZoneInfo
    currency: str
    places: int
    in_hundredths: bool
    splits: list[tuple[date, Ratio]]
    dividends: list[tuple[date, str]]
    stamps: list[datetime]
    columns: dict[str, list[str | None]]

    @classmethod
    def read(cls, reply: Reply, *, interval: str) -> "Chart":
        """Read one.

        Args:
            reply: The result of a chart, of which each number is a text.
            interval: What was asked for.

        Raises:
            DataValidationError: It is not what it has to be.
        """
        meta = reply.at("meta")
        granularity = meta.find("dataGranularity")
        if granularity is not None and granularity.text != interval:
            raise granularity.error(f"bars of {interval} were asked for")
        zone = _zone(meta.at("exchangeTimezoneName"))
        currency = meta.at("currency").text
        stamps, columns = _bars(reply, meta)
        return cls(
            zone=zone,
            currency=_HUNDREDTHS.get(currency, currency),
            places=_places(meta),
            in_hundredths=currency in _HUNDREDTHS,
            splits=_splits(reply, zone),
            dividends=_dividends(reply, zone),
            stamps=stamps,
            columns=columns,
        )

    def frame(
        self, symbol: str, splits: Sequence[tuple[date, Ratio]], *, label: str
    ) -> pl.DataFrame:
        """The bars with prices and volumes as they were traded.

        Args:
            symbol: What they are of.
            splits: All splits up to today.
            label: The column of labels: ``date``, or ``timestamp`` for the start of the bar.
        """
        days = [stamp.astimezone(self.zone).date() for stamp in self.stamps]
        later = [[ratio for effective, ratio in splits if effective > day] for day in days]
        labels: Sequence[Edge] = days if label == "date" else self.stamps
        kind = pl.Date() if label == "date" else pl.Datetime("ns", "UTC")
        prices = {name: self._prices(self.columns[name], later) for name in PRICES}
        volumes = [
            None if text is None else volume_of_then(text, ratios)
            for text, ratios in zip(self.columns["volume"], later, strict=True)
        ]
        frame = pl.DataFrame(
            {label: pl.Series(labels, dtype=kind), **prices, "volume": volumes},
            schema={label: kind, **dict.fromkeys((*PRICES, "volume"), pl.String())},
        )
        traded = frame.filter(~pl.all_horizontal(pl.col(*PRICES).is_null()))
        return traded.with_columns(symbol=pl.lit(symbol))

    def dividend_of_then(self, day: date, amount: str, splits: Sequence[tuple[date, Ratio]]) -> str:
        """An amount per share of its day."""
        later = [ratio for effective, ratio in splits if effective > day]
        return price_of_then(amount, later, places=MONEY_PLACES)

    def _prices(
        self, texts: Sequence[str | None], later: Sequence[Sequence[Ratio]]
    ) -> list[str | None]:
        return [
            None if text is None else self._price(text, ratios)
            for text, ratios in zip(texts, later, strict=True)
        ]

    def _price(self, text: str, later: Sequence[Ratio]) -> str:
        shown = shortest(text)
        if later:
            shown = price_of_then(text, later, places=self.places)
        if self.in_hundredths:
            decimals = max(-int(parse_decimal(shown, field="price").as_tuple().exponent), 0)
            shown = price_of_then(shown, [Ratio(100)], places=decimals + 2)
        return shown


def shortest(text: str) -> str:
    """The shortest text of the float of 32 bits that a number is; itself where it is none.

    Yahoo keeps prices in 32 bits and sends them in 64: 185.63999938964844 is 185.64. That holds 7
    digits for certain: prices from 100,000 on have no exact hundredths any more.
    """
    number = float(text)
    with np.errstate(over="ignore"):
        small = np.float32(number)
    return str(small) if float(small) == number and np.isfinite(small) else text


def _zone(name: Reply) -> ZoneInfo:
    try:
        return ZoneInfo(name.text)
    except (ValueError, OSError):
        raise name.error("the name of a zone was expected here") from None
    except LookupError:
        raise name.error("the zone is not known here; install tzdata") from None


def _places(meta: Reply) -> int:
    hint = meta.find("priceHint")
    places = 2 if hint is None else hint.whole
    if not 0 <= places <= _MOST_PLACES:
        raise meta.at("priceHint").error("0 to 8 decimals were expected here")
    return places


def _bars(reply: Reply, meta: Reply) -> tuple[list[datetime], dict[str, list[str | None]]]:
    times = reply.find("timestamp")
    names = (*PRICES, "volume")
    if times is None:
        return [], {name: [] for name in names}
    stamps = [stamp.instant("s") for stamp in times.items]
    (quote,) = _one(reply.at("indicators").at("quote"))
    columns = {name: quote.at(name).optional_numbers for name in names}
    for name, column in columns.items():
        if len(column) != len(stamps):
            raise quote.error(f"{name} has {len(column)} values for {len(stamps)} bars")
    if _has_live_row(stamps, meta):
        stamps.pop()
        columns = {name: column[:-1] for name, column in columns.items()}
    return stamps, columns


def _has_live_row(stamps: Sequence[datetime], meta: Reply) -> bool:
    """Whether the last row is what trades now, beside the row of its session."""
    newest = meta.find("regularMarketTime")
    if newest is None or len(stamps) < 2 or stamps[-1] != newest.instant("s"):
        return False
    zone = _zone(meta.at("exchangeTimezoneName"))
    last, before = (stamp.astimezone(zone) for stamp in (stamps[-1], stamps[-2]))
    is_daily = meta.find("dataGranularity")
    same_day = last.date() == before.date()
    return same_day and (is_daily is None or is_daily.value == "1d")


def _one(items: Reply) -> list[Reply]:
    if len(items.items) != 1:
        raise items.error("one element was expected here")
    return items.items


def _events(reply: Reply, kind: str) -> list[Reply]:
    events = reply.find("events")
    found = None if events is None else events.find(kind)
    return [] if found is None else [found.at(name) for name in found.mapping]


def _splits(reply: Reply, zone: ZoneInfo) -> list[tuple[date, Ratio]]:
    splits = []
    for event in _events(reply, "splits"):
        ratio = ratio_of(event.at("denominator"), event.at("numerator"))
        splits.append((event.at("date").instant("s").astimezone(zone).date(), ratio))
    return sorted(splits, key=lambda split: split[0])


def _dividends(reply: Reply, zone: ZoneInfo) -> list[tuple[date, str]]:
    return sorted(
        (event.at("date").instant("s").astimezone(zone).date(), event.at("amount").number)
        for event in _events(reply, "dividends")
    )
