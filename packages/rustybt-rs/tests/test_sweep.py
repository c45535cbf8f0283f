"""Sweeps by hand: a table of bars, what is ordered, and the arithmetic in the comments."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs import sweep  # noqa: E402


def bars_of(
    closes: list[Any],
    *,
    opens: list[Any] | None = None,
    volumes: list[Any] | None = None,
    lots: sweep.Number = 1,
) -> sweep.Bars:
    """Bars of one asset; prices as texts or None, a volume of 1000 where none is given."""
    decimal = pl.Decimal(38, 4)

    def column(values: list[Any]) -> pl.Series:
        exact = [None if value is None else Decimal(value) for value in values]
        return pl.Series(exact, dtype=decimal)

    columns = {
        "open": column(opens or closes),
        "high": column(closes),
        "low": column(closes),
        "close": column(closes),
        "volume": pl.Series(volumes or [1000] * len(closes)),
    }
    return sweep.Bars({"AAA": columns}, lots=lots)


def wanted(*values: Any) -> list[pl.Series]:
    """Targets of one set."""
    return [pl.Series(values)]


def free_run(bars: sweep.Bars, signals: sweep.Signals, **options: Any) -> sweep.SweepResult:
    """A run of 1000 without costs, unless they are given."""
    costs = {"slippage": sweep.NoSlippage(), "commission": sweep.NoCommission(), "capital": 1000}
    return sweep.run(bars, signals, **{**costs, **options})


def fills(result: sweep.SweepResult, index: int = 0) -> list[tuple[Any, ...]]:
    """Bar, amount, price and commission of each fill."""
    frame = result.trades_frame(index)
    rows: list[tuple[Any, ...]] = frame.select("bar", "amount", "price", "commission").rows()
    return rows


def equity(result: sweep.SweepResult, index: int = 0) -> list[Decimal]:
    return pl.Series(result.equity(index)).to_list()


# ------------------------------------------------------------------ orders and fills


def test_an_order_fills_at_the_next_close() -> None:
    # 10 are ordered in bar 0 and bought in bar 1 at 12: cash 1000 - 120 = 880.
    # Bar 2: 880 + 10 x 13 = 1010. Sold in bar 3 at 11: 880 + 110 = 990.
    result = free_run(bars_of(["10", "12", "13", "11"]), sweep.Targets(values=wanted(10, 10, 0, 0)))
    assert fills(result) == [(1, 10, 12, 0), (3, -10, 11, 0)]
    assert equity(result) == [1000, 1000, 1010, 990]
    row = result.frame().row(0, named=True)
    assert (row["final_value"], row["fills"], row["orders"]) == (990, 2, 2)
    assert (row["closed_positions"], row["traded_value"]) == (1, 230)


def test_an_order_fills_at_the_next_open() -> None:
    # Bought at the open of bar 1, 11: cash 890; bar 1 closes at 12: 890 + 120 = 1010.
    result = free_run(
        bars_of(["10", "12", "13"], opens=["10", "11", "12"]),
        sweep.Targets(values=wanted(10, 10, 10)),
        fill_at="open",
    )
    assert fills(result) == [(1, 10, 11, 0)]
    assert equity(result) == [1000, 1010, 1020]


def test_nothing_fills_without_trade() -> None:
    # Bar 1 has no volume and bar 2 no price: the order waits until bar 3.
    result = free_run(
        bars_of(["10", "11", None, "12"], volumes=[5, 0, 5, 5]),
        sweep.Targets(values=wanted(4, 4, 4, 4)),
    )
    assert fills(result) == [(3, 4, 12, 0)]


def test_the_volume_fills_an_order_in_parts() -> None:
    # 10 % of 45 and 30 are 4 and 3 whole lots; 5 of 12 are left for bar 3, which has room for 9.
    # 5 basis points above 10: 10.005; below: 9.995.
    bars = bars_of(["10"] * 5, volumes=[90, 45, 30, 90, 90])
    result = free_run(
        bars,
        sweep.Targets(values=wanted(12, 12, 12, 12, 12)),
        slippage=sweep.FixedBasisPointsSlippage(5, "0.1"),
    )
    price = Decimal("10.005")
    assert fills(result) == [(1, 4, price, 0), (2, 3, price, 0), (3, 5, price, 0)]
    # 12 x 0.005
    assert result.frame()["slippage"].to_list() == [Decimal("0.06")]


@pytest.mark.parametrize(
    ("cancel_open", "expected"),
    # 4 of 10 fill in bar 1; there 0 is wanted. The 6 that are open go or stay: 4 are sold in
    # bar 2, or first 4 more of the older order are bought, and no volume is left for the sale.
    [(True, [(1, 4), (2, -4)]), (False, [(1, 4), (2, 4), (3, 2), (3, -2)])],
)
def test_open_orders_are_cancelled_or_not(
    *, cancel_open: bool, expected: list[tuple[int, int]]
) -> None:
    bars = bars_of(["10"] * 4, volumes=[40] * 4)
    result = free_run(
        bars,
        sweep.Targets(values=wanted(10, 0, 0, 0)),
        slippage=sweep.FixedBasisPointsSlippage(0, "0.1"),
        cancel_open=cancel_open,
    )
    assert [(bar, amount) for bar, amount, *_ in fills(result)] == expected


def test_the_impact_grows_with_the_square_of_the_share() -> None:
    # A quarter of 80 is taken: 10 x (1 + 0.1 x 0.25^2) = 10.0625.
    result = free_run(
        bars_of(["10", "10"], volumes=[80, 80]),
        sweep.Targets(values=wanted(20, 20)),
        slippage=sweep.VolumeShareSlippage("0.5", "0.1"),
    )
    assert fills(result) == [(1, 20, Decimal("10.0625"), 0)]


def test_a_spread_is_paid_by_halves() -> None:
    # 10 + 0.01 / 2 and 10 - 0.01 / 2
    result = free_run(
        bars_of(["10"] * 4),
        sweep.Targets(values=wanted(1, -1, -1, -1)),
        slippage=sweep.FixedSlippage("0.01"),
    )
    assert [(a, p) for _, a, p, _ in fills(result)] == [
        (1, Decimal("10.005")),
        (-2, Decimal("9.995")),
    ]


@pytest.mark.parametrize(
    ("commission", "expected"),
    [
        # 4, 3 and 5 shares at 10; see above for the sizes.
        (sweep.PerShare("0.01", 0), ["0.04", "0.03", "0.05"]),
        # The order owes 0.05 at least: 0.05, then 0.07 - 0.05, then 0.12 - 0.07.
        (sweep.PerShare("0.01", "0.05"), ["0.05", "0.02", "0.05"]),
        (sweep.PerShare("0.01", 1), ["1", "0", "0"]),
        (sweep.PerTrade("1.5"), ["1.5", "0", "0"]),
        (sweep.PerDollar("0.001"), ["0.04", "0.03", "0.05"]),
        # 0.12 in all, of which 0.1 is the most.
        (sweep.Percentage("0.001", "0.05", "0.1"), ["0.05", "0.02", "0.03"]),
        (sweep.Percentage("0.001"), ["0.04", "0.03", "0.05"]),
    ],
    ids=repr,
)
def test_commissions_of_an_order_in_parts(
    commission: sweep.Commission, expected: list[str]
) -> None:
    bars = bars_of(["10"] * 4, volumes=[90, 45, 30, 90])
    result = free_run(
        bars,
        sweep.Targets(values=wanted(12, 12, 12, 12)),
        slippage=sweep.FixedBasisPointsSlippage(0, "0.1"),
        commission=commission,
    )
    assert [charge for *_, charge in fills(result)] == [Decimal(text) for text in expected]
    assert result.frame()["commission"][0] == sum(map(Decimal, expected))


def test_shares_of_the_portfolio() -> None:
    # Half of 1000 at 7 buys 71.4: 71 whole lots, bought at 8: cash 1000 - 568 = 432.
    # Bar 1 is worth 432 + 71 x 8 = 1000, and a quarter of it 31.25 units: 31.25 - 71
    # = -39.75, so that 39 are sold at 9.
    result = free_run(bars_of(["7", "8", "9"]), sweep.Weights(values=wanted(0.5, 0.25, 0.25)))
    assert fills(result) == [(1, 71, 8, 0), (2, -39, 9, 0)]


def test_within_a_ten_thousandth_of_a_lot_is_a_lot() -> None:
    # 1000 x 0.29999 / 10 = 29.999 is no 30, and 29.9999 is one.
    bars = bars_of(["10", "10"])
    short = free_run(bars, sweep.Weights(values=wanted(0.29999, None)))
    near = free_run(bars, sweep.Weights(values=wanted(0.299999, None)))
    assert (fills(short)[0][1], fills(near)[0][1]) == (29, 30)


def test_every_bar_orders_again() -> None:
    # Both bars ask for half of what there is: after the price has doubled some is sold.
    # Bar 0: 500 / 10 = 50 at 10. Bar 1: 500 + 50 x 20 = 1500, half of it 37.5 units:
    # 37.5 - 50 = -12.5, and 12 are sold.
    bars = bars_of(["10", "10", "20", "20"])
    values = wanted(0.5, 0.5, 0.5, 0.5)
    assert len(fills(free_run(bars, sweep.Weights(values=values)))) == 1
    again = free_run(bars, sweep.Weights(values=values, every_bar=True))
    assert [(bar, amount) for bar, amount, *_ in fills(again)] == [(1, 50), (3, -12)]


# ------------------------------------------------------------------ rules over columns


def exact_mean(prices: list[int], bar: int, window: int) -> Fraction | None:
    if bar + 1 < window:
        return None
    return Fraction(sum(prices[bar + 1 - window : bar + 1]), window)


@given(
    st.lists(st.integers(1, 12), min_size=3, max_size=200),
    st.integers(1, 9),
    st.integers(1, 9),
    st.sampled_from(("long", "short", "both")),
)
def test_means_cross_as_fractions_do(
    prices: list[int], fast: int, slow: int, direction: sweep.Direction
) -> None:
    targets: list[int | None] = []
    for bar in range(len(prices)):
        left, right = exact_mean(prices, bar, fast), exact_mean(prices, bar, slow)
        if left is None or right is None:
            targets.append(None)
        elif left > right:
            targets.append(0 if direction == "short" else 3)
        else:
            targets.append(0 if direction == "long" else -3)
    bars = bars_of([str(price) for price in prices])
    rule = sweep.SmaCross(fast=[fast], slow=[slow], units=3, direction=direction)
    told = sweep.Targets(values=[pl.Series(targets, dtype=pl.Int64)])
    assert fills(free_run(bars, rule)) == fills(free_run(bars, told))


def switch(on: list[bool], off: list[bool]) -> list[int | None]:
    """Targets of 5 units from entries to exits."""
    held: int | None = None
    targets = []
    for entry, leave in zip(on, off, strict=True):
        if entry != leave:
            held = 5 if entry else 0
        targets.append(held)
    return targets


@given(st.lists(st.integers(1, 30), min_size=2, max_size=80), st.integers(1, 5), st.integers(1, 5))
def test_breakouts_are_beyond_all_bars_before(prices: list[int], entry: int, leave: int) -> None:
    first = max(entry, leave)
    count = range(len(prices))
    on = [b >= first and prices[b] > max(prices[b - entry : b]) for b in count]
    off = [b >= first and prices[b] < min(prices[b - leave : b]) for b in count]
    bars = bars_of([str(price) for price in prices])
    rule = sweep.Breakout(entry=[entry], exit=[leave], units=5)
    told = sweep.Targets(values=[pl.Series(switch(on, off), dtype=pl.Int64)])
    assert fills(free_run(bars, rule)) == fills(free_run(bars, told))


@given(st.lists(st.integers(1, 30), min_size=2, max_size=80), st.integers(1, 6))
def test_strength_switches_at_its_levels(prices: list[int], window: int) -> None:
    changes = [b - a for a, b in pairwise(prices)]
    index: list[float] = [50.0] * min(window, len(prices))
    if len(changes) >= window:
        gain = sum(max(c, 0) for c in changes[:window]) / window
        loss = sum(max(-c, 0) for c in changes[:window]) / window
        for number in range(window - 1, len(changes)):
            if number >= window:
                gain = (gain * (window - 1) + max(changes[number], 0)) / window
                loss = (loss * (window - 1) + max(-changes[number], 0)) / window
            index.append(100 * gain / (gain + loss) if gain + loss else 50.0)
    bars = bars_of([str(price) for price in prices])
    rule = sweep.RsiLevels(window=[window], lower=[30.5], upper=[69.5], units=5)
    on, off = [value < 30.5 for value in index], [value > 69.5 for value in index]
    told = sweep.Targets(values=[pl.Series(switch(on, off), dtype=pl.Int64)])
    assert fills(free_run(bars, rule)) == fills(free_run(bars, told))


def test_exponential_means_begin_with_a_simple_one() -> None:
    # Window 3, weight 1/2: the first mean is (1 + 2 + 6) / 3 = 3 in bar 2, then 3 + (1 - 3) / 2 = 2
    # and 2 + (4 - 2) / 2 = 3. Window 1 is the price: 6 > 3, 1 < 2, 4 > 3.
    rule = sweep.EmaCross(fast=[1], slow=[3], units=1)
    result = free_run(bars_of(["1", "2", "6", "1", "4", "4"]), rule)
    assert [(bar, amount) for bar, amount, *_ in fills(result)] == [(3, 1), (4, -1), (5, 1)]


def test_switches_hold_from_entry_to_exit() -> None:
    # An entry with an exit changes nothing.
    entries = [pl.Series([True, False, True, False, False, True])]
    exits = [pl.Series([False, False, True, True, False, False])]
    rule = sweep.Switches(entries=entries, exits=exits, units=2)
    result = free_run(bars_of(["1"] * 6), rule)
    assert [(bar, amount) for bar, amount, *_ in fills(result)] == [(1, 2), (4, -2)]


def test_expressions_are_evaluated_for_each_set() -> None:
    frame = pl.DataFrame(
        {
            "timestamp": pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 1, 6), eager=True),
            "close": [1.0, 2.0, 3.0, 2.0, 1.0, 5.0],
            "volume": [10] * 6,
        }
    )
    bars = sweep.Bars.from_frame(frame)
    rule = sweep.Expressions(
        function=lambda p: pl.col("close") > p["level"],
        parameters=sweep.grid(level=[1.5, 2.5]),
        units=1,
    )
    result = free_run(bars, rule)
    assert [[(bar, a) for bar, a in _bars(result, n)] for n in range(2)] == [
        [(2, 1), (5, -1)],
        [(3, 1), (4, -1)],
    ]


def _bars(result: sweep.SweepResult, index: int) -> list[tuple[Any, ...]]:
    columns = result.trades(index)
    return list(
        zip(*(pl.Series(columns[name]).to_list() for name in ("bar", "amount")), strict=True)
    )


# ------------------------------------------------------------------ many sets


def test_arrays_give_what_columns_give() -> None:
    bars = bars_of(["10", "11", "12", "13"])
    values = np.array([[1, 2], [1, 0], [0, 0], [3, 1]])
    columns = [pl.Series(values[:, number]) for number in range(2)]
    expected = free_run(bars, sweep.Targets(values=columns)).frame()
    for kind in ("int8", "int64", "float64"):
        for array in (values.astype(kind), np.asfortranarray(values.astype(kind))):
            assert free_run(bars, sweep.Targets(values=array)).frame().equals(expected)


def test_threads_change_nothing() -> None:
    prices = [str(100 + (number * number * 7919) % 41) for number in range(300)]
    pairs = sweep.grid(fast=range(2, 12), slow=range(5, 30), where=lambda p: p["fast"] < p["slow"])
    fast, slow = pairs["fast"], pairs["slow"]
    rule = sweep.SmaCross(fast=fast, slow=slow, weight="0.9", direction="both")
    bars = bars_of(prices)
    one = sweep.run(bars, rule, threads=1).frame()
    assert sweep.run(bars, rule, threads=4).frame().equals(one)
    heard: list[tuple[int, int]] = []
    told = sweep.run(bars, rule, on_progress=lambda *done: heard.append(done)).frame()
    assert told.equals(one)
    assert heard[-1] == (len(fast), len(fast))
    assert one["fast"].to_list() == fast


def test_an_error_names_the_set() -> None:
    bars = bars_of([None, "10", "10"])
    values = [pl.Series([None, 0.5, None]), pl.Series([0.5, None, None])]
    rule = sweep.Weights(values=values, parameters={"share": ["late", "early"]})
    with pytest.raises(rustybt_rs.InvalidInputError, match="parameter set 1: weight") as caught:
        free_run(bars, rule)
    assert caught.value.__notes__ == ["parameters of set 1: {'share': 'early'}"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"capital": 0}, "capital: give more than zero"),
        ({"fill_at": "high"}, "fill_at: give close or open"),
        ({"commission": sweep.PerShare("0.000000001")}, "cost: give at most 8 digits"),
        ({"slippage": sweep.FixedSlippage(-1)}, "spread: give zero or more"),
        ({"slippage": sweep.VolumeShareSlippage(0)}, "volume_limit: give more than zero"),
    ],
)
def test_what_cannot_be_used_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        free_run(bars_of(["10", "10"]), sweep.Targets(values=wanted(1, 1)), **options)


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(rustybt_rs.InvalidInputError, match="give a value for each of 2 bars"):
        free_run(bars_of(["10", "10"]), sweep.Targets(values=wanted(1, 1, 1)))
    with pytest.raises(rustybt_rs.InvalidInputError, match="all columns need 2 values"):
        bars_of(["10", "10"], volumes=[1, 1, 1])


def test_the_default_costs_are_those_of_equities() -> None:
    # 100 at 10 x 1.0005 = 10.005, 0.001 a share.
    bars = bars_of(["10", "10"], volumes=[1000, 1000])
    result = sweep.run(bars, sweep.Targets(values=wanted(100, 100)))
    assert fills(result) == [(1, 100, Decimal("10.005"), Decimal("0.1"))]
