"""What an explanation of an order is made of: bars, triggers, fills, changes, waits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from rustybt.values import Value

Place = Literal["open", "close", "limit", "stop", "entry", "market price"]
"""What the price of an execution started from, before slippage. "entry": an exit was reached as it
came to the market, at the price at which its entry filled inside the same bar."""


Tested = Literal["open", "close", "range"]
"""What of a bar a stop or limit is tested against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedBar:
    """A bar, raw; what it lacks is None.

    Attributes:
        at: When it ended.
        open: First price.
        high: Highest price.
        low: Lowest price.
        close: Last price.
        volume: What was traded.
    """

    at: datetime
    open: Value | None
    high: Value | None
    low: Value | None
    close: Value | None
    volume: Value | None

    def __str__(self) -> str:
        prices = (("open", self.open), ("high", self.high), ("low", self.low))
        rest = (("close", self.close), ("volume", self.volume))
        return ", ".join(f"{name} {number(value)}" for name, value in (*prices, *rest))


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeLimit:
    """How much of a bar all orders of an asset could fill together.

    Attributes:
        share: Share of the bar's volume.
        most: That share of it, in whole lots.
        taken: What earlier orders of the bar took of it.
        left: What was left for the order.
    """

    share: Value
    most: Value
    taken: Value
    left: Value

    def __str__(self) -> str:
        return (
            f"{number(self.share)} of the bar's volume is {number(self.most)}; earlier orders took "
            f"{number(self.taken)} of it"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedTrigger:
    """A stop or a limit was reached.

    Attributes:
        at: End of the bar.
        kind: Which one.
        price: Its price.
        bar: The bar that reached it; None where it was not kept.
    """

    at: datetime
    kind: Literal["stop", "limit"]
    price: Value | None
    bar: ExplainedBar | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedFill:
    """One execution.

    Attributes:
        at: End of its bar.
        amount: Signed amount.
        open_before: Signed amount that was open before it.
        price: Price per unit.
        market_price: The price that slippage started from; None where nobody says.
        place: What that price is.
        slippage_per_unit: What a unit cost over the market price; negative was gained.
        slippage: The same for the whole amount, as the journal has it.
        commission: What was charged for it; negative is a rebate.
        bar: The bar; None where it was not kept.
        volume_limit: The volume limit of the bar, None where the model has none.
        limited_by: What kept it from filling all that was open; None where it did.
    """

    at: datetime
    amount: Value
    open_before: Value
    price: Value
    market_price: Value | None
    place: Place | None
    slippage_per_unit: Value | None
    slippage: Value | None
    commission: Value
    bar: ExplainedBar | None
    volume_limit: VolumeLimit | None
    limited_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedChange:
    """The order was given other figures, or a message about it was sent.

    Attributes:
        at: When.
        cause: What made it happen.
        reason: In words.
        amount: Its amount after it.
        limit: Its limit after it.
        stop: Its stop after it.
    """

    at: datetime
    cause: str
    reason: str
    amount: Value
    limit: Value | None
    stop: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedWait:
    """What an order that was not filled whole waited for, once its figures last changed.

    Attributes:
        kind: Its "stop", its "limit", or a "fill" when neither was left.
        price: The stop or limit; None where a trailing stop had none yet.
        bars: How many bars traded while it waited.
        nearest: The price that came nearest to it; the last close of "fill", and of a stop that
            trails.
        tested: What of a bar was tested: its "close", its whole "range", or its "open".
        bar: The bar of that price.
        volume_limit: That of this bar; None where the bar after it is the one to fill.
    """

    kind: Literal["stop", "limit", "fill"]
    price: Value | None
    bars: int
    nearest: Value | None
    tested: Tested
    bar: ExplainedBar | None
    volume_limit: VolumeLimit | None


def moment(at: datetime | None) -> str:
    """A time, with milliseconds where it has some."""
    if at is None:
        return ""
    return at.replace(tzinfo=None).isoformat(" ", "milliseconds" if at.microsecond else "seconds")


def number(value: Value | None) -> str:
    """A number as a reader likes it: no needless zeros, thousands with commas."""
    if value is None:
        return "-"
    if not isinstance(value, Decimal):
        return f"{value:,.12g}"
    digits = f"{value:,f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def size(value: Value) -> str:
    """The same without its sign."""
    return number(value).removeprefix("-")
