"""What an account type is, and what it is asked while a run goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from rustybt.assets import Asset

if TYPE_CHECKING:
    from rustybt.finance.account_types._arguments import OnRefusal
    from rustybt.finance.account_types._calls import MarginCall
    from rustybt.finance.account_types._liquidation import BarRange, Liquidation
    from rustybt.finance.book_events import Fill
    from rustybt.finance.holdings import Holdings
    from rustybt.values import Num


class OpenOrder(NamedTuple):
    """What an order that waits can still do to a position.

    Of orders that cancel each other only the largest counts; those that can only reduce a
    position, and exits that wait for their entry, do not.

    Attributes:
        asset: What is ordered.
        amount: Signed amount that is open, a kernel amount.
        price: What it counts with, a kernel price: see :func:`expected_price`.
    """

    asset: Asset
    amount: Num
    price: Num


def expected_price(
    price: Num, *, is_buy: bool, limit: Num | None = None, stop: Num | None = None
) -> Num:
    """The price that funds are reserved with for an order.

    A buy counts with its limit price, which it cannot exceed; without one, with its stop price or
    the price as of now, whichever is higher. A sale can fill above its limit, so it counts with
    the highest of all.

    Args:
        price: The last price.
        is_buy: Whether it buys.
        limit: Its limit price, None without one.
        stop: Its stop price, None without one.
    """
    if is_buy and limit is not None:
        return limit
    return max(each for each in (price, limit, stop) if each is not None)


class Funds:
    """What one account of one run may do with its money; asked by the engine.

    This one has no limits, as Zipline's account has none: cash may be negative without end and
    nothing is required.

    All amounts, prices and money are kernel numbers; money is in the currency of the account
    unless something else is said. The engine tells of every fill and every session; nothing here
    changes the book.

    Args:
        book: Cash and positions of the account.

    Attributes:
        limited: Whether `check` and `affordable` can refuse anything; where they cannot, an
            engine need not ask.
        called: Whether `assess` and `liquidations` can find anything.
        on_refusal: What happens to an order that `check` does not allow.
    """

    limited: ClassVar[bool] = False
    called: ClassVar[bool] = False
    on_refusal: OnRefusal = "reject"

    def __init__(self, book: Holdings) -> None:
        self._book = book

    # ------------------------------------------------------------------ questions

    def check(
        self,
        asset: Asset,
        amount: Num,
        price: Num,
        *,
        commission: Num = 0,
        open_orders: Iterable[OpenOrder] = (),
    ) -> None:
        """Ask whether an order may be placed; one that makes risk smaller always may.

        Args:
            asset: What is ordered.
            amount: Signed amount in whole lots.
            price: What it counts with: see :func:`expected_price`.
            commission: What it may cost, in the asset's currency.
            open_orders: All orders of the account that wait, this one not among them.

        Raises:
            InsufficientFundsError: There is too little; it says what was needed and what is
                there.
            ShortSaleRefused: A cash account holds less than that.
            DayTradeLimitReached: No day trade is left to a small account.
        """

    def check_exchange(self, sell: str, amount: Num) -> None:
        """Ask whether money of one currency may be exchanged for another.

        Args:
            sell: The currency to give.
            amount: How much, kernel money above zero.

        Raises:
            InsufficientFundsError: A cash account has less of it.
        """

    def affordable(self, asset: Asset, amount: Num, price: Num, commission: Num = 0) -> Num:
        """How much of an execution may happen, now that its price is known.

        Figures are those of the newest marks; no newer ones are asked for. Executions of the
        same bar that the book does not know yet are known here by :meth:`claim`.

        Args:
            asset: What is to be executed.
            amount: Signed amount in whole lots.
            price: At what price.
            commission: What all of it costs, in the asset's currency; a part is taken to cost no
                more.

        Returns:
            All of the amount, a part of it in whole lots, or zero.
        """
        return amount

    # ------------------------------------------------------------------ what happens

    def claim(self, asset: Asset, amount: Num, price: Num, commission: Num = 0) -> None:
        """An execution that the book will be told of: what it takes is no longer free."""

    def filled(self, fills: Iterable[Fill]) -> None:
        """The book was told of these executions, the closing of assets that end among them."""

    def charged(self, asset: Asset, money: Num) -> None:
        """The book was told of money that a position cost (negative: brought): its funding.

        Args:
            asset: Whose position.
            money: In the asset's currency.
        """

    def start_session(self, session: int, day: date) -> None:
        """A session begins; the book has had its dividends and splits.

        Args:
            session: Its index in the run's calendar.
            day: Its label.
        """

    def assess(self, at: int) -> MarginCall | None:
        """Look at the account after a bar.

        Args:
            at: Label of the bar, nanoseconds UTC.

        Returns:
            The call that stands, new or from before; None where equity suffices.
        """
        return None

    def liquidations(
        self, at: int, bar_of: Callable[[Asset], BarRange | None]
    ) -> list[Liquidation]:
        """Isolated positions whose liquidation price lies within a bar.

        Args:
            at: Label of the bar, nanoseconds UTC.
            bar_of: Its prices by asset, None where nothing traded.
        """
        return []

    def liquidation_price(self, asset: Asset) -> Num | None:
        """The price at which an isolated position is closed by force; None for others."""
        return None

    # ------------------------------------------------------------------ figures

    def settled_cash(self) -> Num:
        """Cash less proceeds of sales that are still to settle."""
        return self._book.cash

    def buying_power(self) -> Num | None:
        """Largest value of long positions that can be added; None without limit."""
        return None

    def regt_equity(self) -> Num:
        """What Regulation T counts as equity; of an unlimited account its cash, as in Zipline."""
        return self._book.cash

    def regt_margin(self) -> Num | None:
        """What Regulation T requires for the equities held; None where nobody asks."""
        return None

    def initial_margin(self) -> Num | None:
        """Equity required to open what is held; None for none."""
        return None

    def maintenance_margin(self) -> Num | None:
        """Equity required to keep what is held; None for none."""
        return None

    def available_funds(self) -> Num:
        """What new positions can take; of an unlimited account its cash, as in Zipline."""
        return self._book.cash

    def excess_liquidity(self) -> Num:
        """What can be lost before there is a margin call; of an unlimited account its cash."""
        return self._book.cash

    def day_trades_remaining(self) -> int | None:
        """How many day trades are left; None without limit."""
        return None


class AccountType(Protocol):
    """A kind of account that a run can have: what `account=` takes.

    Attributes:
        name: The name that stands for it with its defaults.
    """

    name: ClassVar[str]

    def open(self, book: Holdings, *, one_currency: bool = False) -> Funds:
        """The funds of one run; nothing is shared with those of another.

        Args:
            book: Cash and positions of the account.
            one_currency: Whether everything counts as quoted in the currency of the account.
        """

    def arguments(self) -> dict[str, Any]:
        """What makes the same one again: the arguments of its class."""


class UnlimitedAccount:
    """An account that refuses nothing and is never called, as Zipline's is."""

    name: ClassVar[str] = "unlimited"

    def open(self, book: Holdings, *, one_currency: bool = False) -> Funds:
        """The funds of one run."""
        return Funds(book)

    def arguments(self) -> dict[str, Any]:
        """What makes the same one again: the arguments of its class."""
        return {}

    def __repr__(self) -> str:
        return "UnlimitedAccount()"
