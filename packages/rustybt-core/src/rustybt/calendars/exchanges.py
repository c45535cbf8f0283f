"""Calendars of exchanges, computed by the exchange-calendars library.

The library brings pandas and takes seconds to import; `rustybt.calendars.cache` keeps what is
computed here, so that a later start needs neither.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from rustybt.calendars.always_open import ALWAYS_OPEN, FIRST_DAY, LAST_DAY
from rustybt.calendars.trading_calendar import Int64Array, TradingCalendar

if TYPE_CHECKING:
    import pandas as pd


def exchange_names() -> Mapping[str, str]:
    """Every name that the library knows an exchange by, with its canonical name."""
    from exchange_calendars.calendar_utils import aliases_to_names, get_calendar_names

    names = {name: name for name in get_calendar_names(include_aliases=False)}
    names.update(aliases_to_names())
    return {name: canonical for name, canonical in names.items() if canonical != ALWAYS_OPEN}


def build_exchange(name: str) -> TradingCalendar:
    """Compute the calendar of an exchange from its canonical name.

    It covers the days from `FIRST_DAY` to `LAST_DAY`, as far as the library knows the market.
    """
    import exchange_calendars
    import pandas as pd

    with _without_deprecations():
        kind = type(exchange_calendars.get_calendar(name))
        known_from, known_until = kind.bound_min(), kind.bound_max()
        start, end = pd.Timestamp(FIRST_DAY), pd.Timestamp(LAST_DAY)
        return from_exchange_calendar(
            exchange_calendars.get_calendar(
                name,
                start=start if known_from is None else max(start, known_from),
                end=end if known_until is None else min(end, known_until),
                side="right",
            )
        )


def from_exchange_calendar(calendar: Any) -> TradingCalendar:  # noqa: ANN401 - ships no types
    """The tables of an ``exchange_calendars.ExchangeCalendar``, over the days that it covers.

    Whichever side its minutes are labelled on, ours are labelled by their end.
    """
    with _without_deprecations():
        return TradingCalendar(
            name=calendar.name,
            tz=ZoneInfo(str(calendar.tz)),
            sessions=calendar.sessions.to_numpy().astype("datetime64[D]").astype(np.int64),
            opens=_nanoseconds(calendar.opens),
            closes=_nanoseconds(calendar.closes),
            break_starts=_nanoseconds(calendar.break_starts),
            break_ends=_nanoseconds(calendar.break_ends),
            early_close=calendar.sessions.isin(calendar.early_closes),
        )


def _nanoseconds(times: pd.Series[pd.Timestamp]) -> Int64Array:
    """UTC nanoseconds, 0 for a missing time."""
    stamps = times.dt.tz_convert(None).to_numpy(dtype="datetime64[ns]")
    return np.where(np.isnat(stamps), 0, stamps.astype(np.int64))


@contextmanager
def _without_deprecations() -> Iterator[None]:
    """The library meets deprecations of pandas that its users can do nothing about."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        yield
