"""The margin account: positions on credit, as far as a margin model allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rustybt.errors import InvalidArgument
from rustybt.finance.account_types._arguments import checked_refusal
from rustybt.finance.account_types._calls import CallPolicy
from rustybt.finance.account_types._margin_funds import MarginFunds
from rustybt.finance.account_types._settlement import SettlementDays, settlement_days_of
from rustybt.finance.margin import MarginModel, standard_margin

if TYPE_CHECKING:
    from rustybt.finance.account_types._arguments import OnRefusal
    from rustybt.finance.holdings import Holdings


class MarginAccount:
    """An account with credit: equity has to suffice for what a margin model requires.

    Equity is the portfolio value. An order that adds to what is required needs as much equity
    that is not required already, by positions or by open orders; one that does not add to it is
    always allowed. Where equity is less than what keeping the positions requires, there is a
    margin call, and when its grace is over positions are sold.

    Isolated positions stand apart: what is set aside for them, with their profit, neither counts
    as equity for other positions nor is it in danger through them.

    Args:
        model: What positions require; `rustybt.finance.margin.standard_margin` when not given.
        calls: What happens when equity does not suffice.
        settlement_days: Sessions from trade to settlement, as for `CashAccount`; here they only
            decide what counts as settled cash.
        pattern_day_trader: Whether an account with less than 25,000 of equity at the last close
            may make only 3 day trades in equities in 5 sessions (FINRA Rule 4210(f)(8)(B)). With
            none left it may close positions, and open none.
        on_refusal: "reject": an order that is not covered is refused; "fail": its error is
            raised.

    Raises:
        InvalidArgument: Something else was given as model or policy, or no such choice.
    """

    name: ClassVar[str] = "margin"

    def __init__(
        self,
        model: MarginModel | None = None,
        *,
        calls: CallPolicy | None = None,
        settlement_days: SettlementDays = 1,
        pattern_day_trader: bool = False,
        on_refusal: OnRefusal = "reject",
    ) -> None:
        self.model = standard_margin() if model is None else model
        if not isinstance(self.model, MarginModel):
            raise InvalidArgument(
                field="model", value=model, reason="give a margin model, such as RegT()"
            )
        self.calls = CallPolicy() if calls is None else calls
        if not isinstance(self.calls, CallPolicy):
            raise InvalidArgument(field="calls", value=calls, reason="give a CallPolicy")
        self.settlement_days = settlement_days_of(settlement_days)
        self.pattern_day_trader = pattern_day_trader
        self.on_refusal = checked_refusal(on_refusal)

    def open(self, book: Holdings, *, one_currency: bool = False) -> MarginFunds:
        """The funds of one run."""
        return MarginFunds(
            book,
            one_currency=one_currency,
            days=self.settlement_days,
            on_refusal=self.on_refusal,
            model=self.model,
            calls=self.calls,
            counts_day_trades=self.pattern_day_trader,
        )

    def arguments(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "calls": self.calls,
            "settlement_days": dict(self.settlement_days),
            "pattern_day_trader": self.pattern_day_trader,
            "on_refusal": self.on_refusal,
        }

    def __repr__(self) -> str:
        return f"MarginAccount({self.model!r}, calls={self.calls!r})"
