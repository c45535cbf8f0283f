"""Random small markets, what a strategy sees of them, and the same markets with another future."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from small_markets import DAY, MINUTE, MINUTES, OPEN, VENUE, bundle, weekdays

from rustybt.assets import Equity
from rustybt.calendars import TradingCalendar, from_day
from rustybt.clock import axis_of
from rustybt.data.adjustments import (
    CashDividend,
    RightsOffering,
    SpinOff,
    Split,
    StockDividend,
)
from rustybt.data.bar_data import BarData
from rustybt.data.bundle import BundleData
from rustybt.data.pandas_view import PandasBarData
from rustybt.data.portal import PolarsDataPortal
from rustybt.data.rates import ExchangeRates
from rustybt.errors import RustyBTError
from rustybt.values import Arithmetic, Ratio

FIELDS = ("open", "high", "low", "close", "volume")
RATIOS = ("1/2", "2/3", "5", "7/3")

HistoryAction = Split | CashDividend | StockDividend | RightsOffering | SpinOff
"""What changes what older prices mean."""


@dataclass(frozen=True)
class RandomMarket:
    """Rows by label and sid, and events.

    Attributes:
        calendar: Its sessions.
        assets: Equities.
        daily: Columns ``at, sid, open … volume``, `at` a day.
        minute: The same, `at` in ns.
        events: Corporate actions.
        rates: What a euro costs in dollars, ``timestamp, base, quote, rate``.
    """

    calendar: TradingCalendar
    assets: tuple[Equity, ...]
    daily: pl.DataFrame
    minute: pl.DataFrame
    events: tuple[HistoryAction, ...]
    rates: pl.DataFrame

    def opened(self, *, daily: bool, minute: bool) -> BundleData:
        """The market as a bundle with the bars that are wanted."""
        made = bundle(
            self.calendar,
            self.assets,
            daily=self._frame(self.daily, pl.Date) if daily else None,
            minute=self._frame(self.minute, pl.Datetime("ns")) if minute else None,
            events=self.events,
        )
        return replace(made, rates=ExchangeRates.from_frame(self.rates))

    def _frame(self, rows: pl.DataFrame, label: Any) -> pl.DataFrame:
        symbols = {asset.sid: asset.symbol for asset in self.assets}
        day = pl.col("at").cast(pl.Int32) if label == pl.Date else pl.col("at")
        return rows.with_columns(
            day.cast(label).alias("timestamp"),
            pl.col("sid").replace_strict(symbols, return_dtype=pl.String).alias("symbol"),
        )


def random_market(seed: int, *, sessions: int, assets: int = 2) -> RandomMarket:
    """Prices in cents that hop about, holes, bars without volume, actions, listings."""
    rng = np.random.default_rng(seed)
    calendar = weekdays("2020-01-06", sessions)
    days = calendar.sessions
    labels = axis_of(calendar, "1m").labels(0, len(axis_of(calendar, "1m")))
    sids = range(1, assets + 1)
    return RandomMarket(
        calendar=calendar,
        assets=tuple(_listed(rng, sid, days) for sid in sids),
        daily=pl.concat([_rows(rng, sid, days) for sid in sids]),
        minute=pl.concat([_rows(rng, sid, labels) for sid in sids]),
        events=tuple(event for sid in sids for event in _events(rng, sid, days)),
        rates=_rates(rng, days),
    )


def with_another_future(
    market: RandomMarket, seed: int, *, session: int, now: int, ended: bool
) -> RandomMarket:
    """The same market up to a moment, and another one after it.

    Args:
        market: The market.
        seed: Of the other future.
        session: Today's session.
        now: The moment: later minutes change.
        ended: Whether today's daily bar is known already.
    """
    other = random_market(seed, sessions=len(market.calendar), assets=len(market.assets))
    today = int(market.calendar.sessions[session])
    last_day = today if ended else today - 1
    return RandomMarket(
        calendar=market.calendar,
        assets=tuple(
            _with_another_end(asset, new, today)
            for asset, new in zip(market.assets, other.assets, strict=True)
        ),
        daily=_spliced(market.daily, other.daily, last_day),
        minute=_spliced(market.minute, other.minute, now),
        events=(
            *(event for event in market.events if _day(event) <= today),
            *(event for event in other.events if _day(event) > today),
        ),
        rates=pl.concat(
            [
                market.rates.filter(pl.col("timestamp").dt.epoch("ns") <= now),
                other.rates.filter(pl.col("timestamp").dt.epoch("ns") > now),
            ]
        ),
    )


def sights(
    portal: PolarsDataPortal, assets: tuple[Equity, ...], counts: tuple[int, ...]
) -> Callable[[], list[Any]]:
    """A function that says all that a strategy and the kernel see at the present of a portal."""
    exact, floats = BarData(portal), PandasBarData(portal)
    current = (*FIELDS, "price", "last_traded")
    intraday = portal.axis.resolution.is_intraday
    windows = [
        (fields, count, frequency)
        for frequency in ("1d", "1w", "1mo", *(("1m", "6m") if intraday else ()))
        for count in counts
        for fields in ("price", "volume", "high")
    ]

    def see() -> Iterator[Any]:
        for asset in assets:
            yield portal.traded_close(asset), portal.mark(asset), portal.last_traded(asset)
            yield [exact.current(asset, field) for field in current]
            yield exact.can_trade(asset), exact.is_stale(asset)
        yield floats.current(assets, list(current))
        for fields, count, frequency in windows:
            yield _tried(exact.history, assets, fields, count, frequency)
        for count in counts:
            yield _tried(exact.history, assets[0], "close", count, "1d")
            yield _tried(exact.history, assets, [*FIELDS], count, "1d")
            yield _tried(floats.history, assets, "price", count, "1d")

    return lambda: [_plain(value) for value in see()]


def opened_portal(
    market: RandomMarket,
    resolution: str,
    arithmetic: Arithmetic,
    *,
    stored_days: bool = True,
    **options: Any,
) -> PolarsDataPortal:
    """A portal over a market whose run has bars of a resolution."""
    intraday = resolution != "1d"
    return PolarsDataPortal(
        market.opened(daily=stored_days or not intraday, minute=intraday),
        axis=axis_of(market.calendar, resolution),
        arithmetic=arithmetic,
        **options,
    )


# ---------------------------------------------------------------------- making markets


def _listed(rng: np.random.Generator, sid: int, days: np.ndarray) -> Equity:
    first, last = sorted(rng.integers(0, len(days), 2).tolist())
    # The first asset always lives; the others come and go.
    start = None if sid == 1 or first == last else from_day(int(days[first]))
    end = None if sid == 1 or first == last else from_day(int(days[last]))
    return Equity(
        sid=sid,
        symbol=f"S{sid}",
        exchange_info=VENUE,
        start_date=start,
        end_date=end,
        auto_close_date=None if end is None else end + timedelta(days=1),
    )


def _rows(rng: np.random.Generator, sid: int, labels: np.ndarray) -> pl.DataFrame:
    count = len(labels)
    low = rng.integers(500, 2000, count)
    high = low + rng.integers(0, 300, count)
    opens, closes = rng.integers(low, high + 1), rng.integers(low, high + 1)
    volume = np.where(rng.random(count) < 0.1, 0, rng.integers(1, 1000, count))
    cents = {"open": opens, "high": high, "low": low, "close": closes}
    kept = rng.random(count) < rng.choice([0.1, 0.6, 0.95])
    kept[int(rng.integers(count))] = True
    return pl.DataFrame(
        {
            "at": labels,
            "sid": np.full(count, sid),
            **{field: values / 100 for field, values in cents.items()},
            "volume": volume,
        }
    ).filter(pl.Series(kept))


def _events(rng: np.random.Generator, sid: int, days: np.ndarray) -> Iterator[HistoryAction]:
    def some(most: int) -> list[int]:
        return [int(day) for day in rng.choice(days, rng.integers(0, most))]

    def ratio() -> Ratio:
        return Ratio.parse(str(rng.choice(RATIOS)))

    def cents(most: int) -> Decimal:
        return Decimal(int(rng.integers(1, most))).scaleb(-2)

    for day in some(4):
        yield Split(sid=sid, effective=day, ratio=ratio())
    for day in some(6):
        paid = str(rng.choice(["USD", "EUR"]))
        yield CashDividend(sid=sid, ex=day, pay=day, amount=cents(400), currency=paid)
    for day in some(3):
        yield StockDividend(sid=sid, ex=day, pay=day + 1, ratio=ratio())
    for day in some(3):
        yield RightsOffering(
            sid=sid,
            ex=day,
            expiry=day + 9,
            price=cents(2_500),
            ratio=ratio(),
            currency=str(rng.choice(["USD", "EUR"])),
        )
    for day in some(4):
        # A little of the first asset, which lives always: on some days it does not trade at first.
        price = cents(900) if sid == 1 or rng.random() < 0.2 else None
        share = ratio() * Ratio(1, int(rng.integers(2, 9)))
        child = 1 if sid > 1 else 2
        yield SpinOff(sid=sid, effective=day, child=child, ratio=share, child_price=price)


def _rates(rng: np.random.Generator, days: np.ndarray) -> pl.DataFrame:
    """A rate some minutes before or after each day's close, and one before all of them."""
    first = int(days[0]) * DAY - DAY
    closes = days * DAY + (OPEN + MINUTES) * MINUTE
    known = [first, *(closes + rng.integers(-4, 5, len(days)) * MINUTE).tolist()]
    return pl.DataFrame(
        {
            "timestamp": pl.Series(known, dtype=pl.Int64).cast(pl.Datetime("ns")),
            "base": "EUR",
            "quote": "USD",
            "rate": (rng.integers(50, 200, len(known)) / 100).tolist(),
        }
    )


def _day(event: HistoryAction) -> int:
    return event.effective if isinstance(event, Split | SpinOff) else event.ex


def _with_another_end(asset: Equity, other: Equity, today: int) -> Equity:
    """The asset with another last session, if it has not come yet."""
    date = from_day(today)
    if asset.start_date is not None and asset.start_date > date:
        later = other.start_date is not None and other.start_date > date
        return other if later else asset
    if asset.end_date is not None and asset.end_date < date:
        return asset
    end = date + timedelta(days=1 + (other.sid * 7) % 11)
    return replace(asset, end_date=end, auto_close_date=end)


def _spliced(rows: pl.DataFrame, other: pl.DataFrame, last: int) -> pl.DataFrame:
    return pl.concat([rows.filter(pl.col("at") <= last), other.filter(pl.col("at") > last)])


# ---------------------------------------------------------------------- comparing


def _tried(ask: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return ask(*arguments)
    except RustyBTError as error:
        return type(error).__name__


def _plain(value: Any) -> Any:
    if isinstance(value, pl.DataFrame):
        return value.columns, value.rows()
    if isinstance(value, pl.Series):
        return value.to_list()
    if isinstance(value, pd.Series | pd.DataFrame):
        return repr(value.index.to_list()), repr(value.to_numpy().tolist())
    return repr(value)
