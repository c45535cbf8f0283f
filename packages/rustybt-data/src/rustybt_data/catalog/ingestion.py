"""An ingestion in progress."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from rustybt.assets import AssetFinder
from rustybt.assets.database import AssetDBWriter
from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import MINUTE, SESSION, Resolution
from rustybt.data.adjustments import Adjustments
from rustybt.data.bundles import BarWriter
from rustybt.data.rates import ExchangeRates
from rustybt.values import PrecisionTable
from rustybt_data.adjustments import AdjustmentFilesWriter, adjustments_hash, other_actions
from rustybt_data.catalog import parts
from rustybt_data.catalog.bar_contents import ByContent, bars_content
from rustybt_data.catalog.bars import BARS
from rustybt_data.catalog.contents import DatasetContent
from rustybt_data.catalog.hashes import assets_hash, combined_hash
from rustybt_data.catalog.judging import JudgedBarWriter, Judgement
from rustybt_data.catalog.noting import BarNotes, Named
from rustybt_data.catalog.part_contents import part_content
from rustybt_data.catalog.publication import Publication
from rustybt_data.catalog.quality_records import quality_content
from rustybt_data.catalog.records import DatasetVersion, Version, dataset_folder
from rustybt_data.catalog.symbols import symbol_ranges
from rustybt_data.layout import RATES
from rustybt_data.parquet.manifest import Manifest
from rustybt_data.parquet.scales import Scales
from rustybt_data.parquet.writer import ParquetBarWriter
from rustybt_data.quality import QualityReport

_ASSETS_FILE: Final = "assets-8.sqlite"
_ACTIONS_FOLDER: Final = "adjustments"
_BY_ITSELF: Final = Judgement()


class Ingestion:
    """The writers of an ingestion; see `rustybt.data.bundles.BundleWriters`.

    Args:
        folder: The folder to fill, on the file system of `root`.
        root: The folder of the data.
        name: Name of the bundle.
        calendar: The calendar of the sessions.
        base: The version before, None for the first one: files that are the same are shared, and
            assets keep their sids.
        source: Where the data come from.
        judgement: What becomes of bars in which rules find something.

    Attributes:
        reports: What was found in the bars, once they are there: one for each resolution.
    """

    def __init__(
        self,
        folder: Path,
        root: Path,
        name: str,
        *,
        calendar: TradingCalendar,
        base: Version | None = None,
        source: str = "",
        judgement: Judgement = _BY_ITSELF,
    ) -> None:
        self.output_dir = folder
        self.asset_db_writer = AssetDBWriter(
            folder / _ASSETS_FILE, known_sids=known_sids(root, base)
        )
        self.adjustment_writer = AdjustmentFilesWriter(folder, calendar)
        self._root = root
        self._name = name
        self._calendar = calendar
        self._source = source
        self._base = base
        self._placements: dict[ParquetBarWriter, ByContent] = {}
        self._writers: dict[Resolution, ParquetBarWriter] = {}
        self._judgement = judgement
        self._judged: dict[Resolution, JudgedBarWriter] = {}
        self._notes: dict[Resolution, BarNotes] = {}
        self.reports: tuple[QualityReport, ...] = ()
        given = self._judged_writer if judgement.is_late else self._bar_writer
        self.daily_bar_writer: BarWriter = given(SESSION)
        self.minute_bar_writer: BarWriter = given(MINUTE)

    def _judged_writer(self, resolution: Resolution) -> JudgedBarWriter:
        if resolution not in self._judged:
            writer = self._bar_writer(resolution)
            self._judged[resolution] = JudgedBarWriter(writer, self._judged_writer)
        return self._judged[resolution]

    def _noted(self, resolution: Resolution) -> Callable[[pl.DataFrame, Scales], None] | None:
        """What is told of bars, where nobody said anything else about quality."""
        if self._judgement.is_late or self._judgement.quality == "off":
            return None
        numbers = self._judgement.quality is None
        notes = BarNotes(calendar=self._calendar, resolution=resolution, of_numbers=numbers)
        self._notes[resolution] = notes
        return notes.add

    def _bar_writer(self, resolution: Resolution) -> ParquetBarWriter:
        if resolution in self._writers:
            return self._writers[resolution]
        folder = dataset_folder(self._name, BARS, str(resolution))
        placement = ByContent(self._root, folder, self._before(BARS, str(resolution)))
        writer = ParquetBarWriter(
            self.output_dir / folder,
            resolution,
            self._calendar,
            placement=placement,
            others=self._bar_writer,
            admits=self._judgement.admits,
            note=self._noted(resolution),
        )
        self._placements[writer] = placement
        self._writers[resolution] = writer
        return writer

    def finish(self, timestamp: datetime) -> Publication:
        """Write what was only gathered so far.

        Returns:
            What is to be published.
        """
        actions = self.adjustment_writer.finish()
        rates = self.adjustment_writer.rates.finish()
        # What the settings of a machine say about precision is not part of the content.
        finder = AssetFinder.open(self.output_dir / _ASSETS_FILE, precision=PrecisionTable())
        for writer in list(self._placements):
            writer.name_of = partial(_symbol_of, finder)
        quality = list(self._quality(finder, actions, timestamp))
        manifests = {writer: writer.write_files() for writer in self._placements}
        counted = {
            "assets": len(finder.sids),
            "splits": len(actions.splits()),
            "dividends": len(actions.dividends()),
            "other_actions": len(other_actions(actions)),
            "rates": len(rates),
        }
        usual, others = list(manifests.values())[:2], list(manifests.values())[2:]
        fingerprint = combined_hash(
            self._calendar.name,
            assets_hash(finder),
            adjustments_hash(actions),
            *("" if found is None else found.fingerprint for found in usual),
            *((rates.fingerprint(),) if len(rates) else ()),
            *sorted(f"{BARS}-{m.resolution}:{m.fingerprint}" for m in others if m is not None),
        )
        contents = [
            self._bars(writer, manifest, finder)
            for writer, manifest in manifests.items()
            if manifest is not None
        ]
        contents += [*quality, *self._parts(counted, actions, rates)]
        return Publication(
            name=self._name,
            created_at=timestamp,
            calendar=self._calendar.name,
            fingerprint=fingerprint,
            facts=counted,
            is_bundle=True,
            contents=tuple(contents),
        )

    def _quality(
        self, finder: AssetFinder, actions: Adjustments, now: datetime
    ) -> Iterator[DatasetContent]:
        """What is found in the bars; those that rules judge are written on the way."""
        for writer in self._judged.values():
            found = writer.release(
                self._judgement, finder, actions, name=self._name, now=now, source=self._source
            )
            if found is not None:
                yield self._reported(found.report, found.accepted, None)
        every = finder.retrieve_all(finder.sids)
        assets = {asset.sid: Named(asset.symbol, asset.asset_class) for asset in every}
        for resolution, notes in self._notes.items():
            ranges = self._writers[resolution].ranges
            checked = {assets[sid].symbol: ranges[sid][2] for sid in ranges if sid in assets}
            report = notes.report(self._name, assets, checked) if notes else None
            if report is not None:
                yield self._reported(report, None, notes.counts(assets))

    def _reported(
        self, report: QualityReport, accepted: pl.DataFrame | None, noted: Mapping[str, int] | None
    ) -> DatasetContent:
        self.reports += (report,)
        return quality_content(
            report,
            None,
            accepted,
            name=self._name,
            root=self._root,
            staged=self.output_dir,
            source=self._source,
            noted=noted,
        )

    def _bars(
        self, writer: ParquetBarWriter, manifest: Manifest, finder: AssetFinder
    ) -> DatasetContent:
        return bars_content(
            manifest,
            self._name,
            staged=self.output_dir,
            placement=self._placements[writer],
            source=self._source,
            symbols=symbol_ranges(writer.ranges, finder),
        )

    def _parts(
        self, counted: dict[str, int], actions: Adjustments, rates: ExchangeRates
    ) -> Iterator[DatasetContent]:
        folder = self.output_dir
        files: dict[str, list[tuple[str, Path]]] = {
            parts.ASSETS: [("assets", folder / _ASSETS_FILE)],
            parts.ACTIONS: _roles((folder / _ACTIONS_FOLDER).glob("*.parquet")),
            parts.RATES: _roles([folder / RATES] if len(rates) else []),
        }
        ours = {file for found in files.values() for _, file in found}
        others = _others(folder, ours)
        files[parts.FILES] = [(parts.FILES, file) for file in others]
        rows = {
            parts.ASSETS: counted["assets"],
            parts.ACTIONS: counted["splits"] + counted["dividends"] + counted["other_actions"],
            parts.RATES: counted["rates"],
            parts.FILES: len(others),
        }
        told = {parts.ACTIONS: adjustments_hash(actions), parts.RATES: rates.fingerprint()}
        for kind, found in files.items():
            content = part_content(
                kind,
                self._name,
                found,
                staged=folder,
                fingerprint=told.get(kind),
                rows=rows[kind],
                source=self._source,
            )
            if content is not None:
                yield content

    def _before(self, kind: str, resolution: str = "") -> DatasetVersion | None:
        if self._base is None:
            return None
        for dataset in self._base.of_kind(kind):
            if (dataset.name, dataset.resolution) == (self._name, resolution):
                return dataset
        return None


def _symbol_of(finder: AssetFinder, sid: int) -> str:
    """What errors call an asset."""
    found = finder.retrieve_all([sid], default_none=True)[0]
    return f"sid {sid}" if found is None else found.symbol


def known_sids(root: Path, base: Version | None) -> dict[str, int]:
    """Sids by symbol in the assets of a version."""
    assets = () if base is None else base.of_kind(parts.ASSETS)
    if not assets:
        return {}
    finder = AssetFinder.open(root / assets[0].files[0].path, precision=PrecisionTable())
    return {asset.symbol: asset.sid for asset in finder.retrieve_all(finder.sids)}


def _roles(files: Iterable[Path]) -> list[tuple[str, Path]]:
    return sorted((file.stem, file) for file in files)


def _others(folder: Path, ours: set[Path]) -> list[Path]:
    """What an ingest function has put into the folder by itself."""
    datasets = folder / "datasets"
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path not in ours and not path.is_relative_to(datasets)
    )
