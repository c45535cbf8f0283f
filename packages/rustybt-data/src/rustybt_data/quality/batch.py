"""Checks of frames."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple, cast

import polars as pl

from rustybt.assets import Asset
from rustybt.assets.kinds import kind_of
from rustybt.calendars import Moment, TradingCalendar, get_calendar, to_day, to_ns
from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument
from rustybt_data.quality.actions import Actions, KnownActions, known_by_symbol
from rustybt_data.quality.axis import IntradayAxis, SessionAxis, axis_of
from rustybt_data.quality.catalogue import ASSET_CLASSES, LAYERS
from rustybt_data.quality.checker import SymbolChecker
from rustybt_data.quality.findings import Findings, finding_schema, frame_of
from rustybt_data.quality.report import QualityReport, without
from rustybt_data.quality.rules import RuleSet
from rustybt_data.quality.tables import Table

Assets = Iterable[Asset] | Mapping[str, str]
"""The assets, or the asset class of each symbol."""

_KEPT: Final = ("rules", "reasons")


class Screened(NamedTuple):
    """A frame in two parts.

    Attributes:
        accepted: Bars that passed or are flagged, by symbol, then label.
        quarantined: The others, with ``rules`` and ``reasons``.
        report: What was found.
    """

    accepted: pl.DataFrame
    quarantined: pl.DataFrame
    report: QualityReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is known about the symbols of a check.

    Attributes:
        rules: The rules, None for the defaults of each asset class.
        calendar: The calendar.
        resolution: Length of a bar.
        axis: Its labels on the calendar.
        classes: Asset class by symbol, where it is known.
        known: Corporate actions by symbol.
        layers: The layers of rules that are applied.
        defaults: Default rules by asset class, as they were asked for.
    """

    rules: RuleSet | None
    calendar: TradingCalendar
    resolution: Resolution
    axis: SessionAxis | IntradayAxis
    classes: Mapping[str, str]
    known: Mapping[str, KnownActions]
    layers: Collection[int] = tuple(LAYERS)
    defaults: dict[str, RuleSet] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        rules: RuleSet | None,
        *,
        calendar: TradingCalendar | str,
        resolution: Resolution | str,
        actions: Actions | None = None,
        assets: Assets | None = None,
        layers: Collection[int] = tuple(LAYERS),
    ) -> Subject:
        """From what `check` takes."""
        market = get_calendar(calendar) if isinstance(calendar, str) else calendar
        length = Resolution.parse(resolution)
        classes, sids = _assets_of(assets)
        return cls(
            rules=None if rules is None else rules.of_layers(layers),
            calendar=market,
            resolution=length,
            axis=axis_of(market, length),
            classes=classes,
            known=known_by_symbol(actions, sids),
            layers=layers,
        )

    def class_of(self, symbol: str) -> str:
        """Asset class of a symbol: what is known, or what the symbol says.

        An asset of a class that has no rules of its own is taken for an equity.
        """
        found = self.classes.get(symbol) or kind_of(symbol).asset_class
        return found if found in ASSET_CLASSES else "equity"

    def rules_of(self, asset_class: str) -> RuleSet:
        """The rules for assets of a class."""
        if self.rules is not None:
            return self.rules
        if asset_class not in self.defaults:
            rules = RuleSet.default(asset_class, self.resolution)
            self.defaults[asset_class] = rules.of_layers(self.layers)
        return self.defaults[asset_class]

    @property
    def rules_name(self) -> str:
        """Name of the rules."""
        return f"default {self.resolution}" if self.rules is None else self.rules.name

    def checker(self, symbol: str, *, hindsight: bool = False) -> SymbolChecker:
        """A new checker of the bars of a symbol."""
        asset_class = self.class_of(symbol)
        return SymbolChecker(
            self.rules_of(asset_class),
            axis=self.axis,
            asset_class=asset_class,
            known=self.known.get(symbol, _NOTHING),
            hindsight=hindsight,
        )

    def instant(self, now: Moment | None) -> int | None:
        """A time as labels count it: the day of a session, or ns."""
        if now is None:
            return None
        return to_day(now, field="now") if self.axis.daily else to_ns(now, field="now")


_NOTHING: Final = KnownActions()


def check(  # noqa: PLR0913 - all but the first by keyword
    frame: pl.DataFrame | pl.LazyFrame,
    rules: RuleSet | None = None,
    *,
    calendar: TradingCalendar | str,
    resolution: Resolution | str,
    actions: Actions | None = None,
    assets: Assets | None = None,
    hindsight: bool = False,
    now: Moment | None = None,
    name: str = "",
    keep_bars: bool = True,
    layers: Collection[int] = tuple(LAYERS),
    progress: Callable[[str, int], None] | None = None,
) -> QualityReport:
    """Check the bars of a frame.

    Without `hindsight` each bar is judged by itself and by those above it alone: exactly as
    `LiveChecker` judges it.

    Args:
        frame: A row per bar: ``date`` (sessions) or ``timestamp`` (ends of bars, UTC), ``symbol``
            and the fields as Decimals, of each symbol in order.
        rules: The rules; by default those of the asset class of each symbol.
        calendar: The calendar of the sessions, or its name.
        resolution: Length of a bar.
        actions: Corporate actions that explain moves, by sid or as frames with ``symbol``.
        assets: The assets, or the asset class of each symbol; of others the symbol says it
            (`rustybt.assets.kinds.kind_of`).
        hindsight: Whether bars are judged by what comes after as well: a jump is told from the
            start as what it turned out to be, early bars are judged, and rows out of order take
            part where they belong.
        now: No label lies after it; None where that is not asked.
        name: What was checked, for the report.
        keep_bars: Whether the report holds the bars that were flagged or quarantined.
        layers: The layers whose rules are applied; by default all four.
        progress: Called with each symbol and the number of its rows when it is done.

    Returns:
        The report. A frame whose columns cannot be read has only findings about columns.

    Raises:
        InvalidArgument: Calendar, resolution, actions or assets are none.
    """
    subject = Subject.of(
        rules,
        calendar=calendar,
        resolution=resolution,
        actions=actions,
        assets=assets,
        layers=layers,
    )
    bars = _polars(frame)
    schema_rules = subject.rules_of("equity")
    table = Table(bars, schema_rules, subject.axis)
    parts, checked = table.findings, dict[str, int]()
    for found in _each(table, subject, checked, hindsight=hindsight, now=now, progress=progress):
        parts.append(found)
    schema = finding_schema(daily=subject.axis.daily)
    rows = _ordered(pl.concat(parts) if parts else pl.DataFrame(schema=schema))
    flagged, quarantined = _bars(bars, rows) if keep_bars else (pl.DataFrame(), pl.DataFrame())
    labels = table.labels if table.is_sound else pl.Series([None])
    return QualityReport(
        name=name,
        rules=subject.rules_name,
        resolution=str(subject.resolution),
        calendar=subject.calendar.name,
        hindsight=hindsight,
        checked=checked,
        rows=rows,
        flagged=flagged,
        quarantined=quarantined,
        first=cast("date | None", labels.min()),
        last=cast("date | None", labels.max()),
        source=bars if keep_bars else None,
    )


def screen(  # noqa: PLR0913 - as check
    frame: pl.DataFrame | pl.LazyFrame,
    rules: RuleSet | None = None,
    *,
    calendar: TradingCalendar | str,
    resolution: Resolution | str,
    actions: Actions | None = None,
    assets: Assets | None = None,
    hindsight: bool = False,
    now: Moment | None = None,
    name: str = "",
) -> Screened:
    """Part the bars of a frame into those that are accepted and those that are quarantined.

    Args:
        frame: As for `check`; so are the others.
        rules: As for `check`.
        calendar: As for `check`.
        resolution: As for `check`.
        actions: As for `check`.
        assets: As for `check`.
        hindsight: As for `check`.
        now: As for `check`.
        name: As for `check`.

    Raises:
        DataValidationError: A rule refuses the whole.
        InvalidArgument: As for `check`.
    """
    bars = _polars(frame)
    report = check(
        bars,
        rules,
        calendar=calendar,
        resolution=resolution,
        actions=actions,
        assets=assets,
        hindsight=hindsight,
        now=now,
        name=name,
    )
    report.raise_if_failed()
    label = "timestamp" if Resolution.parse(resolution).is_intraday else "date"
    refused = report.rows.filter(pl.col("outcome") == "quarantine")["row"]
    accepted = without(bars, refused).sort("symbol", label, maintain_order=True)
    return Screened(accepted, report.quarantined, report)


def _each(
    table: Table,
    subject: Subject,
    checked: dict[str, int],
    *,
    hindsight: bool,
    now: Moment | None,
    progress: Callable[[str, int], None] | None,
) -> Iterator[pl.DataFrame]:
    """What is found, symbol by symbol; `checked` is filled on the way."""
    instant = subject.instant(now)
    for portion in table.portions() if table.is_sound else ():
        checked.update(portion.rows)
        yield from portion.findings
        found: list[tuple[str, Findings]] = []
        for symbol, bars in portion.symbols:
            checker = subject.checker(symbol, hindsight=hindsight)
            found += (symbol, checker.feed(bars, now=instant)), (symbol, checker.finish())
            if progress is not None:
                progress(symbol, len(bars))
        yield frame_of(found, daily=subject.axis.daily)


def _polars(frame: object) -> pl.DataFrame:
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if not isinstance(frame, pl.DataFrame):
        raise InvalidArgument(
            field="frame", value=type(frame).__name__, reason="give a frame of Polars"
        )
    return frame


def _ordered(rows: pl.DataFrame) -> pl.DataFrame:
    """By symbol, label and layer; findings about columns come first."""
    return rows.sort("symbol", "label", "layer", "rule", "column", "row", maintain_order=True)


def _bars(frame: pl.DataFrame, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The bars that are flagged, and those that are worse, with what was found in them."""
    by_row = (
        rows.filter(pl.col("row").is_not_null())
        .group_by("row", maintain_order=True)
        .agg(
            pl.col("rule").unique(maintain_order=True).str.join(", ").alias("rules"),
            pl.col("reason").unique(maintain_order=True).str.join("; ").alias("reasons"),
            pl.col("outcome").to_physical().max().alias("worst"),
        )
        .sort("row")
    )
    bars = frame.drop(_KEPT, strict=False)[by_row["row"]]
    found = pl.concat([bars, by_row.select(_KEPT)], how="horizontal")
    return found.filter(by_row["worst"] <= 1), found.filter(by_row["worst"] > 1)


def _assets_of(assets: Assets | None) -> tuple[Mapping[str, str], Mapping[str, int] | None]:
    """Asset classes and sids by symbol."""
    if assets is None:
        return {}, None
    if isinstance(assets, Mapping):
        for symbol, asset_class in assets.items():
            if asset_class not in ASSET_CLASSES:
                known = ", ".join(ASSET_CLASSES)
                raise InvalidArgument(
                    field=f"asset class of {symbol}", value=asset_class, reason=f"give {known}"
                )
        return assets, None
    every = list(assets)
    classes = {asset.symbol: asset.asset_class for asset in every}
    return classes, {asset.symbol: asset.sid for asset in every}
