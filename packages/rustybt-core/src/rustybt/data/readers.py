"""How the portal gets at bars: the reader protocol, and a base class for readers on Polars."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Protocol, runtime_checkable

import polars as pl

from rustybt.assets import Asset
from rustybt.calendars import from_ns, to_day, to_ns
from rustybt.clock.resolution import Resolution
from rustybt.data.schemas import BAR_FIELDS, MAX_DIGITS


@runtime_checkable
class BarReader(Protocol):
    """Bars of one resolution of one version of a data set. Immutable.

    Attributes:
        resolution: Length of a bar.
        calendar: Name of the calendar whose sessions the bars belong to.
        price_scale: Decimals of the price coefficients.
        volume_scale: Decimals of the volume coefficients.
        first_session: First session of the data set.
        last_session: Last session of the data set.
    """

    @property
    def resolution(self) -> Resolution:
        """Length of a bar."""
        ...

    @property
    def calendar(self) -> str:
        """Name of the calendar."""
        ...

    @property
    def price_scale(self) -> int:
        """Decimals of prices."""
        ...

    @property
    def volume_scale(self) -> int:
        """Decimals of volumes."""
        ...

    @property
    def first_session(self) -> date:
        """First session."""
        ...

    @property
    def last_session(self) -> date:
        """Last session."""
        ...

    def sids(self) -> tuple[int, ...]:
        """Sids that have bars, ascending."""
        ...

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        """Bars of `sids` with ``start <= at < stop``, sorted by `at`, then `sid`.

        Args:
            sids: Which assets; those without bars are left out.
            start: First label, as in `schemas.READ_SCHEMA`: days for daily bars, ns otherwise.
            stop: End of the range, excluded.
            fields: Some of `schemas.BAR_FIELDS`, and of `extra_fields_of` the reader.

        Returns:
            A frame of Int64 columns ``at, sid, *fields``; a missing value is null, a bar that
            was not printed has no row.
        """
        ...

    def last_traded(self, sid: int, before: int) -> int | None:
        """Newest label ``<= before`` whose volume is above 0, None if there is none."""
        ...

    def fingerprint(self) -> str:
        """Hash of the content of this version of the data set, in hexadecimal."""
        ...


@runtime_checkable
class HasExtraFields(Protocol):
    """What a reader of bars offers that have columns beside their fields.

    Attributes:
        extra_fields: Decimals of the coefficients by name; names of `schemas.EXTRA_FIELDS`.
    """

    @property
    def extra_fields(self) -> Mapping[str, int]:
        """Decimals by name."""
        ...


class Reads(Protocol):
    """What reads bars; the part of `BarReader` that `read_unsorted` needs."""

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str]
    ) -> pl.DataFrame:
        """Bars; see `BarReader.read`."""
        ...


@runtime_checkable
class ReadsUnsorted(Protocol):
    """What a reader of bars offers that need not sort them."""

    def read_unsorted(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        """The rows of `BarReader.read` in whatever order they are stored."""
        ...


def read_unsorted(
    reader: Reads, sids: Sequence[int], start: int, stop: int, fields: Sequence[str]
) -> pl.DataFrame:
    """The rows of `BarReader.read` in any order, for who has a place for each.

    Args:
        reader: The reader; where it has no other order, that of its `read` is taken.
        sids: Which assets.
        start: First label.
        stop: End of the range, excluded.
        fields: Which fields.
    """
    if isinstance(reader, ReadsUnsorted):
        return reader.read_unsorted(sids, start, stop, fields)
    return reader.read(sids, start, stop, fields)


_NONE: Mapping[str, int] = MappingProxyType({})


def extra_fields_of(reader: BarReader) -> Mapping[str, int]:
    """Columns that a reader has beside the fields of bars, with their decimals."""
    return reader.extra_fields if isinstance(reader, HasExtraFields) else _NONE


class PolarsBarReader(ABC):
    """Shared part of readers on Polars: Decimal frames on top of `read`.

    Subclasses provide the attributes of `BarReader`, `sids`, `read`, `last_traded` and
    `fingerprint`.
    """

    resolution: Resolution
    calendar: str
    price_scale: int
    volume_scale: int
    first_session: date
    last_session: date
    extra_fields: Mapping[str, int] = _NONE

    @abstractmethod
    def sids(self) -> tuple[int, ...]:
        """Sids that have bars, ascending."""

    @abstractmethod
    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        """Coefficients; see `BarReader.read`."""

    @abstractmethod
    def last_traded(self, sid: int, before: int) -> int | None:
        """Newest label ``<= before`` with a trade; see `BarReader.last_traded`."""

    @abstractmethod
    def fingerprint(self) -> str:
        """Hash of the content; see `BarReader.fingerprint`."""

    @property
    def is_daily(self) -> bool:
        """Whether labels are sessions (a day or longer) and not instants."""
        return not self.resolution.is_intraday

    def scale_of(self, field: str) -> int:
        """Decimals of the coefficients of `field`."""
        if field in self.extra_fields:
            return self.extra_fields[field]
        return self.volume_scale if field == "volume" else self.price_scale

    def load_raw_arrays(
        self,
        sids: Sequence[int],
        fields: Sequence[str],
        start_date: date | datetime,
        end_date: date | datetime,
    ) -> dict[str, pl.DataFrame]:
        """Raw (unadjusted) bars as Decimals, one wide frame per field.

        Args:
            sids: Which assets, in the order of the columns.
            fields: Some of `schemas.BAR_FIELDS` and `extra_fields`.
            start_date: First label, included.
            end_date: Last label, included.

        Returns:
            By field a frame of the label (``date`` or ``timestamp``) and a column of Decimals per
            sid, named by it; null where there is no bar.
        """
        label = to_day if self.is_daily else to_ns
        bars = self.read(sids, label(start_date), label(end_date) + 1, fields)
        return {field: self._wide(bars, sids, field) for field in fields}

    def get_last_traded_dt(self, asset: Asset, dt: date | datetime) -> datetime | None:
        """When `asset` last traded up to and including `dt`; None if never.

        Returns:
            The bar's end in UTC, or midnight UTC of its session for daily bars.
        """
        at = self.last_traded(asset.sid, to_day(dt) if self.is_daily else to_ns(dt))
        if at is None:
            return None
        return datetime.fromtimestamp(at * 86_400, UTC) if self.is_daily else from_ns(at)

    def _wide(self, bars: pl.DataFrame, sids: Sequence[int], field: str) -> pl.DataFrame:
        scale = self.scale_of(field)
        wide = bars.select("at", "sid", field).pivot("sid", index="at", values=field)
        absent = [str(sid) for sid in sids if str(sid) not in wide.columns]
        return wide.sort("at").select(
            pl.col("at").cast(pl.Int32).cast(pl.Date).alias("date")
            if self.is_daily
            else pl.from_epoch("at", "ns").dt.replace_time_zone("UTC").alias("timestamp"),
            *(
                pl.lit(None, pl.Decimal(MAX_DIGITS, scale)).alias(str(sid))
                if str(sid) in absent
                else as_decimals(pl.col(str(sid)), scale)
                for sid in sids
            ),
        )


def as_decimals(coefficients: pl.Expr, scale: int) -> pl.Expr:
    """Decimals of `scale` from integer coefficients, exactly and without leaving Polars."""
    unit = pl.lit(Decimal(1).scaleb(-scale), pl.Decimal(38, scale))
    return (coefficients.cast(pl.Decimal(38, 0)) * unit).cast(pl.Decimal(MAX_DIGITS, scale))
