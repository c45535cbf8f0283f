"""A thousand positions marked to the market, again and again."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.drivers.task import Outcome
from rustybt.finance.totals import sum_values
from rustybt.values import DecimalArithmetic

POSITIONS: Final = 1_000
_SEED: Final = 16
_AMOUNT_DIGITS: Final = 8
_PRICE_DIGITS: Final = 12
_MONEY_DIGITS: Final = 16


def columns(marks: int) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Amounts, a third of them short, and prices at each mark; at the digits of both."""
    rng = np.random.Generator(np.random.PCG64(_SEED))
    amounts = rng.integers(1, 1_000, POSITIONS) * rng.choice((1, 1, -1), POSITIONS)
    prices = [rng.integers(1_000, 50_000, POSITIONS) for _ in range(marks)]
    return amounts * 10**_AMOUNT_DIGITS, [each * 10 ** (_PRICE_DIGITS - 2) for each in prices]


def in_rust(marks: int) -> Callable[[], Callable[[], Outcome]]:
    """`rustybt_rs.valuation`, on columns of whole numbers."""
    from rustybt_rs.valuation import value_positions

    amounts, prices = columns(marks)
    held, marked = pl.Series(amounts), [pl.Series(each) for each in prices]

    def run() -> Callable[[], Outcome]:
        totals = [value_positions(held, each).totals for each in marked]
        return partial(_outcome, totals)

    return run


def in_python(marks: int) -> Callable[[], Callable[[], Outcome]]:
    """The totals of a book, on lists of the whole numbers that its arithmetic has."""
    arithmetic = DecimalArithmetic(price_scale=_PRICE_DIGITS, amount_scale=_AMOUNT_DIGITS)
    amounts, prices = columns(marks)
    held, marked = amounts.tolist(), [each.tolist() for each in prices]

    def run() -> Callable[[], Outcome]:
        totals = [sum_values(held, each, arithmetic) for each in marked]
        return partial(_outcome, totals)

    return run


def _outcome(totals: list[Any]) -> Outcome:
    """Positions that were marked, and what they came to."""
    unit = 10**_MONEY_DIGITS
    return Outcome(
        fills=sum(each.longs_count + each.shorts_count for each in totals),
        final_value=float(sum(each.net_value for each in totals) / unit),
        read=float(sum(each.gross_exposure for each in totals) / unit),
    )
