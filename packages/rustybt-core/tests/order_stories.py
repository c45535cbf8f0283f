"""Small stories of orders, written down in a line: bars, what is ordered, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from markets import (
    Bar,
    Market,
    Played,
    Print,
    daily_market,
    minute_market,
    play,
    small_sessions,
    stock,
)

from rustybt import SimulationRules
from rustybt.finance.execution import (
    LimitOrder,
    OCOOrder,
    StopLimitOrder,
    StopOrder,
    TrailingStopOrder,
)
from rustybt.finance.slippage import FixedBasisPointsSlippage

SHARE = stock("AAA", 1)

STANDARD = SimulationRules.standard()
AT_CLOSE = STANDARD
AT_OPEN = replace(STANDARD, fill_at="open")
INSIDE = replace(STANDARD, trigger="intrabar")
INSIDE_OPEN = replace(STANDARD, trigger="intrabar", fill_at="open")

TENTH = FixedBasisPointsSlippage(0, "0.1")
"""No slippage, and a tenth of a bar's volume for all orders together."""


class Filled(NamedTuple):
    """An execution: number of the bar, number of the order, amount, price."""

    bar: int
    order: int
    amount: int
    price: Decimal


def fills(*texts: str) -> list[Filled]:
    """Executions, each as ``bar order amount price``."""
    return [
        Filled(int(bar), int(order), int(amount), Decimal(price))
        for bar, order, amount, price in (text.split() for text in texts)
    ]


def bars(text: str) -> list[Print]:
    """Bars between strokes: ``close``, or all four; then ``xVOLUME``. A ``-`` is no bar."""
    return [_bar(part.split()) for part in text.split("|")]


def _bar(words: list[str]) -> Print:
    if words == ["-"]:
        return None
    volume = words.pop()[1:] if words[-1].startswith("x") else "1000000"
    first, highest, lowest, last = words * 4 if len(words) == 1 else words
    return Bar(first, highest, lowest, last, volume)


def minutes_of(text: str) -> Market:
    """A session of these minutes of one share."""
    minutes = bars(text)
    return minute_market(
        {SHARE: {(0, n): minute for n, minute in enumerate(minutes)}},
        sessions=1,
        calendar=small_sessions(1, len(minutes)),
    )


Act = Callable[[Any], object]


@dataclass
class Story:
    """What came of some orders.

    Attributes:
        fills: Every execution.
        ends: State of each order, with its code where it has one: ``Cancelled group``.
        decisions: How often the order of touch was assumed.
        played: The run.
    """

    fills: list[Filled]
    ends: list[str]
    decisions: int
    played: Played = field(repr=False)

    def view(self, number: int) -> Any:
        """An order as it was at the end."""
        return self.played.context.get_order(f"main-{number}")

    def trail(self, number: int) -> list[tuple[str, str | None]]:
        """Status, and reason, after each step of an order's life."""
        order = self.played.context.blotter.orders[f"main-{number}"]
        return [(step.after.value, step.reason) for step in order.trail]


def tell(
    text: str,
    acts: Mapping[int, Act],
    *,
    rules: SimulationRules = STANDARD,
    slippage: object = None,
    **options: Any,
) -> Story:
    """Play acts, ``f(context)`` by number of the bar, on bars of one share."""
    market = daily_market({SHARE: bars(text)}, events=options.pop("events", ()))
    played = play(
        market,
        {bar: _without_data(act) for bar, act in acts.items()},
        slippage=slippage,
        rules=rules,
        **options,
    )
    return story_of(played)


def _without_data(act: Act) -> Callable[[Any, Any], object]:
    return lambda context, data: act(context)


def story_of(played: Played) -> Story:
    """The story of a run."""
    days = played.result.performance["session"].to_list()
    table = played.result.transactions
    rows = table["dt", "order_id", "amount", "price"].iter_rows()
    executed = [
        Filled(days.index(at.date()), int(order.split("-")[1]), int(amount), price)
        for at, order, amount, price in rows
        if order is not None
    ]
    placed = played.context.blotter.orders.values()
    ends = [f"{order.status} {order.code or ''}".strip() for order in placed]
    return Story(executed, ends, played.context.blotter.touch_decisions, played)


# ------------------------------------------------------------------ the other side

MIRROR = 20
"""What a price and its mirror image add up to: stories begin at 10, in the middle."""


def flipped(text: str) -> str:
    """Bars or fills whose prices are mirrored; highs are lows, and of fills buys are sales."""
    parts = []
    for part in text.split("|"):
        words = part.split()
        volume = [words.pop()] if words and words[-1].startswith("x") else []
        if words != ["-"]:
            words = [str(MIRROR - Decimal(word)) for word in words]
        if len(words) == 4:
            words[1], words[2] = words[2], words[1]
        parts.append(" ".join(words + volume))
    return " | ".join(parts)


def flipped_fill(text: str) -> str:
    """A fill of the other side: ``1 3 -9 9.50`` is ``1 3 9 10.50``."""
    bar, number, amount, price = text.split()
    return f"{bar} {number} {-int(amount)} {MIRROR - Decimal(price)}"


class OtherSide:
    """A strategy that sells what it is told to buy, at prices on the other side of 10."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def order(self, asset: Any, amount: int, **how: Any) -> Any:
        return self._context.order(asset, -amount, **_flipped(how))

    def replace_order(self, order: Any, **figures: Any) -> Any:
        if "amount" in figures:
            figures["amount"] = -figures["amount"]
        return self._context.replace_order(order, **_flipped(figures))


def _flipped(how: dict[str, Any]) -> dict[str, Any]:
    prices = {"limit_price", "stop_price", "take_profit", "stop_loss"}
    return {
        name: _flipped_style(value) if name in prices or name == "style" else value
        for name, value in how.items()
    }


def _flipped_style(value: Any) -> Any:
    match value:
        case OCOOrder():
            opposite = [_flipped_style(leg) for leg in value.opposite]
            return OCOOrder(*map(_flipped_style, value.legs), opposite=opposite)
        case TrailingStopOrder():
            return value
        case StopLimitOrder():
            return StopLimitOrder(MIRROR - value.limit_price, MIRROR - value.stop_price)
        case LimitOrder():
            return LimitOrder(MIRROR - value.limit_price)
        case StopOrder():
            return StopOrder(MIRROR - value.stop_price)
    return MIRROR - Decimal(value)


def other_side(acts: Mapping[int, Act]) -> dict[int, Act]:
    """The same acts with buys for sales."""
    return {bar: _by_the_other(act) for bar, act in acts.items()}


def _by_the_other(act: Act) -> Act:
    return lambda context: act(OtherSide(context))


def order(amount: int, **how: Any) -> Act:
    """Order an amount."""
    return lambda context: context.order(SHARE, amount, **how)


def orders(*acts: Act) -> Act:
    """Several acts in one bar."""
    return lambda context: [act(context) for act in acts]


def cancel(number: int) -> Act:
    """Cancel an order by its number."""
    return lambda context: context.cancel_order(f"main-{number}")


def replaced(number: int | str, **figures: Any) -> Act:
    """Replace an order by its number, or a group by its id."""
    name = number if isinstance(number, str) else f"main-{number}"
    return lambda context: context.replace_order(name, **figures)
