"""What the positions of a book are worth, to the last digit as RustyBT's own arithmetic has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rustybt_rs import _native
from rustybt_rs._native import Column

if TYPE_CHECKING:
    from rustybt_rs._native import ArrowColumn

    Ratios = tuple[ArrowColumn, ArrowColumn]
    """Numerators and denominators (above zero), Int64 or whole Decimals."""

MONEY_SCALE: Final = 16
AMOUNT_SCALE: Final = 8
PRICE_SCALE: Final = 12


class Totals(NamedTuple):
    """Sums over the positions, in money as whole numbers at 16 digits; those of shorts negative.

    The value of a position that settles daily is zero, since its profit is paid in cash; its
    exposure is what its contracts are worth. A position whose exposure is zero counts neither as
    long nor as short. The fields are those of RustyBT's own totals of a book.
    """

    long_value: int
    short_value: int
    long_exposure: int
    short_exposure: int
    longs_count: int
    shorts_count: int
    unsettled: int

    @property
    def net_value(self) -> int:
        """Market value of everything held."""
        return self.long_value + self.short_value

    @property
    def net_exposure(self) -> int:
        """Long less short exposure."""
        return self.long_exposure + self.short_exposure

    @property
    def gross_exposure(self) -> int:
        """Long plus short exposure, both counted positive."""
        return self.long_exposure - self.short_exposure


class Valuation(NamedTuple):
    """Positions marked to the market.

    Attributes:
        exposures: What each is worth in money of the account, ``Decimal(38, 16)``.
        totals: Their sums.
    """

    exposures: Column
    totals: Totals


def value_positions(
    amounts: ArrowColumn,
    prices: ArrowColumn,
    *,
    multipliers: Ratios | None = None,
    rates: Ratios | None = None,
    settled_prices: ArrowColumn | None = None,
    amount_scale: int = AMOUNT_SCALE,
    price_scale: int = PRICE_SCALE,
) -> Valuation:
    """Mark positions to the market, a row each.

    A position is worth amount x price x multiplier, half even at 16 digits; then that times its
    rate, again half even.

    Args:
        amounts: Signed amounts: Decimals, or Int64 coefficients at `amount_scale`.
        prices: Prices of the newest marks: Decimals, or Int64 coefficients at `price_scale`.
        multipliers: Money per unit of price and amount; one unless they are given.
        rates: Money of the account for money of the position's currency; one unless given.
        settled_prices: Of positions whose profit is paid daily the price up to which it was paid,
            at the scale of `prices`; null for the others.
        amount_scale: Digits of amounts that are Int64.
        price_scale: Digits of prices that are Int64.

    Raises:
        InvalidInputError: The columns have several lengths, an amount or a price is null, or a
            denominator is not above zero.
        NumberTooLargeError: A value or a sum has more than 38 digits.
    """
    exposures, sums = _native.value_positions(
        (amounts, prices), (amount_scale, price_scale), multipliers, rates, settled_prices
    )
    return Valuation(exposures, Totals(*sums))
