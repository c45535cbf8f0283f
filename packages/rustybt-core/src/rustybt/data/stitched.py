"""Bars of continuous futures, put together from those of their contracts."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.readers import BarReader, extra_fields_of
from rustybt.data.rolls import RollTable
from rustybt.data.schemas import BAR_FIELDS


class StitchedReader:
    """The bars of a reader, and under sids of their own those of continuous futures, unadjusted.

    Args:
        reader: Where the bars come from.
        calendar: The calendar of the run.
        tables: The contracts by the sid of their continuous future; it may grow.
    """

    def __init__(
        self, reader: BarReader, calendar: TradingCalendar, tables: Mapping[int, RollTable]
    ) -> None:
        self._reader = reader
        self._calendar = calendar
        self._tables = tables

    @property
    def resolution(self) -> Resolution:
        """Length of a bar."""
        return self._reader.resolution

    @property
    def calendar(self) -> str:
        """Name of the calendar."""
        return self._reader.calendar

    @property
    def price_scale(self) -> int:
        """Decimals of prices."""
        return self._reader.price_scale

    @property
    def volume_scale(self) -> int:
        """Decimals of volumes."""
        return self._reader.volume_scale

    @property
    def first_session(self) -> date:
        """First session."""
        return self._reader.first_session

    @property
    def last_session(self) -> date:
        """Last session."""
        return self._reader.last_session

    @property
    def extra_fields(self) -> Mapping[str, int]:
        """Columns beside the fields of bars, with their decimals."""
        return extra_fields_of(self._reader)

    def sids(self) -> tuple[int, ...]:
        """Sids that have bars of their own, ascending."""
        return self._reader.sids()

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        """Bars; see `BarReader.read`."""
        chains = [sid for sid in sids if sid in self._tables]
        if not chains:
            return self._reader.read(sids, start, stop, fields)
        plain = [sid for sid in sids if sid not in self._tables]
        parts = [part for chain in chains for part in self._parts(chain, start, stop)]
        parts += [(sid, sid, start, stop) for sid in plain]
        wanted = pl.DataFrame(parts, schema=_PARTS, orient="row")
        contracts = wanted["sid"].unique().sort().to_list()
        return (
            self._reader.read(contracts, start, stop, fields)
            .join(wanted, on="sid")
            .filter((pl.col("from") <= pl.col("at")) & (pl.col("at") < pl.col("until")))
            .select("at", pl.col("as").alias("sid"), *fields)
            .sort("at", "sid")
        )

    def last_traded(self, sid: int, before: int) -> int | None:
        """Newest label ``<= before`` with a trade; see `BarReader.last_traded`."""
        if sid not in self._tables:
            return self._reader.last_traded(sid, before)
        for _, contract, start, stop in reversed(self._parts(sid, before, before + 1, early=True)):
            newest = self._reader.last_traded(contract, min(before, stop - 1))
            if newest is not None and newest >= start:
                return newest
        return None

    def fingerprint(self) -> str:
        """Hash of the content; see `BarReader.fingerprint`."""
        return self._reader.fingerprint()

    def _parts(
        self, sid: int, start: int, stop: int, *, early: bool = False
    ) -> list[tuple[int, int, int, int]]:
        """The continuous future, a contract, and the labels in which it is the one held."""
        calendar, parts = self._calendar, []
        for contract, first, after in self._tables[sid].stretches:
            if self._reader.resolution.is_intraday:
                labels = int(calendar.opens[first]) + 1, int(calendar.closes[after - 1]) + 1
            else:
                labels = int(calendar.sessions[first]), int(calendar.sessions[after - 1]) + 1
            if labels[0] < stop and (early or start < labels[1]):
                parts.append((sid, contract.sid, *labels))
        return parts


_PARTS = {"as": pl.Int64, "sid": pl.Int64, "from": pl.Int64, "until": pl.Int64}
