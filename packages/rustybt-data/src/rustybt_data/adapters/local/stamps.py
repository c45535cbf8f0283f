"""Texts of dates and times as instants or days, however a file writes them."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import polars as pl

from rustybt.calendars import to_day
from rustybt_data.adapters.local.mapping import EPOCHS, FileMapping
from rustybt_data.adapters.standard import NS_PER
from rustybt_data.parquet.labels import is_within_years

_MOMENT: Final = pl.Datetime("ns", "UTC")
_YEARS: Final = (1678, 2261)
"""The whole years whose nanoseconds fit into 64 bits."""
_LIMIT: Final = 2**63 - 1
_DIGITS_OF_EPOCHS: Final = {10: "epoch-s", 13: "epoch-ms", 16: "epoch-us", 19: "epoch-ns"}

# A date, then perhaps a time, then perhaps a zone. The first text of a file says what is there.
_SHAPE: Final = re.compile(
    r"(?P<date>\d{4}(?P<iso>[-/.]?)\d{2}(?P=iso)\d{2}|\d{1,2}(?P<mark>[-/.])\d{1,2}(?P=mark)\d{4})"
    r"(?:(?P<middle>[T ]| +)(?P<clock>\d{1,2}:\d{2}(?P<second>:\d{2})?(?P<fraction>[.,]\d{1,9})?"
    r"|\d{4}|\d{6})(?P<noon> ?[AaPp][Mm])?)?(?P<zone> ?(?:Z|z|UTC|[+-]\d{2}:?\d{2}))?"
)


class BadStamp(Exception):  # noqa: N818 - caught at once by who knows the file
    """A cell is no time as the others are.

    Attributes:
        row: Its row, from 0.
        value: What it holds.
        reason: What is wrong, and what to do.
    """

    def __init__(self, row: int, value: object, reason: str) -> None:
        super().__init__(row, value, reason)
        self.row = row
        self.value = value
        self.reason = reason


class Stamps(NamedTuple):
    """Times of rows.

    Attributes:
        values: Dates, or Datetimes (ns, UTC); null where a row has to be left out.
        skipped: How many those are: times that the clocks leave out or show twice.
    """

    values: pl.Series
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFormat:
    """How a file writes times.

    Attributes:
        pattern: As strptime wants it; "" for counts since 1970.
        unit: What counts count.
        shape: What texts look like, as a regular expression: strptime is content with one digit
            where two have to be, as a damaged file may have. "" where the mapping says a pattern.
        has_time: Whether there is a time of day.
        has_zone: Whether the texts name their zone.
    """

    pattern: str = ""
    unit: str = ""
    shape: str = ""
    has_time: bool = True
    has_zone: bool = False

    @classmethod
    def of(cls, texts: pl.Series, mapping: FileMapping) -> "StampFormat":
        """The format that the mapping says, or that the first texts show.

        Raises:
            BadStamp: They show none, or days that can be read in two ways.
        """
        said = mapping.date_format
        if said in EPOCHS:
            return cls(unit=EPOCHS[said])
        if "%" in said:
            clock = any(mark in said for mark in ("%H", "%I", "%T", "%R", "%s"))
            return cls(pattern=said, has_time=clock, has_zone="%z" in said or "%:z" in said)
        first = texts[0]
        epoch = _DIGITS_OF_EPOCHS.get(len(first)) if first.isdecimal() else None
        if said == "auto" and epoch is not None:
            return cls(unit=EPOCHS[epoch])
        shape = _SHAPE.fullmatch(first)
        if shape is None:
            raise BadStamp(0, first, "say how it is written: date_format")
        return cls(
            pattern=_day_pattern(texts, shape, said) + _clock_pattern(shape),
            shape=_strict_shape(shape),
            has_time=shape["clock"] is not None,
            has_zone=shape["zone"] is not None,
        )

    def read(self, texts: pl.Series, mapping: FileMapping) -> Stamps:
        """Read texts, none of which is null.

        Raises:
            BadStamp: One cannot be read, is out of range, or is a time that the clocks leave out
                or show twice and the mapping does not say what becomes of it.
        """
        if self.unit:
            return Stamps(counted(texts, self.unit), 0)
        texts = _tidied(texts, self.pattern)
        if self.shape:
            _refuse(~texts.str.contains(self.shape), texts, _READ_AS.format(self.pattern))
        if not self.has_time:
            days = texts.str.to_date(self.pattern, strict=False)
            _refuse(days.is_null(), texts, _READ_AS.format(self.pattern))
            return Stamps(days, 0)
        moments = self._moments(texts)
        if self.has_zone:
            return Stamps(moments, 0)
        return _at_zone(moments, texts, mapping)

    def _moments(self, texts: pl.Series) -> pl.Series:
        """Times in the zone that they name, or without one, in UTC."""
        coarse = texts.str.to_datetime(self.pattern, time_unit="us", strict=False)
        # chrono reads a 60th second, and cuts off what comes after nanoseconds.
        odd = texts.str.contains(r":60\b|[.,]\d{10,}")
        _refuse(coarse.is_null() | odd, texts, _READ_AS.format(self.pattern))
        check_years(coarse, texts)
        fine = texts.str.to_datetime(self.pattern, time_unit="ns", strict=False)
        return fine if fine.dtype == _MOMENT else fine.dt.replace_time_zone("UTC")


_READ_AS: Final = "times above are written as {}; say how it is written: date_format"


def _day_pattern(texts: pl.Series, shape: re.Match[str], said: str) -> str:
    if shape["mark"] is None:
        if said not in {"auto", "iso"}:
            raise BadStamp(0, texts[0], f"it is not {said}; correct date_format")
        return f"%Y{shape['iso']}%m{shape['iso']}%d"
    mark = shape["mark"]
    order = said if said in {"month-first", "day-first"} else _order(texts, mark, said)
    first, second = ("%m", "%d") if order == "month-first" else ("%d", "%m")
    return f"{first}{mark}{second}{mark}%Y"


def _order(texts: pl.Series, mark: str, said: str) -> str:
    """Which comes first, the day or the month, where some number above 12 shows it."""
    parts = texts.str.extract_groups(rf"^(\d{{1,2}}){re.escape(mark)}(\d{{1,2}}){re.escape(mark)}")
    first, second = (
        parts.struct.field(name).cast(pl.Int32, strict=False).max() for name in ("1", "2")
    )
    days_first, months_first = first is not None and first > 12, second is not None and second > 12  # type: ignore[operator]
    if said == "iso" or days_first == months_first:
        reason = "it can be read in two ways; say date_format: month-first or day-first"
        raise BadStamp(0, texts[0], reason)
    return "day-first" if days_first else "month-first"


def _clock_pattern(shape: re.Match[str]) -> str:
    if shape["clock"] is None:
        zone = shape["zone"]
        return "" if zone is None else _zone_pattern(zone)
    clock = shape["clock"]
    hour = "%I" if shape["noon"] else "%H"
    if ":" not in clock:
        text = f"{hour}%M%S" if len(clock) == 6 else f"{hour}%M"
    else:
        text = f"{hour}:%M" + (":%S%.f" if shape["second"] else "")
    noon = " %p" if shape["noon"] else ""
    zone = "" if shape["zone"] is None else _zone_pattern(shape["zone"])
    return f"{'T' if shape['middle'] == 'T' else ' '}{text}{noon}{zone}"


def _strict_shape(shape: re.Match[str]) -> str:
    """What tidied texts that are written as the first one look like."""
    if shape["mark"] is None:
        day = rf"\d{{4}}{re.escape(shape['iso'])}\d{{2}}{re.escape(shape['iso'])}\d{{2}}"
    else:
        day = rf"\d{{1,2}}{re.escape(shape['mark'])}\d{{1,2}}{re.escape(shape['mark'])}\d{{4}}"
    clock = ""
    if shape["clock"] is not None:
        hour = r"\d{1,2}" if shape["mark"] or shape["noon"] else r"\d{2}"
        second = r":\d{2}(?:\.\d+)?" if shape["second"] else ""
        plain = rf"\d{{{len(shape['clock'])}}}"
        clock = rf"[T ]+{hour}:\d{{2}}{second}" if ":" in shape["clock"] else rf"[T ]+{plain}"
        clock += " [AP]M" if shape["noon"] else ""
    zone = "" if shape["zone"] is None else r"[+-]\d{2}:?\d{2}"
    return f"^{day}{clock}{zone}$"


def _zone_pattern(zone: str) -> str:
    return "%:z" if ":" in zone else "%z"


def _tidied(texts: pl.Series, pattern: str) -> pl.Series:
    """Texts with one blank where there are several, and the spellings that strptime knows."""
    if pattern.endswith("z"):
        zero = "+00:00" if pattern.endswith("%:z") else "+0000"
        texts = texts.str.replace(r" ?(Z|z|UTC)$", zero).str.replace(r" ([+-]\d\d:?\d\d)$", "$1")
    if "%p" in pattern:
        texts = texts.str.replace(r" ?([AaPp][Mm])", " $1").str.to_uppercase()
    if "%.f" in pattern:
        texts = texts.str.replace(",", ".", literal=True)
    return texts


def counted(column: pl.Series, unit: str) -> pl.Series:
    """Counts since 1970, texts or integers, as instants.

    Raises:
        BadStamp: One is no whole number, or too large.
    """
    counts = column.cast(pl.Int64, strict=False)
    limit = _LIMIT // NS_PER[unit]
    wrong = ~counts.is_between(-limit, limit).fill_null(value=False)
    _refuse(wrong, column, f"give a whole number of {unit} since 1970-01-01 UTC")
    return (counts * NS_PER[unit]).cast(_MOMENT)


def check_days(days: pl.Series) -> None:
    """Refuse dates whose nanoseconds do not fit into 64 bits; they are told as days since 1970.

    Raises:
        BadStamp: There is one.
    """
    numbers = days.to_physical().cast(pl.Int64)
    first, last = to_day(date(_YEARS[0], 1, 1)), to_day(date(_YEARS[1], 12, 31))
    outside = ~numbers.is_between(first, last)
    _refuse(outside, numbers, f"give years from {_YEARS[0]} to {_YEARS[1]}")


def check_years(moments: pl.Series, shown: pl.Series) -> None:
    """Refuse times whose nanoseconds do not fit into 64 bits.

    Raises:
        BadStamp: There is one.
    """
    if is_within_years(moments, *_YEARS):
        return
    outside = ~moments.dt.year().is_between(*_YEARS)
    _refuse(outside, shown, f"give years from {_YEARS[0]} to {_YEARS[1]}")


def localised(moments: pl.Series, mapping: FileMapping) -> Stamps:
    """Datetimes as instants; those without a zone are of the mapping's.

    Raises:
        BadStamp: One is out of range, or a time that the clocks leave out or show twice.
    """
    assert isinstance(moments.dtype, pl.Datetime), "they are datetimes"
    per_day = 86_400 * (NS_PER["s"] // NS_PER[moments.dtype.time_unit])
    check_days((moments.to_physical() // per_day).cast(pl.Int64))
    if moments.dtype.time_zone is not None:
        return Stamps(moments.dt.convert_time_zone("UTC").cast(_MOMENT), 0)
    return _at_zone(moments.dt.replace_time_zone("UTC").cast(_MOMENT), moments, mapping)


def strictly_localised(moments: pl.Series, mapping: FileMapping) -> pl.Series:
    """Times of a zone's clocks as instants.

    Raises:
        BadStamp: The clocks leave one out or show it twice.
    """
    found = _at_zone(moments, moments, mapping)
    if found.skipped:
        row = int(found.values.is_null().arg_true()[0])
        raise BadStamp(row, moments[row], "")
    return found.values


def _at_zone(moments: pl.Series, texts: pl.Series, mapping: FileMapping) -> Stamps:
    """Times of a zone's clocks as instants."""
    if mapping.zone == "UTC":
        return Stamps(moments, 0)
    local = moments.dt.replace_time_zone(None)

    def at(ambiguous: str) -> pl.Series:
        zoned = local.dt.replace_time_zone(
            mapping.zone,
            ambiguous=ambiguous,  # type: ignore[arg-type]
            non_existent="null",
        )
        return zoned.dt.convert_time_zone("UTC")

    gap = at("earliest").is_null()
    if mapping.dst_gap == "fail":
        reason = f"the clocks of {mapping.zone} leave this time out; say what to do: dst_gap"
        _refuse(gap, texts, reason)
    if mapping.dst_fold in {"earliest", "latest"}:
        values = at(mapping.dst_fold)
    else:
        values = at("null")
        if mapping.dst_fold == "fail":
            reason = f"the clocks of {mapping.zone} show this time twice; say which: dst_fold"
            _refuse(values.is_null() & ~gap, texts, reason)
    return Stamps(values, values.null_count())


def _refuse(wrong: pl.Series, texts: pl.Series, reason: str) -> None:
    found = wrong.arg_true()
    if len(found):
        row = int(found[0])
        raise BadStamp(row, texts[row], reason)


def joined(dates: pl.Series, times: pl.Series) -> pl.Series:
    """Dates and times of two columns as one text each, null where either is."""
    return (dates + " " + times).alias(dates.name)
