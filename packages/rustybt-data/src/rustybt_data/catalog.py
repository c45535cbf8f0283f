"""The store of bundles: a folder per ingestion, with Parquet files and an SQLite database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rustybt.assets import AssetFinder
from rustybt.calendars import TradingCalendar
from rustybt.data.bundle import BundleData
from rustybt.data.bundles import BundleInfo
from rustybt.errors import IngestionNotFound, InvalidArgument
from rustybt_data import staging
from rustybt_data.adjustments import load_adjustments
from rustybt_data.description import Description
from rustybt_data.layout import ASSETS, DAILY_BARS, MINUTE_BARS
from rustybt_data.parquet import PolarsParquetDailyReader, PolarsParquetMinuteReader
from rustybt_data.parquet.manifest import Manifest
from rustybt_data.rates import load_rates

if TYPE_CHECKING:
    from rustybt_data.ingestion import Ingestion


class ParquetCatalog:
    """Ingestions in folders ``<root>/<name>/<time>``.

    The time is written as ISO 8601 in UTC with ``;`` for ``:``, which file systems don't allow
    everywhere.

    Args:
        root: The folder of all bundles. It need not be there yet.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> tuple[str, ...]:
        """Bundles that have an ingestion, sorted."""
        if not self._root.is_dir():
            return ()
        folders = sorted(path.name for path in self._root.iterdir() if path.is_dir())
        return tuple(name for name in folders if self.ingestions(name))

    def ingestions(self, name: str) -> tuple[datetime, ...]:
        """Times (UTC) of the ingestions of a bundle, newest first."""
        folder = self._folder(name)
        if not folder.is_dir():
            return ()
        stamps = (_stamp_of(path.name) for path in folder.iterdir() if path.is_dir())
        return tuple(sorted((stamp for stamp in stamps if stamp is not None), reverse=True))

    @contextmanager
    def ingestion(
        self, name: str, timestamp: datetime, *, calendar: TradingCalendar
    ) -> Iterator["Ingestion"]:
        """Begin an ingestion; leaving the block without an error makes it visible at once.

        Raises:
            InvalidArgument: There is one of this time, on entry or on exit; or the name is none
                that a folder can have.
        """
        # Writing needs SQLAlchemy and pyarrow; most processes only read.
        from rustybt_data.ingestion import Ingestion

        target = self._folder(name, timestamp)
        if target.exists():
            raise _taken(name, timestamp)
        try:
            with staging.staged(self._root.parent, target) as folder:
                ingestion = Ingestion(folder, calendar)
                yield ingestion
                ingestion.finish(name, timestamp)
        except FileExistsError:
            raise _taken(name, timestamp) from None

    def load(self, name: str, timestamp: datetime) -> BundleData:
        """Open an ingestion.

        Raises:
            IngestionNotFound: There is none of this time.
            CorruptData: It is not what was written.
        """
        folder = self._existing(name, timestamp)
        description = Description.load(folder)
        daily, minute = folder / DAILY_BARS, folder / MINUTE_BARS
        return BundleData(
            name=name,
            timestamp=timestamp,
            calendar=description.calendar,
            finder=AssetFinder.open(folder / ASSETS),
            daily=PolarsParquetDailyReader(daily) if daily.is_dir() else None,
            minute=PolarsParquetMinuteReader(minute) if minute.is_dir() else None,
            adjustments=load_adjustments(folder),
            fingerprint=description.fingerprint,
            rates=load_rates(folder),
        )

    def info(self, name: str, timestamp: datetime) -> BundleInfo:
        """What an ingestion holds.

        Raises:
            IngestionNotFound: There is none of this time.
            CorruptData: It is not what was written.
        """
        folder = self._existing(name, timestamp)
        description = Description.load(folder)
        manifests = [
            Manifest.load(folder / part) if (folder / part).is_dir() else None
            for part in (DAILY_BARS, MINUTE_BARS)
        ]
        present = [manifest for manifest in manifests if manifest is not None]
        return BundleInfo(
            name=name,
            timestamp=timestamp,
            calendar=description.calendar,
            first_session=min((m.first_session for m in present), default=None),
            last_session=max((m.last_session for m in present), default=None),
            assets=description.assets,
            daily_bars=0 if manifests[0] is None else manifests[0].rows,
            minute_bars=0 if manifests[1] is None else manifests[1].rows,
            splits=description.splits,
            dividends=description.dividends,
            other_actions=description.other_actions,
            rates=description.rates,
            size_bytes=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
            fingerprint=description.fingerprint,
            location=str(folder),
        )

    def remove(self, name: str, timestamp: datetime) -> None:
        """Remove an ingestion.

        Raises:
            IngestionNotFound: There is none of this time.
        """
        staging.remove(self._root.parent, self._existing(name, timestamp))

    def _folder(self, name: str, timestamp: datetime | None = None) -> Path:
        if not name or name in {".", ".."} or set(name) & set("/\\\0:"):
            raise InvalidArgument(
                field="bundle name", value=name, reason="use letters, digits, ., - and _"
            )
        folder = self._root / name
        return folder if timestamp is None else folder / _name_of(timestamp)

    def _existing(self, name: str, timestamp: datetime) -> Path:
        folder = self._folder(name, timestamp)
        if not folder.is_dir():
            raise IngestionNotFound(bundle=name, timestamp=timestamp)
        return folder


def _taken(name: str, timestamp: datetime) -> InvalidArgument:
    return InvalidArgument(
        field="timestamp",
        value=str(timestamp),
        reason=f"bundle {name} has an ingestion of this time; choose another or clean it",
    )


def _name_of(timestamp: datetime) -> str:
    return timestamp.astimezone(UTC).replace(tzinfo=None).isoformat().replace(":", ";")


def _stamp_of(name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(name.replace(";", ":")).replace(tzinfo=UTC)
    except ValueError:  # some other folder
        return None
