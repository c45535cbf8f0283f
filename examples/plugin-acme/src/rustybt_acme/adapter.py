"""The data adapter: `rustybt bundle ingest NAME --source acme --path FILE`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt_acme.tape import read_tape

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping
    from datetime import date

    from rustybt.calendars import TradingCalendar
    from rustybt.data.bundles import AdjustmentWriter, AssetWriter, BarWriter


class AcmeTape:
    """Ingests one tape.

    The class is the adapter: called with a location and options it gives an ingest function, its
    instance.

    Args:
        location: Path of the tape.
        options: None are known.

    Raises:
        InvalidArgument: There are options.
    """

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        if options:
            raise InvalidArgument(field="options", value=dict(options), reason="leave them out")
        self._path = Path(location)

    def __call__(  # noqa: PLR0913, PLR0917 - the signature of an ingest function
        self,
        environ: Mapping[str, str],
        asset_db_writer: AssetWriter,
        minute_bar_writer: BarWriter,
        daily_bar_writer: BarWriter,
        adjustment_writer: AdjustmentWriter,
        calendar: TradingCalendar,
        start_session: date,
        end_session: date,
        cache: MutableMapping[str, object],
        show_progress: bool,  # noqa: FBT001 - the signature of an ingest function
        output_dir: str,
        /,
    ) -> None:
        """Write the equities of the tape, numbered in order of symbol, and their daily bars.

        Raises:
            DataValidationError: a line is no bar.
        """
        bars = read_tape(self._path).filter(
            pl.col("timestamp").is_between(start_session, end_session)
        )
        asset_db_writer.write(equities=equities_of(bars))
        by_symbol = (
            bars.rename({"timestamp": "date"})
            .sort("symbol", "date")
            .partition_by("symbol", maintain_order=True, include_key=False)
        )
        daily_bar_writer.write(enumerate(by_symbol), show_progress=show_progress)


def equities_of(bars: pl.DataFrame) -> pl.DataFrame:
    """One row per symbol; a share is closed out on the day after its last bar."""
    lives = bars.group_by("symbol").agg(
        start_date=pl.col("timestamp").min(), end_date=pl.col("timestamp").max()
    )
    return (
        lives.sort("symbol")
        .with_columns(
            auto_close_date=pl.col("end_date") + timedelta(days=1), exchange=pl.lit("ACME")
        )
        .with_row_index("sid")
    )
