"""What the sessions before the running one say about an asset: mean volume and volatility."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate, pairwise
from math import isnan, sqrt
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

from rustybt.errors import HistoryWindowStartsBeforeData
from rustybt.values import (
    divide,
    from_scaled,
    isqrt_scaled,
    like,
    parse_decimal,
    rounded_scaled,
)

if TYPE_CHECKING:
    from datetime import date

    from rustybt.assets import Asset
    from rustybt.finance._cost_model import Figure, Market

_RATE_SCALE = 18


class SessionWindow(NamedTuple):
    """What complete sessions say about an asset; None where they say nothing.

    Attributes:
        mean_volume: Mean volume of the sessions that have one.
        volatility: Sample deviation of their returns.
    """

    mean_volume: Figure | None
    volatility: Figure | None


class SessionWindows:
    """Windows of so many complete sessions, each computed once per run, asset and session.

    A run is known by its market, which no other run has.

    Args:
        sessions: Length of a window.
        periods: Sessions over which a volatility counts: 1 for a daily, 252 for an annual one.
    """

    def __init__(self, sessions: int, *, periods: int = 1) -> None:
        self._sessions = sessions
        self._periods = periods
        self._known: dict[Asset, tuple[date, SessionWindow]] = {}
        self._market: ref[Market] | None = None

    def before_today(self, data: Market, asset: Asset) -> SessionWindow:
        """The window that ends with the session before the running one."""
        if self._market is None or self._market() is not data:
            self._known.clear()
            self._market = ref(data)
        session = data.current_session
        known = self._known.get(asset)
        if known is not None and known[0] == session:
            return known[1]
        window = self._measure(data, asset)
        self._known[asset] = (session, window)
        return window

    def _measure(self, data: Market, asset: Asset) -> SessionWindow:
        count = self._sessions + 1
        try:
            volumes = list(data.history(asset, "volume", count, "1d"))[:-1]
            closes = list(data.history(asset, "close", count, "1d"))[:-1]
        except HistoryWindowStartsBeforeData:
            return SessionWindow(None, None)
        traded = [volume for volume in volumes if volume is not None]
        return SessionWindow(
            _mean(traded) if traded else None, _volatility(closes, periods=self._periods)
        )


def square_root(number: Figure) -> Figure:
    """The root by the rounding table (18 digits) for a Decimal, the usual one for a float."""
    if isinstance(number, Decimal):
        coefficient = rounded_scaled(number, 2 * _RATE_SCALE)
        return from_scaled(isqrt_scaled(coefficient, 2 * _RATE_SCALE), _RATE_SCALE)
    return sqrt(number)


def _volatility(closes: list[Figure], *, periods: int) -> Figure | None:
    """Sample deviation of the returns; None when there is no first close, or a zero.

    A session without trade has no return: its close counts as the one before, as in zipline.
    """
    known: list[Figure] = list(
        accumulate(closes, lambda last, close: last if _is_missing(close) else close)
    )
    if _is_missing(known[0]) or not all(known):
        return None
    returns = [divide(b - a, a) for a, b in pairwise(known)]
    mean = _mean(returns)
    squares = sum((change - mean) ** 2 for change in returns)
    return square_root(divide(squares * periods, _count(len(returns) - 1, squares)))


def _is_missing(close: Figure) -> bool:
    return close is None or bool(isnan(close))


def _mean(numbers: list[Figure]) -> Figure:
    total = sum(numbers)
    return divide(total, _count(len(numbers), total))


def _count(count: int, sample: Figure) -> Figure:
    return like(parse_decimal(count, field="count"), sample)
