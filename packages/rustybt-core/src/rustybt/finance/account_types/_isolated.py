"""Positions with margin of their own: what is set aside, and when they are closed by force."""

from __future__ import annotations

from decimal import localcontext
from typing import TYPE_CHECKING, NamedTuple

from rustybt.assets import Asset
from rustybt.finance.account_types._liquidation import BarRange, Liquidation
from rustybt.finance.margin import MarginPosition
from rustybt.values import KERNEL_CONTEXT, like

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rustybt.finance._cost_model import Figure
    from rustybt.finance.account_types._pricing import Pricing
    from rustybt.finance.book_events import Fill
    from rustybt.finance.holdings import Holdings
    from rustybt.finance.margin import IsolatedTerms, MarginModel
    from rustybt.finance.position import DecimalPosition
    from rustybt.values import Num


class _Pot(NamedTuple):
    """What stands behind one position, in its currency.

    Attributes:
        cost: Signed value at the prices of opening, without commissions.
        margin: Money set aside when it was opened, less the funding paid since.
    """

    cost: Num
    margin: Num


class IsolatedBook:
    """Margin of isolated positions, by the fills that opened them.

    What is opened sets aside what the model requires more with it than without it, at the price
    of the fill. What is closed gives back its share of the margin. Funding is paid out of it.

    Args:
        book: The account's book.
        model: Whose positions are isolated, and on which terms.
        pricing: Values in the currency of the account.
    """

    def __init__(self, book: Holdings, model: MarginModel, pricing: Pricing) -> None:
        self._book = book
        self._model = model
        self._pricing = pricing
        self._pots: dict[Asset, _Pot] = {}
        self._terms: dict[Asset, IsolatedTerms | None] = {}

    def terms_of(self, asset: Asset) -> IsolatedTerms | None:
        """The terms of an asset; None where the whole account stands for it."""
        if asset not in self._terms:
            self._terms[asset] = self._model.isolated(asset)
        return self._terms[asset]

    def required(self, asset: Asset, amount: Num, price: Num) -> Num:
        """What a position would set aside if it were opened at a price, in its currency."""
        arithmetic = self._book.arithmetic
        if not amount:
            return arithmetic.zero
        position = MarginPosition(
            asset,
            arithmetic.amount_value(amount),
            arithmetic.price_value(price),
            like(asset.price_multiplier, arithmetic.price_value(price)),
            self._pricing.currency_of(asset),
        )
        with localcontext(KERNEL_CONTEXT):
            return arithmetic.money(self._model.position(position).initial)

    def added(self, asset: Asset, held: Num, amount: Num, price: Num) -> Num:
        """What a trade sets aside beside what is: zero for one that only closes."""
        zero = self._book.arithmetic.zero
        if held * amount >= 0:
            before = self.required(asset, held, price)
            return max(self.required(asset, held + amount, price) - before, zero)
        if abs(amount) <= abs(held):
            return zero
        return self.required(asset, held + amount, price)

    # ------------------------------------------------------------------ what happens

    def filled(self, fill: Fill, held: Num, after: Num) -> None:
        """A position was opened, added to, or closed.

        Args:
            fill: The execution.
            held: What was held before it.
            after: What was held after it.
        """
        asset, amount, price = fill.asset, fill.amount, fill.price
        if self.terms_of(asset) is None:
            return
        zero = self._book.arithmetic.zero
        pot = self._pots.pop(asset, _Pot(zero, zero))
        if not after:
            return
        if held * amount < 0 and abs(amount) < abs(held):
            portion = self._book.arithmetic.portion
            self._pots[asset] = _Pot(
                pot.cost - portion(pot.cost, -amount, held),
                pot.margin - portion(pot.margin, -amount, held),
            )
            return
        opened = amount if held * amount >= 0 else after
        kept = pot if held * amount >= 0 else _Pot(zero, zero)
        self._pots[asset] = _Pot(
            kept.cost + self._pricing.local(asset, opened, price),
            kept.margin + self.added(asset, held, amount, price),
        )

    def charged(self, asset: Asset, money: Num) -> None:
        """Money was paid (negative: received) for a position; it comes out of its margin."""
        pot = self._pots.get(asset)
        if pot is not None:
            self._pots[asset] = pot._replace(margin=pot.margin - money)

    def liquidations(
        self, at: int, bar_of: Callable[[Asset], BarRange | None]
    ) -> Iterator[Liquidation]:
        """Positions whose liquidation price lies within a bar.

        Args:
            at: Label of the bar.
            bar_of: Its prices by asset, None where nothing traded.
        """
        for asset, pot in self._pots.items():
            position = self._book.positions.get(asset)
            bar = bar_of(asset)
            if position is not None and bar is not None:
                price = self._touched(position, pot, bar)
                if price is not None:
                    yield self._liquidation(position, pot, price, at)

    def _touched(self, position: DecimalPosition, pot: _Pot, bar: BarRange) -> Num | None:
        """The price at which a bar closes a position by force; None where it does not."""
        terms = self._terms_of(position)
        price = self._price(terms.liquidation_price, position, pot)
        if price is None:
            return None
        long = position.amount > 0
        if (bar.low > price) if long else (bar.high < price):
            return None
        if (bar.open > price) if long else (bar.open < price):
            return price
        lost = self._price(terms.bankruptcy_price, position, pot)
        if lost is None:
            return bar.open
        return max(bar.open, lost) if long else min(bar.open, lost)

    def _liquidation(
        self, position: DecimalPosition, pot: _Pot, price: Num, at: int
    ) -> Liquidation:
        arithmetic = self._book.arithmetic
        asset, terms = position.asset, self._terms_of(position)
        value = self._pricing.local(asset, position.amount, price)
        left = max(pot.margin + value - pot.cost, arithmetic.zero)
        shown: Figure = arithmetic.money_value(abs(value))
        with localcontext(KERNEL_CONTEXT):
            fee = arithmetic.money(like(terms.liquidation_fee, shown) * shown)
        return Liquidation(
            asset=asset,
            amount=-position.amount,
            price=price,
            fee=min(fee, left),
            currency=position.currency,
            at=at,
        )

    # ------------------------------------------------------------------ figures

    def liquidation_price(self, asset: Asset) -> Num | None:
        """The price at which a position is closed by force, a kernel price; None for none."""
        position, pot = self._book.positions.get(asset), self._pots.get(asset)
        if position is None or pot is None:
            return None
        return self._price(self._terms_of(position).liquidation_price, position, pot)

    def _terms_of(self, position: DecimalPosition) -> IsolatedTerms:
        terms = self.terms_of(position.asset)
        assert terms is not None, "a pot belongs to an isolated position"
        return terms

    def _price(
        self,
        formula: Callable[[Figure, Figure, Figure], Figure | None],
        position: DecimalPosition,
        pot: _Pot,
    ) -> Num | None:
        """What a formula of size, entry price and margin says, as a kernel price."""
        arithmetic = self._book.arithmetic
        amount: Figure = arithmetic.amount_value(position.amount)
        entry = arithmetic.unit_cost(pot.cost, position.amount, position.multiplier)
        with localcontext(KERNEL_CONTEXT):
            size = amount * like(position.asset.price_multiplier, amount)
            price = formula(size, arithmetic.money_value(entry), arithmetic.money_value(pot.margin))
        return None if price is None else arithmetic.price(price, "liquidation price")

    def set_aside(self) -> Num:
        """Margin and profit of all positions, none below zero, in the currency of the account."""
        return sum((self.aside(asset) for asset in self._pots), self._book.arithmetic.zero)

    def aside(self, asset: Asset, price: Num | None = None) -> Num:
        """Margin and profit of one position, not below zero, in the currency of the account.

        Args:
            asset: Whose position.
            price: What it counts at; its mark when not given.
        """
        zero = self._book.arithmetic.zero
        position, pot = self._book.positions.get(asset), self._pots.get(asset)
        if position is None or pot is None:
            return zero
        counted = position.last_price if price is None else price
        value = self._pricing.local(asset, position.amount, counted)
        return self._pricing.worth(asset, max(pot.margin + value - pot.cost, zero))
