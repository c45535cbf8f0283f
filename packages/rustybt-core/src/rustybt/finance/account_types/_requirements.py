"""What a margin model requires of a book, reckoned once for each state of its marks."""

from __future__ import annotations

from decimal import localcontext
from typing import TYPE_CHECKING, NamedTuple

from rustybt.finance.margin import MarginPart, MarginPosition, MarginRequirement
from rustybt.values import KERNEL_CONTEXT, like

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rustybt.assets import Asset
    from rustybt.finance.account_types._pricing import Pricing
    from rustybt.finance.holdings import Holdings
    from rustybt.finance.margin import MarginModel
    from rustybt.finance.position import DecimalPosition
    from rustybt.finance.totals import BookTotals
    from rustybt.values import Num, Value


class Required(NamedTuple):
    """A requirement in kernel money, in the currency of the account."""

    initial: Num
    maintenance: Num


class Requirements:
    """Asks a margin model about the positions of a book.

    Answers are kept until a price or a position changes.

    Args:
        book: The account's book.
        model: What is asked.
        pricing: Values in the currency of the account.
        counts: Whether a position counts; others are left out of the book.
    """

    def __init__(
        self,
        book: Holdings,
        model: MarginModel,
        pricing: Pricing,
        counts: Callable[[Asset], bool],
    ) -> None:
        self._book = book
        self._model = model
        self._pricing = pricing
        self._counts = counts
        self._state: BookTotals | None = None
        self._parts: dict[Asset, MarginPart] = {}
        self._answers: dict[tuple[Asset, Num, Num], MarginPart] = {}

    def held(self) -> Mapping[Asset, MarginPart]:
        """The positions that count with what each requires, at the newest marks."""
        state = self._book.totals_as_marked()
        if state is not self._state:
            self._state = state
            self._answers.clear()
            with localcontext(KERNEL_CONTEXT):
                self._parts = {
                    asset: self._ask(asset, position.amount, position.last_price)
                    for asset, position in self._book.positions.items()
                    if self._counts(asset)
                }
        return self._parts

    def part(self, asset: Asset, amount: Num, price: Num) -> MarginPart:
        """What a position requires alone, in the currency of the account.

        Of an asset of another currency it is asked each time: rates move where prices don't.
        """
        key = asset, amount, price
        answer = self._answers.get(key)
        if answer is None:
            with localcontext(KERNEL_CONTEXT):
                answer = self._ask(asset, amount, price)
            if self._pricing.currency_of(asset) == self._book.currency:
                self._answers[key] = answer
        return answer

    def enlarged(self, position: DecimalPosition, amount: Num, price: Num) -> MarginPart:
        """What a position requires with more of it: what is held at its mark, the rest at a price.

        All of it at the mark, and what the added part requires more at the price than there.
        """
        asset, mark = position.asset, position.last_price
        whole = self.part(asset, position.amount + amount, mark)
        if price == mark:
            return whole
        here, there = self.part(asset, amount, price), self.part(asset, amount, mark)
        with localcontext(KERNEL_CONTEXT):
            needed = [
                all_of_it + at_price - at_mark
                for all_of_it, at_price, at_mark in zip(
                    whole.requirement, here.requirement, there.requirement, strict=True
                )
            ]
            value = whole.value + here.value - there.value
        return MarginPart(whole.position, value, MarginRequirement(*needed))

    def _ask(self, asset: Asset, amount: Num, price: Num) -> MarginPart:
        arithmetic = self._book.arithmetic
        shown = arithmetic.price_value(price)
        currency = self._pricing.currency_of(asset)
        position = MarginPosition(
            asset,
            arithmetic.amount_value(amount),
            shown,
            like(asset.price_multiplier, shown),
            currency,
        )
        needed, value = self._model.position(position), position.value
        if currency != self._book.currency:
            needed = MarginRequirement(*(self._worth(asset, money) for money in needed))
            value = self._worth(asset, value)
        return MarginPart(position, value, needed)

    def _worth(self, asset: Asset, money: Value) -> Value:
        arithmetic = self._book.arithmetic
        return arithmetic.money_value(self._pricing.worth(asset, arithmetic.money(money)))

    def of(self, parts: Iterable[MarginPart]) -> Required:
        """What positions require together, rounded half even at 16."""
        with localcontext(KERNEL_CONTEXT):
            needed = self._model.book([part for part in parts if part.position.amount])
        money = self._book.arithmetic.money
        return Required(money(needed.initial), money(needed.maintenance))
