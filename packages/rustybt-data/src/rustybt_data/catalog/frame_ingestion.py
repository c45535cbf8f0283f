"""A frame of bars into the catalog: as a new version that has the rest from the one before."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from rustybt.assets import AssetFinder
from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.errors import DataValidationError, InvalidArgument
from rustybt.values import PrecisionTable
from rustybt_data.catalog import parts, reads
from rustybt_data.catalog.asset_snapshots import Venue, write_snapshot
from rustybt_data.catalog.bar_contents import ByContent, bars_content
from rustybt_data.catalog.bars import BARS
from rustybt_data.catalog.contents import DatasetContent
from rustybt_data.catalog.frame_bars import FrameBars, NewBars
from rustybt_data.catalog.given_actions import GivenActions, actions_content
from rustybt_data.catalog.hashes import assets_hash, combined_hash
from rustybt_data.catalog.ingestion import known_sids
from rustybt_data.catalog.merging import Merged, merged
from rustybt_data.catalog.part_contents import part_content
from rustybt_data.catalog.publication import Publication
from rustybt_data.catalog.records import DatasetVersion, SymbolRange, Version, dataset_folder
from rustybt_data.catalog.symbols import symbol_ranges
from rustybt_data.catalog.writing import Writing
from rustybt_data.parquet.ends import BarEnds
from rustybt_data.parquet.writer import ParquetBarWriter

_NO_ACTIONS: Final = hashlib.sha256(b"").hexdigest()
"""What `adjustments_hash` says where there are none: SHA-256 of nothing."""


class Counts(NamedTuple):
    """What an ingestion of a frame has done.

    Attributes:
        rows: Bars of the data set now.
        given: Bars that were given.
        added: Bars that were not there before.
        symbols: What the data set has of each symbol now.
    """

    rows: int
    given: int
    added: int
    symbols: Mapping[str, SymbolRange]


class FrameIngestion:
    """One ingestion of bars of one resolution.

    Args:
        work: What the writer of the name has.
        name: The name.
        resolution: Length of a bar.
        calendar: The calendar of the sessions.
        source: Where the bars come from.
        venue: What is said of assets that are new.
    """

    def __init__(
        self,
        work: Writing,
        name: str,
        resolution: Resolution,
        *,
        calendar: TradingCalendar,
        source: str,
        venue: Venue,
    ) -> None:
        self._work = work
        self._name = name
        self._resolution = resolution
        self._calendar = calendar
        self._source = source
        self._venue = venue
        self._folder = dataset_folder(name, BARS, str(resolution))
        self._base = dataset_before(work.base, name, str(resolution))

    def publication(
        self,
        bars: FrameBars,
        timestamp: datetime,
        *,
        replaces: bool,
        quality: DatasetContent | None = None,
        actions: GivenActions | None = None,
    ) -> tuple[Publication, Counts]:
        """Write the files.

        Args:
            bars: The bars.
            timestamp: Time of the version.
            replaces: Whether bars that are not given are dropped, rather than kept.
            quality: What rules found in the bars, None where none were applied.
            actions: Corporate actions of their symbols, None where nobody was asked.

        Returns:
            What is to be published, and what was done.
        """
        base = self._work.base
        known = known_sids(self._work.root, base)
        sids = _sids(bars.symbols, known)
        fresh = bars.numbered(sids)
        self._check_ends(fresh)
        finder, snapshot = self._assets(bars, sids, known)
        placement = ByContent(self._work.root, self._folder, self._base)
        done, had = self._written(fresh, placement, replaces=replaces)
        content = bars_content(
            done.manifest,
            self._name,
            staged=self._work.folder,
            placement=placement,
            source=self._source,
            symbols=symbol_ranges(done.ranges, finder),
        )
        acted, counted = self._acted(actions, {**known, **sids})
        beside = [each for each in (quality, acted) if each is not None]
        contents = [content, snapshot, *beside]
        gone = {(parts.QUALITY, str(self._resolution))} if replaces else set()
        gone |= set() if actions is None else {(parts.ACTIONS, "")}
        kept = _kept(base, self._name, contents, gone)
        publication = Publication(
            name=self._name,
            created_at=timestamp,
            calendar=self._calendar.name,
            fingerprint=version_fingerprint(
                self._calendar.name, assets_hash(finder), kept, contents
            ),
            facts={
                **NOTHING,
                **({} if base is None else base.facts),
                **counted,
                "assets": len(finder.sids),
            },
            is_bundle=False,
            contents=tuple(contents),
            kept=kept,
        )
        rows = done.manifest.rows
        given = sum(bars.counts.values())
        symbols = {item.symbol: item for item in contents[0].symbols}
        return publication, Counts(rows, given, given if replaces else rows - had, symbols)

    def _check_ends(self, bars: NewBars) -> None:
        """Refuse labels at which no bar of this length ends."""
        ends = BarEnds.of(self._calendar, self._resolution)
        if ends is None:
            return
        for batch in bars.batches:
            ends.check(batch.rows["at"].to_numpy(), origin=batch.origin)

    def _acted(
        self, actions: GivenActions | None, sids: Mapping[str, int]
    ) -> tuple[DatasetContent | None, Mapping[str, int]]:
        """The corporate actions of the version, where they are new, and how many there are."""
        if actions is None:
            return None, {}
        return actions_content(
            actions,
            sids,
            self._work,
            name=self._name,
            calendar=self._calendar,
            source=self._source,
        )

    def _assets(
        self, bars: FrameBars, sids: Mapping[str, int], known: Mapping[str, int]
    ) -> tuple[AssetFinder, DatasetContent]:
        """The assets of the version, written into the staging folder."""
        staged, base = self._work.folder, self._work.base
        file = staged / "assets.sqlite"
        write_snapshot(
            file,
            None if base is None else _assets_file(self._work.root, base),
            sids=sids,
            known=known,
            bars=bars,
            calendar=self._calendar,
            venue=self._venue,
        )
        rows = len(AssetFinder.open(file, precision=PrecisionTable()).sids)
        snapshot = part_content(
            parts.ASSETS,
            self._name,
            [("assets", file)],
            staged=staged,
            rows=rows,
            source=self._source,
        )
        assert snapshot is not None, "there is a file of assets"
        moved = staged / snapshot.files[0].path
        return AssetFinder.open(moved, precision=PrecisionTable()), snapshot

    def _written(
        self, bars: NewBars, placement: ByContent, *, replaces: bool
    ) -> tuple[Merged, int]:
        folder = self._work.folder / self._folder
        if self._base is not None and not replaces:
            had = self._had(self._base)
            result = merged(
                self._base,
                had,
                bars,
                root=self._work.root,
                staged=folder,
                placement=placement,
                calendar=self._calendar,
            )
            return result, self._base.rows
        writer = ParquetBarWriter(folder, self._resolution, self._calendar, placement=placement)
        for batch in bars.batches:
            writer.add_rows(batch.rows, batch.scales, origin=batch.origin)
        for sid, extras in bars.extras.items():
            writer.add_extras(sid, extras, origin=self._source)
        manifest = writer.write_files()
        if manifest is None:
            reason = "there is not one bar in it; give some"
            raise DataValidationError(file=self._source, reason=reason)
        return Merged(manifest, writer.ranges), 0

    def _had(self, dataset: DatasetVersion) -> tuple[SymbolRange, ...]:
        with self._work.database.reading() as session:
            assert session is not None, "the version before is in the database"
            return reads.symbols_of(session, dataset.id)


NOTHING: Final = {"assets": 0, "splits": 0, "dividends": 0, "other_actions": 0, "rates": 0}
"""What is counted in a version without assets and corporate actions."""


def dataset_before(
    base: Version | None, name: str, resolution: str, kind: str = BARS
) -> DatasetVersion | None:
    """A data set of a name in the version before."""
    for dataset in () if base is None else base.of_kind(kind):
        if (dataset.name, dataset.resolution) == (name, resolution):
            return dataset
    return None


def version_fingerprint(
    calendar: str,
    assets: str,
    kept: tuple[DatasetVersion, ...],
    contents: list[DatasetContent],
) -> str:
    """Hash of the content of a version, in the same terms as that of a bundle's ingestion.

    Args:
        calendar: Name of the calendar.
        assets: Hash of the assets.
        kept: Data sets that it takes over.
        contents: Data sets that are written.
    """
    items: list[DatasetVersion | DatasetContent] = [*kept, *contents]
    told = {
        (item.kind, item.resolution): item.fingerprint
        for item in items
        if item.kind not in {parts.ASSETS, parts.FILES, parts.QUALITY}
    }
    actions = told.pop((parts.ACTIONS, ""), _NO_ACTIONS)
    daily, minute = told.pop((BARS, "1d"), ""), told.pop((BARS, "1m"), "")
    rates = told.pop((parts.RATES, ""), None)
    others = [f"{kind}-{length}:{hashed}" for (kind, length), hashed in sorted(told.items())]
    return combined_hash(
        calendar, assets, actions, daily, minute, *(() if rates is None else (rates,)), *others
    )


def assets_fingerprint(root: Path, datasets: tuple[DatasetVersion, ...]) -> str:
    """Hash of the assets among some data sets, an empty text where there are none."""
    for dataset in datasets:
        if dataset.kind == parts.ASSETS:
            file = root / dataset.files[0].path
            return assets_hash(AssetFinder.open(file, precision=PrecisionTable()))
    return ""


def _sids(symbols: Collection[str], known: Mapping[str, int]) -> dict[str, int]:
    """The sid of each symbol: that which it had, or the next one."""
    sids: dict[str, int] = {}
    following = max(known.values(), default=-1) + 1
    for symbol in symbols:
        if symbol in known:
            sids[symbol] = known[symbol]
        else:
            sids[symbol], following = following, following + 1
    return sids


def _assets_file(root: Path, base: Version) -> Path | None:
    for dataset in base.of_kind(parts.ASSETS):
        return root / dataset.files[0].path
    return None


def _kept(
    base: Version | None,
    name: str,
    contents: list[DatasetContent],
    gone: Collection[tuple[str, str]],
) -> tuple[DatasetVersion, ...]:
    """The data sets of the version before that are neither written anew nor gone."""
    written = {(content.kind, content.resolution) for content in contents}
    for dataset in () if base is None else base.datasets:
        if (dataset.kind, dataset.resolution) in written and dataset.name != name:
            raise InvalidArgument(
                field="name",
                value=name,
                reason=f"its {dataset.kind} are those of {dataset.name}; ingest into that",
            )
    return tuple(
        dataset
        for dataset in (() if base is None else base.datasets)
        if (dataset.kind, dataset.resolution) not in {*written, *gone}
    )
