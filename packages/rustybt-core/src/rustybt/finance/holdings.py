"""What a book holds and what it is worth: money by currency, positions, receivables."""

from __future__ import annotations

from datetime import date
from math import copysign, inf, nan
from typing import TYPE_CHECKING, Protocol

from rustybt.errors import InvalidArgument
from rustybt.finance.position import DecimalPosition
from rustybt.finance.snapshot import PositionColumns
from rustybt.finance.totals import BookTotals, sum_longs, sum_positions, sum_values

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from rustybt.assets import Asset
    from rustybt.finance.session_figures import Figures
    from rustybt.values import Arithmetic, Num, Ratio, Value


class PositionListener(Protocol):
    """Who follows which positions there are: the mapping that strategies see."""

    def opened(self, position: DecimalPosition) -> None:
        """A position now exists."""

    def closed(self, position: DecimalPosition) -> None:
        """A position no longer exists."""


class RateSource(Protocol):
    """What currencies are worth as of now."""

    def __call__(self, currency: str, base: str) -> Ratio:
        """Units of `base` for one unit of `currency`.

        Raises:
            MissingRate: None is known.
        """


def _nothing_to_refresh() -> None:
    """The hook of a book whose marks are set from outside."""


def _no_rates(currency: str, base: str) -> Ratio:
    """The rates of a book that was given none."""
    raise InvalidArgument(
        field="currency",
        value=currency,
        reason=f"there are no exchange rates; give rates of {currency}/{base} with the data",
    )


class Holdings:
    """Money, positions and receivables with their values.

    Marking is lazy: the engine sets `stale` when the bar moves on and gives a `refresh` hook,
    which is called when a value is read for the first time since. Values are in the currency of
    the account; what is held in another one is converted at the rate as of now, half even at 16.

    Args:
        arithmetic: The policy of all numbers.
        currency: The currency of the account.
        as_zipline: Keep zipline's float cost basis instead of the exact cost.
        receivables_in_value: Whether dividends that were earned and not yet paid count as value.
        one_currency: Whether everything counts as quoted in the currency of the account.

    Attributes:
        positions: What is held, in order of opening.
        balances: Money by currency.
        owed: Dividends earned and not yet paid (negative: owed by the book), by currency.
        rates: What currencies are worth as of now.
        stale: Whether prices have moved on since the last marking.
        refresh: Marks all positions at the current bar.
    """

    def __init__(
        self,
        arithmetic: Arithmetic,
        *,
        currency: str,
        as_zipline: bool,
        receivables_in_value: bool,
        one_currency: bool,
    ) -> None:
        self.arithmetic = arithmetic
        self.currency = currency
        self.positions: dict[Asset, DecimalPosition] = {}
        self.balances: dict[str, Num] = {currency: arithmetic.zero}
        self.owed: dict[str, Num] = {currency: arithmetic.zero}
        self.rates: RateSource = _no_rates
        self._rates: dict[str, Ratio] = {}
        self.stale = False
        self.refresh: Callable[[], None] = _nothing_to_refresh
        self._as_zipline = as_zipline
        self._receivables_in_value = receivables_in_value
        self._one_currency = one_currency
        self._listeners: list[PositionListener] = []
        self._totals: BookTotals | None = None
        self._columns: PositionColumns | None = None
        self._prices: tuple[Num, ...] | None = None
        self._value: Num | None = None
        self._closing: Figures | None = None
        """What the last session ended with, until anything changes."""
        self._plain = False
        """Whether there are only longs, of amounts that need no rounding; False if not known."""
        self._futures = self._multiplied = self._foreign = 0
        self._next_end: date | None = None

    def _changed(self) -> None:
        """Forget every figure that an event may have changed."""
        self._plain = False
        self._totals = self._columns = self._prices = self._value = self._closing = None

    # ------------------------------------------------------------------ positions and marks

    def watch(self, listener: PositionListener) -> None:
        """Tell a listener of every position: those there are, then each that comes or goes."""
        self._listeners.append(listener)
        for position in self.positions.values():
            listener.opened(position)

    def _open(self, asset: Asset, price: Num, at: int) -> DecimalPosition:
        """A position of nothing yet, marked at a price."""
        position = DecimalPosition(
            asset,
            self.arithmetic,
            price=price,
            at=at,
            as_zipline=self._as_zipline,
            currency=self.currency if self._one_currency else asset.currency,
        )
        self.positions[asset] = position
        self._count(position, 1)
        for listener in self._listeners:
            listener.opened(position)
        return position

    def _close(self, position: DecimalPosition) -> None:
        del self.positions[position.asset]
        self._count(position, -1)
        for listener in self._listeners:
            listener.closed(position)

    def _count(self, position: DecimalPosition, step: int) -> None:
        self._next_end = None
        self._futures += step * position.settles_daily
        self._multiplied += step * (position.multiplier is not None)
        self._foreign += step * (position.currency != self.currency)

    def ended(self, today: date) -> list[Asset]:
        """The assets held whose last day is over or today, in order of opening."""
        if self._next_end is None:
            ends = (asset.auto_close_date for asset in self.positions)
            self._next_end = min((end for end in ends if end is not None), default=date.max)
        if today < self._next_end:
            return []
        return [asset for asset in self.positions if _ends_by(asset, today)]

    def mark(self, asset: Asset, price: Num, at: int) -> None:
        """Set the price that a position is valued at; nothing happens without a position."""
        position = self.positions.get(asset)
        if position is not None:
            position.mark(price, at)
            self._totals = self._prices = self._value = self._closing = None

    def mark_all(self, prices: Iterable[Num | None], at: int) -> None:
        """Mark the positions, in order of opening; one without a price keeps its mark."""
        for position, price in zip(self.positions.values(), prices, strict=True):
            if price is not None:
                position.last_price = price
                position.last_at = at
        self._totals = self._prices = self._value = self._closing = None

    def freshen(self) -> None:
        """Call the `refresh` hook if prices have moved on since the last marking."""
        if self.stale:
            self.stale = False
            if self._rates:
                self._rates.clear()
            self.refresh()
            self._totals = self._prices = self._value = self._closing = None

    def position_columns(self) -> PositionColumns:
        """The positions at the newest marks; columns that no event has changed are shared."""
        if self._columns is None:
            held = self.positions.values()
            amounts = tuple([position.amount for position in held])
            costs = tuple([position.unit_cost() for position in held])
            self._columns = PositionColumns(tuple(self.positions), amounts, costs)
            longs = bool(amounts) and min(amounts) > 0
            self._plain = longs and self.arithmetic.are_unrounded(amounts)
        assets, amounts, cost_bases, _ = self._columns
        return PositionColumns(assets, amounts, cost_bases, self._last_prices())

    def _last_prices(self) -> tuple[Num, ...]:
        if self._prices is None:
            self._prices = tuple([p.last_price for p in self.positions.values()])
        return self._prices

    # ------------------------------------------------------------------ values

    def worth(self, money: Num, currency: str) -> Num:
        """Money of any currency in that of the account, at the rate of the newest marking.

        Once prices have moved on it is the rate as of now.
        """
        if currency == self.currency or not money:
            return money
        if self.stale:
            self._rates.clear()
        rate = self._rates.get(currency)
        if rate is None:
            rate = self._rates[currency] = self.rates(currency, self.currency)
        return self.arithmetic.converted(money, rate)

    def _worth_of(self, balances: dict[str, Num]) -> Num:
        if len(balances) == 1:
            return balances[self.currency]
        return sum(
            [self.worth(money, currency) for currency, money in balances.items()],
            self.arithmetic.zero,
        )

    @property
    def receivables(self) -> Num:
        """Dividends earned and not yet paid (negative: owed), in the account's currency."""
        return self._worth_of(self.owed)

    @property
    def cash(self) -> Num:
        """Money in all currencies, the unsettled profit of futures and swaps included."""
        if self._futures or len(self.balances) > 1:
            self.freshen()
        return self.cash_as_marked()

    def cash_as_marked(self) -> Num:
        """The cash at the newest marks, without asking for newer ones."""
        cash = self._worth_of(self.balances)
        return cash + self.totals_as_marked().unsettled if self._futures else cash

    def totals(self) -> BookTotals:
        """Values and exposures of the positions at the current prices."""
        self.freshen()
        return self.totals_as_marked()

    def totals_as_marked(self) -> BookTotals:
        """Values and exposures at the newest marks, without asking for newer ones."""
        if self._totals is None:
            held = self.positions.values()
            if self._futures or self._multiplied or self._foreign:
                self._totals = sum_positions(held, self.arithmetic, self.worth)
            else:
                columns = self._columns
                amounts = [p.amount for p in held] if columns is None else columns.amounts
                prices = self._last_prices()
                add = sum_longs if self._plain and min(prices) > 0 else sum_values
                self._totals = add(amounts, prices, self.arithmetic)
        return self._totals

    def portfolio_value(self) -> Num:
        """Cash, positions and, where the rules say so, receivables at the current prices."""
        self.freshen()
        return self.value_as_marked()

    def value_as_marked(self) -> Num:
        """The portfolio value at the newest marks, without asking for newer ones."""
        value = self._value
        if value is None:
            totals = self.totals_as_marked()
            value = self.cash_as_marked() + totals.long_value + totals.short_value
            if self._receivables_in_value:
                value += self.receivables
            self._value = value
        return value

    def foreign_currencies(self) -> Collection[str]:
        """The other currencies that something is held in, or was."""
        if not self._foreign and len(self.balances) == 1 and len(self.owed) == 1:
            return ()
        held = [position.currency for position in self.positions.values()]
        known = dict.fromkeys([*self.balances, *self.owed, *held])
        del known[self.currency]
        return known

    def equity_in(self, currency: str) -> Num:
        """Everything that is held in one currency, at the newest marks, in that currency."""
        zero = self.arithmetic.zero
        equity = self.balances.get(currency, zero)
        if self._receivables_in_value:
            equity += self.owed.get(currency, zero)
        for position in self.positions.values():
            if position.currency == currency:
                own = position.unsettled if position.settles_daily else position.exposure
                equity += own()
        return equity

    def gross_leverage(self) -> Value:
        """Gross exposure over portfolio value; infinite where that is zero."""
        return self._leverage(self.totals().gross_exposure)

    def net_leverage(self) -> Value:
        """Net exposure over portfolio value; infinite where that is zero."""
        return self._leverage(self.totals().net_exposure)

    def _leverage(self, exposure: Num) -> Value:
        if self.portfolio_value():
            return self.over_value(exposure)
        return self.arithmetic.constant(inf)

    def over_value(self, money: Num) -> Value:
        """Money over portfolio value, a public value; infinite or NaN where that is zero."""
        value = self.portfolio_value()
        if value:
            return self.arithmetic.quotient(money, value)
        return self.arithmetic.constant(copysign(inf, money) if money else nan)


def _ends_by(asset: Asset, today: date) -> bool:
    return asset.auto_close_date is not None and asset.auto_close_date <= today
