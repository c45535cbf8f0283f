"""The indicators of a run: computed over columns, revealed bar by bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rustybt.assets import ContinuousFuture
from rustybt.calendars import from_ns
from rustybt.clock.resolution import SESSION
from rustybt.data.arguments import checked_count
from rustybt.data.chunks import Life
from rustybt.errors import IndicatorNotReadable, InvalidArgument, LookaheadError
from rustybt.indicators._declared import NOT_COMPUTED
from rustybt.indicators._past import Past
from rustybt.indicators._presents import PastSessions, Present, RunBars
from rustybt.indicators._rows import NAN
from rustybt.indicators._statements import is_of_sessions, output_name, statement
from rustybt.indicators._tracks import Track, oldest_stop

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import polars as pl

    from rustybt.assets import Asset, Instrument
    from rustybt.data.chunks import Chunk
    from rustybt.data.portal import PolarsDataPortal
    from rustybt.indicators._declared import CompoundIndicator, Indicator
    from rustybt.indicators._statements import Statement


class IndicatorBoard:
    """Computes the indicators that a strategy has declared from what its portal reads.

    A value is made of all bars of the asset up to the present that the data have, adjusted as of
    today. Bars are taken in chunks, as the portal streams them, each once: when the chunk is
    another one the kernels go on from where they were. When a corporate action of an asset
    becomes effective they begin again with its first bar. What lies before the chunk is read
    beside it, for all indicators together.

    Args:
        portal: The data of the run.
        pandas: Whether windows are pandas series.
        budget_cells: How many numbers of bars before the chunk are held, about.
        present: Which bars they are; those of the run if not given.
    """

    def __init__(
        self,
        portal: PolarsDataPortal,
        *,
        pandas: bool = False,
        budget_cells: int = 4_000_000,
        present: Present | None = None,
    ) -> None:
        self._portal = portal
        self._pandas = pandas
        self._budget = budget_cells
        self._cursor = portal.cursor
        self._present = RunBars(portal) if present is None else present
        self._columns = self._present.columns
        self._past = Past(self._present.window, budget_cells)
        self._of_sessions: IndicatorBoard | None = None
        self._declared: dict[object, Indicator | CompoundIndicator] = {}
        self._tracks: list[Track] = []
        self._caught_up: tuple[Chunk, int] | None = None
        self._ended = False
        self._present.follow(self._forget)
        portal.on_close(self._end)

    def declare(
        self,
        name: str,
        asset: Instrument,
        *,
        field: str | None,
        frequency: str | None,
        parameters: Mapping[str, object],
    ) -> Indicator | CompoundIndicator:
        """An indicator of an asset; the same one for the same arguments.

        Args:
            name: A name of `rustybt.indicators.kernels.SPECIFICATIONS`.
            asset: The asset, or a continuous future.
            field: What it is computed of, where it takes any field: ``close`` if not given.
            frequency: None for the bars of the run; in a run of shorter bars ``1d`` for sessions,
                each of which counts from the next one on.
            parameters: Of the indicator.

        Raises:
            InvalidArgument: There is no such indicator, asset, field or parameter, or it is out of
                range.
        """
        if is_of_sessions(frequency, self._portal.axis.resolution) and not self._present.lag:
            return self._sessions().declare(
                name, asset, field=field, frequency=frequency, parameters=parameters
            )
        self._check_asset(asset)
        stated = statement(
            name,
            asset,
            field=field,
            parameters=parameters,
            extra_fields=self._portal.extra_fields,
            frequency=str(SESSION) if self._present.lag else None,
        )
        if stated.key not in self._declared:
            self._declared[stated.key] = self._made(stated, asset)
        return self._declared[stated.key]

    def value(self, indicator: Indicator, ago: int) -> float:
        """The value of an indicator some bars ago.

        Raises:
            LookaheadError: A number below 0 asks for a bar that is to come.
            IndicatorNotReadable: The run has not begun, or is over.
        """
        if ago < 0:
            raise LookaheadError(
                requested=f"{indicator.name} {-ago} bars ahead", now=from_ns(self._cursor.now)
            )
        row = self._row_of(indicator, ago)
        return NAN if row is None else indicator.values[row]

    def window(self, indicator: Indicator, count: int) -> pl.Series | pd.Series[Any]:
        """The values of the newest `count` bars, of those that the data have."""
        count = checked_count(count)
        self._check_readable(indicator)
        count = max(min(count, self._present.bar - self._past.first + 1), 0)
        values: list[float] = []
        if count:
            first = self._row_of(indicator, count - 1)
            assert first is not None
            values = list(indicator.values[first : first + count])
        floats = np.array(values, dtype=np.float64)
        if self._pandas:
            return self._by_time(indicator, floats)
        from rustybt.values.columns import array_series

        return array_series(output_name(indicator), floats)

    # ------------------------------------------------------------------ declaring

    def _check_asset(self, asset: Instrument) -> None:
        if isinstance(asset, ContinuousFuture):
            return
        finder = self._portal.bundle.finder
        found: list[Asset | None] = finder.retrieve_all([asset.sid], default_none=True)
        if found[0] != asset:
            raise InvalidArgument(
                field="asset",
                value=asset,
                reason="the run's data have it not; ask symbol()",
            )

    def _sessions(self) -> IndicatorBoard:
        """What computes indicators of sessions."""
        if self._of_sessions is None:
            self._of_sessions = IndicatorBoard(
                self._portal,
                pandas=self._pandas,
                budget_cells=self._budget,
                present=PastSessions(self._portal),
            )
        return self._of_sessions

    def _made(self, stated: Statement, asset: Instrument) -> Indicator | CompoundIndicator:
        self._portal.subscribe((asset,))
        self._past.admit({asset.sid: Life.of(asset)})
        self._caught_up = None
        track = Track(asset.sid, stated.fields, stated.kernel)
        self._tracks.append(track)
        track.indicators = stated.indicators(self, self._present.rows, track)
        return stated.whole(track.indicators)

    # ------------------------------------------------------------------ computing

    def _row_of(self, indicator: Indicator, ago: int) -> int | None:
        """The row of a value that is there now; None before the first bar of the data."""
        self._check_readable(indicator)
        present, track = self._present, indicator.track
        assert isinstance(track, Track)
        bar = present.bar - ago
        if bar < self._past.first:
            return None
        self._renew(track)
        if bar < track.known:
            present.reach(ago)
            track.restart(track.version, self._past.first)
            self._caught_up = None
            self._renew(track)
        return bar - present.chunk.first

    def _renew(self, track: Track) -> None:
        """Have the values of a track reach from the first row of the chunk past the present."""
        present = self._present
        present.complete(track.sid)
        chunk, epoch = present.chunk, self._cursor.epoch
        if self._caught_up != (chunk, epoch) or present.bar < track.known:
            self._catch_up(chunk.first)
            self._caught_up = chunk, epoch
        track.show(self._columns, chunk, self._stop(track))

    def _stop(self, track: Track) -> int:
        """The bar after the last one of the chunk that is read on the scale of today's shares."""
        present, next_event = self._present, self._columns.next_event(track.sid)
        stop, sessions = present.chunk.stop, self._portal.calendar.sessions
        session = len(sessions)
        if next_event is not None:
            session = int(np.searchsorted(sessions, next_event))
        if session == len(sessions):
            return stop
        axis = present.window.loader.axis
        return min(stop, axis.session_bounds(session)[0] - present.lag)

    def _catch_up(self, stop: int) -> None:
        """Have every track take the bars before the chunk that it has not taken."""
        for track in self._tracks:
            version = self._columns.version(track.sid)
            if track.version != version or track.known > self._present.bar:
                track.restart(version, self._past.first)
        behind = [track for track in self._tracks if track.stop < stop]
        if behind:
            sids = dict.fromkeys(track.sid for track in behind)
            for piece in self._past.pieces(sids, oldest_stop(behind), stop):
                for track in behind:
                    track.pass_over(self._columns, piece, stop)

    # ------------------------------------------------------------------ the run

    def _check_readable(self, indicator: Indicator) -> None:
        if self._ended:
            raise IndicatorNotReadable(indicator=indicator.name, when="after the end of its run")
        if self._cursor.session < 0:
            raise IndicatorNotReadable(indicator=indicator.name, when="before the first session")

    def _forget(self) -> None:
        """Rows are others now."""
        for track in self._tracks:
            for indicator in track.indicators:
                indicator.values = NOT_COMPUTED

    def _end(self) -> None:
        self._ended = True
        self._forget()
        for track in self._tracks:
            for indicator in track.indicators:
                indicator.track = None
        self._tracks.clear()
        self._past.clear()

    # ------------------------------------------------------------------ windows

    def _by_time(self, indicator: Indicator, floats: Any) -> pd.Series[Any]:  # noqa: ANN401
        import pandas as pd

        from rustybt.data.pandas_view import label_index

        chunk = self._present.chunk
        stop = self._present.bar - chunk.first + 1
        labels = self._columns.row_labels(chunk, stop - len(floats), stop)
        index = label_index(labels, self._columns.labels)
        return pd.Series(floats, index=index, name=output_name(indicator))
