"""What ingest functions that were written for Zipline ask of a calendar, in pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rustybt.calendars.times import Moment, to_day

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


class PandasSessions:
    """Methods of exchange-calendars: sessions are midnights without a zone."""

    __slots__ = ()

    @property
    def _days(self) -> NDArray[np.int64]:
        """The sessions in days since 1970-01-01."""
        raise NotImplementedError

    @property
    def all_sessions(self) -> pd.DatetimeIndex:
        """All sessions."""
        return _index(self._days)

    @property
    def first_session(self) -> pd.Timestamp:
        """The first session of the calendar."""
        return self.all_sessions[0]

    @property
    def last_session(self) -> pd.Timestamp:
        """The last session of the calendar."""
        return self.all_sessions[-1]

    def sessions_in_range(self, start: Moment, end: Moment) -> pd.DatetimeIndex:
        """The sessions from day ``start`` to day ``end``, both included."""
        days = self._days
        return _index(days[(days >= to_day(start)) & (days <= to_day(end))])

    def is_session(self, day: Moment) -> bool:
        """Whether a day is a session."""
        return bool(np.isin(to_day(day), self._days))


def _index(days: NDArray[np.int64]) -> pd.DatetimeIndex:
    import pandas as pd

    return pd.DatetimeIndex(days.astype("datetime64[D]").astype("datetime64[ns]"))
