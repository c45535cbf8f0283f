"""What joins the prices of the contracts of a continuous future, beside all other factors.

A roll becomes known with its session. From then on all prices before it are multiplied by, or
moved by, what makes the last closes of the two contracts equal:

==========  ===================================
adjustment  older prices
==========  ===================================
``"mul"``   x close of the new / close of the old
``"add"``   + close of the new - close of the old
None        stay as they are
==========  ===================================

Several rolls add up exactly; the result is rounded once, half even. Volumes stay as they are.
"""

from bisect import bisect_right
from collections.abc import Iterable

import numpy as np

from rustybt.assets import ContinuousFuture
from rustybt.assets.continuous import FIRST_CONTINUOUS_SID
from rustybt.assets.rolls import NOTHING
from rustybt.calendars import TradingCalendar, from_day
from rustybt.data.actions import Exchange, PreviousClose
from rustybt.data.adjustments import Adjustments
from rustybt.data.chunk_window import ChunkWindow
from rustybt.data.chunks import ALWAYS
from rustybt.data.coefficients import MISSING, IntArray, multiplied, present
from rustybt.data.factors import FactorBook
from rustybt.data.rolls import Roll, RollTable
from rustybt.errors import MissingRollPrice
from rustybt.values import Ratio

_ONE = Ratio(1)
_FIRST_SEARCH = 16
_SEARCH_GROWTH = 16


class JointCloses:
    """Finds the closes by which the contracts of a roll are joined.

    They are those of the newest session before the roll in which both have one.

    Args:
        sessions: Daily bars.
        first: First session with data.
        traded_last: Take the newest close of each contract with a volume instead, as zipline.
    """

    def __init__(self, sessions: ChunkWindow, first: int, *, traded_last: bool = False) -> None:
        self._loader = sessions.loader
        self._first = first
        self._traded_last = traded_last

    def __call__(self, roll: Roll) -> tuple[int, int] | None:
        """Closes of the front and the back contract, as coefficients; None where there are none."""
        if self._traded_last:
            front, back = (self._newest(roll, (sid,)) for sid in (roll.front.sid, roll.back.sid))
            return None if front is None or back is None else (front[0], back[0])
        found = self._newest(roll, (roll.front.sid, roll.back.sid))
        return None if found is None else (found[0], found[1])

    def _newest(self, roll: Roll, sids: tuple[int, ...]) -> list[int] | None:
        """Closes of the newest session before a roll in which all contracts have one."""
        lives, none = dict.fromkeys(sids, ALWAYS), dict.fromkeys(sids)
        stop, length = roll.session, _FIRST_SEARCH
        while stop > self._first:
            first = max(stop - length, self._first)
            chunk = self._loader.load(first, stop, lives, none)
            known = present(chunk.matrix("close")).all(axis=0)
            if self._traded_last:
                known &= (chunk.matrix("volume") > 0).all(axis=0)
            if known.any():
                row = int(np.flatnonzero(known)[-1])
                return [int(chunk.column(sid, "close")[row]) for sid in sids]
            stop, length = first, length * _SEARCH_GROWTH
        return None


class JoinedFactors(FactorBook):
    """Factors of assets, and joints of continuous futures.

    Args:
        adjustments: Corporate actions.
        previous_close: The close before a day, as it read on the eve.
        exchange: Makes money that of the asset it is paid on.
        closes: What contracts are joined by.
        calendar: The calendar of the run.
        places: Decimals to which adjusted prices of assets are rounded; None: to those of the
            column.
        hindsight: As zipline: prices of continuous futures are shown in whole ticks, and a roll
            without closes joins nothing.
    """

    def __init__(
        self,
        adjustments: Adjustments,
        previous_close: PreviousClose,
        *,
        exchange: Exchange,
        closes: JointCloses,
        calendar: TradingCalendar,
        places: int | None = None,
        hindsight: bool = False,
    ) -> None:
        super().__init__(adjustments, previous_close, exchange=exchange, places=places)
        self._calendar = calendar
        self._closes = closes
        self._hindsight = hindsight
        self._chains: dict[int, _Chain] = {}

    def admit(self, sids: Iterable[int]) -> None:
        """Prepare the events of some more assets."""
        super().admit(sid for sid in sids if sid < FIRST_CONTINUOUS_SID)

    def admit_chain(self, future: ContinuousFuture, table: RollTable) -> None:
        """Prepare the rolls of a continuous future."""
        if future.sid in self._chains:
            return
        rolls = () if future.adjustment is None else table.rolls
        days = [int(self._calendar.sessions[roll.session]) for roll in rolls]
        places = _tick_places(table) if self._hindsight else None
        self._chains[future.sid] = _Chain(future, table, days, self._closes, places)
        self._days[future.sid] = days
        self._order = None

    def held(self, sid: int, days: IntArray) -> IntArray:
        """The sids of the contracts that a continuous future holds on some sessions' days."""
        sids = self._chains[sid].table.sids(np.searchsorted(self._calendar.sessions, days))
        return np.where(sids == NOTHING, MISSING, sids)

    def adjusted(
        self, sid: int, field: str, values: IntArray, days: IntArray, today: int, scale: int
    ) -> IntArray:
        """A column as of a day; see `FactorBook.adjusted`."""
        chain = self._chains.get(sid)
        if chain is None:
            return super().adjusted(sid, field, values, days, today, scale)
        if field in chain.unadjusted or not len(days):
            return values
        return chain.adjusted(values, days, today, scale)


class _Chain:
    """The rolls of one continuous future, each with what joins its contracts.

    Args:
        future: The continuous future.
        table: Its contracts.
        days: The days of the rolls that join anything.
        closes: What contracts are joined by.
        places: Decimals of what is shown; None: those of the column.
    """

    def __init__(
        self,
        future: ContinuousFuture,
        table: RollTable,
        days: list[int],
        closes: JointCloses,
        places: int | None,
    ) -> None:
        self.table = table
        self.unadjusted = {"volume", "spread"} if future.adjustment == "add" else {"volume"}
        self._future = future
        self._days = days
        self._closes = closes
        self._places = places
        self._found: dict[int, tuple[int, int] | None] = {}

    def adjusted(self, values: IntArray, days: IntArray, today: int, scale: int) -> IntArray:
        """Prices as of a day."""
        first = bisect_right(self._days, int(days.min()))
        last = bisect_right(self._days, today)
        if first == last and self._places is None:
            return values
        passed = np.searchsorted(self._days[first:last], days, side="right") + first
        result = np.empty_like(values)
        ratio, shift = _ONE, 0
        for place in range(last, first - 1, -1):
            rows = passed == place
            result[rows] = self._rounded(values[rows], ratio, shift, scale)
            if place > first:
                ratio, shift = self._joined(place - 1, ratio, shift)
        return result

    def _joined(self, place: int, ratio: Ratio, shift: int) -> tuple[Ratio, int]:
        """What makes older prices comparable, given what does so after a roll."""
        if place not in self._found:
            self._found[place] = self._checked(place)
        closes = self._found[place]
        if closes is None:
            return ratio, shift
        front, back = closes
        if self._future.adjustment == "add":
            return ratio, shift + back - front
        return ratio * Ratio(back, front), shift

    def _checked(self, place: int) -> tuple[int, int] | None:
        roll, future = self.table.rolls[place], self._future
        closes = self._closes(roll)
        if closes is not None and (future.adjustment == "add" or all(closes)):
            return closes
        if self._places is not None:
            return None
        raise MissingRollPrice(
            root_symbol=future.root_symbol,
            offset=future.offset,
            adjustment=future.adjustment,
            front=roll.front.symbol,
            back=roll.back.symbol,
            roll=from_day(self._days[place]),
        )

    def _rounded(self, values: IntArray, ratio: Ratio, shift: int, scale: int) -> IntArray:
        unit = 1 if self._places is None else 10 ** max(scale - self._places, 0)
        moved = np.where(present(values), values + shift, values) if shift else values
        coarse = multiplied(moved, ratio.numerator, ratio.denominator * unit)
        return multiplied(coarse, unit, 1)


def _tick_places(table: RollTable) -> int:
    """Decimals of the tick of a chain's contracts."""
    ticks = {held.contract.tick_size for held in table.stretches}
    return max((-int(tick.normalize().as_tuple().exponent) for tick in ticks), default=0)
