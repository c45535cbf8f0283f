"""Whole runs of a small market, for suites that want to see a model at work."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from rustybt.assets import Asset, AssetFinder
from rustybt.calendars import get_calendar
from rustybt.data.adjustments import Adjustments
from rustybt.data.bundle import BundleData
from rustybt.data.frame_reader import FrameReader
from rustybt.simulation.run import run_algorithm
from rustybt.testing._market import SESSION, Numeric, fields_of_bar, in_lots

if TYPE_CHECKING:
    from rustybt.simulation.result import BacktestResult

_SESSIONS: Final = 40
_FIRST: Final = SESSION - timedelta(days=_SESSIONS - 1)
_CALENDAR: Final = "24/7"
_BUY_ON, _SELL_ON = 25, 30
_ARGUMENTS: Final = {
    "equity": "us_equities",
    "future": "us_futures",
    "crypto": "crypto",
    "forex": "forex",
}


def traded(
    asset: Asset, lots: int, numeric: Numeric, *, slippage: object = None, commission: object = None
) -> BacktestResult:
    """The result of buying so many lots and selling them again some sessions later.

    Args:
        asset: What is traded.
        lots: How many lots.
        numeric: The arithmetic.
        slippage: Model in place of the default.
        commission: Model in place of the default.
    """
    amount = in_lots(asset, lots, "decimal")
    argument = _ARGUMENTS[asset.asset_class]
    seen = {"bars": 0}

    def initialize(context: Any) -> None:  # noqa: ANN401 - a strategy sets what it likes on it
        if slippage is not None:
            context.set_slippage(**{argument: slippage})
        if commission is not None:
            context.set_commission(**{argument: commission})

    def handle_data(context: Any, _data: object) -> None:  # noqa: ANN401 - as above
        seen["bars"] += 1
        if seen["bars"] == _BUY_ON:
            context.order(asset, amount)
        if seen["bars"] == _SELL_ON:
            context.order_target(asset, 0)

    return run_algorithm(
        _FIRST,
        SESSION,
        initialize=initialize,
        handle_data=handle_data,
        data=_bundle(asset),
        capital_base=1_000_000_000,
        numeric=numeric,
        default_extension=False,
    )


def _bundle(asset: Asset) -> BundleData:
    """A market of one asset with a bar on every day."""
    days = [_FIRST + timedelta(days=place) for place in range(_SESSIONS)]
    reader = FrameReader(
        _frame(asset, days),
        resolution="1d",
        calendar=get_calendar(_CALENDAR),
        sids={asset.symbol: asset.sid},
    )
    return BundleData(
        name="conformance",
        timestamp=None,
        calendar=_CALENDAR,
        finder=AssetFinder.from_assets([asset]),
        daily=reader,
        minute=None,
        adjustments=Adjustments.empty(),
        fingerprint=reader.fingerprint(),
    )


def _frame(asset: Asset, days: list[date]) -> pl.DataFrame:
    rows = [
        {"timestamp": day, "symbol": asset.symbol, **_texts(asset, place)}
        for place, day in enumerate(days)
    ]
    return pl.DataFrame(rows)


def _texts(asset: Asset, place: int) -> dict[str, str]:
    return {name: f"{value:f}" for name, value in fields_of_bar(asset, place).items()}
