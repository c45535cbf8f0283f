"""Values and exposures of all positions of a book."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from rustybt.finance.position import DecimalPosition
from rustybt.values import Arithmetic, Num


class BookTotals(NamedTuple):
    """Sums over the positions, in money; those of shorts are zero or negative.

    The value of a future or perpetual swap is zero, since its profit is paid in cash; its exposure
    is what its contracts are worth. A position whose exposure is zero counts neither as long nor
    as short.
    """

    long_value: Num
    short_value: Num
    long_exposure: Num
    short_exposure: Num
    longs_count: int
    shorts_count: int
    unsettled: Num

    @property
    def net_value(self) -> Num:
        """Market value of everything held."""
        return self.long_value + self.short_value

    @property
    def net_exposure(self) -> Num:
        """Long less short exposure."""
        return self.long_exposure + self.short_exposure

    @property
    def gross_exposure(self) -> Num:
        """Long plus short exposure, both counted positive."""
        return self.long_exposure - self.short_exposure


def sum_values(amounts: Sequence[Num], prices: Sequence[Num], arithmetic: Arithmetic) -> BookTotals:
    """The totals of positions whose exposure is their value: amount x price."""
    zero, values = arithmetic.zero, arithmetic.notionals(amounts, prices)
    longs = [value for value in values if value > 0]
    shorts = [value for value in values if value < 0]
    long_value, short_value = sum(longs, zero), sum(shorts, zero)
    return BookTotals(
        long_value, short_value, long_value, short_value, len(longs), len(shorts), zero
    )


def sum_longs(amounts: Sequence[Num], prices: Sequence[Num], arithmetic: Arithmetic) -> BookTotals:
    """The same of amounts above zero that need no rounding, at prices above zero."""
    zero, value = arithmetic.zero, arithmetic.unrounded_sum(amounts, prices)
    return BookTotals(value, zero, value, zero, len(amounts), 0, zero)


def sum_positions(
    positions: Iterable[DecimalPosition],
    arithmetic: Arithmetic,
    worth: Callable[[Num, str], Num],
) -> BookTotals:
    """The totals of any positions.

    Args:
        positions: What is held.
        arithmetic: The policy of its numbers.
        worth: Money of a currency in that of the account.
    """
    zero, notional = arithmetic.zero, arithmetic.notional
    long_value = short_value = long_exposure = short_exposure = unsettled = zero
    longs = shorts = 0
    for position in positions:
        local = notional(position.amount, position.last_price, position.multiplier)
        value = exposure = worth(local, position.currency)
        if position.settles_daily:
            value = zero
            unsettled += worth(position.unsettled(), position.currency)
        if exposure > 0:
            longs += 1
            long_value += value
            long_exposure += exposure
        elif exposure < 0:
            shorts += 1
            short_value += value
            short_exposure += exposure
    return BookTotals(
        long_value, short_value, long_exposure, short_exposure, longs, shorts, unsettled
    )
