"""When a chain of futures moves on from one contract to the next.

=============  =================================================================================
style          the chain moves on to the next contract in
=============  =================================================================================
calendar       the first session in which the contract is at the front no more (`front_until`)
volume         the session after the first one in which the next contract traded more than it;
               at the latest as by the calendar
open_interest  the same with open interest in place of volume
=============  =================================================================================

Figures of the same session never count: what a chain holds in a session is known before it opens.
Only the contract at the front by the calendar and the one after it are compared, and a chain
never moves back. A session without any volume of the front contract is taken for a gap in the data,
unless it is one of the last seven before the calendar moves on: there it counts as zero. An open
interest that is not known is never compared.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from rustybt.assets.asset import Future
from rustybt.assets.chains import front_until
from rustybt.calendars import TradingCalendar, to_day

IntArray = npt.NDArray[np.int64]

Figures = Callable[[Future, int, int], IntArray]
"""``(contract, first, stop) -> its volume or open interest in the sessions first <= s < stop``.

Only the order of the numbers counts; 0 where nothing was traded, less where nothing is known.
"""

GRACE_SESSIONS: Final = 7
"""Last sessions at the front in which a contract that is not traded counts as such."""

NOTHING: Final = -1
"""The place of no contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSessions:
    """The contracts of a chain, by indexes of sessions of a calendar.

    Attributes:
        contracts: In the order in which they come to the front.
        starts: First session of each.
        stops: The session after the last one of each.
        closes: First session in which each is at the front no more; ascending.
        count: Sessions of the calendar.
    """

    contracts: tuple[Future, ...]
    starts: IntArray
    stops: IntArray
    closes: IntArray
    count: int

    @classmethod
    def of(
        cls,
        contracts: Sequence[Future],
        calendar: TradingCalendar,
        until: Callable[[Future], date] = front_until,
    ) -> Self:
        """Contracts on the sessions of a calendar.

        Args:
            contracts: In the order in which they come to the front.
            calendar: The calendar.
            until: The first day on which a contract is at the front no more.
        """
        sessions = calendar.sessions
        starts = _days([c.start_date for c in contracts], absent=int(sessions[0]))
        ends = _days([c.end_date for c in contracts], absent=int(sessions[-1]))
        closes = _days([until(c) for c in contracts])
        return cls(
            contracts=tuple(contracts),
            starts=np.searchsorted(sessions, starts),
            stops=np.searchsorted(sessions, ends, side="right"),
            closes=np.searchsorted(sessions, closes),
            count=len(sessions),
        )

    def listed(self, places: IntArray) -> IntArray:
        """The places of each session's contract, `NOTHING` where it does not trade then."""
        held = np.clip(places, 0, len(self.contracts) - 1)
        sessions = np.arange(self.count)
        alive = (places == held) & (self.starts[held] <= sessions) & (sessions < self.stops[held])
        return np.where(alive, places, NOTHING)


def held_places(
    chain: ChainSessions, offset: int, figures: Figures | None, *, first: int, stop: int
) -> IntArray:
    """Which contract a continuous future holds in each session of the calendar.

    Args:
        chain: The contracts.
        offset: How many places behind the active one.
        figures: What decides; None: the calendar alone.
        first: First session with data.
        stop: The session after the last one with data.

    Returns:
        Places in the chain, `NOTHING` where no contract trades. After its last roll a chain stays
        with its last contract.
    """
    last = len(chain.contracts) - 1
    sessions = np.arange(chain.count)
    fronts = np.minimum(np.searchsorted(chain.closes, sessions, side="right"), last)
    if figures is not None:
        moves = [_move(chain, place, figures, first, stop) for place in range(last)]
        fronts += sessions >= np.array([*moves, chain.count])[fronts]
    return chain.listed(fronts + offset)


def _move(chain: ChainSessions, place: int, figures: Figures, first: int, stop: int) -> int:
    """The session in which the chain leaves a contract."""
    close = int(chain.closes[place])
    came = int(chain.closes[place - 1]) if place else 0
    first = max(first, came - 1, int(chain.starts[place]), int(chain.starts[place + 1]))
    stop = min(stop, close - 1)
    if first >= stop:
        return close
    front, behind = chain.contracts[place : place + 2]
    own, other = figures(front, first, stop), figures(behind, first, stop)
    late = np.arange(first, stop) >= close - GRACE_SESSIONS
    known = (own > 0) | (late & (own == 0))
    crossed = known & (other > own)
    return first + int(np.argmax(crossed)) + 1 if crossed.any() else close


def _days(dates: Sequence[date | None], *, absent: int = 0) -> IntArray:
    return np.array([absent if day is None else to_day(day) for day in dates], dtype=np.int64)
