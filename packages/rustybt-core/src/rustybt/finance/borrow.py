"""Borrow models: what it costs to hold a short position, and whether it can be held.

A rate is annual: 0.05 is 5 %. A night is named by the day on whose evening it begins; from Friday
to Monday there are three.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import polars as pl

from rustybt.assets import Asset
from rustybt.finance._accrual import ZERO, accrued, checked_day_count, nights
from rustybt.finance._borrow_table import (
    BorrowTerms,
    Span,
    Terms,
    first_date,
    spans_of,
    terms_of_frame,
)
from rustybt.finance._parameters import ByAsset, Number, not_negative
from rustybt.values import KERNEL_CONTEXT

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure

__all__ = [
    "EASY_TO_BORROW",
    "HARD_TO_BORROW",
    "BorrowModel",
    "BorrowRates",
    "BorrowTerms",
]

EASY_TO_BORROW: Final = Decimal("0.0039")
"""Annual rate of a share that many lend: the mean fee of large US stocks from 1999 to 2003.

Source: Cohen, Diether and Malloy, "Supply and demand shifts in the shorting market", Journal of
Finance 62 (2007).
"""

HARD_TO_BORROW: Final = Decimal("0.043")
"""Annual rate of a share that few lend: the mean fee of those US stocks that cost more than 1 %.

Source: D'Avolio, "The market for borrowing stock", Journal of Financial Economics 66 (2002).
"""


_DAY_COUNT: Final = 360


@runtime_checkable
class BorrowModel(Protocol):
    """What loans of assets cost, how much is lent, and when it is called back.

    A class that names this one as its base has to define `rate` only: then there is no limit, no
    recall, and a year of interest has 360 days.
    """

    @abstractmethod
    def rate(self, asset: Asset, session: date) -> Decimal:
        """Annual rate of a loan over the night after a session, zero or more."""

    def available(self, asset: Asset, session: date) -> Decimal | None:
        """How many units can be held short in all; None without limit.

        A run asks once a session, cuts it to whole lots, and counts units as they are then: after
        a split those after it.
        """
        return None

    def recalled(self, asset: Asset, session: date) -> bool:
        """Whether loans are called back: a short has to be covered in this session.

        A run asks about every day since the session before, and covers in the first bar that
        trades; until then the loan stays called back.
        """
        return False

    def fee(self, asset: Asset, value: Figure, *, since: date, until: date) -> Figure:
        """What a short costs over nights.

        Args:
            asset: What is short.
            value: Market value of the short in the asset's currency; its sign does not count.
            since: Session before the nights.
            until: Session after them.

        Returns:
            Money, zero or more; a Decimal or a float, as `value` is.
        """
        return _fee(self, asset, value, since, until, _DAY_COUNT)


class BorrowRates(BorrowModel):
    """Rates, availability and recalls from a table, with a default by asset class.

    The fee of a night is market value x rate / day count.

    Args:
        table: Terms by asset or symbol, or a frame with a row for each span of dates: columns
            ``symbol`` and ``rate``, and as needed ``start_date``, ``end_date`` (dates, included,
            null for open), ``available`` (null for no limit) and ``recalled`` (booleans).
        default: Annual rate of what the table does not tell: one for all asset classes, or by
            class; a class that is not named has none to pay, as futures and currency pairs have.
        day_count: Days of a year of interest: 360 or 365.

    Raises:
        InvalidArgument: Spans of an asset overlap, a rate is below zero, or a column is unknown.
    """

    def __init__(
        self,
        table: ByAsset[Terms] | pl.DataFrame | None = None,
        *,
        default: Number | Mapping[str, Number] | None = None,
        day_count: int = _DAY_COUNT,
    ) -> None:
        given = table if table is None or isinstance(table, Mapping) else terms_of_frame(table)
        self._spans = {key: spans_of(key, terms) for key, terms in (given or {}).items()}
        self._default = _by_class({"equity": EASY_TO_BORROW} if default is None else default)
        self.day_count = checked_day_count(day_count)

    def rate(self, asset: Asset, session: date) -> Decimal:
        span = self._span(asset, session)
        if span is not None:
            return span.rate
        return self._default.get(asset.asset_class, self._default.get("", ZERO))

    def available(self, asset: Asset, session: date) -> Decimal | None:
        span = self._span(asset, session)
        if span is None:
            return None
        return ZERO if span.recalled else span.available

    def recalled(self, asset: Asset, session: date) -> bool:
        span = self._span(asset, session)
        return span is not None and span.recalled

    def fee(self, asset: Asset, value: Figure, *, since: date, until: date) -> Figure:
        return _fee(self, asset, value, since, until, self.day_count)

    def _span(self, asset: Asset, session: date) -> Span | None:
        spans = self._spans.get(asset) or self._spans.get(asset.symbol, ())
        place = bisect_right(spans, session, key=first_date)
        if not place or spans[place - 1].end < session:
            return None
        return spans[place - 1]

    def __repr__(self) -> str:
        return f"BorrowRates(<{len(self._spans)} assets>, day_count={self.day_count})"


def _fee(
    model: BorrowModel, asset: Asset, value: Figure, since: date, until: date, day_count: int
) -> Figure:
    rates = (model.rate(asset, night) for night in nights(since, until))
    with localcontext(KERNEL_CONTEXT):
        return abs(accrued(value, rates, day_count))


def _by_class(default: Number | Mapping[str, Number]) -> dict[str, Decimal]:
    """Rates by asset class; under the empty name the one of all classes."""
    given = default if isinstance(default, Mapping) else {"": default}
    return {
        name: not_negative(rate, field=f"default {name}".strip()) for name, rate in given.items()
    }
