"""Bars that were given, from rules to a version that everybody sees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from rustybt.assets import Asset, AssetFinder
from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.adjustments import Adjustments
from rustybt.errors import CorruptData
from rustybt.values import PrecisionTable
from rustybt_data.catalog.asset_snapshots import Venue
from rustybt_data.catalog.before import Before
from rustybt_data.catalog.contents import DatasetContent
from rustybt_data.catalog.frame_bars import FrameBars, bars_of_frame
from rustybt_data.catalog.frame_ingestion import FrameIngestion, dataset_before
from rustybt_data.catalog.given_actions import GivenActions, actions_before
from rustybt_data.catalog.ingest_reports import Changes, IngestReport
from rustybt_data.catalog.noting import BarNotes, Named
from rustybt_data.catalog.parts import ACTIONS, ASSETS, QUALITY
from rustybt_data.catalog.quality_records import bars_by_symbol, quality_content
from rustybt_data.catalog.screening import (
    Context,
    Quality,
    check_quality,
    refuse_nothing,
    screening,
)
from rustybt_data.catalog.writing import Writing
from rustybt_data.predicates import SOUND, STORABLE
from rustybt_data.quality import QualityReport, RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Bars, and what is to be done with them.

    Attributes:
        name: What they go into.
        frame: The bars; where rules are applied a standard frame.
        resolution: Length of a bar.
        calendar: The calendar of the sessions.
        source: Where they come from.
        quality: What becomes of those in which rules find something.
        rules: The rules, None for the defaults.
        venue: What is said of assets that are new.
        timestamp: Time of the version.
        replaces: Whether bars that are not given are dropped.
        symbols: What was asked for.
        repeated: Rows by symbol that came twice.
        resumed: Rows that an interrupted fetch had kept.
        actions: Corporate actions of the symbols, None where nobody was asked.
    """

    name: str
    frame: pl.DataFrame
    resolution: Resolution
    calendar: TradingCalendar
    source: str
    quality: Quality
    rules: RuleSet | None
    venue: Venue
    timestamp: datetime
    replaces: bool
    symbols: tuple[str, ...] = ()
    repeated: Mapping[str, int] = field(default_factory=dict)
    resumed: int = 0
    actions: GivenActions | None = None

    @property
    def is_screened(self) -> bool:
        """Whether all layers of rules are applied."""
        return self.quality != "off" and not self.is_strict

    @property
    def is_strict(self) -> bool:
        """Whether bars are refused by themselves: what the default rules of layers 1 and 2 say."""
        return self.quality == "strict" and self.rules is None


def written(work: Writing, given: Given) -> IngestReport:
    """Publish a version with these bars.

    Raises:
        DataValidationError: A bar is not what it has to be, or none is left.
    """
    check_quality(given.quality)
    before = Before(work, given.name, given.resolution)
    frame, found = _screened(work, given, before)
    bars = bars_of_frame(
        frame,
        given.resolution,
        given.calendar,
        source=given.source,
        tests=SOUND if given.is_strict else STORABLE,
    )
    quality = None if found is None else _recorded(work, given, found, frame)
    noted, counted = _noted(given, bars)
    if noted is not None:
        quality = _recorded(work, given, noted, None, counted)
    ingestion = FrameIngestion(
        work,
        given.name,
        given.resolution,
        calendar=given.calendar,
        source=given.source,
        venue=given.venue,
    )
    publication, counts = ingestion.publication(
        bars,
        given.timestamp,
        replaces=given.replaces,
        quality=quality,
        actions=given.actions,
    )
    changes = Changes(
        before=before.ranges,
        after=counts.symbols,
        given=bars.counts,
        restated=_restated(before, bars, replaces=given.replaces),
        repeated=given.repeated,
        judged=_judged(found, counted),
    )
    work.publish(publication)
    return IngestReport(
        name=given.name,
        timestamp=given.timestamp,
        resolution=str(given.resolution),
        given=counts.given,
        added=counts.added,
        rows=counts.rows,
        symbols=changes.by_symbol(given.symbols, given.resolution, replaces=given.replaces),
        quality=found,
        resumed=given.resumed,
        written=() if noted is None else (noted,),
    )


def _recorded(
    work: Writing,
    given: Given,
    found: QualityReport,
    accepted: pl.DataFrame | None,
    noted: Mapping[str, int] | None = None,
) -> DatasetContent:
    """What is kept with the version about the quality of its bars."""
    return quality_content(
        found,
        dataset_before(work.base, given.name, str(given.resolution), QUALITY),
        accepted,
        name=given.name,
        root=work.root,
        staged=work.folder,
        source=given.source,
        noted=noted,
    )


def _judged(found: QualityReport | None, noted: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Bars by symbol that are flagged, and that are kept out."""
    own = {} if found is None else bars_by_symbol(found)
    return own | {symbol: (count, 0) for symbol, count in noted.items()}


def _noted(given: Given, bars: FrameBars) -> tuple[QualityReport | None, dict[str, int]]:
    """What is noted about labels where bars are refused by themselves, and how many by symbol."""
    notes = BarNotes(calendar=given.calendar, resolution=given.resolution, of_numbers=False)
    if not given.is_strict:
        return None, {}
    for batch in bars.batches:
        notes.add(batch.rows, batch.scales)
    names = {number: Named(symbol, "") for number, symbol in enumerate(bars.symbols)}
    return notes.report(given.name, names, bars.counts), notes.counts(names)


def _restated(before: Before, bars: FrameBars, *, replaces: bool) -> Mapping[str, int]:
    """How many bars are there with other numbers; unknown where what is replaced is damaged."""
    try:
        return before.restated(bars)
    except CorruptData:
        if replaces:
            return {}
        raise


def _screened(
    work: Writing, given: Given, before: Before
) -> tuple[pl.DataFrame, QualityReport | None]:
    """The bars that are let in, and what was found where rules are applied."""
    if not given.is_screened:
        return given.frame, None
    known, assets = _known(work)
    asked = None if given.actions is None else given.actions.frames
    context = Context(
        name=given.name,
        resolution=given.resolution,
        calendar=given.calendar,
        before=given.frame.clear() if given.replaces else before.around(given.frame),
        actions=asked or known,
        assets=assets,
        now=given.timestamp,
    )
    found = screening(given.frame, given.quality, given.rules, context)
    if before.dataset is None:
        refuse_nothing(found, given.frame.height, given.source)
    return found.accepted, found.report


def _known(work: Writing) -> tuple[Adjustments | None, tuple[Asset, ...]]:
    """Corporate actions of the version before, and its assets."""
    base = work.base
    if base is None or not base.of_kind(ACTIONS) or not base.of_kind(ASSETS):
        return None, ()
    file = work.root / base.of_kind(ASSETS)[0].files[0].path
    finder = AssetFinder.open(file, precision=PrecisionTable())
    return actions_before(work), tuple(finder.retrieve_all(finder.sids))
