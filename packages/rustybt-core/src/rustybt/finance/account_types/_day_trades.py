"""Day trades, and how many of them a small margin account may make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rustybt.assets import Equity

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.finance.book_events import Fill
    from rustybt.values import Num

LIMIT: Final = 3
"""Day trades that do not make a pattern day trader: four do (FINRA Rule 4210(f)(8)(B))."""

SESSIONS: Final = 5
"""Sessions in which they are counted, the running one included."""

MINIMUM_EQUITY: Final = 25_000
"""Equity, in the currency of the account, from which on day trades are not counted."""


class DayTrades:
    """The day trades of an account.

    A day trade is the closing of a position in an equity that was opened or added to in the same
    session. Several closings one after another are one day trade; a new opening begins another.
    Closing what was held over night and opening it again is none.
    """

    def __init__(self) -> None:
        self._opened: set[Asset] = set()
        self._made: dict[int, int] = {}
        self._session = 0

    def start_session(self, session: int) -> None:
        """A session begins."""
        self._session = session
        self._opened.clear()
        self._made = {s: count for s, count in self._made.items() if s > session - SESSIONS}

    def filled(self, fill: Fill, held: Num) -> None:
        """Something was executed.

        Args:
            fill: The execution.
            held: What was held before it.
        """
        asset = fill.asset
        if not isinstance(asset, Equity):
            return
        if held * fill.amount < 0 and asset in self._opened:
            self._made[self._session] = self._made.get(self._session, 0) + 1
            self._opened.discard(asset)
        if held * fill.amount >= 0 or abs(fill.amount) > abs(held):
            self._opened.add(asset)

    def remaining(self) -> int:
        """How many day trades are left."""
        return max(LIMIT - sum(self._made.values()), 0)
