"""Commissions that fall with what was traded in the month."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, TypeAlias, get_args

from rustybt.errors import InvalidArgument
from rustybt.finance._parameters import Number, not_negative
from rustybt.finance.commission._base import ZERO, CommissionModel, OrderBounds, traded_value
from rustybt.finance.commission._of_value import refuse_paid_trading
from rustybt.values import like, parse_decimal

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Execution, Figure, WorkingOrder

Measure = Literal["units", "notional"]
Scope = Literal["marginal", "whole"]

Tier: TypeAlias = "tuple[Number, Number] | tuple[Number, Number, Number]"
"""From which volume on, and the rate there; or a rate of makers and one of takers."""


class _Step(NamedTuple):
    """A tier in Decimals."""

    start: Decimal
    maker: Decimal
    taker: Decimal


class Tiered(CommissionModel, exact=True):
    """Rates by what was traded in the calendar month: brokers' volume tiers, venues' fee levels.

    The month is that of the transaction's time in UTC; what was traded starts at zero with each
    month and each run. A tier holds from its volume on, up to the next tier's.

    Args:
        tiers: Volumes from which on a rate holds, the first of them 0, ascending:
            ``[(0, "0.0035"), (300_000, "0.002")]``. With two rates, the first is for makers
            and may be a rebate, below zero, the second for takers; see `MakerTaker`.
        by: What is counted and charged for: "units" (a rate is money per unit) or "notional" (a
            rate is money per unit of money traded).
        mode: "marginal": each unit pays the rate of the tier that it falls in. "whole": a fill
            pays the rate of the tier that the month had reached before it.
        per_asset_class: Whether each asset class has a month of its own.
        min_trade_cost: Least commission of an order, as for `Percentage`; not beside a rebate.
        max_trade_cost: Most that an order pays; None means no bound.

    Raises:
        InvalidArgument: The tiers do not start at 0 or do not ascend, a rate is one that nobody
            may have, or another argument is none of its choices.
    """

    pays_rebates: ClassVar[bool] = True

    def __init__(
        self,
        tiers: Sequence[Tier],
        by: Measure = "units",
        mode: Scope = "marginal",
        *,
        per_asset_class: bool = False,
        min_trade_cost: Number | None = None,
        max_trade_cost: Number | None = None,
    ) -> None:
        super().__init__()
        self.by = _one_of(by, get_args(Measure), field="by")
        self.mode = _one_of(mode, get_args(Scope), field="mode")
        self.per_asset_class = per_asset_class
        self.tiers = _steps(tiers)
        self._bounds = OrderBounds(min_trade_cost, max_trade_cost)
        if self._bounds.minimum and any(step.maker < 0 or step.taker < 0 for step in self.tiers):
            raise InvalidArgument(
                field="min_trade_cost",
                value=min_trade_cost,
                reason="give none beside a rebate (a rate below zero)",
            )
        self._month: tuple[int, int] | None = None
        self._traded: dict[str, Figure] = {}

    def calculate(self, order: WorkingOrder, transaction: Execution) -> Figure:
        """Units or value of the fill x the rate of their tier, within the bounds of the order."""
        return self._bounds.charge(order, transaction, self._cost(order, transaction))

    def record(self, order: WorkingOrder, transaction: Execution) -> None:
        """Add the fill to the month and to its order."""
        self._bounds.record(order, transaction, self._cost(order, transaction))
        size = self._size(order, transaction)
        before = self._before(order, transaction, size)
        if self._month != _month_of(transaction):
            self._traded.clear()
            self._month = _month_of(transaction)
        self._traded[self._key(order)] = before + size

    def reset(self) -> None:
        """Forget what an earlier run traded."""
        self._bounds.reset()
        self._month = None
        self._traded.clear()

    def _cost(self, order: WorkingOrder, transaction: Execution) -> Figure:
        size = self._size(order, transaction)
        before = self._before(order, transaction, size)
        taker = order.takes_liquidity
        if self.mode == "whole":
            return size * self._rate_at(before, taker=taker)
        return self._marginal(before, size, taker=taker)

    def _size(self, order: WorkingOrder, transaction: Execution) -> Figure:
        return abs(transaction.amount) if self.by == "units" else traded_value(order, transaction)

    def _before(self, order: WorkingOrder, transaction: Execution, sample: Figure) -> Figure:
        """What was traded in the month of a fill before it."""
        nothing = like(ZERO, sample)
        if self._month != _month_of(transaction):
            return nothing
        return self._traded.get(self._key(order), nothing)

    def _key(self, order: WorkingOrder) -> str:
        return order.asset.asset_class if self.per_asset_class else ""

    def _rate_at(self, volume: Figure, *, taker: bool) -> Figure:
        reached = [step for step in self.tiers if like(step.start, volume) <= volume][-1]
        return like(reached.taker if taker else reached.maker, volume)

    def _marginal(self, before: Figure, size: Figure, *, taker: bool) -> Figure:
        """The parts of a fill that fall in each tier, at the rate of that tier."""
        end = before + size
        cost = like(ZERO, size)
        for step, following in pairwise((*self.tiers, None)):
            assert step is not None
            low = max(before, like(step.start, size))
            high = end if following is None else min(end, like(following.start, size))
            if high > low:
                cost += (high - low) * like(step.taker if taker else step.maker, size)
        return cost

    def __repr__(self) -> str:
        tiers = ", ".join(
            f"({step.start}, {step.taker})"
            if step.maker == step.taker
            else f"({step.start}, {step.maker}, {step.taker})"
            for step in self.tiers
        )
        return f"Tiered([{tiers}], by={self.by!r}, mode={self.mode!r}{self._bounds!r})"


def _month_of(transaction: Execution) -> tuple[int, int]:
    return transaction.dt.year, transaction.dt.month


def _one_of(value: str, choices: tuple[str, ...], *, field: str) -> str:
    if value not in choices:
        raise InvalidArgument(field=field, value=value, reason=f"give {' or '.join(choices)}")
    return value


def _steps(tiers: Sequence[Tier]) -> tuple[_Step, ...]:
    steps = tuple(_step(tier) for tier in tiers)
    starts = [step.start for step in steps]
    if not starts or starts[0] != 0 or any(b <= a for a, b in pairwise(starts)):
        raise InvalidArgument(
            field="tiers",
            value=[str(start) for start in starts],
            reason="give volumes that start with 0 and ascend",
        )
    return steps


def _step(tier: Tier) -> _Step:
    start, *rates = tier
    known = not_negative(start, field="tiers: from")
    if len(rates) not in (1, 2):
        raise InvalidArgument(
            field="tiers", value=tier, reason="give (from, rate) or (from, maker, taker)"
        )
    if len(rates) == 1:
        rate = not_negative(rates[0], field=f"tiers: rate from {known}")
        return _Step(known, rate, rate)
    maker, taker = (parse_decimal(rate, field=f"tiers: rate from {known}") for rate in rates)
    refuse_paid_trading(maker, taker, field=f"tiers: maker rate from {known}")
    return _Step(known, maker, taker)
