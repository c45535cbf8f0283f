"""How a strategy sees a run's numbers and times: Decimals, floats, or as zipline shows them.

The engine chooses one view for a run; portfolio, account, positions, orders and transactions are
read through it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from rustybt.calendars import from_ns
from rustybt.values.arithmetic import MONEY_SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from rustybt.assets import Asset
    from rustybt.values import Arithmetic, Num, Value


_instant = lru_cache(maxsize=1_024)(from_ns)
"""A time, remembered: all orders and fills of a bar share theirs."""


class ValueView(Protocol):
    """Kernel numbers as a strategy sees them."""

    def price(self, price: Num, keep: int = 0) -> Value:
        """A kernel price; zeros are stripped down to `keep` decimals where there are any."""

    def amount(self, amount: Num) -> Value:
        """A kernel amount."""

    def money(self, money: Num) -> Value:
        """Kernel money."""

    def figure(self, value: Value) -> Value:
        """A public value that came from a division: a rate, a cost basis."""

    def constant(self, value: float) -> Value:
        """A number that is no market number: zero, infinity, not a number."""

    def instant(self, at: int) -> datetime:
        """A time, from nanoseconds UTC."""

    def session(self, label: date) -> date:
        """A session's label."""

    def by_asset(self, values: Mapping[Asset, Value]) -> Mapping[Asset, Value]:
        """Values by asset."""


class PublicView:
    """As the arithmetic shows them: Decimals, or floats in float mode.

    Args:
        arithmetic: The policy of the kernel numbers.
    """

    __slots__ = ("amount", "constant", "money", "price")

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.price = arithmetic.price_value
        self.amount = arithmetic.amount_value
        self.money = arithmetic.money_value
        self.constant = arithmetic.constant

    def figure(self, value: Value) -> Value:
        return value

    def instant(self, at: int) -> datetime:
        return _instant(at)

    def session(self, label: date) -> date:
        return label

    def by_asset(self, values: Mapping[Asset, Value]) -> Mapping[Asset, Value]:
        return values


class FloatView:
    """As floats, over either arithmetic; the nearest float to the exact number.

    Args:
        arithmetic: The policy of the kernel numbers.
    """

    __slots__ = ("_amount_unit", "_money_unit", "_price_unit")

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._price_unit = 10**arithmetic.price_scale if arithmetic.exact else 1
        self._amount_unit = 10**arithmetic.amount_scale if arithmetic.exact else 1
        self._money_unit = 10**MONEY_SCALE if arithmetic.exact else 1

    def price(self, price: Num, keep: int = 0) -> float:
        return price / self._price_unit

    def amount(self, amount: Num) -> float:
        return amount / self._amount_unit

    def money(self, money: Num) -> float:
        return money / self._money_unit

    def figure(self, value: Value) -> float:
        return float(value)

    def constant(self, value: float) -> float:
        return value

    def instant(self, at: int) -> datetime:
        return _instant(at)

    def session(self, label: date) -> date:
        return label

    def by_asset(self, values: Mapping[Asset, Value]) -> Mapping[Asset, Value]:
        return values


class ZiplineView(FloatView):
    """As zipline shows them: floats, whole amounts as int, pandas stamps and series."""

    __slots__ = ()

    def amount(self, amount: Num) -> float:
        value = amount / self._amount_unit
        return int(value) if value.is_integer() else value

    def instant(self, at: int) -> datetime:
        import pandas as pd

        return pd.Timestamp(at, unit="ns", tz="UTC")

    def session(self, label: date) -> date:
        import pandas as pd

        return pd.Timestamp(label)

    def by_asset(self, values: Mapping[Asset, Value]) -> Mapping[Asset, Value]:
        import pandas as pd

        series: Mapping[Asset, Value] = pd.Series(dict(values), dtype=float)  # type: ignore[assignment] # as zipline
        return series
