"""What was restated of fundamentals and exchange rates, and which saved runs may have seen it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from rustybt.calendars import get_calendar
from rustybt.clock.resolution import Resolution
from rustybt.data import facts, fixings
from rustybt.data.bundle import FUNDAMENTALS
from rustybt_data.catalog import links, reads
from rustybt_data.catalog.database import Session
from rustybt_data.catalog.fact_ingestion import stored_facts, widened
from rustybt_data.catalog.links import Backtest
from rustybt_data.catalog.parts import RATES
from rustybt_data.catalog.records import DatasetVersion, Version
from rustybt_data.catalog.references import reference

_KEYS: Final = {FUNDAMENTALS: facts.KEYS, RATES: fixings.KEYS}
_KNOWN: Final = "known_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDifference:
    """What differs between the tables of a kind in two versions.

    Attributes:
        before: The one version, as ``name@time``.
        after: The other one.
        kind: ``fundamentals`` or ``rates``.
        added: Rows that only the other one has.
        removed: Rows that only the one has.
        restated: Those of `added` that are about something of which the one knew already.
        touched: Saved runs on versions of the name before the other one which had other rows, of
            these, and may have seen them: the rows were known before the run ended, and
            fundamentals are about a symbol that it read. Whether it looked is not noted.
    """

    before: str
    after: str
    kind: str
    added: pl.DataFrame
    removed: pl.DataFrame
    restated: pl.DataFrame
    touched: tuple[Backtest, ...]

    @property
    def is_empty(self) -> bool:
        """Whether all rows are the same."""
        return self.added.is_empty() and self.removed.is_empty()


def table_differences(
    session: Session, root: Path, before: Version, after: Version
) -> tuple[TableDifference, ...]:
    """What differs in fundamentals and rates of two versions, for each that either has."""
    found = []
    for kind, keys in _KEYS.items():
        old, new = _table(before, kind), _table(after, kind)
        if old is None and new is None:
            continue
        added, removed = _compared(root, old, new)
        about = [key for key in keys if key != _KNOWN]
        known = added.clear() if old is None else stored_facts(root, old)
        found.append(
            TableDifference(
                before=reference(before.name, before.created_at),
                after=reference(after.name, after.created_at),
                kind=kind,
                added=added,
                removed=removed,
                restated=added.join(known.select(about).unique(), on=about, how="semi"),
                touched=tuple(_touched(session, root, after, kind, (added, removed))),
            )
        )
    return tuple(found)


def _table(version: Version, kind: str) -> DatasetVersion | None:
    return next(iter(version.of_kind(kind)), None)


def _compared(
    root: Path, old: DatasetVersion | None, new: DatasetVersion | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that only the new table has, and those that only the old one has."""
    present = new or old
    assert present is not None, "one of the two has the table"
    empty = stored_facts(root, present).clear()
    left, right = (empty if each is None else stored_facts(root, each) for each in (old, new))
    left, right = widened(left, right), widened(right, left)
    columns = list(dict.fromkeys((*left.columns, *right.columns)))
    left, right = _with_all(left, right, columns), _with_all(right, left, columns)
    keys = next(keys for kind, keys in _KEYS.items() if kind == present.kind)
    return _only(right, left, keys), _only(left, right, keys)


def _only(one: pl.DataFrame, other: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The rows of one table that another one has not."""
    return one.join(other, on=one.columns, how="anti", nulls_equal=True).sort(keys)


def _with_all(frame: pl.DataFrame, other: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """A table with all columns, empty where it has none."""
    missing = [name for name in columns if name not in frame.columns]
    empty = (pl.lit(None, other.schema[name]).alias(name) for name in missing)
    return frame.with_columns(empty).select(columns)


def _touched(
    session: Session,
    root: Path,
    after: Version,
    kind: str,
    shown: tuple[pl.DataFrame, pl.DataFrame],
) -> Iterator[Backtest]:
    """Saved runs that had other rows than the newer version has, and may have seen them."""
    new = _table(after, kind)
    rows = pl.concat(shown)
    if rows.is_empty():
        return
    for backtest in links.backtests(session, after.name):
        version = reads.version_at(session, backtest.name, backtest.timestamp)
        if version is None or backtest.timestamp >= after.created_at:
            continue
        had = _table(version, kind)
        if (had is None and new is None) or (had and new and had.id == new.id):
            continue
        own = pl.concat([rows.clear(), *_compared(root, had, new)], how="diagonal_relaxed")
        about = [key for key in _KEYS[kind] if key in rows.columns]
        both = own.join(rows.select(about).unique(), on=about, how="semi")
        if _may_have_seen(session, backtest, version, both):
            yield backtest


def _may_have_seen(
    session: Session, backtest: Backtest, version: Version, rows: pl.DataFrame
) -> bool:
    """Whether any of some rows was known before a run ended, and is about what it read."""
    calendar = get_calendar(version.calendar)
    for symbol, resolution, last in links.symbols_read(session, backtest):
        end = last
        if not Resolution.parse(resolution).is_intraday:
            day = pl.Series([last]).cast(pl.Int32).cast(pl.Date)[0]
            end = calendar.session_close(calendar.session_index(day, direction="previous"))
        known = rows.filter(pl.col(_KNOWN).dt.epoch("ns") <= end)
        if "symbol" in rows.columns:
            known = known.filter(pl.col("symbol") == symbol)
        if not known.is_empty():
            return True
    return False
