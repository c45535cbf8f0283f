"""What a run is compared with: the daily returns of an asset, or given ones."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rustybt.calendars import from_day, to_day
from rustybt.data.actions import unexchanged
from rustybt.data.eve_closes import EveCloses
from rustybt.data.own_money import OwnMoney
from rustybt.errors import (
    BenchmarkAssetNotAvailableTooEarly,
    BenchmarkAssetNotAvailableTooLate,
    InvalidArgument,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rustybt.assets import Asset
    from rustybt.calendars import TradingCalendar
    from rustybt.data.actions import Exchange
    from rustybt.data.adjustments import Factor
    from rustybt.data.bundle import BundleData
    from rustybt.data.readers import BarReader

Returns = "NDArray[np.float64]"

Worth = Callable[[int], "Decimal | None"]
"""What a unit of a benchmark's currency is worth in the account's at a time in ns UTC."""


def given_returns(returns: object, sessions: Iterable[date]) -> "NDArray[np.float64]":
    """Returns that were handed in, one per session; 0 on sessions that they leave out.

    Args:
        returns: A mapping of day to return, a pandas Series indexed by day, or a Polars frame
            whose first two columns are day and return.
        sessions: The sessions of the run.

    Raises:
        InvalidArgument: It is nothing of the kind, or a return is no finite number.
    """
    by_day = {to_day(day): float(value) for day, value in _pairs(returns)}
    bad = next((day for day, value in by_day.items() if not np.isfinite(value)), None)
    if bad is not None:
        raise InvalidArgument(
            field="benchmark_returns", value=by_day[bad], reason=f"on {from_day(bad)}: give finite"
        )
    return np.array([by_day.get(to_day(session), 0.0) for session in sessions])


def _pairs(returns: object) -> Iterable[tuple[Any, Any]]:
    if isinstance(returns, pl.DataFrame):
        if returns.width < 2:
            raise InvalidArgument(
                field="benchmark_returns", value=returns.columns, reason="give day and return"
            )
        return zip(returns.to_series(0), returns.to_series(1), strict=True)
    if isinstance(returns, Mapping) or hasattr(returns, "items"):
        pairs: Iterable[tuple[Any, Any]] = returns.items()
        return pairs
    raise InvalidArgument(
        field="benchmark_returns",
        value=type(returns).__name__,
        reason="give a pandas Series by day or a Polars frame of day and return",
    )


def asset_returns(
    asset: "Asset",
    bundle: "BundleData",
    calendar: "TradingCalendar",
    sessions: range,
    *,
    decimals: int | None,
    one_currency: bool = False,
    worth: Worth | None = None,
) -> "NDArray[np.float64]":
    """Total returns of holding an asset, one per session, dividends and splits included.

    The first session's return is that over the last session before the run; where the asset has
    no price or no rate there, that from its open to its close. Until it has a price other than
    zero there is no return: 0. In a session without a trade, and where none follows an action,
    the last price counts as adjusted for what came since.

    Args:
        asset: The benchmark.
        bundle: Where its daily bars are.
        calendar: Of the run.
        sessions: Indices of the run's sessions.
        decimals: Decimals to which adjusted prices are rounded; None for none.
        one_currency: Whether what is paid on the asset counts as in its currency.
        worth: Turns its currency into the account's, where they differ: None at a time before
            the first session without a rate.

    Raises:
        BenchmarkAssetNotAvailableTooEarly: It starts after the run does.
        BenchmarkAssetNotAvailableTooLate: It ends before the run does.
        InvalidArgument: The bundle has no daily bars.
        MissingRate: The rate of its currency, or of one that something was paid in, is not known.
    """
    first, last = calendar.session_date(sessions[0]), calendar.session_date(sessions[-1])
    if asset.start_date is not None and asset.start_date > first:
        raise BenchmarkAssetNotAvailableTooEarly(sid=asset.sid, dt=first, start_dt=asset.start_date)
    if asset.end_date is not None and asset.end_date < last:
        raise BenchmarkAssetNotAvailableTooLate(sid=asset.sid, dt=last, end_dt=asset.end_date)
    if bundle.daily is None:
        raise InvalidArgument(
            field="benchmark", value=asset.symbol, reason="the bundle has no daily bars"
        )
    first_read = max(sessions[0] - 1, 0)
    days = [int(day) for day in calendar.sessions[first_read : sessions[-1] + 1]]
    closes, opens = _prices(bundle.daily, asset.sid, days)
    exchange = unexchanged if one_currency else OwnMoney(bundle, calendar, last)
    factors = _factors(asset, bundle, days, exchange)
    prices = _adjusted(closes, days, factors, decimals)
    opening = calendar.session_open(sessions[0])
    closings = [calendar.session_close(index) for index in range(first_read, sessions[-1] + 1)]
    prices *= _worths(worth, closings)
    returns = _changes(prices)
    if len(days) > len(sessions) and not np.isnan(prices[0]):
        return returns
    first_open, first_close = opens[-len(sessions)], closes[-len(sessions)]
    start = float(first_close / first_open - 1) if first_open and first_close else 0.0
    if worth is not None:
        opened, closed = _worths(worth, [opening, closings[-len(sessions)]])
        start = (1 + start) * (1 if np.isnan(opened) else closed / opened) - 1
    return np.concatenate(([start], returns[-(len(sessions) - 1) :] if len(sessions) > 1 else []))


def _worths(worth: Worth | None, times: list[int]) -> "NDArray[np.float64]":
    """The worth of the currency at each time; NaN where there is none."""
    if worth is None:
        return np.ones(len(times))
    return np.array([np.nan if rate is None else float(rate) for rate in map(worth, times)])


def _changes(prices: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The relative change of each price to the next; 0 where there is none."""
    changes = np.zeros(len(prices) - 1)
    known = np.isfinite(prices[:-1]) & (prices[:-1] != 0)
    np.divide(np.diff(prices), prices[:-1], out=changes, where=known)
    return changes


def _prices(
    reader: "BarReader", sid: int, days: list[int]
) -> tuple[list[Fraction | None], list[Fraction | None]]:
    """Raw closes and opens."""
    frame = reader.read([sid], days[0], days[-1] + 1, ["open", "close"])
    rows = {at: (opened, closed) for at, _, opened, closed in frame.iter_rows()}
    unit = 10**reader.price_scale
    closes: list[Fraction | None] = []
    opens: list[Fraction | None] = []
    for day in days:
        opened, closed = rows.get(day, (None, None))
        opens.append(None if opened is None else Fraction(opened, unit))
        closes.append(None if closed is None else Fraction(closed, unit))
    return closes, opens


def _factors(
    asset: "Asset", bundle: "BundleData", days: list[int], exchange: "Exchange"
) -> "tuple[Factor, ...]":
    reader = bundle.daily
    assert reader is not None

    def newest(sid: int, day: int) -> tuple[int, Decimal] | None:
        at = reader.last_traded(sid, day - 1)
        if at is None:
            return None
        frame = reader.read([sid], at, at + 1, ["close"])
        close = None if frame.is_empty() else _decimal(frame["close"][0], reader.price_scale)
        return None if close is None else (at, close)

    eves = EveCloses(bundle.adjustments, newest, exchange)
    since = range(days[0] + 1, days[-1] + 1)
    return bundle.adjustments.factors(asset.sid, eves, exchange, days=since)


def _decimal(coefficient: int | None, scale: int) -> Decimal | None:
    from rustybt.values import from_scaled

    return None if coefficient is None else from_scaled(coefficient, scale)


def _adjusted(
    closes: list[Fraction | None],
    days: list[int],
    factors: "tuple[Factor, ...]",
    decimals: int | None,
) -> "NDArray[np.float64]":
    """Prices as they look from the last day; the last known one where there is none."""
    prices: list[float] = []
    for day, close in zip(days, closes, strict=True):
        price = close
        for factor in factors:
            if price is not None and factor.day > day:
                price *= factor.price.as_fraction()
        if price is None:
            prices.append(prices[-1] if prices else np.nan)
        else:
            prices.append(float(price) if decimals is None else round(float(price), decimals))
    return np.array(prices)
