"""Statistics of columns of Decimals, exact or rounded once."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Context, Decimal, localcontext
from functools import partial
from itertools import accumulate, pairwise
from operator import mul
from typing import Any, Final

import numpy as np
import polars as pl

from benchmarks.drivers.task import Outcome
from benchmarks.market import walk

WINDOW: Final = 20
DIGITS: Final = 60
"""Enough for the exact sums of squares."""

_LAST: Final = Decimal(1).scaleb(-18)
Numbers = list[Decimal]
Groups = dict[str, Callable[[Any, Any], list[Any]]]


def columns(count: int) -> tuple[pl.Series, pl.Series]:
    """Closes and opens of a random walk, with four decimals."""
    rng = np.random.Generator(np.random.PCG64(count))
    made = walk(rng, count=count, first=2_000_000, step=600, gap=200, shadow=400)
    unit = pl.lit(Decimal("0.0001"), pl.Decimal(6, 4))
    frame = pl.DataFrame({name: made[name] for name in ("close", "open")})
    exact = frame.select((pl.all() * unit).cast(pl.Decimal(18, 4)))
    return exact["close"], exact["open"]


def in_rust(count: int, group: str) -> Callable[[], Callable[[], Outcome]]:
    """`rustybt_rs.vectors`, on Polars series."""
    closes, opens = columns(count)
    compute = _rust_groups()[group]
    return lambda: partial(_outcome, compute(closes, opens))


def in_python(count: int, group: str) -> Callable[[], Callable[[], Outcome]]:
    """Loops over lists of Decimals, with sums that are carried on."""
    closes, opens = (column.to_list() for column in columns(count))
    compute = PYTHON[group]

    def run() -> Callable[[], Outcome]:
        with localcontext(Context(prec=DIGITS)):
            return partial(_outcome, compute(closes, opens))

    return run


def _rust_groups() -> Groups:
    from rustybt_rs import vectors

    return {
        "aggregates": lambda a, b: [
            vectors.sum(a),
            vectors.mean(a),
            vectors.variance(a),
            vectors.standard_deviation(a),
            vectors.covariance(a, b),
        ],
        "cumulative": lambda a, _: [
            vectors.cumulative_sum(a),
            vectors.cumulative_maximum(a),
            vectors.difference(a),
        ],
        "rolling": lambda a, _: [
            vectors.rolling_sum(a, WINDOW),
            vectors.rolling_mean(a, WINDOW),
            vectors.rolling_standard_deviation(a, WINDOW),
        ],
    }


def _aggregates(a: Numbers, b: Numbers) -> list[Any]:
    """Each by itself, as the functions in Rust are."""
    mean = _sum(a) / len(a)
    rounded = (mean, _covariance(a, a), _covariance(a, a).sqrt(), _covariance(a, b))
    return [_sum(a), *(number.quantize(_LAST) for number in rounded)]


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))


def _covariance(a: Numbers, b: Numbers) -> Decimal:
    products = _sum(map(mul, a, b))
    return (len(a) * products - _sum(a) * _sum(b)) / (len(a) * (len(a) - 1))


def _cumulative(a: Numbers, _: Numbers) -> list[Any]:
    return [
        list(accumulate(a)),
        list(accumulate(a, max)),
        [y - x for x, y in pairwise(a)],
    ]


def _rolling(a: Numbers, _: Numbers) -> list[Any]:
    sums = list(_windows(a))
    squares = _windows([x * x for x in a])
    below = WINDOW * (WINDOW - 1)
    deviations = (
        ((WINDOW * square - total * total) / below).sqrt().quantize(_LAST)
        for total, square in zip(sums, squares, strict=True)
    )
    return [sums, [(total / WINDOW).quantize(_LAST) for total in sums], list(deviations)]


def _windows(numbers: Numbers) -> Iterator[Decimal]:
    """The sum of each full window."""
    total = _sum(numbers[:WINDOW])
    yield total
    for new, old in zip(numbers[WINDOW:], numbers, strict=False):
        total += new - old
        yield total


PYTHON: Final[Groups] = {
    "aggregates": _aggregates,
    "cumulative": _cumulative,
    "rolling": _rolling,
}


def _outcome(results: Iterable[Any]) -> Outcome:
    """How many numbers there are, and their sum."""
    flat = [
        number
        for each in results
        for number in ([each] if isinstance(each, Decimal) else each)
        if number is not None
    ]
    with localcontext(Context(prec=DIGITS)):
        return Outcome(fills=len(flat), final_value=float(sum(flat)))
