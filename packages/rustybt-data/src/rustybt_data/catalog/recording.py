"""Noting what a saved run read, in labels of the data sets that it read."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rustybt.clock.resolution import Resolution
from rustybt.data.reads import DataRead
from rustybt.errors import CatalogBusy, CorruptData, StorageFull, StorageNotWritable
from rustybt.logs import get_logger
from rustybt_data.catalog import links, reads
from rustybt_data.catalog.database import Database, Session
from rustybt_data.catalog.links import Backtest
from rustybt_data.catalog.records import Version
from rustybt_data.catalog.spans import Edge, label_range

_log = get_logger(__name__)

Read = tuple[str, Sequence[str], Edge, Edge]
"""A resolution, the symbols, the first and the last session."""


def record_run(
    database: Database, version: Version, folder: str, run: str, read: Sequence[Read]
) -> None:
    """Note a saved run.

    Args:
        database: The database of the catalog.
        version: The version that it read.
        folder: Where it was saved.
        run: A hash or an id of the run.
        read: What it read; resolutions that the version has no bars of are left out.
    """
    backtest = Backtest(
        folder=folder,
        run=run,
        name=version.name,
        timestamp=version.created_at,
        fingerprint=version.fingerprint,
    )
    with database.writing() as session:
        links.record(session, backtest, dict(_labels(session, version, read)))


def _labels(
    session: Session, version: Version, read: Sequence[Read]
) -> Iterator[tuple[int, list[tuple[str, int, int]]]]:
    """By data set the symbols with the first and the last label: from where it begins."""
    datasets = {dataset.resolution: dataset.id for dataset in version.of_kind("bars")}
    for resolution, symbols, start, end in read:
        length = Resolution.parse(resolution)
        if str(length) in datasets:
            first, last = label_range(start, end, length, version.calendar)
            begins = (item.first for item in reads.symbols_of(session, datasets[str(length)]))
            first = max(first, min(begins, default=first))
            named = [(symbol, first, last) for symbol in dict.fromkeys(symbols)]
            yield datasets[str(length)], named


def record_reads(
    database: Database,
    version: tuple[str, datetime, str],
    *,
    folder: str,
    run: str,
    read: Sequence[DataRead],
) -> bool:
    """Note a saved run whose assets are named by their sids.

    Args:
        database: The database of the catalog.
        version: Name, time and fingerprint of what it read.
        folder: Where the run was saved.
        run: A hash or an id of the run.
        read: What it read.

    Returns:
        Whether it was noted: there is such a version, and the database can be written.
    """
    name, timestamp, fingerprint = version
    with database.reading() as session:
        found = None if session is None else reads.version_at(session, name, timestamp)
        if session is None or found is None or found.fingerprint != fingerprint:
            return False
        symbols = {
            dataset.resolution: {
                item.sid: item.symbol for item in reads.symbols_of(session, dataset.id)
            }
            for dataset in found.of_kind("bars")
        }
    named: list[Read] = [
        (
            item.resolution,
            [known[sid] for sid in item.sids if sid in known],
            item.first,
            item.last,
        )
        for item in read
        if (known := symbols.get(item.resolution, {}))
    ]
    try:
        record_run(database, found, folder, run, named)
    except (CatalogBusy, CorruptData, StorageFull, StorageNotWritable) as error:
        _log.warning("the saved run was not noted", folder=folder, reason=error.message)
        return False
    return True
