"""What is noted about bars that nobody asked rules about, on their way into the store."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar, from_day, from_ns
from rustybt.clock.resolution import Resolution
from rustybt.values import from_scaled
from rustybt_data.parquet.scales import Scales
from rustybt_data.predicates import RELATIONS, STORABLE, BarTest
from rustybt_data.quality import QualityReport
from rustybt_data.quality.axis import IntradayAxis
from rustybt_data.quality.catalogue import RULES
from rustybt_data.quality.findings import finding_schema, label_text
from rustybt_data.quality.rows import BoolArray, IntArray

NOTED: Final = "flagged by default"
"""Name of the rules where bars were only noted."""

_TESTS: Final = tuple(test for test in RELATIONS if test.rule not in {t.rule for t in STORABLE})
_ZERO: Final = tuple(test for test in RELATIONS if test.rule == "price_sign")
_ALL: Final = (*_TESTS, *_ZERO)
_QUICK: Final = (*_TESTS, *(test for test in _ZERO if test.column == "low"))
"""Where these find nothing, no other does: nothing is below a low that is above 0."""


class Named(NamedTuple):
    """What is told of an asset.

    Attributes:
        symbol: What the report calls it.
        asset_class: Its class.
    """

    symbol: str
    asset_class: str


@dataclass(slots=True)
class _Note:
    """What a rule has found in the bars of an asset.

    Attributes:
        test: The rule, a column and the reason.
        at: The first label.
        value: The value of the column there.
        count: How many bars.
    """

    test: BarTest
    at: int
    value: str
    count: int = 0


@dataclass(slots=True, kw_only=True)
class BarNotes:
    """Counts bars that can be stored and are wrong by themselves, or while the market is closed.

    Attributes:
        calendar: The calendar of the sessions.
        resolution: Length of a bar.
        of_numbers: Whether the numbers of bars are looked at; else labels alone are.
    """

    calendar: TradingCalendar
    resolution: Resolution
    of_numbers: bool = True
    _found: dict[tuple[int, str], _Note] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, rows: pl.DataFrame, scales: Scales) -> None:
        """Look at bars: ``at``, ``sid`` and the coefficients of the fields, in any order."""
        if self.of_numbers and any(_found(rows, _QUICK)):
            for test, broken in zip(_ALL, _found(rows, _ALL), strict=True):
                if broken:
                    scale = scales.of(test.column)
                    self._take(test, rows.filter(test.is_broken(pl.col)), _shown(test, scale))
        if self.resolution.is_intraday:
            self._look_at_labels(rows)

    def _look_at_labels(self, rows: pl.DataFrame) -> None:
        at = rows["at"].to_numpy()
        if all_inside(self.calendar, at):
            return
        assert self.resolution.nanoseconds is not None, "a bar inside a session has a length"
        axis = IntradayAxis(self.calendar, self.resolution.nanoseconds)
        places = axis.places(at, axis.sessions(at))
        masks: dict[BarTest, BoolArray] = {
            _label("outside_hours", "the market is closed then"): places.closed & ~places.early,
            _label("after_early_close", "the session had closed early"): places.early,
            _label("in_break", "the session pauses then"): places.paused,
        }
        for test, broken in masks.items():
            if broken.any():
                self._take(test, rows.filter(pl.Series(broken)), lambda row: _instant(row["at"]))

    def _take(
        self, test: BarTest, rows: pl.DataFrame, shown: Callable[[Mapping[str, Any]], str]
    ) -> None:
        for (sid,), part in rows.sort("at").partition_by("sid", as_dict=True).items():
            row = part.row(0, named=True)
            fresh = _Note(test, row["at"], shown(row))
            note = self._found.setdefault((sid, f"{test.rule} {test.column}"), fresh)
            if row["at"] < note.at:
                note.at, note.value = row["at"], shown(row)
            note.count += part.height

    def report(
        self, name: str, assets: Mapping[int, Named], checked: Mapping[str, int]
    ) -> QualityReport | None:
        """What was noted, None for nothing; a finding tells of all bars of a rule and an asset.

        Args:
            name: What was ingested.
            assets: The assets by sid.
            checked: Number of bars by symbol.
        """
        daily = not self.resolution.is_intraday
        told = [
            {
                "symbol": assets[sid].symbol if sid in assets else f"sid {sid}",
                "label": from_day(note.at) if daily else from_ns(note.at),
                "rule": note.test.rule,
                "layer": RULES[note.test.rule].layer,
                "column": note.test.column,
                "value": note.value,
                "reason": _reason(note),
                "outcome": "flag",
            }
            for sid, note in self._notes(assets)
        ]
        if not told:
            return None
        schema = finding_schema(daily=daily)
        rows = pl.DataFrame(told, schema={key: schema[key] for key in told[0]})
        return QualityReport(
            name=name,
            rules=NOTED,
            resolution=str(self.resolution),
            calendar=self.calendar.name,
            hindsight=False,
            checked=checked,
            rows=rows.with_columns(pl.lit(None, pl.Int64).alias("row")).sort("symbol", "label"),
        )

    def counts(self, assets: Mapping[int, Named]) -> dict[str, int]:
        """How many findings there are in the bars of each symbol."""
        counts: dict[str, int] = {}
        for sid, note in self._notes(assets):
            symbol = assets[sid].symbol if sid in assets else f"sid {sid}"
            counts[symbol] = counts.get(symbol, 0) + note.count
        return counts

    def _notes(self, assets: Mapping[int, Named]) -> Iterator[tuple[int, _Note]]:
        """The notes by sid; prices of 0 are none where the class of an asset may have them."""
        free = RULES["price_sign"].parameters["negative"]
        assert isinstance(free, tuple), "the catalogue says that it is a list"
        for (sid, _), note in sorted(self._found.items()):
            kind = assets[sid].asset_class if sid in assets else ""
            if note.test.rule != "price_sign" or kind not in free:
                yield sid, note


def all_inside(calendar: TradingCalendar, at: IntArray) -> bool:
    """Whether all ends of bars, in ns UTC, are within sessions and out of their breaks."""
    if not len(at):
        return True
    if (at[1:] < at[:-1]).any():
        at = np.sort(at, kind="stable")
    first = int(np.searchsorted(calendar.closes, at[0], side="left"))
    last = int(np.searchsorted(calendar.opens, at[-1], side="left"))

    def upto(edges: IntArray) -> int:
        return int(np.searchsorted(at, edges[first:last], side="right").sum())

    inside = upto(calendar.closes) - upto(calendar.opens)
    pauses = calendar.break_starts
    if pauses[first:last].any():
        inside -= upto(calendar.break_ends) - upto(pauses)
    return inside == len(at)


def _found(rows: pl.DataFrame, tests: tuple[BarTest, ...]) -> tuple[bool, ...]:
    """Whether each test finds anything."""
    return rows.select(
        test.is_broken(pl.col).any().alias(str(number)) for number, test in enumerate(tests)
    ).row(0)


def _label(rule: str, reason: str) -> BarTest:
    return BarTest(rule, "timestamp", lambda of: of("at") < of("at"), reason)


def _instant(at: int) -> str:
    return label_text(at, daily=False)


def _shown(test: BarTest, scale: int) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: f"{from_scaled(row[test.column], scale):f}"


def _reason(note: _Note) -> str:
    more = note.count - 1
    return note.test.reason if not more else f"{note.test.reason}; {more:,} more such bars"
