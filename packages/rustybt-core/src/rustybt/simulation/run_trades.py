"""The round trips of a finished run: of its frames, and of the bars of what it held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.simulation.run_bars import RunBars
from rustybt.simulation.run_records import arithmetic_of, end_of, marks_of, records_of
from rustybt.simulation.trades import trades_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from rustybt.assets import Asset
    from rustybt.clock.axis import BarAxis
    from rustybt.data.bundle import BundleData
    from rustybt.finance.lots import LotMethod
    from rustybt.simulation.tables import Tables
    from rustybt.simulation.trades import TradesBy


def run_trades(
    tables: Tables,
    assets: Mapping[int, Asset],
    *,
    bundle: BundleData | None = None,
    axis: BarAxis | None = None,
    method: LotMethod = "fifo",
    by: TradesBy = "position",
    late_events: bool = True,
    until: int | None = None,
) -> pl.DataFrame:
    """The round trips of a run, as `trades.trades_frame` describes them.

    What is still held is valued at the marks of the last session.

    Args:
        tables: The frames of the run's result.
        assets: The assets in them, by sid.
        bundle: The data of the run: its splits, and with `axis` its bars. Without it there are no
            excursions, and the ratio of a split is what became of the whole shares.
        axis: The bars of the run.
        method: Which lot is closed first.
        by: A row per "position" (round trip) or per closed "lot".
        late_events: Whether the run's rules let an event on a day without session happen on the
            next one; it matters only where no journal was kept.
        until: The end of the run, nanoseconds UTC; the close of its last session if not given.
    """
    adjustments = None if bundle is None else bundle.adjustments
    bars = None if bundle is None or axis is None else RunBars(bundle, axis)
    return trades_frame(
        records_of(tables, assets, adjustments=adjustments, late_events=late_events),
        arithmetic=arithmetic_of(tables),
        method=method,
        by=by,
        bars=bars,
        until=end_of(tables) if until is None else until,
        marks=marks_of(tables, assets),
    )
