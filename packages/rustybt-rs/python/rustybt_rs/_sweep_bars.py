"""The columns that a sweep reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rustybt_rs._native import SweepMarket
from rustybt_rs._sweep_models import Number, positive

if TYPE_CHECKING:
    from rustybt_rs._native import ArrowColumn

_TICKS_PER_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_FIELDS = ("open", "high", "low", "close", "volume")


class Bars:
    """Bars of one or several assets, all on the same times; read once for all parameter sets.

    Prices and volumes are columns of decimals, whole numbers, or floats that mean their shortest
    text; null where there is no price. A bar of no volume or no close trades nothing. `close` and
    `volume` are needed, `open` for fills at the open, `high` and `low` for breakouts.

    Args:
        assets: Columns by name of the field, by symbol.
        sessions: A whole number for each bar that grows where a session begins; None makes every
            bar a session.
        lots: The smallest step of an amount, one for all or by symbol.
        timestamps: What the bars are called in `SweepResult.trades_frame`: a Polars series.

    Raises:
        InvalidInputError: A column is missing or has another length, kind or too many digits.

    Attributes:
        symbols: The assets in their order.
        timestamps: As it was given.
        frame: The frame that the bars were read from, for signals by expressions.
        native: The columns as the kernel has them.
    """

    def __init__(
        self,
        assets: Mapping[str, Mapping[str, ArrowColumn]],
        *,
        sessions: ArrowColumn | None = None,
        lots: Number | Mapping[str, Number] = 1,
        timestamps: Any = None,  # noqa: ANN401 - a Polars series
    ) -> None:
        self.symbols = tuple(assets)
        self.timestamps = timestamps
        self.frame: Any = None
        given = [
            (
                {name: columns[name] for name in _FIELDS if name in columns},
                positive(_lot_of(lots, symbol), "lot"),
            )
            for symbol, columns in assets.items()
        ]
        self.native = SweepMarket(given, sessions)

    @classmethod
    def from_frame(
        cls,
        frame: Any,  # noqa: ANN401 - a Polars frame
        *,
        lots: Number | Mapping[str, Number] = 1,
    ) -> Bars:
        """Bars of a Polars frame as `run_algorithm` takes it.

        Args:
            frame: Columns timestamp (Date, or Datetime of the bar's end), symbol unless there is
                one asset, open, high, low, close, volume. Bars that no asset has are not there:
                give them as rows of nulls where a calendar has them. A column session (whole
                numbers or dates) says which bars make a session; without it they are those of one
                UTC day.
            lots: As of `Bars`.
        """
        import polars as pl

        parts = _by_symbol(frame)
        only = next(iter(parts.values())) if len(parts) == 1 else None
        if only is None:
            stamps = pl.concat([part["timestamp"] for part in parts.values()]).unique().sort()
        else:
            stamps = only["timestamp"]
        base = stamps.to_frame()
        assets: dict[str, Mapping[str, ArrowColumn]] = {}
        for symbol, part in parts.items():
            aligned = base.join(part, on="timestamp", how="left") if only is None else part
            present = [name for name in _FIELDS if name in part.columns]
            assets[symbol] = {name: _column(aligned[name]) for name in present}
        sessions = _sessions(frame if only is None else only, stamps)
        bars = cls(assets, sessions=sessions, lots=lots, timestamps=stamps)
        bars.frame = frame
        return bars

    def __len__(self) -> int:
        return self.native.shape[0]

    def __repr__(self) -> str:
        count, sessions, assets = self.native.shape
        return f"Bars(bars={count}, sessions={sessions}, assets={assets})"


def _lot_of(lots: Number | Mapping[str, Number], symbol: str) -> Number:
    return lots[symbol] if isinstance(lots, Mapping) else lots


def _by_symbol(frame: Any) -> dict[str, Any]:  # noqa: ANN401 - Polars frames
    """A sorted frame for each symbol, in order of symbols."""
    if "symbol" not in frame.columns:
        return {"": frame.sort("timestamp")}
    symbols = frame["symbol"].unique().sort().to_list()
    return {symbol: frame.filter(frame["symbol"] == symbol).sort("timestamp") for symbol in symbols}


def _column(series: Any) -> Any:  # noqa: ANN401 - Polars series
    """A column in a kind that kernels read."""
    import polars as pl

    if series.dtype.is_integer():
        return series.cast(pl.Int64)
    return series.cast(pl.Float64) if series.dtype == pl.Float32 else series


def _sessions(frame: Any, stamps: Any) -> Any:  # noqa: ANN401 - Polars objects
    """The session of each time as a whole number; None where every bar is one."""
    import polars as pl

    if "session" in frame.columns:
        known = frame.select("timestamp", "session")
        if "symbol" in frame.columns:
            known = known.unique("timestamp").sort("timestamp")
        return known["session"].to_physical().cast(pl.Int64)
    if stamps.dtype == pl.Date:
        return None
    # A bar ends at its stamp: the one of midnight belongs to the day before.
    within = stamps.to_physical().cast(pl.Int64) - 1
    return within // _TICKS_PER_DAY[stamps.dtype.time_unit]
