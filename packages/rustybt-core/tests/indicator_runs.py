"""Runs of strategies that declare indicators, and what they see."""

from collections.abc import Callable
from math import isnan
from typing import Any

import numpy as np
from markets import Market, bar, daily_market, stock

from rustybt import run_algorithm

A, B = stock("AAA", 1), stock("BBB", 2)
PRICES = daily_market({A: ["10", "12", "11", "15", "13", "19", "7"]})


def watched(
    market: Market,
    declare: Callable[[Any], object],
    look: Callable[[Any, Any], Any],
    **options: Any,
) -> list[Any]:
    """What is seen at each bar of a run whose `initialize` declares something."""
    seen: list[Any] = []

    def handle_data(context: Any, data: Any) -> None:
        seen.append(look(context.declared, data))

    def initialize(context: Any) -> None:
        context.declared = declare(context)

    run_algorithm(
        options.pop("start", market.first),
        options.pop("end", market.last),
        initialize=initialize,
        handle_data=handle_data,
        data=market.bundle,
        calendar=market.calendar,
        **options,
    )
    return seen


def plainly(values: list[float]) -> list[float | None]:
    return [None if isnan(value) else value for value in values]


def random_prices(bars: int) -> dict[Any, list[Any]]:
    rng = np.random.default_rng(7)
    closes = 50 + rng.normal(size=bars).cumsum().round(2)
    return {
        A: [
            bar(
                f"{close:.2f}",
                high=f"{close + up:.2f}",
                low=f"{close - down:.2f}",
                open=f"{close:.2f}",
                volume=volume,
            )
            for close, up, down, volume in zip(
                closes,
                rng.random(bars),
                rng.random(bars),
                rng.integers(1, 999, bars).tolist(),
                strict=True,
            )
        ]
    }
