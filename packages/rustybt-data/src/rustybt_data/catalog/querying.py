"""From symbols to the data sets that have them, as of a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from rustybt.clock.resolution import Resolution
from rustybt.data.schemas import stamp_column
from rustybt.errors import DatasetNotFound, SeveralDatasets
from rustybt_data.catalog import reads
from rustybt_data.catalog.bars import BARS
from rustybt_data.catalog.database import Database, Session
from rustybt_data.catalog.hold import Hold, hold
from rustybt_data.catalog.query import Part, joined, part_frame
from rustybt_data.catalog.reads import Offer
from rustybt_data.catalog.records import DatasetVersion
from rustybt_data.catalog.spans import Edge, label_range
from rustybt_data.catalog.tables import table_frame
from rustybt_data.parquet.damage import telling


class Querying:
    """Answers queries, and holds on to the versions that it has named in them.

    Args:
        root: The folder of the data.
        database: The database of the catalog.
    """

    def __init__(self, root: Path, database: Database) -> None:
        self._root = root
        self._database = database
        self._sids: dict[tuple[int, str], Mapping[str, int]] = {}
        self._holds: dict[tuple[str, datetime], Hold] = {}

    def parts(
        self,
        symbols: Sequence[str] | None,
        start: Edge,
        end: Edge,
        resolution: Resolution,
        *,
        as_of: datetime | None,
        dataset: str | None,
    ) -> tuple[Part, ...]:
        """Which data set has what of a query, by name.

        Raises:
            DatasetNotFound: A symbol is in none.
            SeveralDatasets: A symbol is in several.
        """
        with self._database.reading() as session:
            if session is None:
                raise _unclear(resolution, symbols, ())
            found = reads.offers(session, BARS, str(resolution), as_of)
            offers = [
                offer
                for offer in found
                if dataset in {None, offer.name}
                and (dataset is not None or offer.name == offer.dataset_name)
            ]
            if not offers or (dataset is None and symbols is None and len(offers) > 1):
                raise _unclear(resolution, symbols, offers)
            chosen = self._chosen(session, offers, symbols, resolution)
        return tuple(
            Part(
                offer=offer,
                sids=sids,
                span=label_range(start, end, resolution, offer.calendar),
            )
            for offer, sids in chosen
        )

    def lazy(self, parts: Sequence[Part], resolution: Resolution) -> pl.LazyFrame:
        """The bars that some parts have together."""
        for offer in {part.offer for part in parts}:
            self._hold(offer)
        return self._lazy([(part, self._dataset(part.offer)) for part in parts], resolution)

    def read(self, parts: Sequence[Part], resolution: Resolution) -> pl.DataFrame:
        """The same, read.

        Raises:
            CorruptData: A file cannot be read.
        """
        holds = [hold(self._root, part.offer.name, part.offer.created_at) for part in parts]
        datasets = [(part, self._dataset(part.offer)) for part in parts]
        files = [self._root / file.path for _, item in datasets for file in item.files]
        with telling(files):
            frame = self._lazy(datasets, resolution).collect()
        for held in holds:
            held.release()
        return frame

    def table(self, name: str, kind: str, as_of: datetime | None) -> pl.LazyFrame:
        """The rows of a table.

        Raises:
            DatasetNotFound: There is no such table.
        """
        with self._database.reading() as session:
            found = () if session is None else reads.offers(session, kind, "", as_of)
        for offer in found:
            if offer.name == name:
                self._hold(offer)
                return table_frame(self._root, self._dataset(offer))
        known = tuple(offer.name for offer in found)
        raise DatasetNotFound(wanted=f"{kind} of {name}", known=known)

    def release(self) -> None:
        """Let all versions be removed."""
        for held in self._holds.values():
            held.release()
        self._holds.clear()

    def _chosen(
        self,
        session: Session,
        offers: Sequence[Offer],
        symbols: Sequence[str] | None,
        resolution: Resolution,
    ) -> list[tuple[Offer, Mapping[str, int]]]:
        held = {offer: self._sids_of(session, offer) for offer in offers}
        if symbols is None:
            return list(held.items())
        chosen: dict[Offer, dict[str, int]] = {}
        for symbol in dict.fromkeys(symbols):
            having = [offer for offer, sids in held.items() if symbol in sids]
            if len(having) != 1:
                raise _unclear(resolution, [symbol], having)
            chosen.setdefault(having[0], {})[symbol] = held[having[0]][symbol]
        return list(chosen.items())

    def _sids_of(self, session: Session, offer: Offer) -> Mapping[str, int]:
        """The sid of each symbol of a data set; they never change."""
        key = offer.dataset, offer.fingerprint
        if key not in self._sids:
            ranges = reads.symbols_of(session, offer.dataset)
            self._sids[key] = {item.symbol: item.sid for item in ranges}
        return self._sids[key]

    def _lazy(
        self, datasets: Sequence[tuple[Part, DatasetVersion]], resolution: Resolution
    ) -> pl.LazyFrame:
        frames = [part_frame(self._root, dataset, part) for part, dataset in datasets]
        return joined(frames, stamp_column("intraday" if resolution.is_intraday else "daily"))

    def _hold(self, offer: Offer) -> None:
        """Keep a version from being removed until `release`."""
        version = offer.name, offer.created_at
        if version not in self._holds:
            self._holds[version] = hold(self._root, *version)

    def _dataset(self, offer: Offer) -> DatasetVersion:
        """A data set with its files; the caller holds its version."""
        with self._database.reading() as session:
            datasets = () if session is None else reads.datasets_of(session, offer.version)
        for dataset in datasets:
            if dataset.id == offer.dataset:
                return dataset
        raise DatasetNotFound(wanted=f"version of {offer.name} from {offer.created_at} any more")


def _unclear(
    resolution: Resolution, symbols: Sequence[str] | None, offers: Sequence[Offer]
) -> DatasetNotFound | SeveralDatasets:
    wanted = f"bars of {resolution}"
    if symbols is not None:
        wanted += f" of {', '.join(symbols)}"
    names = tuple(offer.name for offer in offers)
    if len(names) > 1:
        return SeveralDatasets(wanted=wanted, names=names)
    return DatasetNotFound(wanted=wanted, known=names)
