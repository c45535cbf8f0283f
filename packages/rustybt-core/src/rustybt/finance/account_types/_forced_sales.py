"""What is sold to meet a margin call: in which order, and how much."""

from __future__ import annotations

from decimal import localcontext
from typing import TYPE_CHECKING

from rustybt.finance.account_types._calls import CallPolicy, ForcedSale
from rustybt.finance.account_types._lots import fewest_lots
from rustybt.values import KERNEL_CONTEXT, like

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rustybt.assets import Asset
    from rustybt.finance._cost_model import Figure
    from rustybt.finance.account_types._pricing import Pricing
    from rustybt.finance.account_types._requirements import Requirements
    from rustybt.finance.holdings import Holdings
    from rustybt.finance.margin import MarginPart
    from rustybt.finance.position import DecimalPosition
    from rustybt.values import Num


class Broker:
    """Decides what is sold by force.

    Args:
        book: The account's book.
        requirements: What its positions require.
        pricing: Values in the currency of the account.
        policy: In which order it sells, and how much.
    """

    def __init__(
        self, book: Holdings, requirements: Requirements, pricing: Pricing, policy: CallPolicy
    ) -> None:
        self._book = book
        self._requirements = requirements
        self._pricing = pricing
        self._policy = policy

    def sales(self, equity: Num) -> tuple[ForcedSale, ...]:
        """What has to be sold so that equity suffices; everything where nothing less does.

        A sale at the newest mark does not change equity. What it costs is not foreseen.

        Args:
            equity: What stands for the positions.
        """
        left = dict(self._requirements.held())
        sales = []
        for asset in self._ordered(left):
            if self._suffices(equity, left):
                break
            amount = self._needed(asset, left, equity)
            left[asset] = self._kept(asset, amount)
            sales.append(ForcedSale(asset, amount))
        return tuple(sales)

    def _suffices(self, equity: Num, parts: Mapping[Asset, MarginPart]) -> bool:
        required = self._requirements.of(parts.values())
        if self._policy.restored_to == "initial":
            return equity >= required.initial
        return equity >= required.maintenance

    def _needed(self, asset: Asset, left: Mapping[Asset, MarginPart], equity: Num) -> Num:
        """How much of a position has to be closed, signed."""
        return fewest_lots(
            asset,
            -self._book.positions[asset].amount,
            lambda sold: self._suffices(equity, {**left, asset: self._kept(asset, sold)}),
            self._book.arithmetic,
        )

    def _kept(self, asset: Asset, sold: Num) -> MarginPart:
        """What is left of a position after a sale, at its mark."""
        position = self._book.positions[asset]
        return self._requirements.part(asset, position.amount + sold, position.last_price)

    def _ordered(self, parts: Mapping[Asset, MarginPart]) -> list[Asset]:
        if self._policy.sale_order == "requirement":
            return sorted(parts, key=lambda asset: -parts[asset].requirement.maintenance)
        if self._policy.sale_order == "loss":
            return sorted(parts, key=lambda asset: self._profit(self._book.positions[asset]))
        return list(parts)

    def _profit(self, position: DecimalPosition) -> Num:
        """Profit since opening, in the currency of the account."""
        arithmetic = self._book.arithmetic
        unit_cost: Figure = position.cost_basis()
        amount: Figure = arithmetic.amount_value(position.amount)
        with localcontext(KERNEL_CONTEXT):
            multiplier = like(position.asset.price_multiplier, amount)
            cost = arithmetic.money(unit_cost * amount * multiplier)
        return self._pricing.worth(position.asset, position.exposure() - cost)
