"""What loaders are asked and what they answer."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rustybt.calendars import TradingCalendar
from rustybt.data.bundle import BundleData
from rustybt.data.coefficients import IntArray
from rustybt.pipeline.data.dataset import BoundColumn

FloatArray = NDArray[np.float64]


class LoadRequest(NamedTuple):
    """Which assets and sessions a loader is asked for.

    A row is what was known before the open of its session: its data are those of the session
    before.

    Attributes:
        bundle: The data of the run.
        calendar: The sessions.
        first: First row, by the index of its session in the calendar.
        stop: The row after the last.
        sids: The assets, ascending.
    """

    bundle: BundleData
    calendar: TradingCalendar
    first: int
    stop: int
    sids: IntArray

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.stop - self.first

    @property
    def days(self) -> IntArray:
        """The sessions of the rows, in days since 1970-01-01."""
        return self.calendar.sessions[self.first : self.stop]

    @property
    def data_days(self) -> IntArray:
        """For each row the session before it, in days since 1970-01-01."""
        return self.calendar.sessions[self.first - 1 : self.stop - 1]


class Steps(NamedTuple):
    """Factors that multiply older rows from a row on, as a split does.

    Attributes:
        assets: The number of the asset in the request, per factor.
        since: The first row as of which it counts.
        through: The last row whose data it multiplies; rarely another one than `since`.
        factors: The factors.
    """

    assets: IntArray
    since: IntArray
    through: IntArray
    factors: FloatArray


class Loaded(NamedTuple):
    """A column of data.

    Attributes:
        values: As they were reported, (assets, rows); NaN, NaT or None where there is nothing,
            the column's missing value where its dtype has none of these.
        steps: What makes them comparable with later ones; None: nothing does.
    """

    values: NDArray[Any]
    steps: Steps | None = None


@runtime_checkable
class PipelineLoader(Protocol):
    """Brings columns of data sets."""

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        """Values of columns of one data set.

        Args:
            columns: Which.
            request: Of which assets and sessions.

        Returns:
            A `Loaded` per column.
        """
        ...

    def first_session(self, request: LoadRequest) -> int | None:
        """First session of the data, in days since 1970-01-01; None: there is no first one.

        Windows that begin before it are refused.
        """
        ...
