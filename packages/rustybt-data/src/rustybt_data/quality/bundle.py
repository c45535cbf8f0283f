"""Checks of bundles, some assets at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from rustybt.assets import Asset
from rustybt.calendars import get_calendar
from rustybt.calendars.times import NANOS_PER_DAY
from rustybt.clock.resolution import Resolution
from rustybt.data.bundle import BundleData
from rustybt.data.readers import BarReader, as_decimals, extra_fields_of
from rustybt.data.schemas import BAR_FIELDS, PRICE_FIELDS
from rustybt.errors import InvalidArgument
from rustybt_data.quality.batch import check
from rustybt_data.quality.findings import finding_schema
from rustybt_data.quality.report import QualityReport
from rustybt_data.quality.rules import RuleSet

_AROUND: Final = 7 * NANOS_PER_DAY

ROWS_AT_ONCE: Final = 2_000_000
"""About how many bars are in memory at a time."""


def check_bundle(
    bundle: BundleData,
    rules: RuleSet | Mapping[str, RuleSet] | None = None,
    *,
    resolution: Resolution | str | None = None,
    hindsight: bool = True,
    progress: Callable[[str, int], None] | None = None,
) -> QualityReport:
    """Check the bars of a bundle, some assets at a time and in hindsight.

    Corporate actions of the bundle explain moves. Assets that share a symbol are told apart by
    their sids. Bars that were found are kept; `passed` is not.

    Args:
        bundle: The bundle, as `rustybt.data.bundles.load` gives it.
        rules: The rules, also by the text of a resolution; by default those of asset class and
            resolution.
        resolution: Only bars of this one; by default daily bars, where there are any, and else
            those of minutes.
        hindsight: Whether bars are judged by what comes after as well.
        progress: Called with each symbol and the number of its rows when it is done.

    Raises:
        InvalidArgument: The bundle has no bars of the resolution.
    """
    reader = _reader_of(bundle, resolution)
    chosen = rules.get(str(reader.resolution)) if isinstance(rules, Mapping) else rules
    reports = []
    for assets, frame in _portions(bundle, reader):
        report = check(
            frame,
            chosen,
            calendar=bundle.calendar,
            resolution=reader.resolution,
            actions=bundle.adjustments,
            assets=assets,
            hindsight=hindsight,
            name=bundle.name,
            progress=progress,
        )
        reports.append(replace(report, source=None))
    return _joined(reports, bundle, reader, chosen, hindsight=hindsight)


def resolutions_of(bundle: BundleData) -> tuple[Resolution, ...]:
    """Resolutions of the bars of a bundle, the longest first."""
    readers = (bundle.daily, bundle.minute)
    return tuple(reader.resolution for reader in readers if reader is not None)


def _reader_of(bundle: BundleData, resolution: Resolution | str | None) -> BarReader:
    readers = [reader for reader in (bundle.daily, bundle.minute) if reader is not None]
    wanted = None if resolution is None else Resolution.parse(resolution)
    for reader in readers:
        if wanted is None or reader.resolution == wanted:
            return reader
    known = ", ".join(str(reader.resolution) for reader in readers) or "none"
    raise InvalidArgument(
        field="resolution",
        value="any" if wanted is None else str(wanted),
        reason=f"bundle {bundle.name} has bars of {known}",
    )


def _portions(bundle: BundleData, reader: BarReader) -> Iterator[tuple[list[Asset], pl.DataFrame]]:
    """The bars of some assets at a time, as a standard frame."""
    sids = reader.sids()
    step = max(1, ROWS_AT_ONCE * len(sids) // max(_rows(reader), 1))
    start, stop = _range(bundle, reader)
    symbols = Counter(asset.symbol for asset in bundle.finder.retrieve_all(sids))
    for first in range(0, len(sids), step):
        assets = [
            replace(asset, symbol=f"{asset.symbol} ({asset.sid})")
            if symbols[asset.symbol] > 1
            else asset
            for asset in bundle.finder.retrieve_all(sids[first : first + step])
        ]
        yield assets, _frame(reader, assets, start, stop)


def _rows(reader: BarReader) -> int:
    """Number of bars of a reader; where it does not say, what a year of minutes would be."""
    rows = getattr(reader, "rows", None)
    return rows if isinstance(rows, int) else len(reader.sids()) * 100_000


def _range(bundle: BundleData, reader: BarReader) -> tuple[int, int]:
    calendar = get_calendar(bundle.calendar)
    first = calendar.session_index(reader.first_session, direction="previous")
    last = calendar.session_index(reader.last_session, direction="next")
    if not reader.resolution.is_intraday:
        return calendar.session_day(first), calendar.session_day(last) + 1
    # Bars outside of sessions belong to the time around them, over a holiday as well.
    start = calendar.session_close(first - 1) if first else calendar.session_open(first) - _AROUND
    ends = last + 1 < len(calendar)
    stop = calendar.session_open(last + 1) if ends else calendar.session_close(last) + _AROUND
    return start, stop + 1


def _frame(reader: BarReader, assets: list[Asset], start: int, stop: int) -> pl.DataFrame:
    quotes = [name for name in ("bid", "ask") if name in extra_fields_of(reader)]
    scales = dict.fromkeys(PRICE_FIELDS, reader.price_scale) | {"volume": reader.volume_scale}
    scales |= {name: extra_fields_of(reader)[name] for name in quotes}
    bars = reader.read([asset.sid for asset in assets], start, stop, [*BAR_FIELDS, *quotes])
    symbols = pl.DataFrame(
        {"sid": [asset.sid for asset in assets], "symbol": [asset.symbol for asset in assets]},
        schema={"sid": pl.Int64(), "symbol": pl.String()},
    )
    intraday = reader.resolution.is_intraday
    label = pl.col("at") if intraday else pl.col("at").cast(pl.Int32)
    traded = pl.any_horizontal(pl.col(name).is_not_null() for name in BAR_FIELDS)
    return (
        bars.filter(traded)
        .sort("sid", maintain_order=True)
        .join(symbols, on="sid", how="left", maintain_order="left")
        .select(
            label.cast(pl.Datetime("ns", "UTC") if intraday else pl.Date()).alias(
                "timestamp" if intraday else "date"
            ),
            "symbol",
            *(as_decimals(pl.col(name), scale) for name, scale in scales.items()),
        )
    )


def _joined(
    reports: list[QualityReport],
    bundle: BundleData,
    reader: BarReader,
    rules: RuleSet | None,
    *,
    hindsight: bool,
) -> QualityReport:
    schema = finding_schema(daily=not reader.resolution.is_intraday)
    checked: dict[str, int] = {}
    for report in reports:
        checked |= report.checked
    firsts = [report.first for report in reports if report.first is not None]
    lasts = [report.last for report in reports if report.last is not None]
    return QualityReport(
        name=bundle.name,
        rules=f"default {reader.resolution}" if rules is None else rules.name,
        resolution=str(reader.resolution),
        calendar=bundle.calendar,
        hindsight=hindsight,
        checked=checked,
        rows=pl.concat([pl.DataFrame(schema=schema), *(report.rows for report in reports)]),
        flagged=_concat([report.flagged for report in reports]),
        quarantined=_concat([report.quarantined for report in reports]),
        first=min(firsts, default=None),
        last=max(lasts, default=None),
    )


def _concat(frames: list[pl.DataFrame]) -> pl.DataFrame:
    some = [frame for frame in frames if frame.height]
    return pl.concat(some or frames[:1]) if frames else pl.DataFrame()
