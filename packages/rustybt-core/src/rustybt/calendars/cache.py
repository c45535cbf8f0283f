"""Calendars on disk, as Arrow files that are mapped into memory in milliseconds.

A file is named after the calendar and the version of exchange-calendars that computed it: another
version is another file. A file is written beside its place and then moved there, so that no
process ever sees half of one, however many write at once. A file that cannot be read is reported
and computed again.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import polars as pl

from rustybt.calendars.trading_calendar import Int64Array, TradingCalendar
from rustybt.errors import InvalidArgument
from rustybt.logs import get_logger
from rustybt.plugins.installed import version_of
from rustybt.settings import settings

_log = get_logger(__name__)

#: Raised when the columns of a file, or the days that it covers, change.
_LAYOUT: Final = 1
_NAMES: Final = "names"
_READABLE: Final = 0o644
_TIMES: Final = ("open", "close", "break_start", "break_end")


def load_calendar(name: str) -> TradingCalendar | None:
    """The stored calendar of a canonical name, or ``None`` when there is none that is sound."""
    path = _path(name)
    frame = _read(path)
    if frame is None:
        return None
    try:
        return _calendar(name, frame)
    except (InvalidArgument, ZoneInfoNotFoundError) as error:
        _report_corrupt(path, error)
        return None


def store_calendar(calendar: TradingCalendar) -> None:
    """Keep a calendar for later starts."""
    frame = pl.DataFrame(
        {
            "session": pl.Series(calendar.sessions).cast(pl.Int32),
            "open": calendar.opens,
            "close": calendar.closes,
            "break_start": _or_null(calendar.break_starts),
            "break_end": _or_null(calendar.break_ends),
            "early_close": calendar.early_close,
        }
    )
    _write(_path(calendar.name), frame.cast(_schema(calendar.tz.key)))


def load_names() -> Mapping[str, str] | None:
    """Names of exchanges with their canonical names, or ``None`` when they are not stored."""
    path = _path(_NAMES)
    frame = _read(path)
    if frame is None:
        return None
    if frame.schema != {"name": pl.String, "canonical": pl.String} or frame.is_empty():
        _report_corrupt(path, "it has other columns")
        return None
    return dict(frame.iter_rows())


def store_names(names: Mapping[str, str]) -> None:
    """Keep the names of exchanges for later starts."""
    _write(_path(_NAMES), pl.DataFrame({"name": list(names), "canonical": list(names.values())}))


def _calendar(name: str, frame: pl.DataFrame) -> TradingCalendar:
    times = frame.schema.get("open")
    zone = times.time_zone if isinstance(times, pl.Datetime) else None
    if zone is None or frame.schema != _schema(zone):
        raise InvalidArgument(field="calendar", value=name, reason="it has other columns")
    opens, closes, break_starts, break_ends = (_integers(frame[column]) for column in _TIMES)
    return TradingCalendar(
        name=name,
        tz=ZoneInfo(zone),
        sessions=_integers(frame["session"]),
        opens=opens,
        closes=closes,
        break_starts=break_starts,
        break_ends=break_ends,
        early_close=frame["early_close"].to_numpy(),
    )


def _integers(times: pl.Series) -> Int64Array:
    """Times as they are counted in their column, 0 for null.

    Through numpy: an expression of Polars would start its engine, which takes longer than the rest.
    """
    stamps = times.to_numpy()
    return np.where(np.isnat(stamps), 0, stamps.astype(np.int64))


def _schema(zone: str) -> pl.Schema:
    times = dict.fromkeys(_TIMES, pl.Datetime("ns", zone))
    return pl.Schema({"session": pl.Date(), **times, "early_close": pl.Boolean()})


def _or_null(times: Int64Array) -> pl.Series:
    series = pl.Series(times)
    return series.set(series == 0, None)


def _path(name: str) -> Path:
    file_name = f"{name.replace('/', '-')}-{_version()}-{_LAYOUT}.arrow"
    return settings().home / "cache" / "calendars" / file_name


@cache
def _version() -> str:
    return version_of("exchange-calendars")


def _read(path: Path) -> pl.DataFrame | None:
    try:
        return pl.read_ipc(path)
    except FileNotFoundError:
        return None
    except (OSError, pl.exceptions.PolarsError) as error:
        _report_corrupt(path, error)
        return None


def _write(path: Path, frame: pl.DataFrame) -> None:
    """Write a file at once or not at all; a home that cannot be written costs only time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                frame.write_ipc(file)
            Path(draft).chmod(_READABLE)  # a draft is private; a home may be shared
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        _log.warning("calendar is not cached", path=str(path), reason=str(error))


def _report_corrupt(path: Path, reason: object) -> None:
    _log.warning("calendar cache is corrupt; computing it again", path=str(path), reason=reason)
