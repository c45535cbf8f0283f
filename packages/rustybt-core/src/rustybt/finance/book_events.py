"""What can happen to a book: the messages that a venue, a calendar or a broker sends it.

All numbers are kernel numbers of the run's arithmetic. Times are nanoseconds UTC, days are counted
from 1970-01-01.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from rustybt.finance.action_events import CorporateAction

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.finance.accounts import CostKind
    from rustybt.finance.journal import Posting
    from rustybt.values import Num, Ratio


class Fill(NamedTuple):
    """An order, or a part of it, was executed.

    Attributes:
        order_id: The order; None where no order stands behind it (a delisting).
        asset: What changed hands.
        at: Time of the bar or of the venue's report.
        session: Index of the session in the run's calendar.
        amount: Signed amount: positive was bought.
        price: Price per unit.
        sequence: Number of the execution within the run.
        strategy: Whose order it was.
        reference: Price of the market before slippage; None where there was none.
    """

    order_id: str | None
    asset: Asset
    at: int
    session: int
    amount: Num
    price: Num
    sequence: int
    strategy: str
    reference: Num | None = None


class CommissionCharge(NamedTuple):
    """A fill was charged for.

    Attributes:
        order_id: The order charged.
        asset: What was traded.
        at: Time of the charge.
        amount: Money; negative is a rebate.
        strategy: Whose order it was.
    """

    order_id: str
    asset: Asset
    at: int
    amount: Num
    strategy: str


class SplitApplied(NamedTuple):
    """Shares are exchanged for shares at another scale.

    Attributes:
        asset: What is split.
        at: Start of the first session on the new scale.
        ratio: Factor on earlier prices: 1/2 for two new shares per old one.
    """

    asset: Asset
    at: int
    ratio: Ratio


class DividendEarned(NamedTuple):
    """An ex-date has come: who holds the asset now is entitled to its dividend, shorts owe it.

    Attributes:
        asset: What pays.
        at: Start of the ex-date's session.
        pay: Day of payment.
        per_share: Money per share, a kernel price.
        currency: What it is paid in; None for the asset's.
    """

    asset: Asset
    at: int
    pay: int
    per_share: Num
    currency: str | None = None


class DividendPaid(NamedTuple):
    """What an asset owes for one pay date arrives.

    Attributes:
        asset: What pays.
        at: Time of arrival.
        pay: The pay date that the entitlement names.
        currency: What it is paid in; None for the asset's.
    """

    asset: Asset
    at: int
    pay: int
    currency: str | None = None


class CapitalChange(NamedTuple):
    """The owner puts money in (positive) or takes it out.

    Attributes:
        at: Time of the transfer.
        amount: Money.
        currency: Its currency; None for that of the account.
    """

    at: int
    amount: Num
    currency: str | None = None


class FeeCharged(NamedTuple):
    """Money is paid (negative: earned) for something other than an execution.

    Attributes:
        kind: What for: borrow, financing, funding.
        at: Time of the charge.
        amount: Money.
        currency: Its currency.
        asset: The position that it is for, None where it is for none.
    """

    kind: CostKind
    at: int
    amount: Num
    currency: str
    asset: Asset | None = None


class CurrencyExchanged(NamedTuple):
    """Money of one currency is exchanged for another.

    Attributes:
        at: Time of the exchange.
        sold: The currency given.
        sold_amount: How much of it goes, above zero.
        bought: The currency received.
        bought_amount: How much of it arrives, above zero.
        cost: What of that the exchange itself cost.
        cost_currency: The one of the two that the cost is in.
        strategy: Whose doing it was.
    """

    at: int
    sold: str
    sold_amount: Num
    bought: str
    bought_amount: Num
    cost: Num
    cost_currency: str
    strategy: str


class CloseOut(NamedTuple):
    """A position ends with its asset: delisting, expiry.

    Attributes:
        asset: What is delisted.
        at: Time of the closing.
        session: Index of the session in the run's calendar.
        price: Final price; None for the price that the position is marked at.
        sequence: Number of the execution within the run.
    """

    asset: Asset
    at: int
    session: int
    price: Num | None
    sequence: int


class Settlement(NamedTuple):
    """Profit and loss of futures and swaps since the last settlement moves to cash.

    Attributes:
        at: Time of the settlement.
    """

    at: int


BookEvent = (
    Fill
    | CommissionCharge
    | FeeCharged
    | CurrencyExchanged
    | SplitApplied
    | DividendEarned
    | DividendPaid
    | CapitalChange
    | CloseOut
    | Settlement
    | CorporateAction
)


class Book(Protocol):
    """The book half of trading: events in, postings out.

    A simulation, a paper account and a live account differ in who sends the events.
    """

    def apply(self, event: BookEvent) -> tuple[Posting, ...]:
        """Change the book as the event says and return what was posted.

        The postings are those of one balanced journal entry; none where the event changes
        nothing or the book keeps no journal.
        """
