"""Factors of corporate actions for the rows of a request."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from rustybt.data.actions import CashDividend, Effect, Exchange, Split, StockDividend
from rustybt.data.coefficients import IntArray
from rustybt.data.eve_closes import EveCloses
from rustybt.pipeline.loaders.action_table import ActionTable, key_of
from rustybt.pipeline.loaders.base import FloatArray, LoadRequest, Steps
from rustybt.pipeline.loaders.session_bars import DailyBars
from rustybt.values import from_scaled

HaltedEves = set[tuple[int, int]]
"""Assets and ex days of dividends whose eve has no close of its own, or not a plain one."""


class Factors(NamedTuple):
    """Factors on prices and on volumes; a row each.

    Attributes:
        assets: The number of the asset in the request.
        since: The first row as of which it counts.
        through: The last row whose data it multiplies.
        prices: Factor on prices.
        volumes: Factor on volumes.
    """

    assets: IntArray
    since: IntArray
    through: IntArray
    prices: FloatArray
    volumes: FloatArray


def steps_of(parts: Collection[Factors]) -> tuple[Steps | None, Steps | None]:
    """The steps of prices and of volumes; None where there are none."""
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[1], kind="stable")
    assets, since, through, prices, volumes = (column[order] for column in columns)
    return _steps(assets, since, through, prices), _steps(assets, since, through, volumes)


def _steps(
    assets: IntArray, since: IntArray, through: IntArray, factors: FloatArray
) -> Steps | None:
    changes = factors != 1.0
    if not changes.any():
        return None
    return Steps(assets[changes], since[changes], through[changes], factors[changes])


def split_factors(table: ActionTable, request: LoadRequest) -> Factors:
    """The factors of splits and stock dividends."""
    chosen, places, rows = _within(table.splits.sids, table.splits.days, request)
    prices = table.splits.prices[chosen]
    return Factors(places, rows, rows, prices, 1.0 / prices)


def dividend_factors(
    table: ActionTable, request: LoadRequest, closes: FloatArray, *, halted_eves: bool
) -> tuple[Factors, HaltedEves]:
    """The factors of cash dividends: what is left of the close of the eve without them.

    Args:
        table: The corporate actions.
        request: The rows.
        closes: Raw closes, (assets, rows).
        halted_eves: Whether a dividend whose eve has no close has a factor.

    Returns:
        The factors, and the dividends that need a look of their own: those whose eve has no
        close, or an action after its close.
    """
    dividends = table.dividends
    chosen, places, rows = _within(dividends.sids, dividends.days, request)
    amounts, close = dividends.amounts[chosen], closes[places, rows]
    sids, days = dividends.sids[chosen], dividends.days[chosen]
    begin = np.searchsorted(table.keys, key_of(sids, request.data_days[rows]), side="right")
    between = np.searchsorted(table.keys, key_of(sids, days)) > begin
    plain = (close > 0) & ~between
    rest = ~plain & (halted_eves | (close > 0))
    halted = set(zip(sids[rest].tolist(), days[rest].tolist(), strict=True))
    kept = plain & (amounts < close) & (amounts != 0)
    places, rows = places[kept], rows[kept]
    factors = (close[kept] - amounts[kept]) / close[kept]
    return Factors(places, rows, rows, factors, np.ones(len(factors))), halted


class ExactFactors:
    """The factors of actions that need a look of their own, exact until they are made floats.

    Args:
        table: The corporate actions.
        request: The rows.
        reader: Daily bars.
        exchange: Makes money that of the asset.
        halted_eves: Whether an action whose eve had no trade is measured against the last close
            before it; otherwise it has no factor.
    """

    def __init__(
        self,
        table: ActionTable,
        request: LoadRequest,
        reader: DailyBars,
        exchange: Exchange,
        *,
        halted_eves: bool,
    ) -> None:
        self._table = table
        self._request = request
        self._exchange = exchange
        closes = _Closes(reader, request, halted=halted_eves)
        self._eves = EveCloses(table.adjustments, closes, exchange)

    def factors(self, halted: HaltedEves) -> Factors:
        """The factors of rights, spin-offs, dividends in other currencies, and halted eves.

        Args:
            halted: Assets and days of dividends that are not to be had at once.
        """
        request = self._request
        rows: list[tuple[int, int, int]] = []
        ratios: list[tuple[float, float]] = []
        sids = {sid for sid, _ in halted} | self._table.others
        places = {sid: place for place, sid in enumerate(request.sids.tolist())}
        for sid in sorted(sids & places.keys()):
            for effect in self._table.adjustments.effects(sid):
                if _needs_a_look(effect, halted, self._table.foreign):
                    found = self._found(effect)
                    if found is not None:
                        rows.append((places[sid], *found[:2]))
                        ratios.append(found[2:])
        table = np.array(rows, np.int64).reshape(-1, 3)
        numbers = np.array(ratios, np.float64).reshape(-1, 2)
        return Factors(table[:, 0], table[:, 1], table[:, 2], numbers[:, 0], numbers[:, 1])

    def _found(self, effect: Effect) -> tuple[int, int, float, float] | None:
        """Since when, through which row, and the factors on prices and volumes."""
        days = self._request.days
        through = int(np.searchsorted(days, effect.day))
        if effect.day <= self._request.data_days[0] or through == len(days):
            return None
        for day in effect.days:
            since = int(np.searchsorted(days, day))
            factor = effect.factor(self._eves, self._exchange, day)
            if factor is not None:
                ratios = float(factor.price.as_fraction()), float(factor.volume.as_fraction())
                return (since, through, *ratios) if since < len(days) else None
        return None


class _Closes:
    """Raw closes before a day."""

    def __init__(self, reader: DailyBars, request: LoadRequest, *, halted: bool) -> None:
        self._reader = reader
        self._sessions = request.calendar.sessions
        self._halted = halted

    def __call__(self, sid: int, day: int) -> tuple[int, Decimal] | None:
        """Day and close of the newest session before a day that has one."""
        eve = int(np.searchsorted(self._sessions, day)) - 1
        if eve < 0:
            return None
        at: int | None = int(self._sessions[eve])
        close = self._close(sid, int(self._sessions[eve]))
        if close is None and self._halted:
            at = self._reader.last_traded(sid, int(self._sessions[eve]))
            close = None if at is None else self._close(sid, at)
        return None if close is None or at is None else (at, close)

    def _close(self, sid: int, day: int) -> Decimal | None:
        bar = self._reader.read([sid], day, day + 1, ("close",))["close"]
        return from_scaled(bar[0], self._reader.price_scale) if len(bar) and bar[0] else None


def _needs_a_look(effect: Effect, halted: HaltedEves, foreign: Collection[int]) -> bool:
    action = effect.action
    if isinstance(action, Split | StockDividend):
        return False
    if isinstance(action, CashDividend):
        return (action.sid, action.ex) in halted or id(action) in foreign
    return True


def _within(
    sids: IntArray, days: IntArray, request: LoadRequest
) -> tuple[IntArray, IntArray, IntArray]:
    """Which actions fall into a request, with the numbers of their assets and their rows."""
    if not len(request.sids):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing
    inside = (days > request.data_days[0]) & (days <= request.days[-1])
    places = np.minimum(np.searchsorted(request.sids, sids), len(request.sids) - 1)
    inside &= request.sids[places] == sids
    chosen = np.flatnonzero(inside)
    return chosen, places[chosen], np.searchsorted(request.days, days[chosen])
