"""Values of assets in the currency of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.values import Ratio

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.finance.holdings import Holdings
    from rustybt.values import Num


class Pricing:
    """Values of amounts in the currency of an account.

    Args:
        book: The account's book.
        one_currency: Whether everything counts as quoted in the currency of the account.
    """

    def __init__(self, book: Holdings, *, one_currency: bool) -> None:
        self._book = book
        self._one_currency = one_currency
        self._multipliers: dict[Asset, Ratio | None] = {}

    def currency_of(self, asset: Asset) -> str:
        """What an asset's price counts as."""
        return self._book.currency if self._one_currency else asset.currency

    def multiplier_of(self, asset: Asset) -> Ratio | None:
        """Money per unit of price and amount; None for one."""
        if asset not in self._multipliers:
            one = asset.price_multiplier == 1
            self._multipliers[asset] = None if one else Ratio.parse(asset.price_multiplier)
        return self._multipliers[asset]

    def local(self, asset: Asset, amount: Num, price: Num) -> Num:
        """amount x price x multiplier, in the asset's currency."""
        return self._book.arithmetic.notional(amount, price, self.multiplier_of(asset))

    def value(self, asset: Asset, amount: Num, price: Num) -> Num:
        """amount x price x multiplier, in the currency of the account."""
        return self.worth(asset, self.local(asset, amount, price))

    def worth(self, asset: Asset, money: Num) -> Num:
        """Money of an asset's currency in that of the account."""
        return self._book.worth(money, self.currency_of(asset))
