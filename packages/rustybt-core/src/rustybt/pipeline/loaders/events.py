"""The loader of events: the next and the previous one of each asset, as known before a session."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rustybt.data.bundle import BundleData
from rustybt.data.coefficients import IntArray
from rustybt.data.fact_cells import TableSource, moments
from rustybt.errors import InvalidArgument
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.dtypes import FLOAT, INSTANT, TEXT
from rustybt.pipeline.loaders.base import Loaded, LoadRequest
from rustybt.pipeline.loaders.known import KnownBy, check_known_by, moments_of
from rustybt.pipeline.loaders.tables import polars_frame
from rustybt.pipeline.stable_text import StableText

EVENT_DATE: Final = "event_date"
"""The column of the days of events."""

_SOURCE: Final = TableSource("events")
_NS_PER_DAY: Final = 86_400_000_000_000


class EventsLoader:
    """The next and the previous event of each asset, as known before each session.

    The next event of a session is the first one of those on its day or later, the previous one the
    last of those on its day or earlier; of each only events that were known by then. Of several
    statements about one day the newest counts. Columns of instants hold days of events, others
    any column of the events.

    Args:
        events: A row per event, Polars or pandas: ``sid`` or ``symbol``; ``event_date``, a date;
            ``known_at``, or Zipline's ``timestamp``: the time from which on it is known (a date
            means the end of that day in UTC); and the values.
        next_value_columns: For columns of a data set the column of the events whose value they
            have of the next event.
        previous_value_columns: The same of the previous event.
        known_by: The moment of each session that counts.

    Raises:
        DataValidationError: A column is missing, or a cell is not what it has to be.
        InvalidArgument: A column names none of the events.
    """

    def __init__(
        self,
        events: Any,  # noqa: ANN401 - a Polars or a pandas frame
        next_value_columns: Mapping[BoundColumn, str] | None = None,
        previous_value_columns: Mapping[BoundColumn, str] | None = None,
        *,
        known_by: KnownBy = "before_open",
    ) -> None:
        check_known_by(known_by)
        self._known_by = known_by
        self._next = dict(next_value_columns or {})
        self._previous = dict(previous_value_columns or {})
        self._events = _read(polars_frame(events))
        for column, name in (*self._next.items(), *self._previous.items()):
            if name not in self._events.columns:
                raise InvalidArgument(
                    field=f"column of events for {column!r}",
                    value=name,
                    reason=f"the events have {', '.join(self._events.columns)}",
                )

    @property
    def fingerprint(self) -> str:
        """What its data depend on."""
        columns = [
            (repr(c), n) for chosen in (self._next, self._previous) for c, n in chosen.items()
        ]
        return StableText().of((self._events, columns, len(self._next), self._known_by))

    def first_session(self, request: LoadRequest) -> int | None:
        """Events begin when they begin."""
        del request
        return None

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        """Dates and values of the next and the previous events.

        Raises:
            InvalidArgument: A column is none of those that the loader was made for.
        """
        events = _of_assets(self._events, request)
        known = np.searchsorted(moments_of(request, self._known_by), events["known_at"].to_numpy())
        found = {}
        for ahead, names in ((True, self._next), (False, self._previous)):
            asked = [column for column in columns if _key(column, names) is not None]
            if asked:
                chosen = _chosen(events, known, request, ahead=ahead)
                for column in asked:
                    name = names[_key(column, names)]  # type: ignore[index]  # it was there
                    found[column] = Loaded(_taken(events[name], chosen, column))
        for column in columns:
            if column not in found:
                names_of = ", ".join(map(repr, (*self._next, *self._previous)))
                raise InvalidArgument(
                    field="column", value=column, reason=f"this loader brings {names_of}"
                )
        return found


def _key(column: BoundColumn, names: Mapping[BoundColumn, str]) -> BoundColumn | None:
    plain = column.unspecialize()
    return next((each for each in names if each.unspecialize() is plain), None)


def _read(events: pl.DataFrame) -> pl.DataFrame:
    """Events with the times since when they are known in ns, sorted by day, then that time."""
    if "known_at" not in events.columns and "timestamp" in events.columns:
        events = events.rename({"timestamp": "known_at"})
    _SOURCE.need(events, "known_at", EVENT_DATE, *(() if "symbol" in events.columns else ("sid",)))
    days = moments(events[EVENT_DATE], _SOURCE, dates="start").to_physical() // _NS_PER_DAY
    known = moments(events["known_at"], _SOURCE, dates="end").to_physical()
    held = events.with_columns(days.alias(EVENT_DATE), known.alias("known_at"))
    return held.sort(EVENT_DATE, "known_at", maintain_order=True)


def _of_assets(events: pl.DataFrame, request: LoadRequest) -> pl.DataFrame:
    """The events of the assets that are asked for, with their numbers as ``place``."""
    key = "sid" if "sid" in events.columns else "symbol"
    keys = request.sids.tolist() if key == "sid" else _symbols(request.bundle, request.sids)
    places = pl.DataFrame({key: keys, "place": np.arange(len(keys))})
    typed = places.with_columns(pl.col(key).cast(events.schema[key]))
    return events.join(typed, on=key, how="inner", maintain_order="left")


def _symbols(bundle: BundleData, sids: IntArray) -> list[str]:
    return [asset.symbol for asset in bundle.finder.retrieve_all(sids.tolist())]


def _chosen(
    events: pl.DataFrame, known: IntArray, request: LoadRequest, *, ahead: bool
) -> IntArray:
    """The number of the event of each cell, (assets, rows); -1 where there is none.

    Args:
        events: The events by day, then since when they are known.
        known: For each the first row in which it is known.
        request: The assets and rows.
        ahead: Whether next events are wanted.
    """
    chosen = np.full((len(request.sids), request.rows), -1, np.int64)
    days, places = events[EVENT_DATE].to_numpy(), events["place"].to_numpy()
    if ahead:
        stops = np.searchsorted(request.days, days, side="right")
        # The last one that is written counts: the nearest day, and of that the newest statement.
        order = np.lexsort((np.arange(len(days)), -days))
        for event in order.tolist():
            chosen[places[event], known[event] : stops[event]] = event
        return chosen
    begins = np.maximum(np.searchsorted(request.days, days), known)
    for event, (place, begin) in enumerate(zip(places.tolist(), begins.tolist(), strict=True)):
        chosen[place, begin:] = event
    return chosen


def _taken(values: pl.Series, chosen: IntArray, column: BoundColumn) -> NDArray[Any]:
    """The values of the chosen events in the dtype of a column."""
    if not len(values):
        return np.full(chosen.shape, column.missing_value, column.dtype)
    if column.dtype == TEXT:
        cells = np.array([*values.cast(pl.String).to_list(), column.missing_value], dtype=object)
        return cells[chosen]
    if column.dtype == INSTANT:
        dates = (
            values * _NS_PER_DAY if values.name == EVENT_DATE else values.cast(pl.Datetime("ns"))
        )
        cells = dates.cast(pl.Int64).to_numpy().astype(INSTANT)
    elif column.dtype == FLOAT:
        cells = values.cast(pl.Float64).to_numpy()
    else:
        cells = values.to_numpy()
    taken = np.full(chosen.shape, column.missing_value, column.dtype)
    there = chosen >= 0
    taken[there] = cells[chosen[there]]
    return taken
