"""The round trips of a finished run: of what happened in it, and of the bars of what it held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.errors import LotsMismatch
from rustybt.simulation.trips.run_bars import RunBars
from rustybt.simulation.trips.run_records import (
    arithmetic_of,
    end_of,
    marks_of,
    positions_of,
    records_of,
)
from rustybt.simulation.trips.trades import check_by, followed, frame_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from rustybt.assets import Asset
    from rustybt.clock.axis import BarAxis
    from rustybt.data.bundle import BundleData
    from rustybt.finance.lot_book import LotBook
    from rustybt.finance.lots import LotMethod
    from rustybt.simulation.tables import Tables
    from rustybt.simulation.trips.trades import TradesBy
    from rustybt.values import Num

_TOLERANCE = 1e-6
"""How far the amounts of float lots may be from the position, of the position or of one unit."""


def run_trades(
    tables: Tables,
    assets: Mapping[int, Asset],
    *,
    bundle: BundleData | None = None,
    axis: BarAxis | None = None,
    method: LotMethod = "fifo",
    by: TradesBy = "position",
    until: int | None = None,
) -> pl.DataFrame:
    """The round trips of a run, as `trades.trades_frame` describes them.

    What is still held is valued at the marks of the last session.

    Args:
        tables: The frames of the run's result, with what happened in it.
        assets: The assets in them, by sid.
        bundle: The data of the run, with `axis` for its bars. Without them there are no excursions.
        axis: The bars of the run.
        method: Which lot is closed first.
        by: A row per "position" (round trip) or per closed "lot".
        until: The end of the run, nanoseconds UTC; the close of its last session if not given.

    Raises:
        InvalidArgument: The frames are not those of a run of this process.
        LotsMismatch: The lots are not what the run held in the end.
    """
    check_by(by)
    arithmetic = arithmetic_of(tables)
    bars = None if bundle is None or axis is None else RunBars(bundle, axis)
    trips = followed(records_of(tables.events, assets, arithmetic), arithmetic, method)
    check_lots(trips.book, positions_of(tables, assets), exact=arithmetic.exact)
    return frame_of(
        trips,
        by=by,
        bars=bars,
        until=end_of(tables) if until is None else until,
        marks=marks_of(tables, assets),
    )


def check_lots(book: LotBook, positions: Mapping[Asset, Num], *, exact: bool) -> None:
    """Make sure that the lots of every asset add up to its position.

    Args:
        book: The lots.
        positions: Amounts by asset; what is not there is not held.
        exact: Whether they have to be equal, or only nearly.

    Raises:
        LotsMismatch: They don't.
    """
    for asset in dict.fromkeys((*book.assets, *positions)):
        lots, held = book.amount(asset), positions.get(asset, 0)
        slack = 0 if exact else _TOLERANCE * max(abs(held), 1)
        if abs(lots - held) > slack:
            raise LotsMismatch(asset=asset, lots=lots, position=held)
