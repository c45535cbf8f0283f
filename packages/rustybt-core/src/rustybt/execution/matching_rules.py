"""The choices that the venue makes where tools differ."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

FillAt: TypeAlias = Literal["close", "open"]
Fills: TypeAlias = Literal["optimistic", "expected", "pessimistic"]
Trigger: TypeAlias = Literal["close", "intrabar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingRules:
    """How resting orders meet a bar.

    Attributes:
        fill_at: "close": what may fill in a bar fills at its close. "open": at its open, and what
            a close triggers at the open of the bar after it.
        trigger: "close": stops and limits are tested on a bar's close. "intrabar": on its whole
            range, and fill where they are reached; `fill_at` is then for market orders alone.
        recheck_limit: Whether an execution beyond the limit, after slippage, is refused whatever
            the model; else only models that check it themselves refuse.
        forgets_commission: Whether a model that says that a fill costs less than nothing lowers
            what the order is said to have paid, although nothing is paid back.
        fills: "expected": at the prices of the slippage models. "optimistic": at the market's
            price, without slippage. "pessimistic": at the worst price of the bar, or at the
            order's limit where that is better.
    """

    fill_at: FillAt = "close"
    trigger: Trigger = "close"
    recheck_limit: bool = True
    forgets_commission: bool = False
    fills: Fills = "expected"
