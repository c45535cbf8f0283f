"""What a folder of Zipline's minute bars says about itself: ``metadata.json``."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from rustybt.calendars import TradingCalendar, from_day, from_ns, get_calendar, to_day
from rustybt.errors import CorruptData, InvalidArgument
from rustybt_data.zipline.column import is_count, is_sid, read_json
from rustybt_data.zipline.scales import Ratios

METADATA: Final = "metadata.json"
NEWEST: Final = 3
"""The newest version of the format; 0 to 3 are read, and differ in what they say."""

_MOST_MINUTES: Final = 1440
_US_MINUTES: Final = 390
_US_CALENDAR: Final = "XNYS"
_NS_PER_MINUTE: Final = 60_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteMetadata:
    """How minutes are laid out.

    Attributes:
        calendar: The calendar of the sessions.
        first: Index of the session whose minutes come first.
        last: Index of the last session.
        minutes_per_day: Minutes that each session takes, whatever its hours.
        ratios: What prices are multiplied by.
    """

    calendar: TradingCalendar
    first: int
    last: int
    minutes_per_day: int
    ratios: Ratios

    @classmethod
    def load(cls, folder: Path, *, calendar: str | None = None) -> Self:
        """Read the file of a folder.

        Args:
            folder: The folder of the minutes.
            calendar: Name of the calendar of the sessions, in place of what the file says.

        Raises:
            CorruptData: It is not there, or does not say what it has to.
            DataValidationError: The ratios cannot be kept exactly.
            InvalidCalendarName: There is no calendar of the name.
            SessionOutOfRange: The calendar does not know the sessions.
        """
        path = folder / METADATA
        said = read_json(path)
        version = said.get("version", 0)
        if version not in range(NEWEST + 1):
            reason = f"its version is {version!r}; 0 to {NEWEST} are known"
            raise CorruptData(path=str(path), reason=reason)
        minutes = said.get("minutes_per_day") if version else _US_MINUTES
        if not is_count(minutes) or not 0 < minutes <= _MOST_MINUTES:
            raise CorruptData(path=str(path), reason=f"its minutes_per_day is {minutes!r}")
        named = calendar or (said.get("calendar_name") if version > 1 else _US_CALENDAR)
        market = get_calendar(str(named))
        first, last = _sessions(path, said, market)
        return cls(
            calendar=market,
            first=first,
            last=last,
            minutes_per_day=minutes,
            ratios=_ratios(path, said),
        )


def _sessions(path: Path, said: dict[str, Any], calendar: TradingCalendar) -> tuple[int, int]:
    """First and last session; old versions name the last one by the minute of its close."""
    start, end = said.get("start_session", said.get("first_trading_day")), said.get("end_session")
    closes = said.get("market_closes")
    if end is None and isinstance(closes, list) and closes and is_count(closes[-1]):
        end = from_ns(min(closes[-1], 2**62 // _NS_PER_MINUTE) * _NS_PER_MINUTE).date().isoformat()
    try:
        first, last = _day(start), _day(end)
    except InvalidArgument as error:
        reason = f"its sessions are {start!r} to {end!r} ({error.reason})"
        raise CorruptData(path=str(path), reason=reason) from None
    if first > last:
        raise CorruptData(path=str(path), reason=f"its sessions are {first} to {last}")
    return calendar.session_range(first, last)


def _day(text: object) -> date:
    if not isinstance(text, str):
        raise InvalidArgument(field="session", value=text, reason="give a date")
    return from_day(to_day(text))


def _ratios(path: Path, said: dict[str, Any]) -> Ratios:
    by_sid = said.get("ohlc_ratios_per_sid") or {}
    if not isinstance(by_sid, dict) or not all(map(is_sid, by_sid)):
        raise CorruptData(path=str(path), reason=f"its ohlc_ratios_per_sid is {by_sid!r}")
    ratios = {int(sid): ratio for sid, ratio in by_sid.items()}
    return Ratios(said.get("ohlc_ratio"), ratios, path=str(path))
