"""An ingestion of Zipline's, opened."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from rustybt.calendars import get_calendar
from rustybt.errors import DataValidationError
from rustybt_data.zipline.adjustments import StoredActions, read_actions
from rustybt_data.zipline.assets import StoredAssets
from rustybt_data.zipline.column import ChunkCache
from rustybt_data.zipline.daily import DAILY, BcolzDailyReader
from rustybt_data.zipline.leftovers import Leftover
from rustybt_data.zipline.minute import MINUTES, BcolzMinuteReader


class StoredBundle:
    """Everything in the folder of an ingestion.

    Args:
        path: The folder.
        calendar: Name of the calendar of the sessions, in place of what the bundle says.

    Attributes:
        path: The folder.
        daily: The daily bars, None where there are none.
        minute: The minutes, None where there are none.
        calendar: Name of the calendar of its sessions.

    Raises:
        CorruptData: A file is missing or is not what it has to be.
        DataValidationError: There are no bars, or daily and minute bars are of different calendars.
        InvalidCalendarName: There is no calendar of the name.
    """

    def __init__(self, path: Path, *, calendar: str | None = None) -> None:
        self.path = path
        self.assets = StoredAssets(path)
        cache = ChunkCache()
        self.daily = _daily(path / DAILY, calendar, cache)
        self.minute = _minute(path / MINUTES, calendar, cache)
        named = {reader.calendar for reader in (self.daily, self.minute) if reader is not None}
        if not named:
            raise DataValidationError(
                file=str(path), reason="it holds neither daily bars nor minutes"
            )
        if len(named) > 1:
            raise DataValidationError(
                file=str(path),
                value=", ".join(sorted(named)),
                reason="daily bars and minutes are of different calendars; name one",
            )
        self.calendar = get_calendar(named.pop()).name
        self._unknown = list(self._bars_of_nobody())

    @cached_property
    def actions(self) -> StoredActions:
        """Its corporate actions."""
        return read_actions(self.path, self.assets.sids)

    @cached_property
    def leftovers(self) -> list[Leftover]:
        """What cannot be taken over, bars of known assets aside."""
        return [*self.assets.leftovers, *self._unknown, *self.actions.leftovers]

    def _bars_of_nobody(self) -> Iterator[Leftover]:
        """Bars of sids that are no assets; no reader shows them from here on."""
        for kind, reader in (("daily", self.daily), ("minute", self.minute)):
            if reader is not None:
                unknown = sorted(set(reader.sids()) - self.assets.sids)
                reader.leave_out(unknown)
                for sid in unknown:
                    yield Leftover(f"{kind} bars of sid {sid}", "there is no asset of this sid")


def _daily(folder: Path, calendar: str | None, cache: ChunkCache) -> BcolzDailyReader | None:
    if not folder.is_dir():
        return None
    reader = BcolzDailyReader(folder, calendar=calendar, cache=cache)
    return None if reader.is_empty() else reader


def _minute(folder: Path, calendar: str | None, cache: ChunkCache) -> BcolzMinuteReader | None:
    if not folder.is_dir():
        return None
    reader = BcolzMinuteReader(folder, calendar=calendar, cache=cache)
    return None if reader.is_empty() else reader
