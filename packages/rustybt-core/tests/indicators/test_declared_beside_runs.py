"""What declared indicators mean for what stands around a run: saved runs, what was read, chains."""

from datetime import date, timedelta
from math import isnan
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from futures_markets import DAYS, chain, on, opened
from markets import daily_market, split, stock
from small_markets import bundle, equities, frame, run, weekdays

from rustybt import run_algorithm
from rustybt.clock import axis_of
from rustybt.data.portal import PolarsDataPortal
from rustybt.data.reads import reads_of
from rustybt.indicators import Indicator, IndicatorBoard
from rustybt.plugins.scripts import run_text
from rustybt.simulation.verify import verify
from rustybt.values import DecimalArithmetic

STRATEGY = """
from rustybt.api import order_target_percent, record, symbol
from rustybt.indicators import macd, sma

def initialize(context):
    context.coin = symbol("BTC/USDT")
    context.mean, context.lines = sma(context.coin, 3), macd(context.coin, 2, 3, 2)

def handle_data(context, data):
    above = data.current(context.coin, "close") > context.mean
    order_target_percent(context.coin, 0.5 if above else 0)
    record(mean=context.mean.value, signal=context.lines.signal.value)
"""


def one_mean(board: IndicatorBoard, asset: Any, window: int = 2) -> Indicator:
    made = board.declare("sma", asset, field=None, frequency=None, parameters={"window": window})
    assert isinstance(made, Indicator)
    return made


@pytest.mark.parametrize("numeric", ["decimal", "float64"])
def test_a_saved_run_repeats_to_the_bit(numeric: Any, tmp_path: Path) -> None:
    closes = [100.5, 101.25, 99.75, 103.0, 104.5, 98.25, 97.0, 105.125]
    market = pl.DataFrame(
        {
            "timestamp": [date(2024, 1, 1) + timedelta(days=day) for day in range(8)],
            "symbol": "BTC/USDT",
            **dict.fromkeys(("open", "high", "low", "close"), closes),
            "volume": 1000.0,
        }
    )
    strategy = run_text(STRATEGY, filename="<indicators>", name="__test_indicators__")
    result = run_algorithm(
        "2024-01-01",
        "2024-01-08",
        strategy.initialize,
        100_000,
        strategy.handle_data,
        data=market,
        numeric=numeric,
    )
    means = result.recorded["mean"].to_list()
    assert means[2:4] == [sum(closes[:3]) / 3, sum(closes[1:4]) / 3]
    assert len(result.transactions) > 2
    assert verify(result.save(tmp_path / "run")).ok


def test_bars_before_the_run_count_as_read() -> None:
    closes = [str(10 + n % 7) for n in range(250)]
    share = stock("AAA", 1)
    market = daily_market({share: closes})
    axis = axis_of(market.calendar, "1d")
    first = market.calendar.session_index(market.first)
    with PolarsDataPortal(market.bundle, axis=axis, arithmetic=DecimalArithmetic()) as portal:
        mean = one_mean(IndicatorBoard(portal), share)
        for session in range(first + 200, first + 205):
            portal.set_now(axis.label(session), session, session, in_bar=True)
        assert reads_of(portal, session)[0].first > market.first
        assert mean.value == (int(closes[203]) + int(closes[204])) / 2
        assert reads_of(portal, session)[0].first == market.first


class Noting:
    """A reader that notes what was read."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.stretches: list[tuple[int, int]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def read(self, sids: Any, start: int, stop: int, *fields: Any) -> pl.DataFrame:
        self.stretches.append((start, stop))
        read: pl.DataFrame = self._reader.read(sids, start, stop, *fields)
        return read


@pytest.mark.parametrize(("budget", "again"), [(4_000_000, False), (1, True)])
def test_what_is_kept_of_the_past_is_read_once(budget: int, again: bool) -> None:
    share = stock("AAA", 1)
    closes = ["8"] * 400
    calendar = daily_market({share: closes}).calendar
    days = [calendar.session_date(calendar.session_index(date(2020, 6, 1)) + n) for n in range(400)]
    events = [split(share, days[n], "1/1") for n in (310, 320, 330)]
    market = daily_market({share: closes}, events=events)
    reader = Noting(market.bundle.daily)
    object.__setattr__(market.bundle, "daily", reader)
    axis = axis_of(calendar, "1d")
    first = calendar.session_index(market.first)
    with PolarsDataPortal(market.bundle, axis=axis, arithmetic=DecimalArithmetic()) as portal:
        mean = one_mean(IndicatorBoard(portal, budget_cells=budget), share)
        for session in range(first + 300, first + 340):
            portal.set_now(axis.label(session), session, session, in_bar=True)
            assert mean.value == 8
    begin = int(calendar.sessions[first])
    beginnings = [start for start, _ in reader.stretches if start <= begin]
    assert (len(beginnings) > 1) is again


def test_a_continuous_future_is_joined_as_its_history_is() -> None:
    here, data, made = opened()
    future = chain(made, adjustment="mul")
    board = IndicatorBoard(here.portal)
    mean, last = one_mean(board, future), one_mean(board, future, 1)
    for session in range(len(DAYS[:8])):
        on(here, session)
        closes = data.history(future, "close", session + 1, "1d", "float64").drop_nulls().to_list()
        assert last.value == closes[-1]
        if len(closes) > 1:
            assert [mean.value, last[1]] == [(closes[-2] + closes[-1]) / 2, closes[-2]]


def test_an_asset_that_is_declared_late_is_taken_in() -> None:
    # A portal that already stands in a bar, as a notebook has it.
    calendar = weekdays("2020-01-06", 4)
    first, second = equities(["A", "B"])
    days = [str(calendar.session_date(n)) for n in range(4)]
    bars = {"A": dict(zip(days, (1, 2, 3, 4), strict=True)), "B": dict.fromkeys(days[1:], 7)}
    here = run(bundle(calendar, [first, second], daily=frame(bars)), calendar)
    board = IndicatorBoard(here.portal)
    one = one_mean(board, first)
    here.on(days[2])
    assert one.value == 2.5
    other = one_mean(board, second)
    assert other.value == 7
    assert isnan(other[1])
    assert one.history(3).to_list()[1:] == [1.5, 2.5]
