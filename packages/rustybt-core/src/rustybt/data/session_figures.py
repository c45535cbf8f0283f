"""Volumes and open interests of single contracts, session by session."""

import numpy as np

from rustybt.assets import ContinuousFuture, Future
from rustybt.assets.rolls import Figures
from rustybt.calendars import TradingCalendar
from rustybt.clock.axis import SessionAxis
from rustybt.data.bundle import BundleData
from rustybt.data.coefficients import IntArray
from rustybt.data.grid import row_grid
from rustybt.data.readers import BarReader, extra_fields_of
from rustybt.errors import InvalidArgument

OPEN_INTEREST = "open_interest"
_UNKNOWN = -1


class ChainFigures:
    """What chains are rolled by; a `rolls.FigureSource` over a bundle.

    Args:
        bundle: The data.
        calendar: The calendar of the run.
    """

    def __init__(self, bundle: BundleData, calendar: TradingCalendar) -> None:
        self._bundle = bundle
        self._axis = SessionAxis(calendar)

    def __call__(self, future: ContinuousFuture) -> Figures | None:
        """Volumes or open interests; None for the calendar.

        Raises:
            InvalidArgument: No bars have an open interest.
        """
        if future.roll_style == "calendar":
            return None
        field = "volume" if future.roll_style == "volume" else OPEN_INTEREST
        readers = [r for r in (self._bundle.daily, self._bundle.minute) if r is not None]
        having = [r for r in readers if field == "volume" or field in extra_fields_of(r)]
        reader = next(iter(having), None)
        if reader is None:
            raise InvalidArgument(
                field=f"roll of {future.root_symbol}",
                value=future.roll_style,
                reason=f"the bars of {self._bundle.name} have no column {field}; ingest one, or "
                "roll by volume or calendar",
            )
        return _Figures(reader, self._axis, field).of


class _Figures:
    """One field of a reader's bars, by session."""

    def __init__(self, reader: BarReader, axis: SessionAxis, field: str) -> None:
        self._reader = reader
        self._axis = axis
        self._field = field

    def of(self, contract: Future, first: int, stop: int) -> IntArray:
        """The sum of volumes of each session, or its last open interest; see `rolls.Figures`."""
        reader, field = self._reader, self._field
        figures = np.full(stop - first, 0 if field == "volume" else _UNKNOWN)
        if first >= stop:
            return figures
        grid = row_grid(self._axis, first, stop, intraday=reader.resolution.is_intraday)
        start, end = int(grid.starts[0]) + 1, int(grid.ends[-1]) + 1
        bars = reader.read([contract.sid], start, end, [field]).drop_nulls(field)
        rows = grid.rows_of(bars["at"].to_numpy())
        values = bars[field].to_numpy()[rows >= 0]
        if field == "volume":
            np.add.at(figures, rows[rows >= 0], values)
        else:
            figures[rows[rows >= 0]] = values
        return figures
