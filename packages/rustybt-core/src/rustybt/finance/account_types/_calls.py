"""Margin calls: what they say, and what happens when nothing is done about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance.account_types._arguments import checked_choice

if TYPE_CHECKING:
    from rustybt.values import Arithmetic, Num

SaleOrder = Literal["requirement", "loss", "oldest"]
"""Which position is sold first: the one that requires most, the one with the largest loss, or the
one opened first."""

RestoredTo = Literal["initial", "maintenance"]
"""What equity has to suffice for after a forced sale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPolicy:
    """What a broker does when equity is below what keeping the positions requires.

    Attributes:
        sale_order: Which positions are sold first. "requirement": those that require most to be
            kept; "loss": those with the largest loss since they were opened; "oldest": those
            opened first. Ties go to the one opened first.
        restored_to: Sold is as little, in whole lots, as brings equity back to the "initial" or
            to the "maintenance" requirement of what is left.
        grace_bars: How many bars a call stands before anything is sold; 0 sells with the call.
        grace_sessions: How many sessions have to begin before anything is sold; where both are
            given, both have to pass.

    Raises:
        InvalidArgument: An unknown choice, or a grace below zero.
    """

    sale_order: SaleOrder = "requirement"
    restored_to: RestoredTo = "initial"
    grace_bars: int = 0
    grace_sessions: int = 0

    def __post_init__(self) -> None:
        checked_choice(self.sale_order, get_args(SaleOrder), field="sale_order")
        checked_choice(self.restored_to, get_args(RestoredTo), field="restored_to")
        for field in ("grace_bars", "grace_sessions"):
            if getattr(self, field) < 0:
                raise InvalidArgument(
                    field=field, value=getattr(self, field), reason="give zero or more"
                )


class ForcedSale(NamedTuple):
    """A part of a position, or all of it, that a broker closes.

    Attributes:
        asset: What is closed.
        amount: Signed amount to trade: negative sells a long, positive covers a short.
    """

    asset: Asset
    amount: Num


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginCall:
    """Equity is below what keeping the positions requires.

    Money and amounts are kernel numbers, times nanoseconds UTC.

    Attributes:
        at: Label of the bar after which it was found.
        since: Label of the bar after which it was first found without a break.
        currency: The currency of the account.
        equity: What stands for the positions; isolated ones and their margin do not count.
        requirement: What keeping the positions requires.
        sales: What would be sold now, in order of sale.
        forced: Whether the grace is over: the broker sells.
    """

    at: int
    since: int
    currency: str
    equity: Num
    requirement: Num
    sales: tuple[ForcedSale, ...]
    forced: bool

    @property
    def deficit(self) -> Num:
        """What is missing, above zero."""
        return self.requirement - self.equity

    def text(self, arithmetic: Arithmetic) -> str:
        """The call in words.

        Args:
            arithmetic: The policy of its numbers.
        """
        money = arithmetic.money_value
        sales = ", ".join(
            f"{arithmetic.amount_value(sale.amount)} {sale.asset.symbol}" for sale in self.sales
        )
        return (
            f"equity of {money(self.equity)} {self.currency} is "
            f"{money(self.deficit)} {self.currency} below the maintenance requirement of "
            f"{money(self.requirement)} {self.currency}; "
            f"forced trades{'' if self.forced else ' would be'}: {sales}"
        )


class Grace:
    """How long a call has stood.

    Args:
        policy: What a broker does.
    """

    __slots__ = ("_bars", "_policy", "_sessions", "_since")

    def __init__(self, policy: CallPolicy) -> None:
        self._policy = policy
        self._since: int | None = None
        self._bars = self._sessions = 0

    def stands(self, at: int) -> tuple[int, bool]:
        """A bar ends with the call: since when it has stood, and whether its grace is over."""
        if self._since is None:
            self._since, self._bars, self._sessions = at, 0, 0
        else:
            self._bars += 1
        policy = self._policy
        over = self._bars >= policy.grace_bars and self._sessions >= policy.grace_sessions
        return self._since, over

    def met(self) -> None:
        """Equity suffices."""
        self._since = None

    def start_session(self) -> None:
        """A session begins."""
        self._sessions += 1
