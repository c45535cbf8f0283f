"""What a run needs for continuous futures, beside what it needs for assets."""

from collections.abc import Mapping

from rustybt.assets import ContinuousFuture
from rustybt.calendars import TradingCalendar
from rustybt.data.actions import Exchange, PreviousClose
from rustybt.data.bundle import BundleData
from rustybt.data.chunk_window import ChunkWindow
from rustybt.data.joints import JoinedFactors, JointCloses
from rustybt.data.readers import BarReader
from rustybt.data.rolls import Rolls, RollTable
from rustybt.data.session_figures import ChainFigures
from rustybt.data.stitched import StitchedReader


class ChainData:
    """The continuous futures of a run: when they roll, their bars, and what joins these.

    Args:
        bundle: The data.
        calendar: The calendar of the run.
        first: First session with data.
        stop: The session after the last one with data.
        hindsight: Whether they roll as zipline rolls them, which looks ahead.
    """

    def __init__(
        self,
        bundle: BundleData,
        calendar: TradingCalendar,
        *,
        first: int,
        stop: int,
        hindsight: bool,
    ) -> None:
        self._bundle = bundle
        self._calendar = calendar
        self._first = first
        self._hindsight = hindsight
        figures = ChainFigures(bundle, calendar)
        self._rolls = Rolls(
            bundle.finder, calendar, figures, first=first, stop=stop, hindsight=hindsight
        )
        self._factors: JoinedFactors | None = None

    @property
    def tables(self) -> Mapping[int, RollTable]:
        """The contracts by the sid of their continuous future, of those that were asked for."""
        return self._rolls.tables

    def stitched(self, reader: BarReader) -> StitchedReader:
        """The bars of a reader, and those of continuous futures."""
        return StitchedReader(reader, self._calendar, self._rolls.tables)

    def factors(
        self,
        previous_close: PreviousClose,
        *,
        exchange: Exchange,
        sessions: ChunkWindow,
        places: int | None,
    ) -> JoinedFactors:
        """Factors of assets, and joints of the continuous futures that are admitted; made once.

        Args:
            previous_close: The close before a day, as it read on the eve.
            exchange: Makes money that of the asset it is paid on.
            sessions: Daily bars.
            places: Decimals to which adjusted prices of assets are rounded; None: to those of the
                column.
        """
        self._factors = JoinedFactors(
            self._bundle.adjustments,
            previous_close,
            exchange=exchange,
            closes=JointCloses(sessions, self._first, traded_last=self._hindsight),
            calendar=self._calendar,
            places=places,
            hindsight=self._hindsight,
        )
        return self._factors

    def admit(self, future: ContinuousFuture) -> None:
        """Prepare the rolls of a continuous future."""
        assert self._factors is not None, "factors come first"
        self._factors.admit_chain(future, self.table(future))

    def table(self, future: ContinuousFuture) -> RollTable:
        """The contracts of a continuous future; see `Rolls.table`."""
        return self._rolls.table(future)
