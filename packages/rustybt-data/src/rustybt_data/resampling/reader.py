"""Longer bars of a reader, made of its own while they are read."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar, get_calendar, to_day
from rustybt.clock.resolution import Resolution, Unit
from rustybt.data.coefficients import MISSING, IntArray
from rustybt.data.readers import BarReader, PolarsBarReader, extra_fields_of
from rustybt.data.schemas import BAR_FIELDS, MAX_DIGITS
from rustybt.data.spans import Spans
from rustybt.errors import InvalidArgument, ScaleExceeded
from rustybt_data.resampling.folding import HIGH_PART, PART, folded
from rustybt_data.runs import changes

ROWS_AT_ONCE: Final = 2_000_000
"""Rows of the shorter bars that are read at a time, as far as sessions allow."""


class _Chunk(NamedTuple):
    """Sessions ``first <= index < stop`` of some assets."""

    first: int
    stop: int
    sids: Sequence[int]


class ResampledReader(PolarsBarReader):
    """Bars of a reader at a longer resolution.

    A bar is what `aggregate` makes of the reader's bars by session; bars outside of the sessions
    are left out, and so are a last week and a last month whose sessions are not all there. A
    stretch of sessions and assets is read at a time, about two million bars at most.

    Args:
        reader: Of the shorter bars.
        to: Length of the longer ones.
        calendar: Whose sessions count; the reader's own unless it is given.

    Raises:
        InvalidArgument: The reader's bars do not add up to that length, or not to one bar.
    """

    def __init__(
        self,
        reader: BarReader,
        to: Resolution | str,
        *,
        calendar: TradingCalendar | None = None,
    ) -> None:
        self.resolution = Resolution.parse(to)
        if not reader.resolution.adds_up_to(self.resolution):
            reason = f"bars of {reader.resolution} do not add up to it; give a multiple"
            raise InvalidArgument(field="to", value=str(self.resolution), reason=reason)
        self._reader = reader
        self._sessions = calendar or get_calendar(reader.calendar)
        self.calendar = self._sessions.name
        self.price_scale = reader.price_scale
        self.volume_scale = reader.volume_scale
        self.extra_fields = extra_fields_of(reader)
        self._intraday = reader.resolution.is_intraday
        self._spans = Spans.of(self._sessions, self.resolution, intraday=self._intraday)
        #: The label of the bar that each session belongs to.
        self._lasts = Spans.of(self._sessions, self._whole_sessions(), intraday=False).labels
        days = self._sessions.sessions
        self._first, stop = np.searchsorted(
            days, (to_day(reader.first_session), to_day(reader.last_session) + 1)
        ).tolist()
        self._stop = int(np.searchsorted(self._lasts[:stop], days[stop - 1], side="right"))
        if self._first >= self._stop:
            reason = f"the bars from {reader.first_session} to {reader.last_session} complete none"
            raise InvalidArgument(field="to", value=str(self.resolution), reason=reason)
        first = self._first if self.resolution.is_intraday else self._session_of_label(self._first)
        self.first_session = self._sessions.session_date(first)
        self.last_session = self._sessions.session_date(self._stop - 1)

    def sids(self) -> tuple[int, ...]:
        """Sids that have bars, ascending."""
        return self._reader.sids()

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        """Coefficients; see `BarReader.read`.

        Raises:
            ScaleExceeded: A sum of volumes has more than 18 digits.
        """
        bars = [pl.DataFrame(schema=dict.fromkeys(("at", "sid", *fields), pl.Int64))]
        for chunk in self._chunks(sids, start, stop):
            made = self._made(chunk, fields)
            bars.append(made.filter(pl.col("at") >= start, pl.col("at") < stop))
        return pl.concat(bars).sort("at", "sid")

    def last_traded(self, sid: int, before: int) -> int | None:
        """Newest label ``<= before`` with a trade; see `BarReader.last_traded`."""
        at: int | None = self._last_instant(before)
        while at is not None:
            at = self._reader.last_traded(sid, at)
            if at is None:
                return None
            label = int(self._spans.labels_of(np.array([at]))[0])
            if label != MISSING and label <= before:
                return label
            at -= 1
        return None

    def fingerprint(self) -> str:
        """Hash of the reader's own, the resolution and the calendar."""
        what = f"{self._reader.fingerprint()} {self.resolution} {self.calendar}"
        return hashlib.sha256(what.encode()).hexdigest()

    def _whole_sessions(self) -> Resolution:
        return Resolution(1, Unit.DAY) if self.resolution.is_intraday else self.resolution

    def _session_of_label(self, session: int) -> int:
        """The session that labels the bar of a session."""
        return int(np.searchsorted(self._sessions.sessions, self._lasts[session]))

    def _last_instant(self, before: int) -> int:
        """The newest label of a shorter bar that can belong to a bar labelled up to `before`."""
        if self.resolution.is_intraday or not self._intraday:
            return before
        session = int(np.searchsorted(self._sessions.sessions, before, side="right")) - 1
        return self._sessions.session_close(session) if session >= 0 else MISSING

    def _chunks(self, sids: Sequence[int], start: int, stop: int) -> Iterator[_Chunk]:
        """Stretches that hold the bars labelled ``start <= label < stop``, whole bars in each."""
        calendar = self._sessions
        if self.resolution.is_intraday:
            first = int(np.searchsorted(calendar.closes, start))
            last = int(np.searchsorted(calendar.opens, stop))
        else:
            first, last = np.searchsorted(self._lasts, (start, stop)).tolist()
        first, last = max(first, self._first), min(last, self._stop)
        known = sorted(set(sids).intersection(self._reader.sids()))
        while first < last and known:
            width = max(ROWS_AT_ONCE // self._bars_of(first), 1)
            label = self._lasts[min(first + max(width // len(known), 1), last) - 1]
            end = min(int(np.searchsorted(self._lasts, label, side="right")), last)
            for place in range(0, len(known), width):
                yield _Chunk(first, end, known[place : place + width])
            first = end

    def _bars_of(self, session: int) -> int:
        """How many shorter bars a session has at most."""
        length = self._reader.resolution.nanoseconds
        if length is None:
            return 1
        calendar = self._sessions
        open_ns = calendar.session_close(session) - calendar.session_open(session)
        return -(-open_ns // length)

    def _made(self, chunk: _Chunk, fields: Sequence[str]) -> pl.DataFrame:
        """The bars of a stretch."""
        calendar = self._sessions
        if self._intraday:
            # What is labelled by the open belongs to the session that closes then, if any.
            start, stop = calendar.opens[chunk.first] + 1, calendar.closes[chunk.stop - 1]
        else:
            start, stop = calendar.sessions[chunk.first], calendar.sessions[chunk.stop - 1]
        rows = self._reader.read(chunk.sids, int(start), int(stop) + 1, fields)
        rows = rows.sort("sid", maintain_order=True)
        starts, labels = self._groups(rows)
        if (labels == MISSING).any():
            outside = np.repeat(labels == MISSING, np.diff(starts, append=rows.height))
            rows = rows.filter(~pl.Series(outside))
            starts, labels = self._groups(rows)
        if rows.is_empty():
            return pl.DataFrame(schema=dict.fromkeys(("at", "sid", *fields), pl.Int64))
        bars = folded(rows, starts, labels, {field: field for field in fields}, key="sid")
        if "volume" in fields:
            bars = bars.with_columns(pl.Series("volume", self._volumes(bars)))
        return bars.select(
            pl.col("label").alias("at"),
            "sid",
            *(pl.when(pl.col(name) != MISSING).then(pl.col(name)).alias(name) for name in fields),
        )

    def _groups(self, rows: pl.DataFrame) -> tuple[IntArray, IntArray]:
        runs = np.flatnonzero(changes(rows["sid"]))
        return self._spans.groups_of(rows["at"].to_numpy(), runs)

    def _volumes(self, bars: pl.DataFrame) -> IntArray:
        high, low = bars[HIGH_PART].to_numpy(), bars["volume"].to_numpy()
        wide = high >= 10**MAX_DIGITS // PART
        if wide.any():
            row = int(np.argmax(wide))
            total = int(high[row]) * PART + int(low[row])
            field = f"volume of sid {bars['sid'][row]} at {bars['label'][row]}"
            raise ScaleExceeded(field=field, value=total, scale=self.volume_scale)
        volumes: IntArray = high * PART + low
        return volumes
