"""The market of a run: data, calendar and bars, opened from what the user named or handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rustybt.calendars import TradingCalendar, get_calendar, zipline_hours
from rustybt.clock import MINUTE, BarAxis, Morning, Resolution, SimulatedClock, axis_of
from rustybt.data.bundle import BundleData
from rustybt.data.coefficients import MISSING, IntArray
from rustybt.data.spans import Spans
from rustybt.errors import InvalidArgument

if TYPE_CHECKING:
    import polars as pl

    from rustybt.data.readers import BarReader
    from rustybt.simulation.request import RunRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What a run trades on.

    Attributes:
        bundle: Assets, bars and adjustments.
        calendar: Sessions of the run.
        axis: Bars of the run.
        clock: Its events.
        frame: The frame that was handed in, None for a bundle.
    """

    bundle: BundleData
    calendar: TradingCalendar
    axis: BarAxis
    clock: SimulatedClock
    frame: "pl.DataFrame | None" = None


def open_market(
    request: "RunRequest",
    data: object,
    calendar: TradingCalendar | None,
    environ: Mapping[str, str],
) -> Market:
    """Open the data of a run.

    Args:
        request: The run's choices.
        data: A frame of bars or an opened bundle, None for the bundle that `request` names.
        calendar: A calendar in place of the data's own, None for that or the named one.
        environ: Environment for the bundle's location.

    Raises:
        BundleNotFound: There is no bundle of that name.
        InvalidArgument: The data cannot be run at the resolution asked for.
    """
    wanted = calendar
    if wanted is None and request.calendar is not None:
        wanted = get_calendar(request.calendar)
    bundle, frame = _bundle(request, data, wanted, environ)
    calendar = wanted or get_calendar(bundle.calendar)
    if request.rules.new_york_morning:
        calendar = zipline_hours(calendar)
    resolution = Resolution.parse(request.data_frequency)
    bundle = bundle.for_run(resolution)
    reader = _checked_reader(bundle, resolution)
    axis = _axis(bundle, calendar, resolution, request)
    morning: Morning = "new_york" if request.rules.new_york_morning else "calendar"
    clock = SimulatedClock.between(axis, request.start, request.end, morning=morning)
    if not request.rules.outside_data:
        _check_span(bundle, reader, clock)
    return Market(bundle=bundle, calendar=calendar, axis=axis, clock=clock, frame=frame)


def _bundle(
    request: "RunRequest",
    data: Any,  # noqa: ANN401 - a frame of either kind
    calendar: TradingCalendar | None,
    environ: Mapping[str, str],
) -> "tuple[BundleData, pl.DataFrame | None]":
    if isinstance(data, BundleData):
        return data, None
    if data is None:
        from rustybt.data import bundles

        assert request.bundle is not None
        return bundles.load(request.bundle, environ, request.bundle_timestamp), None
    from rustybt.data.frames import bundle_of_frame

    frame, bundle = bundle_of_frame(
        data,
        calendar=calendar,
        data_frequency=request.data_frequency,
        bar_label=request.bar_label,
    )
    return bundle, frame


def _checked_reader(bundle: BundleData, resolution: Resolution) -> "BarReader":
    """The bars that a run at a resolution is made of."""
    reader = bundle.minute if resolution.is_intraday else bundle.daily or bundle.minute
    if reader is None:
        kind = "intraday" if resolution.is_intraday else "daily"
        raise InvalidArgument(
            field="data_frequency",
            value=str(resolution),
            reason=f"bundle {bundle.name} has no {kind} bars; ingest them or run on the others",
        )
    if reader.resolution > resolution:
        raise InvalidArgument(
            field="data_frequency",
            value=str(resolution),
            reason=f"the bars of {bundle.name} are {reader.resolution}; run on those or longer",
        )
    return reader


def _check_span(bundle: BundleData, reader: "BarReader", clock: SimulatedClock) -> None:
    """Refuse a run that no bar lies in: every price would be missing."""
    dates = clock.axis.calendar.session_date
    first, last = dates(clock.first_session), dates(clock.last_session)
    if last < reader.first_session or first > reader.last_session:
        raise InvalidArgument(
            field="start and end",
            value=f"{first} and {last}",
            reason=f"the {reader.resolution} bars of {bundle.name} are from "
            f"{reader.first_session} to {reader.last_session}; choose days among them",
        )


def _axis(
    bundle: BundleData, calendar: TradingCalendar, resolution: Resolution, request: "RunRequest"
) -> BarAxis:
    if resolution >= MINUTE:
        return axis_of(calendar, resolution)
    assert bundle.minute is not None
    first, last = calendar.session_range(request.start, request.end)
    start, stop = calendar.session_open(first), calendar.session_close(last) + 1
    frame = bundle.minute.read(bundle.minute.sids(), start, stop, ["close"])
    labels = frame["at"].unique().sort().to_numpy()
    if bundle.minute.resolution != resolution:
        labels = _longer_labels(calendar, resolution, labels)
    return axis_of(calendar, resolution, labels)


def _longer_labels(calendar: TradingCalendar, resolution: Resolution, labels: IntArray) -> IntArray:
    """The ends of the bars that shorter ones make; what no bar holds keeps its label."""
    ends = Spans.of(calendar, resolution, intraday=True).labels_of(labels)
    return np.unique(np.where(ends == MISSING, labels, ends))
