"""An ingestion in progress."""

from datetime import datetime
from pathlib import Path

from rustybt.assets import AssetFinder
from rustybt.assets.database import AssetDBWriter
from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import MINUTE, SESSION
from rustybt.values import PrecisionTable
from rustybt_data.adjustments import AdjustmentFilesWriter, adjustments_hash, other_actions
from rustybt_data.description import Description, assets_hash, combined_hash
from rustybt_data.layout import ASSETS, DAILY_BARS, MINUTE_BARS
from rustybt_data.parquet.writer import ParquetBarWriter


class Ingestion:
    """The writers of an ingestion; see `rustybt.data.bundles.BundleWriters`.

    Args:
        folder: The folder to fill.
        calendar: The calendar of the sessions.
    """

    def __init__(self, folder: Path, calendar: TradingCalendar) -> None:
        self.output_dir = folder
        self.asset_db_writer = AssetDBWriter(folder / ASSETS)
        self.daily_bar_writer = ParquetBarWriter(folder / DAILY_BARS, SESSION, calendar)
        self.minute_bar_writer = ParquetBarWriter(folder / MINUTE_BARS, MINUTE, calendar)
        self.adjustment_writer = AdjustmentFilesWriter(folder, calendar)
        self._calendar = calendar

    def finish(self, name: str, timestamp: datetime) -> None:
        """Write what was only gathered so far, and the description of it all."""
        adjustments = self.adjustment_writer.finish()
        rates = self.adjustment_writer.rates.finish()
        bars = [writer.finish() for writer in (self.daily_bar_writer, self.minute_bar_writer)]
        # What the settings of a machine say about precision is not part of the content.
        finder = AssetFinder.open(self.output_dir / ASSETS, precision=PrecisionTable())
        Description(
            name=name,
            timestamp=timestamp,
            calendar=self._calendar.name,
            assets=len(finder.sids),
            splits=len(adjustments.splits()),
            dividends=len(adjustments.dividends()),
            other_actions=len(other_actions(adjustments)),
            rates=len(rates),
            fingerprint=combined_hash(
                self._calendar.name,
                assets_hash(finder),
                adjustments_hash(adjustments),
                *("" if manifest is None else manifest.fingerprint for manifest in bars),
                *((rates.fingerprint(),) if len(rates) else ()),
            ),
        ).save(self.output_dir)
