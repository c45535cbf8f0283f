"""What a corporate action does to the cost of a lot: pure rules.

They follow the tax law of the United States in outline: Internal Revenue Code sections 305 and 307
(stock dividends), 355 and 358 (spin-offs), 354, 356 and 358 (mergers for shares and cash) and 301
(return of capital). Wash sales, fractional rules of states and elections are left out. A short
position mirrors a long one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.values import parse_decimal

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.values import Arithmetic, Num, Ratio


def cash_in_lieu(
    arithmetic: Arithmetic, asset: Asset, fraction: Num, price: Num, multiplier: Ratio | None
) -> Num:
    """Money for a fraction of a unit at a price, rounded half even to the minor unit."""
    from rustybt.values import Money

    worth = arithmetic.money_value(arithmetic.notional(fraction, price, multiplier))
    exact = parse_decimal(worth, field="cash in lieu")
    return arithmetic.money(Money(exact, asset.currency).rounded().amount)


def unit_price(arithmetic: Arithmetic, money: Num, amount: Num, multiplier: Ratio | None) -> Num:
    """money / amount (/ multiplier) as a price; zero where the amount is."""
    if not amount:
        return arithmetic.price(0)
    return arithmetic.price(arithmetic.money_value(arithmetic.unit_cost(money, amount, multiplier)))


def cost_beside_gain(cost: Num, cash: Num, worth: Num) -> Num:
    """The part of a lot's cost that the cash of a merger for shares and cash pays back.

    The profit so far is realised, but no more than the cash, and no loss is; the rest of the cash
    lowers the cost (section 356).

    Args:
        cost: What the lot cost.
        cash: The cash that it brings.
        worth: What the new shares are worth. All three have the sign of the lot's amount.
    """
    if cash < 0 or (cash == 0 and worth < 0):
        return -cost_beside_gain(-cost, -cash, -worth)
    gain = worth + cash - cost
    return cash - min(cash, max(gain, 0))


def cost_before_gain(cost: Num, cash: Num) -> Num:
    """The part of a lot's cost that a return of capital pays back.

    All of the cash lowers the cost, as far as there is any; only the rest is a profit
    (section 301(c)).

    Args:
        cost: What the lot cost.
        cash: The cash that it brings, of the sign of the lot's amount.
    """
    if cash < 0:
        return -cost_before_gain(-cost, -cash)
    return min(cash, max(cost, 0))
