"""Laws of funding: longs pay what shorts get, and every payment is where it belongs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal as D
from typing import Any

import polars as pl
import pytest
from funding_markets import MINUTES, funding_market, postings_of, swap
from hypothesis import given
from hypothesis import strategies as st
from laws import whole_run
from markets import Played, play

from rustybt.finance.accounts import CASH, COSTS, POSITION
from rustybt.simulation.verify import first_difference

BARS = 2 * MINUTES
SWAPS = (swap("BTC/USDT:USDT", 1, price_multiplier=D("0.01")), swap("ETH/USDT:USDT", 2))


@dataclass(frozen=True, kw_only=True)
class World:
    """Two swaps and what is ordered of them.

    Attributes:
        rows: Tokens of `funding_markets` for each bar, by swap.
        orders: Number of the bar, which swap, and how much.
        frequency: Bars of the run: days, minutes, or three minutes.
    """

    rows: Mapping[int, tuple[str, ...]]
    orders: tuple[tuple[int, int, D], ...]
    frequency: str

    def play(self, sign: int = 1, **options: Any) -> Played:
        """Run the orders, or their mirror image."""
        texts = {SWAPS[number]: " ".join(row) for number, row in self.rows.items()}
        daily = self.frequency == "1d"
        market = funding_market(texts) if daily else funding_market(minute=texts)
        actions: dict[int, Any] = {}
        for bar in {bar for bar, *_ in self.orders}:
            due = [(SWAPS[n], sign * amount) for at, n, amount in self.orders if at == bar]
            actions[bar] = lambda c, d, due=due: [c.order(asset, amount) for asset, amount in due]
        return play(market, actions, data_frequency=self.frequency, **options)


prices = st.integers(1, 10**9).map(lambda number: str(D(number).scaleb(-4)))
rates = st.integers(-(10**15), 10**15).map(lambda number: f"@{D(number).scaleb(-18):f}")
amounts = st.integers(-(10**9), 10**9).filter(bool).map(lambda lots: D(lots).scaleb(-8))


@st.composite
def tokens(draw: st.DrawFn) -> tuple[str, ...]:
    """A row of bars, the first of them with a price."""
    row = [
        draw(st.sampled_from(("-", "~", "price", "price", "price", "price"))) for _ in range(BARS)
    ]
    made = [draw(prices) if kind == "price" or not n else kind for n, kind in enumerate(row)]
    paid = [draw(st.none() | rates) for _ in row]
    return tuple(
        token if token == "-" or rate is None else token + rate
        for token, rate in zip(made, paid, strict=True)
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    orders = st.tuples(st.integers(0, BARS - 2), st.sampled_from((0, 1)), amounts)
    return World(
        rows={0: draw(tokens()), 1: draw(tokens())},
        orders=((0, 0, draw(amounts)), *draw(st.lists(orders, max_size=6))),
        frequency=draw(st.sampled_from(("1d", "1m", "3m"))),
    )


@whole_run
@given(world=worlds())
def test_longs_pay_what_shorts_get(world: World) -> None:
    """Two runs that mirror each other: every payment, profit and balance sums to zero."""
    one, other = world.play(), world.play(-1)
    paid, got = postings_of(one.result), postings_of(other.result)
    assert [a + b for a, b in zip(paid, got, strict=True)] == [0] * len(paid)
    for name in ("funding", "pnl", "gross_pnl"):
        assert [a + b for a, b in zip(one.column(name), other.column(name), strict=True)] == [
            0
        ] * len(one.column(name))


@whole_run
@given(world=worlds(), numeric=st.sampled_from(("decimal", "float64")))
def test_the_column_is_the_sum_of_the_postings(world: World, numeric: str) -> None:
    result = world.play(numeric=numeric).result
    journal = result.journal
    assert journal is not None
    paid: dict[Any, Any] = defaultdict(D if numeric == "decimal" else float)
    closes = result.performance["period_close"].to_list()
    for at, money in journal.filter(pl.col("account") == "expenses:funding")[
        "at", "amount"
    ].iter_rows():
        paid[next(close for close in closes if at <= close)] += money
    for row in result.performance.iter_rows(named=True):
        expected = paid[row["period_close"]]
        costs = sum(row[kind] for kind in COSTS)
        if numeric == "decimal":
            assert row["funding"] == expected
            assert row["gross_pnl"] - costs == row["pnl"]
        else:
            assert row["funding"] == pytest.approx(expected, rel=1e-9, abs=1e-9)
            assert row["gross_pnl"] - costs == pytest.approx(row["pnl"], rel=1e-9, abs=1e-6)
    of_trades = sum(result.trades["other_costs"]) - sum(paid.values())
    assert of_trades == 0 if numeric == "decimal" else abs(of_trades) < 1e-9


@whole_run
@given(world=worlds())
def test_replaying_the_journal_gives_every_session_s_cash(world: World) -> None:
    result = world.play().result
    journal = result.journal
    assert journal is not None
    for row in result.performance.iter_rows(named=True):
        posted = journal.filter(pl.col("at") <= row["period_close"])
        cash = posted.filter(pl.col("account") == CASH)["amount"].sum()
        assert row["ending_cash"] == row["portfolio_value"] == cash
        held = posted.filter(pl.col("account") == POSITION).group_by("commodity").agg(
            pl.col("amount").sum()
        )  # fmt: skip
        today = result.positions.filter(pl.col("session") == row["session"])
        assert sorted(a for a in held["amount"] if a) == sorted(today["amount"])


@whole_run
@given(world=worlds())
def test_every_trade_s_net_is_what_the_account_made(world: World) -> None:
    result = world.play().result
    assert sum(result.trades["net_pnl"], D(0)) == sum(result.performance["pnl"], D(0))


@whole_run
@given(world=worlds())
def test_a_run_repeats_to_the_byte(world: World) -> None:
    one, other = dict(world.play().result.tables.items()), world.play().result.tables
    for name, frame in other.items():
        assert first_difference(one[name], frame) is None


@whole_run
@given(world=worlds())
def test_floats_are_near(world: World) -> None:
    for name in ("funding", "pnl", "portfolio_value"):
        exact, near = (world.play(numeric=numeric) for numeric in ("decimal", "float64"))
        expected = [float(money) for money in exact.column(name)]
        assert near.column(name) == pytest.approx(expected, rel=1e-9, abs=1e-6)
