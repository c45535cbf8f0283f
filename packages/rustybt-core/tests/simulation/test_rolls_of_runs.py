"""When continuous futures roll in a run: on what is known then, or in hindsight."""

from dataclasses import replace
from typing import Any

import pytest
from futures_markets import CALENDAR, DAYS, chain, contract, rows_of
from markets import Market, play
from small_markets import bundle, frame

from rustybt import SimulationRules

STANDARD, ZIPLINE = SimulationRules.standard(), SimulationRules.zipline()

# Sessions:  0    1    2    3    4    5    6    7    8    9   10   11
FRONT = [900, 100, 900, 900, 100, 100, 100, 100, 100, 100, 100, 100]
NEXT = [500] * 12
"""The next contract trades more in session 1, no more in 2 and 3, and for good from 4 on."""


def held(rules: SimulationRules, last: int = 8) -> list[str]:
    """The month of the contract that a chain holds in each session."""
    front, following = contract("XF20", 1, 0, 11, 11), contract("XG20", 2, 0, 11, None)
    bars = {
        each.symbol: rows_of(["100"] * 12, volumes)
        for each, volumes in ((front, FRONT), (following, NEXT))
    }
    data = bundle(CALENDAR, [front, following], daily=frame(bars))
    future = chain(data)
    market = Market(bundle=data, calendar=CALENDAR, first=DAYS[0], last=DAYS[last])
    acts = {
        bar: lambda context, data: data.current(future, "contract").symbol[1]
        for bar in range(last + 1)
    }
    seen: dict[int, Any] = play(market, acts, rules=rules, numeric="float64").seen
    return [seen[bar] for bar in range(last + 1)]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        # the figures of session 1 are known in session 2, and a chain never moves back
        (STANDARD, "FFGGGGGGG"),
        (replace(ZIPLINE, rolls_in_hindsight=False), "FFGGGGGGG"),
        # the last switch is the roll: session 4, whose figures count in session 5
        (ZIPLINE, "FFFFFGGGG"),
        (replace(STANDARD, rolls_in_hindsight=True), "FFFFFGGGG"),
    ],
)
def test_the_rule_decides_and_nothing_else(rules: SimulationRules, expected: str) -> None:
    assert "".join(held(rules)) == expected


def test_without_hindsight_what_comes_later_does_not_count() -> None:
    """A run that ends in session 3 holds what the longer one held then."""
    assert held(STANDARD, last=3) == held(STANDARD)[:4]
