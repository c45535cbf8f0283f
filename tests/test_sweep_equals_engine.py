"""A sweep gives what the event-driven engine gives on the same signals, digit by digit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs import sweep  # noqa: E402

from rustybt import run_algorithm  # noqa: E402
from rustybt.finance import commission as charges  # noqa: E402
from rustybt.finance import slippage as slippages  # noqa: E402
from rustybt.simulation.result import BacktestResult  # noqa: E402

FIRST = date(2020, 6, 1)
PRICES = ("open", "high", "low", "close")
FIGURES = (
    "total_return",
    "annual_return",
    "annual_volatility",
    "sharpe_ratio",
    "sortino_ratio",
    "calmar_ratio",
    "max_drawdown",
    "win_rate",
    "profit_factor",
)


@pytest.fixture(autouse=True, scope="module")
def python_kernel() -> Iterator[None]:
    """The engine is the one in Python, so that Rust does not witness for itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSTYBT_ACCEL", "off")
        yield


Targets = dict[str, list[Decimal | float | None]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Bars, signals, costs and rules.

    Attributes:
        frame: The bars; a row for every symbol and time, nulls where there is none.
        minutes: Whether bars are minutes.
        targets: A value for each bar by symbol; None orders nothing.
        weights: Whether targets are shares of the portfolio's value.
        slippage: A model of the engine and the sweep's model of the same name.
        commission: The same.
        fill_at: Where orders fill.
        cancels: Whether open orders are cancelled before an order.
        capital: Money at the start.
    """

    frame: pl.DataFrame
    minutes: bool
    targets: Targets
    weights: bool
    slippage: tuple[Any, Any]
    commission: tuple[Any, Any]
    fill_at: Any
    cancels: bool
    capital: Decimal


# ------------------------------------------------------------------ both sides


def by_engine(case: Case) -> BacktestResult:
    """The run of the event-driven engine."""
    stamps = case.frame["timestamp"].unique().sort().to_list()
    place = {_label(stamp, case): number for number, stamp in enumerate(stamps)}
    last: dict[str, Any] = dict.fromkeys(case.targets, Decimal(0))

    def initialize(context: Any) -> None:
        for kind in {"crypto" if "/" in name else "us_equities" for name in case.targets}:
            context.set_slippage(**{kind: case.slippage[0]})
            context.set_commission(**{kind: case.commission[0]})

    def handle_data(context: Any, data: Any) -> None:
        now = data.current_dt
        number = place.get(now if case.minutes else _session(now))
        if number is None:
            return
        for name, values in case.targets.items():
            wanted = values[number]
            if wanted is None or wanted == last[name]:
                continue
            last[name] = wanted
            asset = context.symbol(name)
            if case.cancels:
                for order in context.get_open_orders(asset):
                    context.cancel_order(order)
            if case.weights:
                context.order_target_percent(asset, wanted)
            else:
                context.order_target(asset, wanted)

    sessions = sorted({_session(stamp) for stamp in stamps})
    return run_algorithm(
        sessions[0],
        sessions[-1],
        initialize,
        case.capital,
        handle_data,
        data_frequency="minute" if case.minutes else "daily",
        data=case.frame.drop_nulls("close"),
        calendar="24/7",
        fill_at=case.fill_at,
        frames="polars",
    )


def _label(stamp: Any, case: Case) -> Any:
    return stamp.replace(tzinfo=UTC) if case.minutes else stamp


def _session(stamp: Any) -> date:
    if not isinstance(stamp, datetime):
        return cast("date", stamp)
    day: date = (stamp - timedelta(microseconds=1)).date()
    return day


def by_sweep(case: Case) -> sweep.SweepResult:
    """The same as a sweep of one set."""
    lots = {name: "0.00000001" if "/" in name else "1" for name in case.targets}
    bars = sweep.Bars.from_frame(case.frame, lots=lots)
    kind = sweep.Weights if case.weights else sweep.Targets
    columns = {
        name: [pl.Series(values, dtype=_kind_of(values), strict=False)]
        for name, values in case.targets.items()
    }
    return sweep.run(
        bars,
        kind(values=columns),
        capital=case.capital,
        slippage=case.slippage[1],
        commission=case.commission[1],
        fill_at=case.fill_at,
        cancel_open=case.cancels,
        threads=1,
    )


def _kind_of(values: list[Any]) -> Any:
    if any(isinstance(value, float) for value in values):
        return pl.Float64
    return pl.Decimal(38, 8)


def assert_equal(case: Case) -> None:
    """Every fill, its commission, and the value of every session are the same."""
    engine, swept = by_engine(case), by_sweep(case)
    ours = swept.trades_frame(0)
    theirs = engine.transactions
    assert len(ours) == len(theirs)
    names = ("amount", "price", "commission")
    for name in names:
        assert ours[name].to_list() == theirs[name].cast(ours[name].dtype).to_list(), name
    assert ours["symbol"].to_list() == theirs["symbol"].to_list()
    stamps = ours["timestamp"].to_list()
    times = theirs["dt"].to_list()
    if case.minutes:
        assert [stamp.replace(tzinfo=UTC) for stamp in stamps] == times
    else:
        # A session of days around the clock ends with its day.
        assert [_session(time) for time in times] == stamps
    values = pl.Series(swept.equity(0)).to_list()
    performance = engine.performance
    assert values == performance["portfolio_value"].cast(pl.Decimal(38, 16)).to_list()
    row = swept.frame().row(0, named=True)
    summary = engine.summary()
    assert row["final_value"] == summary.ending_value
    assert row["commission"] == summary.costs["commission"]
    assert row["slippage"] == summary.costs["slippage"]
    assert row["fills"] == summary.transactions
    assert row["orders"] == summary.orders
    for name in FIGURES:
        expected = getattr(summary, name)
        assert row[name] == (
            expected if expected is None else pytest.approx(expected, rel=1e-12, abs=1e-12)
        ), name


# ------------------------------------------------------------------ random cases


@st.composite
def frames(draw: st.DrawFn, symbols: tuple[str, ...], *, minutes: bool) -> pl.DataFrame:
    """Bars with gaps; every symbol trades in the first and the last one."""
    length = draw(st.integers(3, 12))
    if minutes:
        starts = [datetime.combine(FIRST, time()) + timedelta(days=day) for day in range(3)]
        stamps: list[Any] = [
            start + timedelta(minutes=draw(st.integers(1, 20)) + 30 * number)
            for start in starts
            for number in range(-(-length // 3))
        ]
    else:
        stamps = [FIRST + timedelta(days=day) for day in range(length)]
    rows = []
    for name in symbols:
        decimals, volumes = (8, 6) if "/" in name else (2, 0)
        cents = draw(st.integers(10**8, 10**12) if "/" in name else st.integers(10, 10**6))
        for number, stamp in enumerate(stamps):
            certain = number in (0, len(stamps) - 1)
            if not certain and draw(st.integers(0, 5)) == 0:
                rows.append((stamp, name, None, None, None, None, None))
                continue
            near = st.integers(max(1, cents * 9 // 10), cents * 11 // 10 + 1)
            opened, closed = draw(near), draw(near)
            cents = closed
            volume = draw(st.sampled_from((0, 1, 7, 40, 1000, 123_457))) or int(certain)
            prices = (opened, max(opened, closed), min(opened, closed), closed)
            rows.append(
                (
                    stamp,
                    name,
                    *(Decimal(price).scaleb(-decimals) for price in prices),
                    Decimal(volume).scaleb(-volumes) * (1 if not volumes else 10**3),
                )
            )
    money = pl.Decimal(38, 8)
    return pl.DataFrame(
        rows,
        schema={
            "timestamp": pl.Datetime("us") if minutes else pl.Date,
            "symbol": pl.String,
            **dict.fromkeys((*PRICES, "volume"), money),
        },
        orient="row",
    )


def _fine(highest: int, decimals: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, highest).map(lambda number: Decimal(number).scaleb(-decimals))


def slippage_pairs() -> st.SearchStrategy[tuple[Any, Any]]:
    """A model of the engine with the sweep's of the same parameters."""
    limit = st.sampled_from(("0.025", "0.1", "0.5", "1", "0.333333")).map(Decimal)
    return st.one_of(
        st.just((slippages.NoSlippage(), sweep.NoSlippage())),
        _fine(100, 4).map(lambda n: (slippages.FixedSlippage(n), sweep.FixedSlippage(n))),
        st.builds(
            lambda points, most: (
                slippages.FixedBasisPointsSlippage(points, most),
                sweep.FixedBasisPointsSlippage(points, most),
            ),
            _fine(1000, 2),
            limit,
        ),
        st.builds(
            lambda most, impact: (
                slippages.VolumeShareSlippage(most, impact),
                sweep.VolumeShareSlippage(most, impact),
            ),
            limit,
            _fine(3000, 4),
        ),
    )


def commission_pairs(*, coins: bool) -> st.SearchStrategy[tuple[Any, Any]]:
    """The same of commission models; only some charge for coins."""
    rate = _fine(10_000, 6)
    money = _fine(500, 2)
    anywhere = [
        st.just((charges.NoCommission(), sweep.NoCommission())),
        rate.map(lambda n: (charges.PerDollar(n), sweep.PerDollar(n))),
        money.map(lambda n: (charges.PerTrade(n), sweep.PerTrade(n))),
        st.builds(
            lambda share, least, more: (
                charges.Percentage(share, least, None if more is None else least + more),
                sweep.Percentage(share, least, None if more is None else least + more),
            ),
            rate,
            money,
            st.none() | money,
        ),
        rate.map(lambda n: (charges.MakerTaker(maker=Decimal(0), taker=n), sweep.Percentage(n))),
    ]
    shares = st.builds(
        lambda cost, least: (charges.PerShare(cost, least), sweep.PerShare(cost, least)),
        _fine(1000, 5),
        money,
    )
    return st.one_of(*anywhere) if coins else st.one_of(*anywhere, shares, shares)


@st.composite
def targets(draw: st.DrawFn, frame: pl.DataFrame, *, weights: bool) -> Targets:
    """Signals that often stay; shares only where there is a price."""
    found: Targets = {}
    for name in sorted(frame["symbol"].unique()):
        length = len(frame.filter(pl.col("symbol") == name))
        if weights:
            value: Any = draw(
                st.sampled_from(
                    (
                        _fine(2000, 3).map(lambda n: n - 1),
                        st.floats(-1, 1, allow_subnormal=False).map(lambda n: round(n, 9)),
                    )
                )
            )
        elif "/" in name:
            value = st.integers(-(10**9), 10**9).map(lambda n: Decimal(n).scaleb(-8))
        else:
            value = st.integers(-300, 300).map(Decimal)
        values: list[Any] = []
        for _ in range(length):
            stays = draw(st.integers(0, 2))
            values.append(None if stays == 0 else draw(value))
        found[name] = values
    return found


@st.composite
def cases(draw: st.DrawFn) -> Case:
    symbols = draw(st.sampled_from((("AAA",), ("BTC/USD",), ("AAA", "BBB", "BTC/USD"))))
    minutes = draw(st.sampled_from((False, False, True)))
    weights = draw(st.booleans())
    frame = draw(frames(symbols, minutes=minutes))
    return Case(
        frame=frame,
        minutes=minutes,
        targets=draw(targets(frame, weights=weights)),
        weights=weights,
        slippage=draw(slippage_pairs()),
        commission=draw(commission_pairs(coins="BTC/USD" in symbols)),
        fill_at=draw(st.sampled_from(("close", "open"))),
        cancels=draw(st.booleans()),
        capital=draw(st.sampled_from(("1000", "100000", "12345.67", "10000000")).map(Decimal)),
    )


@given(cases())
def test_a_sweep_equals_the_engine(case: Case) -> None:
    assert_equal(case)
