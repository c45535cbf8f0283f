"""Both sets of rules on one small market, for tests that compare them."""

from collections.abc import Callable
from typing import Any

from markets import Market, Played, play, stock

A, B = stock("AAA", 1), stock("BBB", 2)

Get = Callable[[Played], Any]


def both(get: Get, market: Market, *args: Any, **options: Any) -> tuple[Any, Any]:
    """What is got under the standard rules, and under zipline's."""
    standard, zipline = (
        get(play(market, *args, rules=rules, **options)) for rules in ("standard", "zipline")
    )
    return standard, zipline


def buys(amount: object) -> dict[int, Any]:
    """Order A at the first bar."""
    return {0: lambda c, d: c.order(A, amount)}
