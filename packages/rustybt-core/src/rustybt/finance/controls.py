"""Controls: limits that a strategy sets for itself, checked by the engine.

Trading controls look at each order before it is placed, account controls at the account at the
end of each session.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, date, datetime
from math import isnan
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from rustybt.errors import AccountControlViolation, InvalidArgument, TradingControlViolation
from rustybt.finance._parameters import Number, not_negative
from rustybt.logs import get_logger
from rustybt.values import like

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from rustybt.assets import Asset
    from rustybt.finance._cost_model import Figure, Market
    from rustybt.finance.asset_restrictions import Restrictions

__all__ = [
    "AccountControl",
    "AssetDateBounds",
    "LongOnly",
    "MaxLeverage",
    "MaxOrderCount",
    "MaxOrderSize",
    "MaxPositionSize",
    "MinLeverage",
    "OnError",
    "OrderRefused",
    "RestrictedListOrder",
    "TradingControl",
]

OnError = Literal["fail", "log", "reject"]
"""fail: raise; log: log an error and place the order; reject: refuse the order."""


class PositionsByAsset(Protocol):
    """Positions; one that is not held has an amount of zero."""

    def __getitem__(self, asset: Asset, /) -> Any:  # noqa: ANN401 - has an `amount`
        """The position in an asset."""


class Holdings(Protocol):
    """The part of `Portfolio` that controls read."""

    @property
    def positions(self) -> PositionsByAsset:
        """What is held."""


class Margin(Protocol):
    """The part of `Account` that controls read."""

    @property
    def leverage(self) -> Figure:
        """Gross leverage."""


class OrderRefused(Exception):  # noqa: N818 - an outcome, not a fault
    """Raised by a control with ``on_error="reject"``: the engine is to reject the order.

    Attributes:
        constraint: The control that refuses it, as text: the reason of the rejection.
    """

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class TradingControl(ABC):
    """Base of controls on single orders.

    Args:
        on_error: What happens to an order that breaks the control.
        **shown: Arguments of the control, to be shown in messages.

    Attributes:
        open_amount: Signed amount still open in orders of the same asset and direction as the
            order to be checked. The engine sets it where open orders count, else it is zero.
        unit_worth: What a unit of the currency of an asset is worth in that of the account. The
            engine sets it; None counts as one.
    """

    open_amount: Figure = 0
    unit_worth: Callable[[Asset], Decimal] | None = None

    def __init__(self, on_error: OnError, **shown: object) -> None:
        if on_error not in get_args(OnError):
            raise InvalidArgument(
                field="on_error", value=on_error, reason="give one of fail, log, reject"
            )
        self.on_error = on_error
        self._shown = shown

    @abstractmethod
    def validate(
        self,
        asset: Asset,
        amount: Figure,
        portfolio: Holdings,
        algo_datetime: datetime,
        algo_current_data: Market,
    ) -> None:
        """Call `handle_violation` when an order breaks the control.

        Args:
            asset: What is ordered.
            amount: Signed amount of the order.
            portfolio: The portfolio before the order.
            algo_datetime: Now, in UTC.
            algo_current_data: The market now.
        """

    def handle_violation(
        self,
        asset: Asset,
        amount: Figure,
        datetime: datetime,
        metadata: Mapping[str, object] | None = None,
    ) -> None:
        """Raise, refuse or log, as `on_error` says.

        Args:
            asset: What is ordered.
            amount: Signed amount of the order.
            datetime: Now, in UTC.
            metadata: More about the violation.

        Raises:
            TradingControlViolation: For ``"fail"``.
            OrderRefused: For ``"reject"``.
        """
        constraint = repr(self) if not metadata else f"{self!r} (Metadata: {dict(metadata)})"
        if self.on_error == "fail":
            raise TradingControlViolation(
                asset=asset, amount=amount, datetime=datetime, constraint=constraint
            )
        if self.on_error == "reject":
            raise OrderRefused(constraint)
        get_logger(__name__).error(
            "order breaks a trading control",
            asset=asset,
            amount=amount,
            dt=datetime,
            constraint=constraint,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._shown})"


class MaxOrderCount(TradingControl):
    """At most so many orders in a session.

    Args:
        on_error: What happens to an order too many.
        max_count: The number of orders.
    """

    def __init__(self, on_error: OnError, max_count: int) -> None:
        super().__init__(on_error, max_count=max_count)
        self.max_count = not_negative(max_count, field="max_count")
        self.orders_placed = 0
        self.current_date: date | None = None

    def validate(
        self,
        asset: Asset,
        amount: Figure,
        portfolio: Holdings,
        algo_datetime: datetime,
        algo_current_data: Market,
    ) -> None:
        """Count the order; it breaks the control when the session's number is used up."""
        session = algo_current_data.current_session
        if session != self.current_date:
            self.current_date = session
            self.orders_placed = 0
        if self.orders_placed >= self.max_count:
            self.handle_violation(asset, amount, algo_datetime)
        self.orders_placed += 1


class RestrictedListOrder(TradingControl):
    """No orders of restricted assets.

    Args:
        on_error: What happens to an order of such an asset.
        restrictions: Which assets are restricted, and when.
    """

    def __init__(self, on_error: OnError, restrictions: Restrictions) -> None:
        super().__init__(on_error)
        self.restrictions = restrictions

    def validate(
        self,
        asset: Asset,
        amount: Figure,
        portfolio: Holdings,
        algo_datetime: datetime,
        algo_current_data: Market,
    ) -> None:
        """An order of an asset that is restricted now breaks the control."""
        if self.restrictions.is_restricted(asset, algo_datetime):
            self.handle_violation(asset, amount, algo_datetime)


class _SizeControl(TradingControl):
    """Base of limits on an amount and on its value at the current price.

    Args:
        on_error: What happens to an order that is too large.
        asset: The only asset that is limited; None means every asset.
        max_shares: Largest amount, without sign.
        max_notional: Largest value, in the currency of the account, without sign.
    """

    def __init__(
        self,
        on_error: OnError,
        asset: Asset | None = None,
        max_shares: Number | None = None,
        max_notional: Number | None = None,
    ) -> None:
        super().__init__(on_error, asset=asset, max_shares=max_shares, max_notional=max_notional)
        if max_shares is None and max_notional is None:
            raise InvalidArgument(
                field="max_shares", value=None, reason="give it or max_notional, or both"
            )
        self.asset = asset
        self.max_shares = _optional(max_shares, field="max_shares")
        self.max_notional = _optional(max_notional, field="max_notional")

    def _check(
        self, size: Figure, asset: Asset, amount: Figure, now: datetime, data: Market
    ) -> None:
        """Compare `size`, the amount that is limited, with both limits."""
        if self.max_shares is not None and abs(size) > self.max_shares:
            self.handle_violation(asset, amount, now)
        if self.max_notional is None:
            return
        price = data.current(asset, "price")
        if price is None:
            return
        value = abs(size * price)
        if self.unit_worth is not None:
            value *= like(self.unit_worth(asset), value)
        if _compare(value, self.max_notional) > 0:
            self.handle_violation(asset, amount, now)


class MaxOrderSize(_SizeControl):
    """No order above an amount or a value."""

    def validate(
        self,
        asset: Asset,
        amount: Figure,
        portfolio: Holdings,
        algo_datetime: datetime,
        algo_current_data: Market,
    ) -> None:
        """An order above either limit breaks the control."""
        if self.asset is None or self.asset == asset:
            self._check(amount, asset, amount, algo_datetime, algo_current_data)


class MaxPositionSize(_SizeControl):
    """No position above an amount or a value."""

    def validate(
        self,
        asset: Asset,
        amount: Figure,
        portfolio: Holdings,
        algo_datetime: datetime,
        algo_current_data: Market,
    ) -> None:
        """An order that would lead to a position above either limit breaks the control."""
        if self.asset is None or self.asset == asset:
            after = portfolio.positions[asset].amount + self.open_amount + amount
            self._check(after, asset, amount, algo_datetime, algo_current_data)


class LongOnly(TradingControl):
    """No short positions."""

    def validate(
        self,
        asset: Asset,
        amount: Figure,
        portfolio: Holdings,
        algo_datetime: datetime,
        algo_current_data: Market,
    ) -> None:
        """An order that would lead to a short position breaks the control."""
        if portfolio.positions[asset].amount + self.open_amount + amount < 0:
            self.handle_violation(asset, amount, algo_datetime)


class AssetDateBounds(TradingControl):
    """No orders before an asset's first or after its last session."""

    def validate(
        self,
        asset: Asset,
        amount: Figure,
        portfolio: Holdings,
        algo_datetime: datetime,
        algo_current_data: Market,
    ) -> None:
        """An order outside the asset's life breaks the control; one of nothing does not."""
        session = algo_current_data.current_session
        if amount == 0 or asset.is_alive_for_session(session):
            return
        early = asset.start_date is not None and session < asset.start_date
        bound = "asset_start_date" if early else "asset_end_date"
        edge = asset.start_date if early else asset.end_date
        self.handle_violation(asset, amount, algo_datetime, metadata={bound: edge})


class AccountControl(ABC):
    """Base of controls on the whole account.

    Args:
        **shown: Arguments of the control, to be shown in messages.
    """

    def __init__(self, **shown: object) -> None:
        self._shown = shown

    @abstractmethod
    def validate(
        self,
        _portfolio: Holdings,
        _account: Margin,
        _algo_datetime: datetime,
        _algo_current_data: Market,
    ) -> None:
        """Call `fail` when the account breaks the control.

        Args:
            _portfolio: The portfolio at the end of the session.
            _account: The account at the end of the session.
            _algo_datetime: Now, in UTC.
            _algo_current_data: The market now.
        """

    def fail(self) -> None:
        """Raise the violation.

        Raises:
            AccountControlViolation: Always.
        """
        raise AccountControlViolation(constraint=repr(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._shown})"


class MaxLeverage(AccountControl):
    """Gross leverage stays at or below a limit.

    Args:
        max_leverage: The limit; 2 lets exposures reach twice the portfolio value.
    """

    def __init__(self, max_leverage: Number) -> None:
        super().__init__(max_leverage=max_leverage)
        self.max_leverage = not_negative(max_leverage, field="max_leverage")

    def validate(
        self,
        _portfolio: Holdings,
        _account: Margin,
        _algo_datetime: datetime,
        _algo_current_data: Market,
    ) -> None:
        """A leverage above the limit breaks the control."""
        if _compare(_account.leverage, self.max_leverage) > 0:
            self.fail()


class MinLeverage(AccountControl):
    """Gross leverage reaches a limit by a deadline and stays there.

    Args:
        min_leverage: The limit.
        deadline: Until when anything goes; no zone means UTC.
    """

    def __init__(self, min_leverage: Number, deadline: datetime) -> None:
        super().__init__(min_leverage=min_leverage, deadline=deadline)
        self.min_leverage = not_negative(min_leverage, field="min_leverage")
        self.deadline = deadline if deadline.tzinfo else deadline.replace(tzinfo=UTC)

    def validate(
        self,
        _portfolio: Holdings,
        _account: Margin,
        _algo_datetime: datetime,
        _algo_current_data: Market,
    ) -> None:
        """A leverage below the limit after the deadline breaks the control."""
        late = _algo_datetime > self.deadline
        if late and _compare(_account.leverage, self.min_leverage) < 0:
            self.fail()


def _optional(value: Number | None, *, field: str) -> Decimal | None:
    return None if value is None else not_negative(value, field=field)


def _compare(figure: Figure, limit: Decimal) -> int:
    """-1 below the limit, 1 above it, 0 at it and where there is no figure (not a number)."""
    if isnan(figure):
        return 0
    return int(figure > limit) - int(figure < limit)
