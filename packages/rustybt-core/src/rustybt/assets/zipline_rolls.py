"""Which contract a continuous future holds as zipline 3.2.1 sees it, which is with hindsight.

Contracts come to the front in the order of their sids. By the calendar the chain stays with a
contract until its automatic close; where there is no next contract yet, the offset is ignored. By
volume the active contract of a session is the next one if it traded more on the session before,
or on one of those that are within seven sessions of the front contract's close. Zipline walks
back from a later session and takes the last change for the roll: of two switches it holds the
later one for true, which no strategy could know. Where the offset is not 0 it compares the front
contract with the one held instead of the next one.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np

from rustybt.assets.asset import Future
from rustybt.assets.chains import front_until
from rustybt.assets.rolls import GRACE_SESSIONS, NOTHING, ChainSessions, Figures, IntArray
from rustybt.calendars import TradingCalendar


def zipline_sessions(contracts: Sequence[Future], calendar: TradingCalendar) -> ChainSessions:
    """Contracts by sid; only the automatic close takes one from the front."""
    return ChainSessions.of(sorted(contracts), calendar, _auto_close)


def zipline_places(
    chain: ChainSessions, offset: int, figures: Figures | None, *, first: int, stop: int
) -> IntArray:
    """Which contract a continuous future holds in each session; see `rolls.held_places`.

    Where zipline fails, since by volume there is no contract at the offset, none is held.
    """
    if figures is None:
        return _alive(chain, _by_calendar(chain, offset))
    return _alive(chain, _WalkBack(chain, figures, first, stop).places(offset))


def _by_calendar(chain: ChainSessions, offset: int) -> IntArray:
    last = len(chain.contracts) - 1
    sessions = np.arange(chain.count)
    fronts = _fronts(chain)
    follows = (fronts < last) & (chain.starts[np.minimum(fronts + 1, last)] <= sessions)
    places = fronts + offset
    held = np.minimum(places, last)
    known = (places == held) & (chain.starts[held] <= sessions)
    return np.where(follows, np.where(known, places, NOTHING), fronts)


def _fronts(chain: ChainSessions) -> IntArray:
    """The first contract of each session that has not closed, or the last one."""
    sessions = np.arange(chain.count)
    fronts = np.full(chain.count, len(chain.contracts) - 1)
    for place in range(len(chain.contracts) - 2, -1, -1):
        fronts[sessions < chain.closes[place]] = place
    return fronts


def _alive(chain: ChainSessions, places: IntArray) -> IntArray:
    """The same within the life of the whole chain."""
    sessions = np.arange(chain.count)
    alive = (chain.starts.min() <= sessions) & (sessions < chain.stops.max())
    return np.where(alive, places, NOTHING)


def _auto_close(future: Future) -> date:
    return future.auto_close_date or front_until(future)


class _WalkBack:
    """Zipline's search for rolls by volume, from the last session to the first.

    Args:
        chain: The contracts.
        figures: What decides.
        first: First session with data.
        stop: The session after the last one with data.
    """

    def __init__(self, chain: ChainSessions, figures: Figures, first: int, stop: int) -> None:
        self._chain = chain
        self._figures = figures
        self._first = first
        self._stop = stop
        self._fronts: list[int] = _fronts(chain).tolist()
        self._starts: list[int] = chain.starts.tolist()
        self._closes: list[int] = chain.closes.tolist()
        ends = np.minimum(chain.closes, chain.stops - 1)
        self._ends: list[int] = ends.tolist()
        self._known: dict[int, list[int]] = {}

    def places(self, offset: int) -> IntArray:
        """The contract of each session, `NOTHING` where there is none at the offset any more."""
        places = np.full(self._chain.count, NOTHING)
        last = self._stop - 1
        while last >= self._first:
            held = self._ahead(self._fronts[last], last)
            active = self._ahead(held, last)
            if active + offset < len(self._starts):
                places[: None if last == self._stop - 1 else last + 1] = active + offset
                self._walk(places, held, active, offset, last)
                break
            last -= 1
        return places

    def _walk(self, places: IntArray, held: int, active: int, offset: int, last: int) -> None:
        """Put the contracts of earlier sessions into their places."""
        front = active - 1 if active == held else active - 2
        other, session = active + offset, last
        while session > self._first and front >= 0:
            floor = self._closes[front - 1] if front else 0
            while session > self._first and session - 1 >= floor:
                if self._active(front, other, session - 1) != other:
                    other = front + offset
                    places[:session] = other
                    break
                session -= 1
            front -= 1
            if front >= 0:
                session = min(session, self._closes[front] + 1)

    def _ahead(self, front: int, session: int) -> int:
        """The contract itself, or the next one where that is the active one of the two."""
        other = front + 1
        if other == len(self._starts) or self._starts[other] > session:
            return front
        return self._active(front, other, session)

    def _active(self, front: int, other: int, session: int) -> int:
        """Which of two contracts is the active one in a session."""
        eve = session - 1
        if session > self._ends[front] or self._starts[front] > eve:
            return other
        if session > self._ends[other] or self._starts[other] > eve:
            return front
        late = max(self._starts[other], self._closes[front] - GRACE_SESSIONS)
        if self._trades_more(other, front, eve) or any(
            self._trades_more(other, front, at) for at in range(late, eve)
        ):
            return other
        return front

    def _trades_more(self, other: int, front: int, session: int) -> bool:
        return self._figure(other, session) > self._figure(front, session)

    def _figure(self, place: int, session: int) -> int:
        if not self._first <= session < self._stop:
            return 0
        if place not in self._known:
            contract = self._chain.contracts[place]
            figures = self._figures(contract, self._first, self._stop)
            self._known[place] = np.maximum(figures, 0).tolist()
        return self._known[place][session - self._first]
