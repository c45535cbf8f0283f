"""Ingesting a folder of CSV files.

The folder holds ``daily/SYMBOL.csv`` and / or ``minute/SYMBOL.csv``, and may hold ``assets.csv``,
``root_symbols.csv``, ``rates.csv`` and a file of each kind of corporate action, such as
``splits.csv``. Columns are found by name in any case; further files and columns are ignored.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.data.bundles import AdjustmentWriter, AssetWriter, BarWriter
from rustybt.data.schemas import BarKind
from rustybt.errors import DataValidationError
from rustybt.logs import get_logger
from rustybt.progress import OnProgress, progress
from rustybt_data.csvdir.actions import folder_actions, folder_rates
from rustybt_data.csvdir.assets import Lives, write_assets
from rustybt_data.csvdir.listing import Listed, Listing
from rustybt_data.csvdir.options import FOLDERS, CsvOptions
from rustybt_data.csvdir.quick import plain_prices
from rustybt_data.csvdir.roots import read_roots
from rustybt_data.csvdir.tables import label_column, read_csv
from rustybt_data.origin import Origin
from rustybt_data.parquet.bars import AssetBars, read_bars
from rustybt_data.parquet.labels import KnownLabels
from rustybt_data.parquet.scales import Scales
from rustybt_data.predicates import SOUND, STORABLE, Admits, BarTest

_THREADS: Final = 2
_NS_PER_MINUTE: Final = 60_000_000_000
_TESTS: Final[Mapping[Admits | None, Sequence[BarTest] | None]] = {"sound": SOUND, "all": None}
"""What bars must not be, by what a writer says of those that it takes."""

_log = get_logger(__name__)


def csvdir(location: str, options: Mapping[str, str]) -> "CsvDir":
    """The source ``csvdir`` of the group ``rustybt.data_adapters``.

    Args:
        location: The folder.
        options: See `CsvOptions`.

    Raises:
        InvalidArgument: There is no such option, or it has no such value.
        DataValidationError: The folder has none of the folders of prices.
    """
    return CsvDir(Path(location), CsvOptions.parse(options))


class CsvDir:
    """The ingest function of one folder.

    Args:
        folder: The folder.
        options: How it is read.

    Raises:
        DataValidationError: The folder has none of the folders of prices.
    """

    def __init__(self, folder: Path, options: CsvOptions) -> None:
        self._folder = folder
        self._options = options
        self._parts = [folder / name for name in options.folder_names if (folder / name).is_dir()]
        if not self._parts:
            wanted = " or ".join(f"{name}/" for name in options.folder_names)
            raise DataValidationError(
                file=str(folder), reason=f"there is no folder {wanted} with files SYMBOL.csv"
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
        """Ingest the folder; see `rustybt.data.bundles.IngestFunction`.

        Raises:
            DataValidationError: A file is not what it has to be. It names the file, the line, the
                column and the value.
        """
        del environ, cache, output_dir
        listing = Listing.read(self._folder, self._parts, asset_db_writer.sids_for)
        roots = read_roots(self._folder)
        lives = Lives(calendar)
        writers = {"daily": daily_bar_writer, "minute": minute_bar_writer}
        files = {part: listing.price_files(part) for part in self._parts}
        done, total = 0, sum(map(len, files.values()))
        with progress(shown=None if show_progress else False) as on_progress:
            for part, assets in files.items():
                kind = FOLDERS[part.name]
                writer = writers[part.name]
                checked = getattr(writer, "takes_checked_bars", False)
                tests = _TESTS.get(getattr(writer, "admits", None), STORABLE)
                bars = self._bars(
                    assets, kind, lives, (start_session, end_session), tests, checked=checked
                )
                writer.write(_told(bars, on_progress, done=done, total=total))
                done += len(assets)
        actions = folder_actions(self._folder, listing, self._options)
        lives.end_by(actions)
        write_assets(listing, roots, lives, self._options, asset_db_writer)
        adjustment_writer.write(**actions)
        rates = folder_rates(self._folder, self._options, calendar)
        if rates is not None:
            adjustment_writer.write_rates(rates)

    def _bars(
        self,
        files: Mapping[Path, Listed],
        kind: BarKind,
        lives: Lives,
        sessions: tuple[date, date],
        tests: Sequence[BarTest] | None,
        *,
        checked: bool,
    ) -> Iterator[tuple[int, Any]]:
        """The bars of each file, and what they say about the life of its asset.

        They come as `AssetBars` where the writer takes these, else as frames of Decimals.
        """
        first, last = lives.labels_of_sessions(kind, *sessions)
        reader = _Reader(self._options, kind, lives.calendar, tests)
        for asset, file, bars in _ahead(files, reader):
            lives.add(asset.sid, bars)
            if len(bars):
                _log.info("read bars", symbol=asset.symbol, file=str(file), bars=len(bars))
            else:
                _log.warning("a price file has no bars", symbol=asset.symbol, file=str(file))
            chosen = bars.between(first, last)
            yield asset.sid, chosen if checked else chosen.decimals()


class _Reader:
    """Reads price files of one kind, and remembers how the last ones were written.

    Threads may share it: what it remembers is changed in one step, and only makes it quicker.

    Args:
        options: How the folder is read.
        kind: What the labels are.
        calendar: The calendar of the sessions.
        tests: What bars must not be; see `read_bars`.
    """

    def __init__(
        self,
        options: CsvOptions,
        kind: BarKind,
        calendar: TradingCalendar,
        tests: Sequence[BarTest] | None,
    ) -> None:
        self._options = options
        self._kind = kind
        self._calendar = calendar
        self._tests = tests
        self._known = KnownLabels()
        self._scales: Scales | None = None

    def __call__(self, file: Path) -> AssetBars:
        """The bars of a file."""
        quick = self._quickly(file)
        if quick is not None:
            return quick
        table = read_csv(file)
        label = label_column(table, self._options.stamps)
        bars = self._bars(table.frame, table.origin, label)
        self._scales = Scales(bars.price_scale, bars.volume_scale)
        return bars

    def _quickly(self, file: Path) -> AssetBars | None:
        """The bars of a plain file, None where only its texts tell what is in it, or wrong."""
        if self._scales is None:
            return None
        frame = plain_prices(file, self._kind, self._options.stamps, self._scales)
        if frame is None:
            return None
        try:
            return self._bars(frame, Origin(str(file)), frame.columns[0])
        except DataValidationError:
            return None

    def _bars(self, frame: pl.DataFrame, origin: Origin, label: str) -> AssetBars:
        starts = self._kind == "intraday" and self._options.bar_label == "start"
        return read_bars(
            frame,
            self._kind,
            origin,
            calendar=self._calendar,
            label=label,
            shift=_NS_PER_MINUTE if starts else 0,
            read_labels=self._known,
            tests=self._tests,
        )


def _ahead(
    files: Mapping[Path, Listed], read: Callable[[Path], AssetBars]
) -> Iterator[tuple[Listed, Path, AssetBars]]:
    """The bars of each file; the next ones are read while the last ones are written."""
    with ThreadPoolExecutor(max_workers=_THREADS) as threads:
        waiting: deque[tuple[Listed, Path, Future[AssetBars]]] = deque()
        for file, asset in files.items():
            waiting.append((asset, file, threads.submit(read, file)))
            if len(waiting) > _THREADS:
                first, path, future = waiting.popleft()
                yield first, path, future.result()
        for last, path, future in waiting:
            yield last, path, future.result()


def _told(
    bars: Iterator[tuple[int, Any]],
    on_progress: OnProgress | None,
    *,
    done: int,
    total: int,
) -> Iterator[tuple[int, Any]]:
    """Pass bars on and tell of each asset when it has been dealt with."""
    for number, of_asset in enumerate(bars, start=done + 1):
        yield of_asset
        if on_progress is not None:
            on_progress(number, total)
