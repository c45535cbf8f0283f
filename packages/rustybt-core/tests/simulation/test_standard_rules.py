"""Every choice of the specification, on a market so small that both answers are worked out by hand.

Each test is a row of the table of choices: first what the standard rules do, then zipline's, the
reason beside them. Rows on which both agree are here, too. This module has the rows about orders
and money, `test_standard_rules_of_time` those about what is seen and when.
"""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from markets import VENUE, Played, bar, daily_market, dividend, play, split
from simulation.rule_pairs import A, B, both, buys

from rustybt.assets import Cryptocurrency, Future
from rustybt.errors import OrderDuringInitialize, TradingControlViolation
from rustybt.finance.cancel_policy import EODCancel
from rustybt.finance.commission import PerShare
from rustybt.finance.controls import MaxOrderSize
from rustybt.finance.slippage import FixedBasisPointsSlippage, FixedSlippage
from rustybt.simulation.run import run_algorithm

MON, TUE, WED, THU, FRI = (date(2020, 6, day) for day in (1, 2, 3, 4, 5))
NEXT_MON = date(2020, 6, 8)


def prices(played: Played) -> list[Any]:
    return [price for *_, price in played.fills]


def values(played: Played) -> list[Any]:
    return played.column("portfolio_value")


# ------------------------------------------------------------------ fill price of a market order


def test_fill_price() -> None:
    """The next close; the next open only where it is asked for."""
    market = daily_market({A: ["10", bar("12", open="11")]})
    assert both(prices, market, buys(1)) == ([12], [12])
    assert both(prices, market, buys(1), fill_at="open") == ([11], [11])


# ------------------------------------------------------------------ triggers


def test_triggers_are_tested_on_a_close() -> None:
    """Tuesday's range holds the limit, its close does not; Wednesday's close does, and fills."""
    market = daily_market({A: ["10", bar("10", low="8"), bar("9", open="9.50"), "9.25"]})
    order = {0: lambda c, d: c.order(A, 1, limit_price=9)}
    assert both(lambda p: p.fills, market, order) == ([(WED, "AAA", 1, 9)],) * 2


def test_at_the_open_a_trigger_fills_a_bar_later() -> None:
    """What Tuesday's close triggers fills at Wednesday's open, which is within the limit."""
    market = daily_market({A: ["10", bar("9", open="10"), bar("11", open="8.75")]})
    order = {0: lambda c, d: c.order(A, 1, limit_price=9)}
    filled = [(WED, "AAA", 1, D("8.75"))]
    assert both(lambda p: p.fills, market, order, fill_at="open") == (filled, filled)


# ------------------------------------------------------------------ limit price after slippage


def test_limit_after_slippage() -> None:
    """A close of 10.00 less half a spread of 0.10 is 9.95: below the limit of 9.98.

    Zipline asks VolumeShareSlippage alone to look at the limit again.
    """
    market = daily_market({A: ["10", "10"]})
    order = {0: lambda c, d: c.order(A, -1, limit_price="9.98")}
    assert both(prices, market, order, slippage=FixedSlippage("0.10")) == ([], [D("9.95")])


# ------------------------------------------------------------------ volume limit


def test_volume_limit_is_shared() -> None:
    """A tenth of 100 is 10 for both orders together."""
    market = daily_market({A: [bar("10", volume=100)] * 2})
    orders = {0: lambda c, d: (c.order(A, 7), c.order(A, 7))}
    model = FixedBasisPointsSlippage(0, "0.1")
    filled = [7, 3]
    found = both(lambda p: [fill[2] for fill in p.fills], market, orders, slippage=model)
    assert found == (filled, filled)


OIL = Future(sid=5, symbol="CLZ20", exchange_info=VENUE, root_symbol="CL", start_date=MON)


def test_volume_limit_of_futures() -> None:
    """The default model takes 5 % of 100; zipline gives them to each order anew."""
    market = daily_market({OIL: [bar("40", volume=100)] * 2})

    def filled(rules: str) -> list[Any]:
        result = run_algorithm(
            MON,
            TUE,
            data=market.bundle,
            rules=rules,
            handle_data=lambda c, d: (c.order(OIL, 4), c.order(OIL, 4)),
        )
        amounts: list[Any] = result.transactions["amount"].to_list()
        return amounts

    assert filled("standard") == [4, 1]
    assert filled("zipline") == [4, 4]


# ------------------------------------------------------------------ bar without trade


@pytest.mark.parametrize("still", [None, bar("11", volume=0)])
def test_bar_without_trade(still: Any) -> None:
    market = daily_market({A: ["10", still, "12"]})
    assert both(lambda p: p.fills, market, buys(1)) == ([(WED, "AAA", 1, 12)],) * 2


# ------------------------------------------------------------------ amount

COIN = Cryptocurrency(
    sid=6,
    symbol="BTC/USD",
    exchange_info=VENUE,
    lot_size=D("0.01"),
    amount_decimals=2,
    start_date=MON,
)


@pytest.mark.parametrize(
    ("asset", "amount", "ordered"), [(A, 2.9, 2), (A, 2.99995, 3), (COIN, 0.129, D("0.12"))]
)
def test_amounts_are_cut_to_the_lot(asset: Any, amount: float, ordered: D) -> None:
    """Whole shares; zipline knows no finer lot, so that a coin keeps its own."""
    market = daily_market({asset: ["10", "10"]})
    act = {0: lambda c, d: c.order(asset, amount)}
    assert both(lambda p: p.fills[0][2], market, act) == (ordered, ordered)


def test_resting_amounts_after_a_split() -> None:
    """0.25 coins 2:1 are 0.50; zipline cuts to whole units, so that nothing is left."""
    market = daily_market({COIN: ["10"] * 3}, events=[split(COIN, TUE, "1/2")])
    act = {0: lambda c, d: c.order(COIN, "0.25", limit_price=1)}
    found = both(lambda p: p.result.orders["amount"].to_list(), market, act)
    assert found == ([D("0.5")], [0])


# ------------------------------------------------------------------ cash in lieu of a fraction


def test_cash_in_lieu() -> None:
    """101 shares bought at 9 split 3:2 after a close of 12: half a share is paid in cash.

    By the market 0.5 x 12 x 2/3 = 4.00, by zipline at cost 0.5 x 9 x 2/3 = 3.00.
    """
    market = daily_market({A: ["10", "9", "12", "8"]}, events=[split(A, THU, "2/3")])
    found = both(lambda p: p.column("ending_cash")[-1], market, buys(101))
    assert found == (100_000 - 909 + 4, 100_000 - 909 + 3)


def test_cost_after_a_split() -> None:
    """The cost of 909 less that of half a share: 909 x 151 / 151.5 / 151 = 6 each.

    Bought at 10.01 it is 10.01 x 2/3 = 6.67333 each; zipline rounds that to 6.67.
    """
    for price, exact, rounded in (
        ("9", D(6), D(6)),
        ("10.01", D("6.6733333333333333"), D("6.67")),
    ):
        market = daily_market({A: ["10", price, "12", "8"]}, events=[split(A, THU, "2/3")])
        found = both(lambda p: p.result.positions["cost_basis"].to_list()[-1], market, buys(101))
        assert found == (exact, rounded)


# ------------------------------------------------------------------ pay date that is no session


def test_pay_date_on_a_saturday() -> None:
    """100 x 0.50 due on Saturday the 6th arrive on Monday; with zipline they never do."""
    market = daily_market({A: ["10"] * 8}, events=[dividend(A, WED, date(2020, 6, 6), "0.50")])
    found = both(lambda p: p.column("ending_cash"), market, buys(100))
    assert found == ([100_000, *[99_000] * 4, *[99_050] * 3], [100_000, *[99_000] * 7])


def test_ex_date_and_split_on_a_saturday() -> None:
    """The next session counts; zipline asks for events of its own day alone."""
    saturday = date(2020, 6, 6)
    market = daily_market(
        {A: ["10"] * 5 + ["5"] * 2},
        events=[dividend(A, saturday, NEXT_MON, "0.50"), split(A, date(2020, 6, 7), "1/2")],
    )
    found = both(
        lambda p: (p.column("ending_cash")[-1], p.result.positions["amount"].to_list()[-1]),
        market,
        buys(100),
    )
    assert found == ((99_050, 200), (99_000, 100))


# ------------------------------------------------------------------ dividends in value and profit

PAYING = daily_market(
    {A: ["10", "10", "9.50", "9.50", "9.50"]}, events=[dividend(A, WED, FRI, "0.50")]
)
"""A falls by the dividend on its ex date, and pays two days later: nothing is lost."""


def test_value_between_ex_and_pay_date() -> None:
    """1,000 shares x 0.50 are owed from Wednesday to Friday: zipline shows a false loss of 500."""
    loss = [100_000, 100_000, 99_500, 99_500, 100_000]
    assert both(values, PAYING, buys(1000)) == ([100_000] * 5, loss)


def test_pnl_includes_dividends() -> None:
    """Zipline's profit of the pay date leaves the dividend out, so that -500 is never made good."""
    found = both(lambda p: p.column("pnl"), PAYING, buys(1000))
    assert found == ([0, 0, 0, 0, 0], [0, 0, -500, 0, 0])


# ------------------------------------------------------------------ EODCancel


def test_eod_cancel_of_a_daily_run() -> None:
    """Every open order; zipline's only the first of an asset that has several."""
    market = daily_market({A: ["10"] * 3, B: ["10"] * 3})
    orders = {
        0: lambda c, d: [c.order(asset, n, limit_price=5) for asset, n in ((A, 1), (A, 2), (B, 3))]
    }
    found = both(
        lambda p: p.statuses,
        market,
        orders,
        setup=lambda c: c.set_cancel_policy(EODCancel(warn_on_cancel=False)),
        end=MON,
    )
    assert found == (["CANCELLED"] * 3, ["CANCELLED", "OPEN", "OPEN"])


# ------------------------------------------------------------------ orders in initialize


def test_orders_in_initialize() -> None:
    market = daily_market({A: ["10"]})
    with pytest.raises(OrderDuringInitialize):
        play(market, setup=lambda c: c.order(A, 1))
    with pytest.raises(AssertionError):
        play(market, setup=lambda c: c.order(A, 1), rules="zipline")


# ------------------------------------------------------------------ controls


@pytest.mark.parametrize(("on_error", "filled"), [("log", [5]), ("reject", [])])
def test_what_a_control_does_with_an_order(on_error: Any, filled: list[int]) -> None:
    """To log is to place nevertheless, as in zipline; to refuse is ours."""
    market = daily_market({A: ["10", "10"]})

    def setup(context: Any) -> None:
        context.register_trading_control(MaxOrderSize(on_error, A, 4))

    found = both(lambda p: [fill[2] for fill in p.fills], market, buys(5), setup=setup)
    assert found == (filled, filled)


def test_position_controls_count_open_orders() -> None:
    """3 are open and 3 more would make 6 of 5; zipline sees only what is held, nothing."""
    market = daily_market({A: ["10", "10"]})
    orders = {0: lambda c, d: (c.order(A, 3), c.order(A, 3))}

    def setup(context: Any) -> None:
        context.set_max_position_size(A, max_shares=5)

    with pytest.raises(TradingControlViolation, match="MaxPositionSize"):
        play(market, orders, setup=setup)
    played = play(market, orders, setup=setup, rules="zipline")
    assert played.result.positions["amount"].to_list() == [6]


def test_position_controls_count_open_orders_of_the_same_side() -> None:
    """An open sale may never fill: it makes no room for a purchase."""
    market = daily_market({A: ["10", "10"]})

    def setup(context: Any) -> None:
        context.set_max_position_size(A, max_shares=5)

    played = play(market, {0: lambda c, d: (c.order(A, -4), c.order(A, 5))}, setup=setup)
    assert [fill[2] for fill in played.fills] == [-4, 5]
    with pytest.raises(TradingControlViolation):
        play(market, {0: lambda c, d: (c.order(A, -4), c.order(A, 6))}, setup=setup)


# ------------------------------------------------------------------ cash and margin


def test_cash_is_unlimited_by_default() -> None:
    """100,000 buy a million's worth: nobody asks."""
    market = daily_market({A: ["10", "10"]})
    found = both(lambda p: p.column("ending_cash")[-1], market, buys(100_000))
    assert found == (-900_000, -900_000)


# ------------------------------------------------------------------ the rest is zipline's


def test_commissions_and_cost_basis() -> None:
    """10 at 10 and 10 at 12, each with 0.10 a share: 22.2 / 2; a sale leaves the basis alone."""
    market = daily_market({A: ["9", "10", "12", "15"]})
    acts = {n: (lambda c, d, n=n: c.order(A, 10 if n < 2 else -5)) for n in range(3)}
    found = both(
        lambda p: [float(basis) for basis in p.result.positions["cost_basis"]],
        market,
        acts,
        commission=PerShare("0.1"),
    )
    # Zipline's commission of a sale adds to the basis of what is left: 0.5 / 15 each.
    after_sale = pytest.approx(11.1 + 0.5 / 15)
    assert found == ([10.1, 11.1, after_sale], [10.1, 11.1, after_sale])


@pytest.mark.parametrize(
    ("amount", "price", "standard", "zipline"),
    [
        # the asymmetric rule: within 0.05 ticks above, or 0.95 below, in the order's favour
        (1, "10.0194", "10.01", "10.01"),
        (-1, "10.0106", "10.02", "10.02"),
        # on the very edge of a band floats fall to either side: zipline-reloaded 3.2.1 has 10.25
        (-1, "10.2405", "10.24", "10.25"),
    ],
)
def test_ticks(amount: int, price: str, standard: str, zipline: str) -> None:
    market = daily_market({A: ["10", "10"]})
    act = {0: lambda c, d: c.get_order(c.order(A, amount, limit_price=price)).limit}
    assert both(lambda p: p.seen[0], market, act) == (D(standard), D(zipline))


def test_prices_of_orders_after_a_split() -> None:
    """Half of 10.13 is 5.065: half even 5.06, while the nearest float lies above."""
    market = daily_market({A: ["20", "10"]}, events=[split(A, TUE, "1/2")])
    act = {0: lambda c, d: c.order(A, 1, limit_price="10.13")}
    found = both(lambda p: p.result.orders["limit"].to_list(), market, act)
    assert found == ([D("5.06")], [D("5.07")])
