"""The parts of an explanation in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.simulation.explanations.explained import moment, number, size

if TYPE_CHECKING:
    from rustybt.simulation.explanations.explained import (
        ExplainedChange,
        ExplainedFill,
        ExplainedTrigger,
        ExplainedWait,
    )

_PLACES = {
    "open": "the open",
    "close": "the close",
    "limit": "its limit",
    "stop": "its stop",
    "entry": "the price of its entry",
    "market price": "a market price",
}


def trigger_text(trigger: ExplainedTrigger, *, brief: bool) -> list[str]:
    """What was reached, and unless the same bar is told below, by which bar."""
    text = f"its {trigger.kind} of {number(trigger.price)} was reached"
    return [text] if brief or trigger.bar is None else [text, f"in the bar: {trigger.bar}"]


def fill_text(fill: ExplainedFill, currency: str) -> list[str]:
    """An execution; then its bar, its volume limit and what limited it."""
    verb = "bought" if fill.amount > 0 else "sold"
    text = f"{verb} {size(fill.amount)} at {number(fill.price)}"
    if fill.place is not None:
        text += f", from {_PLACES[fill.place]} of {number(fill.market_price)}"
        if fill.slippage_per_unit:
            text += f" with slippage of {number(fill.slippage_per_unit)} a unit"
            text += f", {number(fill.slippage)} {currency} in all"
        else:
            text += " without slippage"
    lines = [f"{text}; commission {number(fill.commission)} {currency}"]
    if fill.bar is not None:
        lines.append(f"in the bar: {fill.bar}")
    if fill.volume_limit is not None:
        lines.append(f"volume limit: {fill.volume_limit}")
    if fill.limited_by is not None:
        lines.append(f"no more of the {size(fill.open_before)} that were open: {fill.limited_by}")
    return lines


def change_text(change: ExplainedChange) -> str:
    """What gave it other figures, and which."""
    prices = [
        f", {name} {number(price)}"
        for name, price in (("limit", change.limit), ("stop", change.stop))
        if price is not None
    ]
    return f"{change.cause}: {change.reason}; the amount is {size(change.amount)}{''.join(prices)}"


def wait_text(wait: ExplainedWait, *, is_buy: bool, trails: bool) -> str:
    """What an order waited for that was not filled whole."""
    if not wait.bars:
        return "no bar traded after that"
    bars = f"{wait.bars:,} bar{'s' if wait.bars > 1 else ''} traded while it waited"
    if wait.kind == "fill" or _is_within(wait, is_buy=is_buy):
        nothing = "and models, group or account left nothing for it"
        return f"{bars}{_reach(wait)}, {nothing}{_room(wait)}"
    if trails and wait.kind == "stop":
        return (
            f"{bars}: its stop, which followed the price to {number(wait.price)}, was not reached, "
            f"the last close was {number(wait.nearest)}"
        )
    price = "price" if wait.tested == "range" else wait.tested
    highest = is_buy is (wait.kind == "stop")
    return (
        f"{bars}: its {wait.kind} of {number(wait.price)} was not reached, the "
        f"{'highest' if highest else 'lowest'} {price} was {number(wait.nearest)}"
        + ("" if wait.bar is None else f" at {moment(wait.bar.at)}")
    )


def _reach(wait: ExplainedWait) -> str:
    """What of its stop or limit was reached in the end."""
    if wait.kind == "fill":
        return ""
    at = "" if wait.bar is None else f" at {moment(wait.bar.at)}"
    price = f"{wait.kind} of {number(wait.price)}"
    return f": its {price} was within reach of {number(wait.nearest)}{at}"


def _room(wait: ExplainedWait) -> str:
    """The volume limit of the bar that did not fill it."""
    if wait.volume_limit is None:
        return ""
    bar = "the last bar" if wait.kind == "fill" else "that bar"
    return f"; in {bar}, {wait.volume_limit}"


def _is_within(wait: ExplainedWait, *, is_buy: bool) -> bool:
    """Whether a price reached a stop or limit, and nothing filled all the same."""
    if wait.price is None or wait.nearest is None:
        return False
    falls = is_buy is (wait.kind == "limit")
    return wait.nearest <= wait.price if falls else wait.nearest >= wait.price
