"""Labels have to be ends of bars of their length."""

from typing import Self

import numpy as np

from rustybt.calendars import TradingCalendar, from_day, from_ns
from rustybt.clock.resolution import SESSION, Resolution
from rustybt.data.coefficients import MISSING, IntArray
from rustybt.data.spans import Spans
from rustybt.errors import DataValidationError
from rustybt_data.origin import NameOf, name_of


class BarEnds:
    """When the bars of one length end on a calendar.

    Bars that are stored as longer ones than they are would be dropped by runs, or be counted for
    what they are not. What lies outside of all sessions is not judged here.

    Args:
        calendar: Whose sessions count.
        resolution: Length of a bar.
    """

    def __init__(self, calendar: TradingCalendar, resolution: Resolution) -> None:
        self._calendar = calendar
        self._resolution = resolution
        self._spans = Spans.of(calendar, resolution, intraday=resolution.is_intraday)

    @classmethod
    def of(cls, calendar: TradingCalendar, resolution: Resolution) -> Self | None:
        """The ends, None for bars of a session: their labels are checked as sessions."""
        return None if resolution == SESSION else cls(calendar, resolution)

    def check(self, at: IntArray, *, origin: NameOf) -> None:
        """Refuse labels at which no bar ends.

        Args:
            at: Ends of bars in ns UTC, or sessions in days from a week on.
            origin: Where they come from.

        Raises:
            DataValidationError: No bar of this length ends then; it names the label and when the
                bar ends that holds it.
        """
        step = self._spans.step
        if step is not None and not (at % step).any() and not (self._spans.begins % step).any():
            return
        ends = self._spans.labels_of(at)
        wrong = (ends != at) & (ends != MISSING)
        if not wrong.any():
            return
        place = int(np.flatnonzero(wrong)[0])
        shown = from_ns if self._resolution.is_intraday else from_day
        reason = (
            f"no {self._resolution} bar of {self._calendar.name} ends then; the one that holds it "
            f"ends {shown(int(ends[place]))}; give the length of the bars, and label their ends"
        )
        value = str(shown(int(at[place])))
        raise DataValidationError(file=name_of(origin, place), value=value, reason=reason)
