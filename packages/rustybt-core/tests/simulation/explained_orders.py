"""A table of orders, each explained by hand from its bars.

Slippage is a tenth of a percent of the price unless a case says otherwise, commission a cent a
share, and a tenth of a bar's volume (a million unless a bar says otherwise) may fill.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from markets import split
from order_stories import (
    AT_CLOSE,
    AT_OPEN,
    INSIDE,
    INSIDE_OPEN,
    SHARE,
    TENTH,
    Act,
    cancel,
    order,
    orders,
    replaced,
    tell,
)

from rustybt import SimulationRules
from rustybt.finance.commission import PerShare
from rustybt.finance.fills import PartialFill
from rustybt.finance.latency import FixedLatency
from rustybt.finance.slippage import FixedBasisPointsSlippage
from rustybt.orders import LimitOrder, OCOOrder, StopOrder
from rustybt.simulation.result import BacktestResult

CENT = PerShare("0.01")
THOUSANDTH = FixedBasisPointsSlippage(10, "0.1")
DEFAULT_MOST = 100_000
"""A tenth of a million."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one order is to be explained by.

    Attributes:
        triggers: ``bar kind price`` of each stop and limit that was reached.
        fills: ``bar amount price place market-price slippage-a-unit slippage commission``.
        limits: ``most taken`` of the volume limit of each fill.
        limited: What limited each fill.
        wait: ``kind price bars nearest bar``.
        waited_limit: ``most taken`` of the bar waited for.
        end: ``bar status code``.
        latency: Milliseconds.
        changes: Reasons of the changes.
    """

    triggers: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    limits: tuple[str, ...] | None = None
    limited: tuple[str | None, ...] | None = None
    wait: str | None = None
    waited_limit: str | None = None
    end: str | None = None
    latency: float | None = 0
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Example:
    """Bars, what is ordered, and how one of the orders is explained."""

    text: str
    acts: Mapping[int, Act]
    told: Told
    number: int = 1
    rules: SimulationRules = AT_CLOSE
    slippage: object = THOUSANDTH
    options: Mapping[str, Any] = field(default_factory=dict)


def once(amount: int, **how: Any) -> dict[int, Act]:
    return {0: order(amount, **how)}


LATE: dict[str, Any] = {"setup": lambda context: context.set_latency(FixedLatency(125))}
REFUSES: dict[str, Any] = {
    "setup": lambda context: context.set_max_order_size(max_shares=5, on_error="reject")
}
HALVES: dict[str, Any] = {"setup": lambda context: context.set_fill_model(PartialFill("0.5"))}

EXAMPLES = {
    # --- market orders
    # 20 + 20 x 0.001 = 20.02; 100 x 0.02 = 2; 100 x 0.01 = 1
    "market, at the close": Example(
        text="10 | 20",
        acts=once(100),
        told=Told(fills=("1 100 20.02 close 20 0.02 2 1",), limits=(f"{DEFAULT_MOST} 0",)),
    ),
    # 11 + 0.011; 100 x 0.011 = 1.1
    "market, at the open": Example(
        text="10 | 11 13 9 12",
        acts=once(100),
        rules=AT_OPEN,
        told=Told(fills=("1 100 11.011 open 11 0.011 1.1 1",)),
    ),
    # 20 - 0.02; 50 x 0.02 = 1; 50 x 0.01 = 0.5
    # the worst price of the bar is its high of 12, one more than the close of 11
    "pessimistic fills": Example(
        text="10 | 10 12 9 11",
        acts=once(10),
        rules=replace(AT_CLOSE, fills="pessimistic"),
        told=Told(fills=("1 10 12 close 11 1 10 0.1",)),
    ),
    "a sale": Example(
        text="10 | 20", acts=once(-50), told=Told(fills=("1 -50 19.98 close 20 0.02 1 0.5",))
    ),
    # bar 1 has no trade; 11 + 0.011; 10 x 0.011 = 0.11
    "a bar without trade": Example(
        text="10 | 10 x0 | 11",
        acts=once(10),
        told=Told(fills=("2 10 11.011 close 11 0.011 0.11 0.1",)),
    ),
    "nothing trades any more": Example(
        text="10 | 10 x0", acts=once(10), told=Told(wait="fill - 0 - -")
    ),
    "placed at the last bar": Example(
        text="10 | 10", acts={1: order(10)}, told=Told(wait="fill - 0 - -")
    ),
    # --- limits
    # 9.5 + 0.0095; 10 x 0.0095 = 0.095
    "limit, tested on the close": Example(
        text="10 | 10 | 10 10 9 9.50",
        acts=once(10, limit_price="9.80"),
        told=Told(triggers=("2 limit 9.80",), fills=("2 10 9.5095 close 9.5 0.0095 0.095 0.1",)),
    ),
    # the low of 9 does not count; closes 10, 9.9, 10.5
    "limit, not reached by a close": Example(
        text="10 | 10 10 9 10 | 9.90 | 10.50",
        acts=once(10, limit_price="9.80"),
        told=Told(wait="limit 9.8 3 9.9 2"),
    ),
    # reached inside at 9.5; 9.5095 would lie beyond the limit: cut off at it
    "limit, reached inside the bar": Example(
        text="10 | 10 11 9 10.50",
        acts=once(10, limit_price="9.50"),
        rules=INSIDE,
        told=Told(triggers=("1 limit 9.5",), fills=("1 10 9.5 limit 9.5 0 0 0.1",)),
    ),
    # 9 + 0.009; 10 x 0.009 = 0.09
    "limit, the bar opens beyond it": Example(
        text="10 | 9 11 8.50 10",
        acts=once(10, limit_price="9.50"),
        rules=INSIDE,
        told=Told(triggers=("1 limit 9.5",), fills=("1 10 9.009 open 9 0.009 0.09 0.1",)),
    ),
    "limit of a sale, not reached by a range": Example(
        text="10 | 10 10.40 9 10 | 10 10.30 9 10",
        acts=once(-10, limit_price="10.50"),
        rules=INSIDE,
        told=Told(wait="limit 10.5 2 10.4 1"),
    ),
    # 9.8 + 0.0098 = 9.8098 lies beyond the limit, in both bars
    "limit, slippage leads beyond it": Example(
        text="10 | 9.80 | 9.80",
        acts=once(10, limit_price="9.80"),
        told=Told(
            triggers=("1 limit 9.8",), wait="limit 9.8 2 9.8 1", waited_limit=f"{DEFAULT_MOST} 0"
        ),
    ),
    # replaced after bar 1; 9.4 + 0.0094; 10 x 0.0094 = 0.094
    "limit, replaced": Example(
        text="10 | 9.80 | 9.40",
        acts={0: order(10, limit_price=9), 1: replaced(1, limit_price="9.50")},
        told=Told(
            triggers=("2 limit 9.5",),
            fills=("2 10 9.4094 close 9.4 0.0094 0.094 0.1",),
            changes=("replaced",),
        ),
    ),
    # two for one before bar 2: 12 at 4.5; 4.4 + 0.0044; 12 x 0.0044 = 0.0528; 12 x 0.01 = 0.12
    "limit, after a split": Example(
        text="10 | 10 | 5 | 4.40",
        acts=once(6, limit_price=9),
        options={"events": [split(SHARE, "2020-06-03", "1/2")]},
        told=Told(
            triggers=("3 limit 4.5",),
            fills=("3 12 4.4044 close 4.4 0.0044 0.0528 0.12",),
            changes=("ratio 1/2",),
        ),
    ),
    "limit, cancelled by the strategy": Example(
        text="10 | 10 | 8",
        acts={0: order(10, limit_price=9), 1: cancel(1)},
        told=Told(wait="limit 9 1 10 1", end="1 Cancelled -"),
    ),
    # --- stops
    # the close of 11.5 reaches it; 11.5 + 0.0115; 10 x 0.0115 = 0.115
    "stop, tested on the close": Example(
        text="10 | 10 12 9 11.50",
        acts=once(10, stop_price=11),
        told=Told(triggers=("1 stop 11",), fills=("1 10 11.5115 close 11.5 0.0115 0.115 0.1",)),
    ),
    # 11 + 0.011; 10 x 0.011 = 0.11
    "stop, reached inside the bar": Example(
        text="10 | 10 12 9 11.50",
        acts=once(10, stop_price=11),
        rules=INSIDE,
        told=Told(triggers=("1 stop 11",), fills=("1 10 11.011 stop 11 0.011 0.11 0.1",)),
    ),
    # 12 + 0.012; 10 x 0.012 = 0.12
    "stop, a gap": Example(
        text="10 | 12 13 11 12",
        acts=once(10, stop_price=11),
        rules=INSIDE,
        told=Told(triggers=("1 stop 11",), fills=("1 10 12.012 open 12 0.012 0.12 0.1",)),
    ),
    # triggered by the close of bar 1, filled at the open of bar 2
    "stop, filled at the next open": Example(
        text="10 | 11.50 | 12 15 11 14",
        acts=once(10, stop_price=11),
        rules=AT_OPEN,
        told=Told(triggers=("1 stop 11",), fills=("2 10 12.012 open 12 0.012 0.12 0.1",)),
    ),
    "stop, not reached": Example(
        text="10 | 10 | 10.50 | 9",
        acts=once(10, stop_price=11),
        told=Told(wait="stop 11 3 10.5 2"),
    ),
    # bar 1 reaches the stop and not the limit; 11.2 + 0.0112; 10 x 0.0112 = 0.112
    "stop-limit, one after the other": Example(
        text="10 | 11.50 | 11.20",
        acts=once(10, stop_price=11, limit_price="11.30"),
        told=Told(
            triggers=("1 stop 11", "2 limit 11.3"),
            fills=("2 10 11.2112 close 11.2 0.0112 0.112 0.1",),
        ),
    ),
    "stop-limit, both by one bar": Example(
        text="10 | 11.20",
        acts=once(10, stop_price=11, limit_price="11.30"),
        told=Told(
            triggers=("1 stop 11", "1 limit 11.3"),
            fills=("1 10 11.2112 close 11.2 0.0112 0.112 0.1",),
        ),
    ),
    # 10 - 1 = 9; the close of 12 moves it to 11; 10.9 - 0.0109; 10 x 0.0109 = 0.109
    "trailing stop": Example(
        text="10 | 12 | 10.90",
        acts=once(-10, trail_amount=1),
        told=Told(triggers=("2 stop 11",), fills=("2 -10 10.8891 close 10.9 0.0109 0.109 0.1",)),
    ),
    "trailing stop, not reached": Example(
        text="10 | 12 | 11.50",
        acts=once(-10, trail_amount=1),
        told=Told(wait="stop 11 2 11.5 2"),
    ),
    # --- volume; without slippage
    # a tenth of 1,000 and of 500
    "the volume limit of two bars": Example(
        text="10 | 10 x1000 | 10 x500",
        acts=once(120),
        slippage=TENTH,
        told=Told(
            fills=("1 100 10 close 10 0 0 1", "2 20 10 close 10 0 0 0.2"),
            limits=("100 0", "50 0"),
            limited=("the volume limit", None),
        ),
    ),
    "volume that an earlier order took": Example(
        text="10 | 10 x1000",
        acts={0: orders(order(60), order(60))},
        number=2,
        slippage=TENTH,
        told=Told(
            fills=("1 40 10 close 10 0 0 0.4",),
            limits=("100 60",),
            limited=("the volume limit",),
            wait="fill - 0 - -",
        ),
    ),
    "volume that earlier orders took all of": Example(
        text="10 | 10 x1000",
        acts={0: orders(order(100), order(60))},
        number=2,
        slippage=TENTH,
        told=Told(wait="fill - 1 10 1", waited_limit="100 100"),
    ),
    "an iceberg shows ten at a time": Example(
        text="10 | 10 | 10 | 10",
        acts=once(25, limit_price=10, visible=10),
        slippage=TENTH,
        told=Told(
            triggers=("1 limit 10",),
            fills=(
                "1 10 10 close 10 0 0 0.1",
                "2 10 10 close 10 0 0 0.1",
                "3 5 10 close 10 0 0 0.05",
            ),
            limited=("the part of it that the market saw",) * 2 + (None,),
        ),
    ),
    "a fill model gives half of what is open": Example(
        text="10 | 10 | 10",
        acts=once(8),
        slippage=TENTH,
        options=HALVES,
        told=Told(
            fills=("1 4 10 close 10 0 0 0.04", "2 2 10 close 10 0 0 0.02"),
            limited=("the fill model",) * 2,
            wait="fill - 0 - -",
        ),
    ),
    # --- how long they live
    "fill or kill": Example(
        text="10 | 10 x1000",
        acts=once(120, time_in_force="FOK"),
        slippage=TENTH,
        told=Told(wait="fill - 1 10 1", waited_limit="100 0", end="1 Rejected fok_unfilled"),
    ),
    # with fill_at="open" its limit is tested on the open of 9
    "fill or kill, at the open": Example(
        text="10 | 9 11 8 10",
        acts=once(10, limit_price="8.50", time_in_force="FOK"),
        rules=AT_OPEN,
        told=Told(wait="limit 8.5 1 9 1", end="1 Rejected fok_unfilled"),
    ),
    "immediate or cancel": Example(
        text="10 | 10 x1000",
        acts=once(120, time_in_force="IOC"),
        slippage=TENTH,
        told=Told(
            fills=("1 100 10 close 10 0 0 1",),
            limited=("the volume limit",),
            wait="fill - 0 - -",
            end="1 Expired ioc_remainder",
        ),
    ),
    "an order of the day": Example(
        text="10 | 10 | 9",
        acts=once(10, limit_price="9.50", time_in_force="DAY"),
        told=Told(wait="limit 9.5 1 10 1", end="1 Expired day_over"),
    ),
    "good till a day": Example(
        text="10 | 10 | 8",
        acts=once(10, limit_price=9, good_till="2020-06-02"),
        told=Told(wait="limit 9 1 10 1", end="2 Expired good_till_passed"),
    ),
    # --- refused
    "post-only that would fill at once": Example(
        text="10 | 10",
        acts=once(10, limit_price=10, post_only=True),
        told=Told(end="0 Rejected post_only_would_cross", latency=None),
    ),
    "reduce-only without a position": Example(
        text="10 | 10",
        acts=once(-5, reduce_only=True),
        told=Told(end="0 Rejected reduce_only_no_position", latency=None),
    ),
    "a control refuses it": Example(
        text="10 | 10",
        acts=once(6),
        options=REFUSES,
        told=Told(end="0 Rejected control", latency=None),
    ),
    # --- groups; entry at the open of 10, stop at 9, both in bar 1
    "the entry of a bracket": Example(
        text="10 | 10 12 9 11",
        acts=once(9, take_profit=11, stop_loss=9),
        rules=INSIDE_OPEN,
        told=Told(fills=("1 9 10.01 open 10 0.01 0.09 0.09",)),
    ),
    "the target of a bracket": Example(
        text="10 | 10 12 9 11",
        acts=once(9, take_profit=11, stop_loss=9),
        number=2,
        rules=INSIDE_OPEN,
        told=Told(triggers=("1 limit 11",), wait="limit 11 0 - -", end="1 Cancelled group"),
    ),
    # 9 - 0.009; 9 x 0.009 = 0.081; the entry took 9 of the volume
    "the stop of a bracket": Example(
        text="10 | 10 12 9 11",
        acts=once(9, take_profit=11, stop_loss=9),
        number=3,
        rules=INSIDE_OPEN,
        told=Told(
            triggers=("1 stop 9",),
            fills=("1 -9 8.991 stop 9 0.009 0.081 0.09",),
            limits=(f"{DEFAULT_MOST} 9",),
        ),
    ),
    # the entry fills inside the bar at 9.5, below the stop: 9.5 - 0.0095; 5 x 0.0095 = 0.0475
    "an exit that is reached with its entry": Example(
        text="10 | 10 11 9 10",
        acts=once(5, limit_price="9.50", take_profit=12, stop_loss="9.80"),
        number=3,
        rules=INSIDE,
        told=Told(
            triggers=("1 stop 9.8",),
            fills=("1 -5 9.4905 entry 9.5 0.0095 0.0475 0.05",),
        ),
    ),
    "an exit whose entry never filled": Example(
        text="10 | 10",
        acts=once(9, limit_price=8, take_profit=11, stop_loss=7),
        number=2,
        told=Told(latency=None),
    ),
    # 11.5 - 0.0115; 5 x 0.0115 = 0.0575
    "a leg that fills": Example(
        text="10 | 10 | 11.50",
        acts=once(-5, style=OCOOrder(LimitOrder(11), StopOrder(9))),
        told=Told(triggers=("2 limit 11",), fills=("2 -5 11.4885 close 11.5 0.0115 0.0575 0.05",)),
    ),
    "a leg that does not": Example(
        text="10 | 10 | 11.50",
        acts=once(-5, style=OCOOrder(LimitOrder(11), StopOrder(9))),
        number=2,
        told=Told(wait="stop 9 2 10 1", end="2 Cancelled group"),
    ),
    # --- latency
    "an order that travels": Example(
        text="10 | 20",
        acts=once(100),
        options=LATE,
        told=Told(fills=("1 100 20.02 close 20 0.02 2 1",), latency=125),
    ),
}


def played(example: Example, **options: Any) -> BacktestResult:
    result: BacktestResult = tell(
        example.text,
        example.acts,
        rules=example.rules,
        slippage=example.slippage,
        commission=CENT,
        **{**example.options, **options},
    ).played.result
    return result
