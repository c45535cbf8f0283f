"""What is wrong with a bar, said once: for expressions of Polars, series and numpy alike."""

from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import polars as pl

from rustybt.data.schemas import BAR_FIELDS, PRICE_FIELDS

Values: TypeAlias = Any
"""A `pl.Expr`, a `pl.Series` or a numpy array; the answer is of the same kind."""

Columns: TypeAlias = Callable[[str], Values]
"""The column of a name: `pl.col`, or what looks one up. Prices have one scale."""


def is_negative(values: Values) -> Values:
    """Where a number is below zero."""
    return values < 0


def high_below_low(high: Values, low: Values) -> Values:
    """Where the high of a bar is below its low."""
    return high < low


def is_repeated(label: Values, before: Values) -> Values:
    """Where a label is that of the row before."""
    return label == before


def is_out_of_order(label: Values, before: Values) -> Values:
    """Where a label is before that of the row above."""
    return label < before


Admits = Literal["sound", "storable", "all"]
"""Which bars an adapter lets in.

``sound``: those that the default rules of layers 1 and 2 of quality keep; ``storable``: all that
can be stored; ``all``: all that can be read, since somebody else judges them.
"""


class BarTest(NamedTuple):
    """Something that can be wrong with the numbers of one bar.

    Attributes:
        rule: The rule of quality whose matter it is.
        column: The column that is to be looked at.
        is_broken: Tells of columns where it is wrong.
        reason: What is wrong.
    """

    rule: str
    column: str
    is_broken: Callable[[Columns], Values]
    reason: str


def _negative(name: str) -> BarTest:
    rule = "volume_sign" if name == "volume" else "price_sign"
    reason = "give no negative numbers"
    return BarTest(rule, name, lambda of: is_negative(of(name)), reason)


def _not_positive(name: str) -> BarTest:
    return BarTest("price_sign", name, lambda of: of(name) <= 0, "the price is not above 0")


def _body_above(of: Columns) -> Values:
    return (of("high") < of("open")) | (of("high") < of("close"))


def _body_below(of: Columns) -> Values:
    return (of("low") > of("open")) | (of("low") > of("close"))


_HIGH_LOW: Final = BarTest(
    "high_low",
    "high",
    lambda of: high_below_low(of("high"), of("low")),
    "the high is below the low",
)
_BODY: Final = (
    BarTest("high_body", "high", _body_above, "the high is below open or close"),
    BarTest("low_body", "low", _body_below, "the low is above open or close"),
)
_PRICE_SIGN: Final = tuple(map(_not_positive, PRICE_FIELDS))

RELATIONS: Final = (
    _HIGH_LOW,
    *_BODY,
    *_PRICE_SIGN,
    _negative("volume")._replace(reason="the volume is negative"),
)
"""All tests of layer 2 of quality."""

STORABLE: Final = (*map(_negative, BAR_FIELDS), _HIGH_LOW)
"""Tests of bars that are refused in any case; cells are not empty."""

SOUND: Final = (*STORABLE, *_BODY, *_PRICE_SIGN)
"""Tests of bars that are refused unless somebody lets them in."""


def passes(bars: pl.DataFrame, tests: Iterable[BarTest]) -> bool:
    """Whether no cell of some bars is empty, and no test finds one; it looks at all at once."""
    if any(bars[name].null_count() for name in BAR_FIELDS):
        return False
    columns = {name: bars[name].to_numpy() for name in BAR_FIELDS}
    return not any(test.is_broken(columns.__getitem__).any() for test in tests)
