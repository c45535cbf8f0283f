"""What happens to a book before a session: the night's costs, entitlements, corporate actions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from rustybt.calendars import from_day
from rustybt.finance.book_events import DividendEarned
from rustybt.finance.conversion import swept

if TYPE_CHECKING:
    from rustybt.algorithm import Environment
    from rustybt.assets import Asset
    from rustybt.data.adjustments import Adjustments, Delisting, Merger
    from rustybt.finance.book_events import FeeCharged
    from rustybt.finance.journal import Posting
    from rustybt.orders import Order
    from rustybt.simulation.actions import CorporateActions, Tell
    from rustybt.simulation.rules import SimulationRules
    from rustybt.values import Num


class Morning:
    """The bookkeeping of a run between its sessions.

    Args:
        environment: What the run works with.
        rules: Its choices.
        adjustments: The corporate actions of its data.
        tell: Hands the strategy a message.
        cancelled: Tells the strategy of orders that were taken back.
    """

    def __init__(
        self,
        environment: "Environment",
        rules: "SimulationRules",
        adjustments: "Adjustments",
        tell: "Tell",
        cancelled: "Callable[[list[Order]], None]",
    ) -> None:
        self._env = environment
        self._ledger = environment.ledger
        self._late = rules.late_events
        self._sweeps = rules.foreign_cash == "sweep"
        self._adjustments = adjustments
        self._rules = rules
        self._tell = tell
        self._cancelled = cancelled
        self._days = environment.calendar.sessions.tolist()
        self._first = environment.session
        self._delists = bool(adjustments.delistings())

    @cached_property
    def _actions(self) -> "CorporateActions":
        """What applies corporate actions, from the first one on."""
        from rustybt.simulation.actions import CorporateActions

        return CorporateActions(
            self._env, self._rules, self._adjustments, self._tell, self._cancelled
        )

    def begin(self, session: int) -> "list[Posting]":
        """Charge for the night, earn and pay dividends, apply corporate actions.

        Args:
            session: Index of the session that begins.

        Returns:
            What was posted.
        """
        days = self._days_until(session)
        eventful = any(map(self._adjustments.events_on, days))
        postings = list(
            self._ledger.start_session(
                day=days[-1],
                at=self._env.now,
                fees=self._fees(session),
                dividends=self._dividends(days) if eventful else (),
            )
        )
        if eventful:
            postings += self._actions.apply(days)
        if self._sweeps:
            postings += self.sweep()
        return postings

    def end_rights(self, session: int) -> "list[Posting]":
        """End the rights whose last day is that of a session, or lies before the next one."""
        day = self._days[session]
        after = self._days[session + 1] if session + 1 < len(self._days) else day + 1
        days = range(day, after if self._late else day + 1)
        eventful = any(map(self._adjustments.events_on, days))
        return list(self._actions.end_rights(days)) if eventful else []

    def delisted(self, session: int) -> "dict[Asset, Num | None]":
        """The assets that are delisted in a session, with their final prices; None for the last.

        Those of days without a session since the last one are among them.
        """
        found: dict[Asset, Num | None] = {}
        if not self._delists:
            return found
        day = self._days[session]
        since = self._days[session - 1] + 1 if session else day
        for delisting in chain.from_iterable(
            map(self._adjustments.delistings_on, range(since, day + 1))
        ):
            asset = self._env.finder.retrieve_asset(delisting.sid, default_none=True)
            if asset is not None:
                given = delisting.price
                price = None if given is None else self._env.arithmetic.price(given, "price")
                found[asset] = price
        return found

    def endings(
        self, session: int, today: date, delisted: "Mapping[Asset, Num | None]"
    ) -> "Sequence[tuple[Asset, Num | None]]":
        """The assets held that end in a session, with their final prices; None for the last.

        One whose terms come later, those of a delisting or merger, waits for them.

        Args:
            session: Index of the session.
            today: Its day.
            delisted: What `delisted` says of it.
        """
        ended = self._ledger.ended(today)
        if not ended and not delisted:
            return ()
        day = self._days[session]
        terms: dict[Asset, Num | None] = {
            asset: None for asset in ended if not self._ends_later(asset, day)
        }
        held = self._ledger.positions
        terms.update({asset: price for asset, price in delisted.items() if asset in held})
        return list(terms.items())

    def _ends_later(self, asset: "Asset", day: int) -> bool:
        """Whether an asset is delisted or merges after a day."""
        of = (asset.sid,)
        delistings, mergers = self._adjustments.delistings(of), self._adjustments.mergers(of)
        ends: tuple[Delisting | Merger, ...] = (*delistings, *mergers)
        return any(end.effective > day for end in ends)

    def sweep(self) -> "list[Posting]":
        """Exchange cash of other currencies for that of the account."""
        book, env = self._ledger, self._env
        if len(book.balances) == 1:
            return []
        exchanges = swept(book, at=env.now, model=env.conversion)
        return [posting for event in exchanges for posting in book.apply(event)]

    def _days_until(self, session: int) -> range:
        """The days whose events happen on a session: its own, and those since the last one."""
        day = self._days[session]
        if not self._late or session == 0:
            return range(day, day + 1)
        return range(self._days[session - 1] + 1, day + 1)

    def _fees(self, session: int) -> "Iterable[FeeCharged]":
        overnight = self._env.overnight
        if session == self._first or overnight.is_free:
            return ()
        since, until = from_day(self._days[session - 1]), from_day(self._days[session])
        return overnight.fees(self._ledger, since=since, until=until, at=self._env.now)

    def _dividends(self, days: range) -> list[DividendEarned]:
        dividends = [each for day in days for each in self._adjustments.dividends_with_ex(day)]
        if not dividends:
            return []
        held = {asset.sid: asset for asset in self._ledger.positions}
        price = self._env.arithmetic.price
        return [
            DividendEarned(
                asset=held[dividend.sid],
                at=self._env.now,
                pay=dividend.pay,
                per_share=price(dividend.amount, "dividend"),
                currency=dividend.currency,
            )
            for dividend in dividends
            if dividend.sid in held
        ]
