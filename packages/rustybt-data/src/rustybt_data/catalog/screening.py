"""Bars on their way into the catalog: what rules quarantine is put aside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args

import polars as pl

from rustybt.assets import Asset
from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.adjustments import Adjustments
from rustybt.data.schemas import stamp_column
from rustybt.errors import DataValidationError, InvalidArgument
from rustybt_data.quality import QualityReport, RuleSet, check

Quality = Literal["strict", "quarantine", "flag", "off"]
"""What becomes of bars in which rules find something.

``strict`` refuses the whole for one that would be quarantined, ``quarantine`` puts it aside,
``flag`` only notes it, ``off`` does not look. What cannot be stored is refused in any case.
"""

QUALITIES: Final[tuple[Quality, ...]] = get_args(Quality)


class Screening(NamedTuple):
    """Bars that rules have looked at.

    Attributes:
        accepted: Those that go into the catalog.
        report: What was found in all of them.
    """

    accepted: pl.DataFrame
    report: QualityReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known when bars are judged.

    Attributes:
        name: What is written into.
        resolution: Length of a bar.
        calendar: The calendar of the sessions.
        before: Bars around them that are in the catalog.
        actions: Corporate actions that explain moves.
        assets: Assets that are known; of others the symbol says what they are.
        now: No label lies after it.
    """

    name: str
    resolution: Resolution
    calendar: TradingCalendar
    before: pl.DataFrame
    actions: Adjustments | Mapping[str, pl.DataFrame] | None
    assets: tuple[Asset, ...]
    now: datetime


def check_quality(quality: object) -> None:
    """Refuse what is none.

    Raises:
        InvalidArgument: It is none.
    """
    if quality not in QUALITIES:
        reason = f"give one of {', '.join(QUALITIES)}"
        raise InvalidArgument(field="quality", value=quality, reason=reason)


def screening(
    frame: pl.DataFrame, quality: Quality, rules: RuleSet | None, context: Context
) -> Screening:
    """Judge bars, in hindsight and beside those that are in the catalog already.

    Args:
        frame: A standard frame.
        quality: What becomes of them; not ``off``.
        rules: The rules; by default those of asset class and resolution.
        context: What is known.

    Raises:
        DataValidationError: A rule refuses the whole, or a bar that `quality` does not let in.
    """
    bars, own = _with_context(frame, context)
    report = check(
        bars,
        rules,
        calendar=context.calendar,
        resolution=context.resolution,
        actions=context.actions,
        assets=context.assets or None,
        hindsight=True,
        now=context.now,
        name=context.name,
    )
    report = _of_own(report, own, frame)
    if quality == "strict":
        report.raise_if_refused()
    report.raise_if_failed()
    if quality == "flag":
        return Screening(frame, _lowered(report))
    refused = report.rows.filter(pl.col("outcome") == "quarantine")["row"].drop_nulls().unique()
    keep = own.scatter(refused, values=False) if len(refused) else own
    accepted = bars.filter(keep).select(frame.columns)
    return Screening(accepted, _plain(report))


def refuse_nothing(found: Screening, given: int, source: str) -> None:
    """Refuse bars of which none is let in.

    Raises:
        DataValidationError: There is none; it names the first finding.
    """
    if given and found.accepted.is_empty():
        first = found.report.rows.row(0, named=True)
        raise DataValidationError(
            file=f"{source}, {first['symbol']} at {first['label']}",
            column=first["column"],
            value=first["value"] or None,
            reason=f"{first['reason']}; of {given} bars not one can be used",
        )


def _with_context(frame: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, pl.Series]:
    """The bars among those around them, and which ones they are."""
    label = stamp_column("intraday" if context.resolution.is_intraday else "daily")
    around = context.before.join(frame, on=["symbol", label], how="anti")
    own = pl.lit(value=True).alias("own")
    parts = [frame.with_columns(own)]
    if not around.is_empty():
        shared = [name for name in around.columns if name in frame.columns]
        parts.append(around.select(*shared, ~own))
    # Where scales differ, the larger one holds the numbers of both.
    whole = pl.concat(parts, how="diagonal_relaxed").sort("symbol", label, maintain_order=True)
    return whole.drop("own"), whole["own"]


def _of_own(report: QualityReport, own: pl.Series, frame: pl.DataFrame) -> QualityReport:
    """A report without what was found in the bars around."""
    row = pl.col("row")
    marked = row.is_null() | pl.lit(own).gather(row.fill_null(0))
    label = frame.columns[0]
    keys = frame.select("symbol", label)
    first, last = (frame.select(end).item() for end in (pl.col(label).min(), pl.col(label).max()))
    return replace(
        report,
        checked=dict(frame.group_by("symbol").len().sort("symbol").iter_rows()),
        rows=report.rows if own.all() else report.rows.filter(marked),
        flagged=_among(report.flagged, keys, label),
        quarantined=_among(report.quarantined, keys, label),
        first=first,
        last=last,
        source=None,
    )


def _among(bars: pl.DataFrame, keys: pl.DataFrame, label: str) -> pl.DataFrame:
    return bars if bars.is_empty() else bars.join(keys, on=["symbol", label], how="semi")


def _lowered(report: QualityReport) -> QualityReport:
    """A report whose bars are all let in."""
    some = [bars for bars in (report.flagged, report.quarantined) if not bars.is_empty()]
    outcome = pl.lit("flag").cast(report.rows.schema["outcome"]).alias("outcome")
    return _plain(
        replace(
            report,
            rows=report.rows.with_columns(outcome),
            flagged=pl.concat(some) if some else report.flagged,
            quarantined=pl.DataFrame(),
        )
    )


def _plain(report: QualityReport) -> QualityReport:
    """A report whose rows are nobody's any more."""
    return replace(report, rows=report.rows.with_columns(pl.lit(None).cast(pl.Int64).alias("row")))
