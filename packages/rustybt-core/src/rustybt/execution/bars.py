"""The bar that has just ended, as the venue and its models see it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol, TypeAlias

from rustybt.clock import SESSION
from rustybt.data.rendering import kernel_amounts, kernel_prices
from rustybt.values import Num, Value
from rustybt.views import ValueView

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.clock import BarAxis
    from rustybt.data.portal import PolarsDataPortal
    from rustybt.finance._cost_model import Market

PriceField = Literal["open", "high", "low"]

BarStart: TypeAlias = Callable[[int, int], int]
"""When the bar began that ends at a time of a session, both as `advance` is told them."""

_PRICES: Final = frozenset({"open", "high", "low", "close", "price"})


class BarSource(Protocol):
    """Where the venue reads the bar that has just ended, in kernel numbers."""

    def traded_close(self, asset: "Asset") -> Num | None:
        """The bar's close; None when the asset did not trade in it."""

    def mark(self, asset: "Asset") -> Num | None:
        """The last known price; None before the first."""

    def value(self, asset: "Asset", field: PriceField) -> Num | None:
        """Another price of the bar; None where it is not known."""


class PortalBars:
    """The bars of a run.

    Args:
        portal: The data.
    """

    def __init__(self, portal: "PolarsDataPortal") -> None:
        arithmetic = portal.arithmetic
        values = portal.values(kernel_prices(arithmetic), kernel_amounts(arithmetic))
        self.traded_close = portal.traded_close
        self.mark = portal.mark
        self.value = values.value


class Moment(IntEnum):
    """When in a bar something happens."""

    OPEN = 0
    RANGE = 1
    CLOSE = 2


class PriceRange(NamedTuple):
    """The prices of a bar in which an asset traded, in kernel numbers.

    Attributes:
        open: The first.
        high: The highest.
        low: The lowest.
        close: The last.
    """

    open: Num
    high: Num
    low: Num
    close: Num

    @classmethod
    def of(cls, bars: BarSource, asset: "Asset", close: Num) -> "PriceRange":
        """The newest bar; what is not known of it is between the prices that are."""
        opened = bars.value(asset, "open")
        first = close if opened is None else opened
        highs = (first, close, bars.value(asset, "high"))
        lows = (first, close, bars.value(asset, "low"))
        return cls(
            first,
            max(price for price in highs if price is not None),
            min(price for price in lows if price is not None),
            close,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSide:
    """What a cost model is shown: market data and the look of numbers."""

    market: "Market"
    view: ValueView


class OpenPrices:
    """A market whose price is the bar's open, for executions at the open."""

    def __init__(self, market: "Market") -> None:
        self._market = market
        self.history = market.history

    @property
    def current_session(self) -> date:
        """Label of the running session."""
        return self._market.current_session

    def current(self, assets: "Asset", fields: str) -> Any:  # noqa: ANN401 - as the market does
        """One field of the bar, the open in place of close and price."""
        return self._market.current(assets, "open" if fields in ("close", "price") else fields)


class OnePrice:
    """A market with one price, for executions at a price inside the bar.

    Attributes:
        price: The price, as the reader sees prices.
    """

    def __init__(self, market: "Market") -> None:
        self._market = market
        self.history = market.history
        self.price: Value = 0.0

    @property
    def current_session(self) -> date:
        """Label of the running session."""
        return self._market.current_session

    def current(self, assets: "Asset", fields: str) -> Any:  # noqa: ANN401 - as the market does
        """One field of the bar, the one price in place of all of its prices."""
        return self.price if fields in _PRICES else self._market.current(assets, fields)


def bar_start(axis: "BarAxis") -> BarStart:
    """Says when bars of an axis began.

    A bar begins where the one before it ended, at the open of its session or at the end of a
    break, and lasts no longer than the resolution.
    """
    calendar = axis.calendar
    if axis.resolution == SESSION:
        return lambda _, session: calendar.session_open(session)
    length = axis.resolution.nanoseconds
    assert length is not None, "bars within a session have a length"

    def start(at: int, session: int) -> int:
        bar = axis.index_of(at)
        first, _ = axis.session_bounds(session)
        begin = calendar.session_open(session) if bar == first else axis.label(bar - 1)
        pause = int(calendar.break_ends[session])
        if begin < pause < at:
            begin = pause
        return max(begin, at - length)

    return start
