"""The loader of `EquityPricing`: daily bars of the bundle, with factors of corporate actions."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from rustybt.calendars import to_day
from rustybt.data.actions import unexchanged
from rustybt.data.own_money import OwnMoney
from rustybt.data.readers import read_unsorted
from rustybt.data.schemas import PRICE_FIELDS
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.loaders.action_steps import (
    ExactFactors,
    Factors,
    dividend_factors,
    split_factors,
    steps_of,
)
from rustybt.pipeline.loaders.action_table import ActionTable
from rustybt.pipeline.loaders.base import FloatArray, Loaded, LoadRequest, Steps
from rustybt.pipeline.loaders.places import places_in
from rustybt.pipeline.loaders.session_bars import DailyBars, daily_bars_of

_CLOSE: Final = "close"


class BarLoader:
    """Daily bars of the bundle, with factors of corporate actions.

    Where a bundle has no daily bars, they are made of its shortest ones. Factors of splits, stock
    dividends and cash dividends in the currency of the asset are computed in floats, all at once;
    those of anything else exactly, one by one, and rounded to floats.

    Args:
        one_currency: Whether money that is paid on an asset is never exchanged.
        halted_eves: Whether an action whose eve had no trade is measured against the last close
            before it; otherwise it has no factor.
    """

    def __init__(self, *, one_currency: bool = False, halted_eves: bool = True) -> None:
        self._one_currency = one_currency
        self._halted_eves = halted_eves
        self._table: ActionTable | None = None

    @property
    def fingerprint(self) -> str:
        """What its data depend on beside the bundle, as a text."""
        return f"one_currency={self._one_currency}, halted_eves={self._halted_eves}"

    def first_session(self, request: LoadRequest) -> int | None:
        """First session of the bars."""
        return to_day(daily_bars_of(request.bundle, request.calendar).first_session)

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        """Prices and volumes, and the currencies of the assets."""
        fields = {column.name for column in columns} - {"currency"}
        found = {
            column: Loaded(_currencies(request)) for column in columns if column.name == "currency"
        }
        if not fields:
            return found
        reader = daily_bars_of(request.bundle, request.calendar)
        table = self._actions(request)
        priced = bool(fields & set(PRICE_FIELDS))
        if priced and (len(table.dividends.sids) or table.others):
            fields.add(_CLOSE)
        values = _bars(reader, request, sorted(fields))
        steps = self._steps(table, reader, request, values.get(_CLOSE) if priced else None)
        for column in columns:
            if column.name != "currency":
                found[column] = Loaded(values[column.name], steps[column.name == "volume"])
        return found

    def _actions(self, request: LoadRequest) -> ActionTable:
        """The corporate actions of the bundle, made once."""
        if self._table is None or self._table.adjustments is not request.bundle.adjustments:
            self._table = ActionTable.of(request.bundle, one_currency=self._one_currency)
        return self._table

    def _steps(
        self,
        table: ActionTable,
        reader: DailyBars,
        request: LoadRequest,
        closes: FloatArray | None,
    ) -> tuple[Steps | None, Steps | None]:
        """The factors of prices and of volumes; without closes those of splits alone."""
        parts: list[Factors] = [split_factors(table, request)]
        if closes is None:
            return steps_of(parts)
        plain, halted = dividend_factors(table, request, closes, halted_eves=self._halted_eves)
        parts.append(plain)
        if halted or table.others:
            exchange = (
                unexchanged if self._one_currency else OwnMoney(request.bundle, request.calendar)
            )
            exact = ExactFactors(table, request, reader, exchange, halted_eves=self._halted_eves)
            parts.append(exact.factors(halted))
        return steps_of(parts)


def _bars(reader: DailyBars, request: LoadRequest, fields: Sequence[str]) -> dict[str, FloatArray]:
    """Columns (assets, rows); NaN where there is no price, 0 where there is no volume."""
    days, sids = request.data_days, request.sids.tolist()
    frame = read_unsorted(reader, sids, int(days[0]), int(days[-1]) + 1, tuple(fields))
    cells = places_in(request.sids, frame["sid"].to_numpy()) * request.rows
    cells += places_in(days, frame["at"].to_numpy())
    found: dict[str, FloatArray] = {}
    for field in fields:
        missing = 0.0 if field == "volume" else np.nan
        scale = reader.volume_scale if field == "volume" else reader.price_scale
        numbers = frame[field]
        if numbers.null_count():
            numbers = numbers.cast(float).fill_null(missing)
        values = np.full((len(sids), request.rows), missing)
        values.ravel()[cells] = numbers.to_numpy()
        values *= 1.0 / 10.0**scale  # as Polars and Zipline make floats of whole numbers
        found[field] = values
    return found


def _currencies(request: LoadRequest) -> np.ndarray:
    assets = request.bundle.finder.retrieve_all(request.sids.tolist())
    names = np.array([asset.currency for asset in assets], dtype=object)
    return np.broadcast_to(names[:, None], (len(names), request.rows))
