"""Shorter bars, trades or quotes into bars."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, Self, TypeVar

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar, get_calendar, to_day, to_ns
from rustybt.clock.resolution import Resolution
from rustybt.data.coefficients import MISSING, BoolArray, IntArray
from rustybt.data.schemas import MAX_DIGITS
from rustybt.data.spans import Spans
from rustybt.errors import InvalidArgument
from rustybt_data.resampling.clock_days import clock_days
from rustybt_data.resampling.errors import invalid, label_text
from rustybt_data.resampling.folding import Interleaved, OutOfOrder, folded, joined
from rustybt_data.resampling.nesting import check_nesting
from rustybt_data.resampling.sources import Source
from rustybt_data.resampling.totals import check_digits, decimals, volumes
from rustybt_data.runs import SHORT_RUN, changes

By = Literal["session", "clock"]
"""Whether bars are counted from the open of a session, or from midnight of a zone."""

Outside = Literal["refuse", "drop"]
"""What becomes of rows outside the sessions of the calendar."""

FrameT = TypeVar("FrameT", pl.DataFrame, pl.LazyFrame)

BATCH_ROWS: Final = 2**18
"""Rows that are worked on at a time."""


def aggregate(  # noqa: PLR0913 - one keyword for each choice
    frame: FrameT,
    to: Resolution | str,
    *,
    calendar: TradingCalendar | str | None = None,
    from_: Resolution | str | None = None,
    by: By = "session",
    zone: str | None = None,
    partial: bool = False,
    until: datetime | date | None = None,
    outside: Outside = "refuse",
) -> FrameT:
    """Make bars of another resolution.

    A bar has the first open, the highest high, the lowest low, the last close and the sum of the
    volumes, and of any column beside them the newest value; what is missing is passed over. It is
    labelled by its end: 10:00 holds (09:00, 10:00]. Bars in which nothing is are not there.

    Trades (``price``, ``size``) make bars of their prices. Quotes (``bid``, ``ask``) make bars of
    their middle, at one decimal more, without a volume, with the newest ``bid``, ``ask`` and
    ``spread``. A trade or quote at the instant of an open belongs to the bar that begins there.
    Of trades at one instant the one further up came first.

    Args:
        frame: ``timestamp`` (UTC where it names no zone) or ``date``, ``symbol``, and numbers as
            Decimals or integers; rows in any order, of a lazy frame in the order of time for each
            bar. Further columns are left out.
        to: Length of the new bars, from 100ms to 1mo.
        calendar: Whose sessions count; not needed by the clock.
        from_: Length of the bars in `frame`. Where it is given, bars that begin before the new
            bar that would hold them are an error.
        by: ``"session"`` counts bars from the open of a session and again from the end of its
            break, and ends the last one there; days, weeks (Monday to Sunday) and months are
            those of sessions, labelled by the last one. ``"clock"`` takes the days of `zone` for
            sessions.
        zone: Where midnight is, for the clock; UTC unless it is given.
        partial: Keep bars that are not complete yet.
        until: Up to when the data go, included; up to the newest row unless it is given. A bar
            that ends later is not complete.
        outside: What to do with rows outside of all sessions.

    Returns:
        A frame of the same kind: ``timestamp`` or ``date``, ``symbol``, ``open``, ``high``,
        ``low``, ``close``, ``volume`` and the columns beside them, sorted by symbol and label. A
        lazy one reads in batches, and needs memory for these and for the result. Decimals have 18
        digits; volumes of a frame that is not lazy get fewer decimals where their sums need it.

    Raises:
        InvalidArgument: The bars of `frame` do not add up to this resolution, or an argument is
            none that is known.
        DataValidationError: A row is there twice, lies outside the sessions or in two new bars,
            or a number needs more than 18 digits.
    """
    sessions = sessions_of(calendar, by=by, zone=zone)
    schema = frame.collect_schema()
    work = Aggregation.of(
        schema, to, sessions, from_=from_, partial=partial, until=until, outside=outside
    )
    if isinstance(frame, pl.LazyFrame):
        return work.lazily(frame)
    return work.at_once(frame)


def batches_of(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """A frame in slices of at most BATCH_ROWS rows, cut where its chunks end.

    Numbers of one chunk need no copy; only small chunks share a slice.
    """
    start = rows = 0
    lengths = frame.to_series(0).chunk_lengths() if frame.width else []
    for length in [*lengths, BATCH_ROWS]:
        if rows and (4 * rows >= BATCH_ROWS or rows + length > BATCH_ROWS):
            yield from frame.slice(start, rows).iter_slices(BATCH_ROWS)
            start, rows = start + rows, 0
        rows += length


def sessions_of(
    calendar: TradingCalendar | str | None, *, by: By = "session", zone: str | None = None
) -> TradingCalendar:
    """The sessions that bars are counted in.

    Raises:
        InvalidArgument: The calendar is missing, or `by` and `zone` do not fit together.
    """
    if by == "clock":
        return clock_days(zone or "UTC")
    if by != "session":
        raise InvalidArgument(field="by", value=by, reason='give "session" or "clock"')
    if zone is not None:
        reason = 'sessions have the zone of their calendar; leave it out, or give by="clock"'
        raise InvalidArgument(field="zone", value=zone, reason=reason)
    if calendar is None:
        reason = 'name the calendar of the sessions, such as "XNYS", or give by="clock"'
        raise InvalidArgument(field="calendar", value=None, reason=reason)
    return get_calendar(calendar) if isinstance(calendar, str) else calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregation:
    """One way of making bars; see `aggregate`.

    Attributes:
        source: What it makes them of.
        to: Length of the bars.
        calendar: Their sessions.
        spans: The bars that there are.
        length_ns: Length of the shorter bars, where it is known and to be checked.
        partial: Whether bars that are not complete are kept.
        until: Up to when the data go, in the units of the source's labels.
        drops: Whether rows outside are left out.
    """

    source: Source
    to: Resolution
    calendar: TradingCalendar
    spans: Spans
    length_ns: int | None = None
    partial: bool = False
    until: int | None = None
    drops: bool = False

    @classmethod
    def of(
        cls,
        schema: pl.Schema,
        to: Resolution | str,
        calendar: TradingCalendar,
        *,
        from_: Resolution | str | None = None,
        partial: bool = False,
        until: datetime | date | None = None,
        outside: Outside = "refuse",
    ) -> Self:
        """Check the arguments of `aggregate`."""
        source, longer = Source.of(schema), Resolution.parse(to)
        shorter = None if from_ is None else Resolution.parse(from_)
        check_nesting(source, shorter, longer)
        if outside not in ("refuse", "drop"):
            raise InvalidArgument(field="outside", value=outside, reason='give "refuse" or "drop"')
        intraday = source.is_intraday
        return cls(
            source=source,
            to=longer,
            calendar=calendar,
            spans=Spans.of(calendar, longer, intraday=intraday),
            length_ns=None if shorter is None else shorter.nanoseconds,
            partial=partial,
            until=None if until is None else (to_ns if intraday else to_day)(until),
            drops=outside == "drop",
        )

    @property
    def label(self) -> str:
        """The column that the bars are labelled by."""
        return "timestamp" if self.to.is_intraday else "date"

    def at_once(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The bars of a frame in memory."""
        try:
            return self._bars(batches_of(frame), fixed=False, sorts=False)
        except (Interleaved, OutOfOrder):
            ticks = self.source.kind != "bars"  # which may share an instant
            ordered = frame.sort("symbol", self.source.label, maintain_order=ticks)
        return self._in_order(batches_of(ordered), fixed=False)

    def lazily(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """The bars of a frame that is read when they are asked for."""
        from polars.io.plugins import register_io_source

        needed = frame.select("symbol", self.source.label, *self.source.inputs)

        def bars(
            columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _: int | None
        ) -> Iterator[pl.DataFrame]:
            found = self._streamed(needed)
            if predicate is not None:
                found = found.filter(predicate)
            if columns is not None:
                found = found.select(columns)
            yield found if rows is None else found.head(rows)

        return register_io_source(bars, schema=self._schema())

    def _streamed(self, frame: pl.LazyFrame) -> pl.DataFrame:
        batches = frame.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True)
        return self._in_order(batches, fixed=True)

    def _in_order(self, batches: Iterable[pl.DataFrame], *, fixed: bool) -> pl.DataFrame:
        """The bars of batches that cannot be brought into another order."""
        try:
            return self._bars(batches, fixed=fixed)
        except Interleaved as wrong:
            row = wrong.parts.row(wrong.row, named=True)
            where = f"{row['symbol']} at {label_text(row['since'], self.source.label)}"
            reason = "it is out of order or there twice; sort the frame by symbol and label"
            raise invalid(self.source.label, where, reason) from None

    def _bars(
        self, batches: Iterable[pl.DataFrame], *, fixed: bool, sorts: bool = True
    ) -> pl.DataFrame:
        parts, newest = [], MISSING
        for batch in batches:
            rows = self.source.read(batch, narrow=False)
            if rows.height:
                parts.append(self._fold(rows, batch, sorts=sorts))
                newest = max(newest, int(rows["at"].to_numpy().max()))
        if not parts:
            return pl.DataFrame(schema=self._schema())
        whole = joined(parts, overlap=self.source.kind != "bars")
        return self._finished(whole, newest if self.until is None else self.until, fixed=fixed)

    def _fold(self, rows: pl.DataFrame, batch: pl.DataFrame, *, sorts: bool) -> pl.DataFrame:
        """Parts of bars of the rows of a batch; see `folding.folded` and `grouped`."""
        rows, starts, labels = self.grouped(rows, sorts=sorts)
        try:
            return folded(rows, starts, labels, self.source.fields)
        except pl.exceptions.InvalidOperationError:
            raise self.source.too_wide(batch) from None

    def grouped(
        self, rows: pl.DataFrame, *, sorts: bool = True
    ) -> tuple[pl.DataFrame, IntArray, IntArray]:
        """Rows in order, the first row of each group that a bar holds, and the bars' labels.

        Args:
            rows: What `Source.read` gave.
            sorts: Whether to sort them where that is needed.

        Raises:
            OutOfOrder: It is needed, but not wanted.
            DataValidationError: A row is there twice, outside of all bars, or in two of them.
        """
        rows, runs = self._ordered(rows, sorts=sorts)
        starts, labels = self._groups(rows, runs)
        if (labels == MISSING).any():
            outside = np.repeat(labels == MISSING, np.diff(starts, append=rows.height))
            if not self.drops:
                raise self._error(rows, outside, f"it lies outside the sessions of {self._where}")
            rows = rows.filter(~pl.Series(outside))
            starts, labels = self._groups(rows, np.flatnonzero(changes(rows["symbol"])))
        if self.length_ns is not None:
            # Rows are in order: where the first of a bar lies in it, so do the others.
            firsts = rows["at"].to_numpy()[starts]
            torn = self.spans.straddling(firsts, labels, self.length_ns)
            if torn.any():
                reason = f"its bar lies in two bars of {self.to}; choose a resolution that nests"
                raise self._error(rows[starts], torn, reason)
        return rows, starts, labels

    def _groups(self, rows: pl.DataFrame, runs: IntArray) -> tuple[IntArray, IntArray]:
        ticks = self.source.kind != "bars"
        return self.spans.groups_of(rows["at"].to_numpy(), runs, from_begin=ticks)

    def _ordered(self, rows: pl.DataFrame, *, sorts: bool) -> tuple[pl.DataFrame, IntArray]:
        """The rows in the order of time for each symbol, and where each symbol's begin."""
        runs, wrong = self._disorder(rows)
        if wrong is None:
            return rows, runs
        if not sorts:
            raise OutOfOrder
        rows = rows.sort("symbol", "at", maintain_order=True)
        runs, wrong = self._disorder(rows)
        if wrong is not None:
            raise self._error(rows, wrong, "the bar is there twice; remove one")
        return rows, runs

    def _disorder(self, rows: pl.DataFrame) -> tuple[IntArray, BoolArray | None]:
        """Where runs of a symbol begin, and the rows that are not after the one above."""
        at, change = rows["at"].to_numpy(), changes(rows["symbol"])
        runs = np.flatnonzero(change)
        early: BoolArray = at[1:] < at[:-1] if self.source.kind != "bars" else at[1:] <= at[:-1]
        early &= ~change[1:]
        if early.any():
            return runs, np.append(False, early)
        if len(runs) * SHORT_RUN > rows.height and not rows["symbol"].is_sorted():
            return runs, change  # by time, then by symbol: every run would be a bar of its own
        return runs, None

    def _finished(self, whole: pl.DataFrame, newest: int, *, fixed: bool) -> pl.DataFrame:
        if not self.partial:
            ends = self.spans.completed_at(whole["label"].to_numpy())
            whole = whole.filter(pl.Series(ends <= newest))
        sums = volumes(whole, self.source.scales["volume"], label=self.label, fixed=fixed)
        columns = [self.labelled(whole["label"]), whole["symbol"]]
        for field, scale in self.source.scales.items():
            if field == "volume":
                columns.append(decimals(field, *sums))
                continue
            values = whole[field].to_numpy()
            check_digits(field, values, whole, self.label)
            columns.append(decimals(field, values, scale))
        return pl.DataFrame(columns)

    def labelled(self, labels: pl.Series) -> pl.Series:
        """Labels of bars as instants or sessions."""
        if self.label == "date":
            return labels.cast(pl.Int32).cast(pl.Date).alias("date")
        return labels.cast(pl.Datetime("ns", "UTC")).alias("timestamp")

    def _schema(self) -> pl.Schema:
        label = pl.Date() if self.label == "date" else pl.Datetime("ns", "UTC")
        numbers = {name: pl.Decimal(MAX_DIGITS, n) for name, n in self.source.scales.items()}
        return pl.Schema({self.label: label, "symbol": self.source.symbols, **numbers})

    @property
    def _where(self) -> str:
        name = self.calendar.name
        return f'{name}; leave such rows out (outside="drop") or choose another calendar'

    def _error(self, rows: pl.DataFrame, wrong: BoolArray, reason: str) -> Exception:
        row = int(np.argmax(wrong))
        at = label_text(rows["at"][row], self.source.label)
        return invalid(self.source.label, f"{rows['symbol'][row]} at {at}", reason)
