"""What a corporate action makes of a price when nothing else moves: exact factors.

A factor multiplies earlier prices. Of stock dividends and splits it is one over the number of
shares that a share becomes; of anything else that is given, what is left of the price when the
value of the gift is taken off: ``(close - value) / close``, with the close of the session before.

CRSP (Data Definitions, *Factor to Adjust Price*) groups actions in the same way: shares and
volumes follow splits and stock dividends alone, prices follow spin-offs and rights as well. Its
factor, ``price / (price + value)``, takes both at the close of the ex-date, so that it is not
known before; ours takes the price of the eve.
"""

from decimal import Decimal
from fractions import Fraction

from rustybt.values import Ratio


def factor_without(value: Fraction, close: Fraction) -> Ratio | None:
    """``(close - value) / close``; None where nothing would be left, or no close is given."""
    if close <= 0 or value >= close:
        return None
    kept = (close - value) / close
    return Ratio(kept.numerator, kept.denominator)


def stock_dividend_factor(ratio: Ratio) -> Ratio:
    """``1 / (1 + ratio)`` for so many new shares per share."""
    return Ratio(ratio.denominator, ratio.denominator + ratio.numerator)


def ex_rights_price(close: Fraction, shares: Ratio, price: Decimal | Fraction) -> Fraction:
    """The theoretical ex-rights price: ``(close + shares x price) / (1 + shares)``.

    It is the value of all shares after the offering over their number (IAS 33, paragraph A2).

    Args:
        close: Price of a share with its rights.
        shares: New shares per share.
        price: What a new share costs.
    """
    new = shares.as_fraction()
    return (close + new * Fraction(price)) / (1 + new)


def rights_value(close: Fraction, shares: Ratio, price: Decimal | Fraction) -> Fraction:
    """What the rights of one share are worth: `close` less the ex-rights price, never below 0."""
    return max(close - ex_rights_price(close, shares, price), Fraction(0))


def spin_off_value(ratio: Ratio, child_price: Decimal | Fraction) -> Fraction:
    """What the parent loses per share: `ratio` x the price of the child."""
    return ratio.as_fraction() * Fraction(child_price)


def cost_share(ratio: Ratio, parent_price: Decimal, child_price: Decimal) -> Ratio:
    """The child's share of the parent's cost: by value after the spin-off.

    ``ratio x child / (parent + ratio x child)``: cost is divided in proportion to the market
    values after the distribution (26 U.S.C. section 358; 26 CFR 1.358-2).

    Args:
        ratio: Shares of the child per share of the parent.
        parent_price: Price of the parent without the child; positive.
        child_price: Price of the child; positive.
    """
    value = spin_off_value(ratio, child_price)
    share = value / (value + Fraction(parent_price))
    return Ratio(share.numerator, share.denominator)
