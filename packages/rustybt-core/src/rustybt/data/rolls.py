"""The contracts that continuous futures hold, worked out once from a run's data."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rustybt.assets import AssetFinder, ContinuousFuture, Future
from rustybt.assets.rolls import NOTHING, ChainSessions, Figures, IntArray, held_places
from rustybt.assets.zipline_rolls import zipline_places, zipline_sessions
from rustybt.calendars import TradingCalendar

FigureSource = Callable[[ContinuousFuture], Figures | None]
"""What decides when a chain rolls: volumes or open interest by contract; None: the calendar."""


class Roll(NamedTuple):
    """A change of contract.

    Attributes:
        session: The first session of the new contract.
        front: The contract that is left.
        back: The contract that is held from then on.
    """

    session: int
    front: Future
    back: Future


class Held(NamedTuple):
    """A contract and the sessions ``first <= session < stop`` in which it is held."""

    contract: Future
    first: int
    stop: int


class RollTable:
    """Which contract a continuous future holds in each session of a calendar. Immutable.

    Args:
        chain: The contracts.
        places: The place of each session's contract, `NOTHING` for none.

    Attributes:
        stretches: The contracts in order of time; a session without one belongs to none of them.
    """

    __slots__ = ("_chain", "_places", "_sids", "stretches")

    def __init__(self, chain: ChainSessions, places: IntArray) -> None:
        self._chain = chain
        self._places: list[int] = places.tolist()
        sids = np.array([contract.sid for contract in chain.contracts])
        self._sids: IntArray = np.where(places == NOTHING, NOTHING, sids[places])
        bounds = [0, *(np.flatnonzero(np.diff(places)) + 1).tolist(), len(places)]
        self.stretches = tuple(
            Held(chain.contracts[self._places[first]], first, stop)
            for first, stop in pairwise(bounds)
            if self._places[first] != NOTHING
        )

    def contract(self, session: int) -> Future | None:
        """The contract of a session, None where no contract trades."""
        place = self._places[session]
        return None if place == NOTHING else self._chain.contracts[place]

    def sids(self, sessions: IntArray) -> IntArray:
        """The sid of each session's contract, `NOTHING` for none."""
        return self._sids[sessions]

    @property
    def rolls(self) -> tuple[Roll, ...]:
        """All changes of contract, in order of time."""
        return tuple(
            Roll(later.first, earlier.contract, later.contract)
            for earlier, later in pairwise(self.stretches)
        )

    def followers(self, session: int) -> tuple[Future, ...]:
        """The contract of a session and those behind it that are listed by then."""
        place = self._places[session]
        if place == NOTHING:
            return ()
        starts = self._chain.starts
        behind = range(place, len(self._chain.contracts))
        return tuple(self._chain.contracts[n] for n in behind if starts[n] <= session)


class Rolls:
    """Tables of the continuous futures that were asked for.

    Args:
        finder: Knows the chains.
        calendar: The calendar of the run.
        figures: What decides.
        first: First session with data.
        stop: The session after the last one with data.
        hindsight: As zipline rolls; see `rustybt.assets.zipline_rolls`.

    Attributes:
        tables: Those that were asked for, by sid.
    """

    def __init__(
        self,
        finder: AssetFinder,
        calendar: TradingCalendar,
        figures: FigureSource,
        *,
        first: int,
        stop: int,
        hindsight: bool = False,
    ) -> None:
        self._finder = finder
        self._calendar = calendar
        self._figures = figures
        self._first = first
        self._stop = stop
        self._hindsight = hindsight
        self.tables: dict[int, RollTable] = {}

    def table(self, future: ContinuousFuture) -> RollTable:
        """The contracts of a continuous future.

        Raises:
            RootSymbolNotFound: The bundle has no such chain.
            InvalidArgument: The data lack what the chain is to be rolled by.
        """
        found = self.tables.get(future.sid)
        if found is None:
            found = self.tables[future.sid] = self._made(future)
        return found

    def _made(self, future: ContinuousFuture) -> RollTable:
        contracts = self._finder.continuous_contracts(future.root_symbol)
        figures = self._figures(future)
        span = {"first": self._first, "stop": self._stop}
        if self._hindsight:
            chain = zipline_sessions(contracts, self._calendar)
            return RollTable(chain, zipline_places(chain, future.offset, figures, **span))
        chain = ChainSessions.of(contracts, self._calendar)
        return RollTable(chain, held_places(chain, future.offset, figures, **span))
