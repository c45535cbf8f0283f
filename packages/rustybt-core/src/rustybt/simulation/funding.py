"""Funding in a run: what the perpetual swaps that are held pay and get, bar by bar.

In every bar the swaps that were held when it began, and were not liquidated in it, pay for every
funding time since the bar before, up to the bar's own end; what the bar's orders open or close does
not count, since a bar's executions are taken to come after its payments. Each payment is

    amount x mark x price multiplier x rate

rounded once, half even at 16; longs pay where the rate is positive, and shorts get it. The mark of
a payment at the bar's end is the bar's: its close, or the last price where nothing traded. A
payment inside a bar that is longer than those that tell the rates counts at the newest close of the
shorter ones; where they have none, at the mark that the position had. Of an isolated position it is
paid out of the margin of its own, which moves the liquidation price from the next bar on.

Source: Binance, "Introduction to Binance Futures Funding Rates" (value of positions at the mark
price x funding rate, between those who hold a position at the funding time), and for isolated
margin "Event: Balance and Position Update" of the USDT-M API (FUNDING_FEE changes its wallet).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Final

from rustybt.assets import Perpetual
from rustybt.clock import MINUTE
from rustybt.data.funding import Funding
from rustybt.finance.book_events import FeeCharged
from rustybt.values import Ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rustybt.assets import Asset
    from rustybt.data.funding import FundingEvent
    from rustybt.data.portal import PolarsDataPortal
    from rustybt.execution import Execution
    from rustybt.finance.account_types import Funds
    from rustybt.finance.ledger import DecimalLedger
    from rustybt.finance.position import DecimalPosition
    from rustybt.simulation.kernel import Kernel
    from rustybt.values import Num


_FOR_EVER: Final = 2**63


class FundingPayments:
    """Charges a book for the perpetual swaps that it holds.

    Args:
        funding: The payments of the data.
        ledger: The book; every payment is a posting of the kind funding.
        portal: Where marks come from.
        funds: The account, which is told of every payment.
        start: When the run begins, ns UTC; nothing is held before its first bar.
    """

    def __init__(
        self,
        funding: Funding,
        *,
        ledger: DecimalLedger,
        portal: PolarsDataPortal,
        funds: Funds,
        start: int,
    ) -> None:
        self._funding = funding
        self._ledger = ledger
        self._portal = portal
        self._funds = funds
        self._since = start
        self._quiet_until = start
        self._held: dict[Asset, DecimalPosition] = {}
        ledger.watch(self)

    def opened(self, position: DecimalPosition) -> None:
        """The ledger has a new position."""
        if isinstance(position.asset, Perpetual):
            self._held[position.asset] = position
            self._quiet_until = self._since

    def closed(self, position: DecimalPosition) -> None:
        """The ledger has a position no longer."""
        self._held.pop(position.asset, None)

    def pay(self, at: int) -> None:
        """Settle what has come due since the last bar.

        Args:
            at: Label of the bar, nanoseconds UTC; the portal's present.
        """
        since, self._since = self._since, at
        if at < self._quiet_until:
            return
        quiet = _FOR_EVER
        for asset, position in self._held.items():
            for event in self._funding.events(asset, since, at):
                if event.rate:
                    self._charge(position, event, at)
            quiet = min(quiet, self._funding.quiet_until(asset, at))
        self._quiet_until = quiet

    def _charge(self, position: DecimalPosition, event: FundingEvent, at: int) -> None:
        owed = self._owed(position, event, self._mark(position, event.at, at))
        fee = FeeCharged("funding", event.at, owed, position.currency, position.asset)
        self._ledger.apply(fee)
        self._funds.charged(position.asset, owed)

    def _owed(self, position: DecimalPosition, event: FundingEvent, mark: Num) -> Num:
        """Money that a position pays; negative is received."""
        size = Ratio.parse(Fraction(abs(event.rate)))
        share = size if position.multiplier is None else size * position.multiplier
        money = self._ledger.arithmetic.notional(position.amount, mark, share)
        return money if event.rate > 0 else -money

    def _mark(self, position: DecimalPosition, paid: int, at: int) -> Num:
        asset, arithmetic = position.asset, self._ledger.arithmetic
        if paid == at:
            mark = self._portal.mark(asset)
        else:
            close = self._funding.close(asset, paid)
            mark = None if close is None else arithmetic.price(close, "close")
        return position.last_price if mark is None else mark


class FundedKernel:
    """A kernel that settles funding before it matches a bar.

    Args:
        kernel: What matches.
        payments: What is settled.
    """

    name: ClassVar[str] = "funded"
    idles: ClassVar[bool] = False

    def __init__(self, kernel: Kernel, payments: FundingPayments) -> None:
        self._pay: Final = payments.pay
        self._advance: Final = kernel.advance

    def advance(self, at: int, session: int) -> Sequence[Execution]:
        """See :class:`Kernel`."""
        self._pay(at)
        return self._advance(at, session)


def funded(
    kernel: Kernel,
    *,
    ledger: DecimalLedger,
    portal: PolarsDataPortal,
    funds: Funds,
    start: int,
    every_hours: int | None = None,
) -> Kernel:
    """The kernel of a run over bars that have funding rates; the same one without a swap.

    Args:
        kernel: What matches.
        ledger: The book of the run.
        portal: Its data.
        funds: Its account.
        start: When it begins, ns UTC.
        every_hours: See :class:`~rustybt.data.funding.Funding`.
    """
    finder, axis = portal.bundle.finder, portal.axis
    if not any(isinstance(asset, Perpetual) for asset in finder.retrieve_all(finder.sids)):
        return kernel
    minute = portal.bundle.minute
    every_row_ends_a_bar = minute is None or (
        minute.resolution == axis.resolution >= MINUTE and minute.calendar == axis.calendar.name
    )
    funding = Funding.of(
        portal.bundle,
        portal.calendar,
        every_hours=every_hours,
        prices=not every_row_ends_a_bar,
    )
    if funding is None:
        return kernel
    payments = FundingPayments(funding, ledger=ledger, portal=portal, funds=funds, start=start)
    return FundedKernel(kernel, payments)
