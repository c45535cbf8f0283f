"""Bars from a frame in memory."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar, from_day
from rustybt.clock.axis import axis_of
from rustybt.clock.resolution import MINUTE, Resolution
from rustybt.data.coefficients import IntArray
from rustybt.data.exact_columns import exact_column, rescaled
from rustybt.data.grid import row_grid
from rustybt.data.readers import PolarsBarReader
from rustybt.data.schemas import (
    BAR_FIELDS,
    DEFAULT_SCALE,
    EXTRA_FIELDS,
    MAX_DIGITS,
    PRICE_FIELDS,
    SIGNED_FIELDS,
)
from rustybt.errors import DataValidationError, InvalidArgument

BarLabel = Literal["start", "end"]
"""Whether an intraday stamp is the beginning or the end of its bar."""

_SOURCE = "data"
_TIMESTAMP = "timestamp"
_SYMBOL = "symbol"


class FrameReader(PolarsBarReader):
    """Bars of a plain frame ``timestamp, symbol, open, high, low, close, volume``.

    Daily stamps are sessions (their date counts), intraday stamps are instants, in UTC where
    they have no zone. Floats become Decimals by their shortest text. A missing price or volume
    is a bar without it. Columns named in `schemas.EXTRA_FIELDS` are kept, others are ignored.

    Args:
        frame: The bars, in any order.
        resolution: Length of a bar.
        calendar: Whose sessions they belong to.
        sids: Sid of each symbol.
        bar_label: What intraday stamps are.

    Raises:
        DataValidationError: A column is missing, a bar is there twice, lies outside the calendar,
            has a negative number or a high below its low.
        InvalidNumber: A value is no number.
        ScaleExceeded: Numbers need more than 18 digits.
    """

    def __init__(
        self,
        frame: pl.DataFrame,
        *,
        resolution: Resolution | str,
        calendar: TradingCalendar,
        sids: Mapping[str, int],
        bar_label: BarLabel = "end",
    ) -> None:
        check_columns(frame)
        self.resolution = Resolution.parse(resolution)
        self.calendar = calendar.name
        at = self._labels(frame, calendar, bar_label)
        numbers = {field: exact_column(frame[field], field=field) for field in BAR_FIELDS}
        self.price_scale = _scale_of([numbers[field] for field in PRICE_FIELDS])
        self.volume_scale = _scale_of([numbers["volume"]])
        extras = _extras(frame)
        numbers.update(extras)
        self.extra_fields = {field: _scale_of([column]) for field, column in extras.items()}
        coefficients = [
            rescaled(column, scale, self.scale_of(field), field=field).alias(field)
            for field, (column, scale) in numbers.items()
        ]
        sid = frame[_SYMBOL].cast(pl.String).replace_strict(dict(sids), return_dtype=pl.Int64)
        bars = pl.DataFrame([at, sid.alias("sid"), *coefficients])
        self._bars = _in_order(bars, frame)
        _check_numbers(bars, frame)
        self._at: IntArray = self._bars["at"].to_numpy()
        self.first_session = self._session(calendar, int(self._at[0]))
        self.last_session = self._session(calendar, int(self._at[-1]))
        self._traded: dict[int, IntArray] = {}

    def sids(self) -> tuple[int, ...]:
        """Sids that have bars, ascending."""
        return tuple(self._bars["sid"].unique().sort().to_list())

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        """Coefficients; see `BarReader.read`."""
        first, last = np.searchsorted(self._at, [start, stop])
        rows = self._bars.slice(int(first), max(int(last - first), 0)).select("at", "sid", *fields)
        return rows.filter(pl.col("sid").is_in(list(sids)))

    def last_traded(self, sid: int, before: int) -> int | None:
        """Newest label ``<= before`` with a trade; see `BarReader.last_traded`."""
        if sid not in self._traded:
            traded = (pl.col("sid") == sid) & (pl.col("volume") > 0)
            self._traded[sid] = self._bars.filter(traded)["at"].to_numpy()
        labels = self._traded[sid]
        place = int(np.searchsorted(labels, before, side="right"))
        return int(labels[place - 1]) if place else None

    def fingerprint(self) -> str:
        """SHA-256 over resolution, scales and all bars."""
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        scales = (self.price_scale, self.volume_scale, *self.extra_fields.values())
        digest = hashlib.sha256(" ".join(map(str, (self.resolution, *scales))).encode())
        for column in self._bars.iter_columns():
            has_nulls = column.null_count() > 0
            nulls = column.is_null().to_numpy().data if has_nulls else bytes(len(column))
            numbers = column.fill_null(0) if has_nulls else column
            digest.update(column.name.encode())
            digest.update(nulls)
            digest.update(numbers.to_numpy().data)
        return digest.hexdigest()

    def _labels(
        self, frame: pl.DataFrame, calendar: TradingCalendar, bar_label: BarLabel
    ) -> pl.Series:
        stamps = frame[_TIMESTAMP]
        if stamps.null_count():
            raise _invalid(_TIMESTAMP, None, "give every bar a time")
        if not stamps.dtype.is_temporal() or (
            self.resolution.is_intraday and not isinstance(stamps.dtype, pl.Datetime)
        ):
            needed = "times" if self.resolution.is_intraday else "dates or times"
            raise _invalid(_TIMESTAMP, str(stamps.dtype), f"give a column of {needed}")
        if not self.resolution.is_intraday:
            return _session_labels(stamps, calendar)
        if bar_label not in ("start", "end"):
            reason = 'give "start" or "end"'
            raise InvalidArgument(field="bar_label", value=bar_label, reason=reason)
        return self._bar_ends(stamps, calendar, starts=bar_label == "start")

    def _bar_ends(self, stamps: pl.Series, calendar: TradingCalendar, *, starts: bool) -> pl.Series:
        in_utc = (
            stamps
            if stamps.dtype.time_zone is None  # type: ignore[attr-defined]
            else stamps.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        )
        at: IntArray = in_utc.cast(pl.Datetime("ns")).to_physical().to_numpy()
        ends = _ends_of(at, calendar, self.resolution, starts=starts)
        if (ends < 0).any():
            row = int(np.argmax(ends < 0))
            word, other = ("begins", "end") if starts else ("ends", "start")
            raise _invalid(
                _TIMESTAMP,
                str(stamps[row]),
                f"row {row}: no {self.resolution} bar of {calendar.name} {word} then; "
                f'leave it out, choose another calendar or give bar_label="{other}"',
            )
        return pl.Series("at", ends)

    def lives(self, calendar: TradingCalendar) -> dict[int, tuple[date, date]]:
        """First and last session with a bar, by sid."""
        spans = self._bars.group_by("sid").agg(pl.min("at").alias("first"), pl.max("at"))
        return {
            sid: (self._session(calendar, first), self._session(calendar, last))
            for sid, first, last in spans.iter_rows()
        }

    def _session(self, calendar: TradingCalendar, at: int) -> date:
        if not self.resolution.is_intraday:
            return from_day(at)
        return calendar.session_date(calendar.minute_to_session(at))


def _extras(frame: pl.DataFrame) -> dict[str, tuple[pl.Series, int]]:
    """Columns beside the fields of bars that hold anything, as coefficients and their scale."""
    found = {
        field: exact_column(frame[field], field=field)
        for field in EXTRA_FIELDS
        if field in frame.columns
    }
    return {field: column for field, column in found.items() if column[0].null_count() < len(frame)}


def check_columns(frame: pl.DataFrame) -> None:
    """Refuse a frame without bars or without the columns of bars."""
    for column in (_TIMESTAMP, _SYMBOL, *BAR_FIELDS):
        if column not in frame.columns:
            raise _invalid(column, None, f"the column is missing; there are {frame.columns}")
    if frame.is_empty():
        raise _invalid(None, None, "there are no bars; give at least one")
    if frame[_SYMBOL].null_count():
        raise _invalid(_SYMBOL, None, "give every bar a symbol")


def _scale_of(columns: Sequence[tuple[pl.Series, int]]) -> int:
    """The default scale where the numbers fit, else the most decimals that one of them needs."""
    needed = max(scale for _, scale in columns)
    scale = max(needed, DEFAULT_SCALE)
    while scale > needed and not all(_fits(column, scale - own) for column, own in columns):
        scale -= 1
    return scale


def _fits(column: pl.Series, more_digits: int) -> bool:
    widest = column.abs().max()
    return not isinstance(widest, int) or widest * 10**more_digits < 10**MAX_DIGITS


def _session_labels(stamps: pl.Series, calendar: TradingCalendar) -> pl.Series:
    days = (stamps if stamps.dtype == pl.Date else stamps.dt.date()).to_physical().cast(pl.Int64)
    sessions = calendar.sessions
    places = np.searchsorted(sessions, days.to_numpy())
    inside = places < len(sessions)
    inside[inside] = sessions[places[inside]] == days.to_numpy()[inside]
    if not inside.all():
        row = int(np.argmin(inside))
        raise _invalid(
            _TIMESTAMP,
            str(stamps[row]),
            f"row {row}: no session of {calendar.name}; leave it out or choose another calendar",
        )
    return days.alias("at")


def _ends_of(
    at: IntArray, calendar: TradingCalendar, resolution: Resolution, *, starts: bool
) -> IntArray:
    """The end of the bar that each stamp labels, -1 where there is no such bar."""
    length = resolution.nanoseconds
    assert length is not None
    if resolution < MINUTE:
        ends = at + length if starts else at
        return np.where(calendar.minutes_to_sessions(ends) >= 0, ends, -1)
    axis = axis_of(calendar, resolution)
    first = max(axis.index_of(int(at.min()), direction="next") - 1, 0)
    stop = min(axis.index_of(int(at.max()), direction="next") + 2, len(axis))
    ends = axis.labels(first, stop)
    stamped = row_grid(axis, first, stop, intraday=True).starts if starts else ends
    places = np.minimum(np.searchsorted(stamped, at), len(stamped) - 1)
    return np.where(stamped[places] == at, ends[places], -1)


def _in_order(bars: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """The bars by label, then sid; refuses a bar that is there twice."""
    if _ascends(bars):
        return bars
    ordered = bars.sort("at", "sid")
    if not _ascends(ordered):
        twice = bars.select(pl.struct("at", "sid").is_duplicated()).to_series()
        row = int(twice.arg_true()[-1])
        stamp, symbol = frame[_TIMESTAMP][row], frame[_SYMBOL][row]
        raise _invalid(_TIMESTAMP, str(stamp), f"row {row}: {symbol} has this bar twice")
    return ordered


def _ascends(bars: pl.DataFrame) -> bool:
    """Whether each bar comes after the one before it, by label, then sid."""
    at, sid = bars["at"].to_numpy(), bars["sid"].to_numpy()
    later = at[1:] > at[:-1]
    return bool((later | ((at[1:] == at[:-1]) & (sid[1:] > sid[:-1]))).all())


def _check_numbers(bars: pl.DataFrame, frame: pl.DataFrame) -> None:
    for field in bars.columns:
        if field in (*SIGNED_FIELDS, "at", "sid"):
            continue
        row = _first_row(bars[field] < 0)
        if row is not None:
            raise _invalid(field, frame[field][row], f"row {row}: give a number of 0 or more")
    row = _first_row(bars["high"] < bars["low"])
    if row is not None:
        raise _invalid("high", frame["high"][row], f"row {row}: it is below the low")


def _first_row(wrong: pl.Series) -> int | None:
    return int(wrong.arg_true()[0]) if wrong.any() else None


def _invalid(column: str | None, value: object, reason: str) -> DataValidationError:
    return DataValidationError(file=_SOURCE, column=column, value=value, reason=reason)
