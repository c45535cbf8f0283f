"""Indicators that are fed bar by bar: those of a session that is live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rustybt.calendars import from_ns
from rustybt.data.arguments import checked_count
from rustybt.errors import InvalidArgument, LookaheadError
from rustybt.indicators._rows import NAN, counted_rows
from rustybt.indicators._statements import is_of_sessions, output_name, statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import polars as pl
    from numpy.typing import NDArray

    from rustybt.assets import Instrument
    from rustybt.clock.resolution import Resolution
    from rustybt.indicators._declared import CompoundIndicator, Indicator
    from rustybt.indicators._readings import Number
    from rustybt.indicators._statements import Statement

    Bar = Mapping[str, Number | None]
    Floats = NDArray[np.float64]


class FedIndicators:
    """The indicators of a session whose bars come one at a time.

    They are declared and read as those of a backtest, and have equal values: one kernel takes
    single rows here and whole columns there. An engine puts it in the place of the environment's
    `indicators` before it calls `initialize`, hands in the history that there is with `begin`, and
    then each bar with `advance`. When a corporate action changes what older prices mean it calls
    `begin` again, with the history as of that day.

    Args:
        resolution: Length of the bars.
        keep: How many values can be read back.
        extra_fields: Columns that the bars have beside their fields.
    """

    def __init__(
        self, resolution: Resolution, *, keep: int = 1_000, extra_fields: tuple[str, ...] = ()
    ) -> None:
        self._resolution = resolution
        self._keep = checked_count(keep)
        self._extra_fields = extra_fields
        self._declared: dict[object, Indicator | CompoundIndicator] = {}
        self._tracks: dict[Instrument, list[_FedTrack]] = {}
        self._now = 0
        self.bar_row = self._keep - 1

    def declare(
        self,
        name: str,
        asset: Instrument,
        *,
        field: str | None,
        frequency: str | None,
        parameters: Mapping[str, object],
    ) -> Indicator | CompoundIndicator:
        """An indicator of an asset; see `IndicatorBoard.declare`."""
        if is_of_sessions(frequency, self._resolution):
            reason = f"bars of {self._resolution} are fed; give it, or nothing"
            raise InvalidArgument(field="frequency", value=frequency, reason=reason)
        stated = statement(
            name, asset, field=field, parameters=parameters, extra_fields=self._extra_fields
        )
        if stated.key not in self._declared:
            track = _FedTrack(stated, self.bar_row + 1)
            track.indicators = stated.indicators(self, self, track)
            track.show()
            self._tracks.setdefault(asset, []).append(track)
            self._declared[stated.key] = stated.whole(track.indicators)
        return self._declared[stated.key]

    def begin(self, asset: Instrument, columns: Mapping[str, Sequence[float]]) -> None:
        """Take the whole history of an asset in place of what it had.

        Args:
            asset: The asset.
            columns: Floats by field, NaN where there is no bar; the last row is the present one.
                Prices and volumes stand on the scale of today's shares.
        """
        for track in self._tracks.get(asset, ()):
            track.begin([_column(columns, field) for field in track.fields], self.bar_row + 1)

    def advance(self, at: int, bars: Mapping[Instrument, Bar]) -> None:
        """Take the bar that has just ended.

        Args:
            at: When it ended, in ns UTC.
            bars: Numbers by field of the assets that have one; None for one that is missing.
        """
        self._now = at
        if self.bar_row + 1 == 2 * self._keep:
            self._trim()
        self.bar_row += 1
        for asset, tracks in self._tracks.items():
            bar: Bar = bars.get(asset, {})
            for track in tracks:
                track.take([[_number(bar.get(field))] for field in track.fields])

    def value(self, indicator: Indicator, ago: int) -> float:
        """The value of an indicator some bars ago; see `IndicatorBoard.value`."""
        if ago < 0:
            requested = f"{indicator.name} {-ago} bars ahead"
            raise LookaheadError(requested=requested, now=from_ns(self._now))
        return NAN

    def window(self, indicator: Indicator, count: int) -> pl.Series | pd.Series[Any]:
        """The values of the newest bars, as many as are kept."""
        from rustybt.values.columns import array_series

        values = indicator.values[max(self.bar_row + 1 - checked_count(count), 0) :]
        return array_series(output_name(indicator), np.array(values, dtype=np.float64))

    def _trim(self) -> None:
        """Forget the older half of the values."""
        self.bar_row -= self._keep
        for tracks in self._tracks.values():
            for track in tracks:
                track.forget(self._keep)


class _FedTrack:
    """One indicator of one asset: its kernel and as many values as are kept."""

    def __init__(self, stated: Statement, rows: int) -> None:
        self.fields = stated.fields
        self.indicators: tuple[Indicator, ...] = ()
        self._fresh = stated.kernel
        self._kernel = stated.kernel.copy()
        self._newest = [NAN] * len(stated.kernel.outputs)
        self._values = [[NAN] * rows for _ in self._newest]

    def show(self) -> None:
        """Let the values be read."""
        for indicator, values in zip(self.indicators, self._values, strict=True):
            indicator.values = values

    def begin(self, columns: list[Floats], rows: int) -> None:
        """Take a whole history, of which the newest `rows` values are kept."""
        self._kernel = self._fresh.copy()
        self._newest = [NAN] * len(self._newest)
        self._values = [[] for _ in self._newest]
        self.take(columns)
        missing = [NAN] * max(rows - len(columns[0]), 0)
        self._values = [missing + values[-rows:] for values in self._values]
        self.show()

    def take(self, columns: Sequence[Sequence[float] | Floats]) -> None:
        """Take some rows."""
        given = [np.asarray(column, dtype=np.float64) for column in columns]
        taken = counted_rows(self._kernel, given, self._newest)
        for values, more in zip(self._values, taken, strict=True):
            values.extend(more.tolist())
        self._newest = [values[-1] if values else NAN for values in self._values]

    def forget(self, rows: int) -> None:
        """Forget so many of the oldest values."""
        for values in self._values:
            del values[:rows]


def _column(columns: Mapping[str, Sequence[float]], field: str) -> Floats:
    if field not in columns:
        raise InvalidArgument(
            field="columns", value=tuple(columns), reason=f"give a column {field}"
        )
    return np.asarray(columns[field], dtype=np.float64)


def _number(value: Number | None) -> float:
    return NAN if value is None else float(value)
