"""The source ``zipline``: a bundle of Zipline's, taken over or read where it is."""

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, Self

import polars as pl

from rustybt.assets import AssetFinder
from rustybt.calendars import TradingCalendar, to_day
from rustybt.data.actions import dividend_frame
from rustybt.data.adjustments import Adjustments
from rustybt.data.bundle import BundleData
from rustybt.data.bundles import AdjustmentWriter, AssetWriter, BarWriter
from rustybt.data.bundles.migration import FoundBundle, MigrationReport
from rustybt.data.readers import PolarsBarReader, as_decimals
from rustybt.data.schemas import PRICE_FIELDS
from rustybt.errors import InvalidArgument
from rustybt.progress import OnProgress, progress
from rustybt_data.adjustments import adjustments_hash
from rustybt_data.catalog.hashes import assets_hash, combined_hash
from rustybt_data.zipline.comparison import compared
from rustybt_data.zipline.folder import environment, find_ingestion, moment_of
from rustybt_data.zipline.leftovers import Leftover, refuse
from rustybt_data.zipline.sound import SoundBars
from rustybt_data.zipline.stored import StoredBundle

_ANSWERS: Final = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class ZiplineOptions:
    """How a bundle is read.

    Attributes:
        calendar: The calendar of its sessions, in place of what it says itself.
        timestamp: The newest ingestion up to here is read; without it the newest of all.
        leave_out: ``yes`` to go without what cannot be taken over; ``no`` to refuse the bundle.

    Raises:
        InvalidArgument: An option has a value that it cannot have.
    """

    calendar: str = ""
    timestamp: str = ""
    leave_out: str = "no"

    def __post_init__(self) -> None:
        if self.leave_out not in _ANSWERS:
            raise InvalidArgument(field="leave_out", value=self.leave_out, reason="say yes or no")
        if self.timestamp:
            moment_of(self.timestamp)

    @property
    def leaves_out(self) -> bool:
        """Whether what cannot be taken over is left out."""
        return _ANSWERS[self.leave_out]

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Self:
        """Options by name.

        Raises:
            InvalidArgument: There is no such option, or it has no such value.
        """
        known = [field.name for field in fields(cls)]
        for name in options:
            if name not in known:
                raise InvalidArgument(
                    field="zipline option", value=name, reason=f"give some of {', '.join(known)}"
                )
        return cls(**options)


class ZiplineBundle:
    """A bundle of Zipline's: the source ``zipline`` of the group ``rustybt.data_adapters``.

    Args:
        location: Name of a bundle below ``$ZIPLINE_ROOT`` (``~/.zipline``), the path of a bundle,
            or that of one ingestion.
        options: See `ZiplineOptions`.

    Raises:
        InvalidArgument: There is no such option, or it has no such value.
    """

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        self._location = location
        self._options = ZiplineOptions.parse(options)
        self._left: list[Leftover] = []

    def found(self, environ: Mapping[str, str] | None = None) -> FoundBundle:
        """What would be taken over; see `rustybt.data.bundles.migration.MigrationSource`.

        Raises:
            DataValidationError: There is no such bundle.
            IngestionNotFound: It has no ingestion, or none so early.
            CorruptData: A file of it is missing or not what it has to be.
        """
        folder = self._folder(environ)
        stored = self._stored(environ)
        return FoundBundle(
            name=folder.name,
            timestamp=folder.timestamp,
            calendar=stored.calendar,
            location=str(folder.path),
        )

    def __call__(  # noqa: PLR0913, PLR0917 - Zipline's signature
        self,
        environ: Mapping[str, str],
        asset_db_writer: AssetWriter,
        minute_bar_writer: BarWriter,
        daily_bar_writer: BarWriter,
        adjustment_writer: AdjustmentWriter,
        calendar: TradingCalendar,
        start_session: date,
        end_session: date,
        cache: MutableMapping[str, Any],
        show_progress: bool,  # noqa: FBT001
        output_dir: str,
        /,
    ) -> None:
        """Take the bundle over; see `rustybt.data.bundles.IngestFunction`.

        Raises:
            DataValidationError: There is no such bundle, its sessions are of another calendar, or
                something of it cannot be taken over and `leave_out` is not ``yes``.
            CorruptData: A file of it is missing or not what it has to be.
        """
        del cache, output_dir
        stored = self._stored(environ)
        self._left = left = list(stored.leftovers)
        sources = [
            (SoundBars(stored.daily, "daily", left), daily_bar_writer),
            (SoundBars(stored.minute, "minute", left), minute_bar_writer),
        ]
        done, total = 0, sum(len(bars) for bars, _ in sources)
        with progress(shown=None if show_progress else False) as on_progress:
            for bars, writer in sources:
                spans = _labels(bars.kind, calendar, start_session, end_session)
                frames = (
                    (piece.sid, _frame(piece.bars, bars.kind, bars.reader))
                    for piece in bars.pieces(*spans)
                )
                writer.write(_told(frames, on_progress, done=done, total=total))
                done += len(bars)
        if not self._options.leaves_out:
            refuse(left, path=str(stored.path))
        stored.assets.write(asset_db_writer)
        adjustment_writer.write(**_action_frames(stored.actions.adjustments))

    def compare(
        self,
        bundle: BundleData,
        environ: Mapping[str, str] | None = None,
        *,
        show_progress: bool = False,
    ) -> MigrationReport:
        """Compare every value of the bundle with what was written of it.

        Args:
            bundle: What was written.
            environ: As for `found`.
            show_progress: Whether to tell what is done.

        Raises:
            CorruptData: A file of the bundle is missing or not what it has to be.
        """
        with progress(shown=None if show_progress else False) as on_progress:
            return compared(
                self._stored(environ), bundle, on_progress, leave_out=self._options.leaves_out
            )

    def open(
        self,
        name: str,
        environ: Mapping[str, str] | None = None,
        timestamp: datetime | None = None,
    ) -> BundleData:
        """The bundle, read where it is; see `rustybt.data.bundles.migration.DirectSource`.

        Raises:
            DataValidationError: There is no such bundle, or something of it cannot be taken over
                and `leave_out` is not ``yes``.
            IngestionNotFound: It has no ingestion, or none so early.
            CorruptData: A file of it is missing or not what it has to be.
        """
        folder = self._folder(environ, timestamp)
        stored = StoredBundle(folder.path, calendar=self._options.calendar or None)
        if not self._options.leaves_out:
            refuse(stored.leftovers, path=str(folder.path))
        finder = AssetFinder.open(stored.assets.path)
        adjustments = stored.actions.adjustments
        readers = (stored.daily, stored.minute)
        return BundleData(
            name=name,
            timestamp=folder.timestamp,
            calendar=stored.calendar,
            finder=finder,
            daily=stored.daily,
            minute=stored.minute,
            adjustments=adjustments,
            fingerprint=combined_hash(
                stored.calendar,
                assets_hash(finder),
                adjustments_hash(adjustments),
                *("" if reader is None else reader.fingerprint() for reader in readers),
            ),
        )

    def _folder(self, environ: Mapping[str, str] | None, until: datetime | None = None) -> Any:  # noqa: ANN401
        limits = [moment_of(self._options.timestamp)] if self._options.timestamp else []
        limits += [] if until is None else [until]
        return find_ingestion(self._location, environment(environ), min(limits, default=None))

    def _stored(self, environ: Mapping[str, str] | None) -> StoredBundle:
        return StoredBundle(self._folder(environ).path, calendar=self._options.calendar or None)


def _labels(kind: str, calendar: TradingCalendar, first: date, last: date) -> tuple[int, int]:
    """Labels of all bars of some sessions: the first one, and the end."""
    if kind == "daily":
        return to_day(first), to_day(last) + 1
    start, end = calendar.session_range(first, last)
    return calendar.session_open(start) + 1, calendar.session_close(end) + 1


def _frame(bars: pl.DataFrame, kind: str, reader: PolarsBarReader | None) -> pl.DataFrame:
    """Bars as a bar writer takes them: dates or times, and Decimals."""
    assert reader is not None, "there are bars"
    daily = kind == "daily"
    label = (
        pl.col("at").cast(pl.Int32).cast(pl.Date).alias("date")
        if daily
        else pl.col("at").cast(pl.Datetime("ns", "UTC")).alias("timestamp")
    )
    prices = (as_decimals(pl.col(name), reader.price_scale) for name in PRICE_FIELDS)
    return bars.select(label, *prices, as_decimals(pl.col("volume"), reader.volume_scale))


def _action_frames(actions: Adjustments) -> dict[str, pl.DataFrame]:
    frames = {name: frame for name, frame in actions.frames().items() if not frame.is_empty()}
    if actions.splits():
        frames["splits"] = pl.DataFrame(
            {
                "sid": [split.sid for split in actions.splits()],
                "effective_date": pl.Series(
                    [s.effective for s in actions.splits()], dtype=pl.Int32
                ).cast(pl.Date),
                "ratio": [str(split.ratio) for split in actions.splits()],
            }
        )
    if actions.dividends():
        frames["dividends"] = dividend_frame(actions.dividends())
    return frames


def _told(
    bars: Iterator[tuple[int, pl.DataFrame]],
    on_progress: OnProgress | None,
    *,
    done: int,
    total: int,
) -> Iterator[tuple[int, pl.DataFrame]]:
    """Pass bars on and tell of each asset that has been begun."""
    seen: set[int] = set()
    for sid, frame in bars:
        yield sid, frame
        seen.add(sid)
        if on_progress is not None:
            on_progress(done + len(seen), total)
