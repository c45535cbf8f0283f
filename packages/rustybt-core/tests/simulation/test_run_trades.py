"""Round trips of whole runs: small ones by hand, and laws over random ones."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from laws import whole_run
from markets import (
    Market,
    Played,
    bar,
    daily_market,
    dividend,
    minute_market,
    play,
    small_sessions,
    split,
    stock,
)
from random_runs import Case, cases, conditions
from simulation.trade_stories import plain
from worlds import OIL

from rustybt.assets import Asset
from rustybt.clock import BarAxis, axis_of
from rustybt.errors import InvalidArgument, LotsMismatch
from rustybt.finance.borrow import BorrowRates
from rustybt.finance.commission import PerShare
from rustybt.finance.slippage import FixedSlippage
from rustybt.finance.withholding import Withholding
from rustybt.simulation.tables import RunEvents, Tables
from rustybt.simulation.trips.run_bars import RunBars
from rustybt.simulation.trips.run_records import arithmetic_of, end_of, records_of
from rustybt.simulation.trips.run_trades import run_trades
from rustybt.simulation.trips.trade_records import Span, TradeExecuted
from rustybt.values import DecimalArithmetic, FloatArithmetic

AAA, BBB = stock("AAA", 1), stock("BBB", 2)
MONEY = ("gross_pnl", "dividends", "commission", "net_pnl")
EXCURSION = ("mae", "mfe", "mae_price", "mfe_price", "bars")

WEEK = [
    bar("10"),
    bar("10", high="11", low="9"),
    bar("12", high="14", low="8"),
    bar("6", high="6.5", low="5"),
    bar("7", high="8", low="5.5"),
]
"""Monday to Friday."""


def trades(market: Market, played: Played, resolution: str = "1d", **options: Any) -> pl.DataFrame:
    result = played.result
    return run_trades(
        result.tables,
        result.assets,
        bundle=market.bundle,
        axis=axis_of(market.calendar, resolution),
        **options,
    )


def texts(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(map(plain, row)) for row in frame.select(columns).iter_rows()]


def buys(asset: Asset, amount: int) -> Any:
    return lambda context, data: context.order(asset, amount)


@pytest.fixture
def market() -> Market:
    return daily_market(
        {AAA: WEEK, BBB: [bar("50")] * 5},
        events=[split(AAA, "2020-06-04", "1/2"), dividend(AAA, "2020-06-05", "2020-06-08", "0.1")],
    )


def test_a_week_by_hand(market: Market) -> None:
    # Bought on Tuesday at 10, split in two on Thursday, sold on Friday at 7; a dime on Friday.
    played = play(
        market,
        {0: buys(AAA, 100), 3: buys(AAA, -200)},
        commission=PerShare("0.01"),
    )
    found = trades(market, played)
    assert texts(found, "symbol", "side", "status", "quantity", "entry_price", "exit_price") == [
        ("AAA", "long", "closed", "200", "5", "7")
    ]
    assert texts(found, *MONEY) == [("400", "20", "3", "417")]
    # Wednesday's low of 8 is 100 x (8 - 10); its high of 14 is 100 x 4; Friday's 8 is 200 x 3.
    # Thursday's low of 5 is on the scale of the end what was paid.
    assert texts(found, *EXCURSION) == [("-200", "600", "-1", "3", 3)]
    assert found["entry_dt"].to_list() == [datetime(2020, 6, 2, 20, tzinfo=UTC)]
    assert found["held"].to_list() == [timedelta(days=3)]
    assert found["strategy"].to_list() == [played.context.name]


def test_by_lot(market: Market) -> None:
    played = play(market, {0: buys(AAA, 100), 1: buys(AAA, 100), 3: buys(AAA, -300)})
    found = trades(market, played, by="lot", method="lifo")
    # 200 at 6 (12 before the split), 200 at 5; the newest first, at 7.
    assert texts(found, "lot", "quantity", "entry_price", "net_pnl", "cause") == [
        (2, "200", "6", "200", "trade"),
        (1, "100", "5", "200", "trade"),
    ]
    orders = played.result.orders["id"].to_list()
    assert found["entry_order"].to_list() == [orders[1], orders[0]]
    assert found["exit_order"].to_list() == [orders[2]] * 2


@pytest.mark.parametrize("journal", [True, False])
def test_cash_in_lieu_is_what_the_ledger_paid(journal: bool) -> None:
    market = daily_market(
        {AAA: [bar("10"), bar("10"), bar("10.01"), bar("20"), bar("20")]},
        events=[split(AAA, "2020-06-04", "2")],
    )
    played = play(market, {0: buys(AAA, 5)}, journal=journal)
    # 5 become 2.5; half a one at 20.02 is 10.01; 2 are worth 40.
    found = trades(market, played)
    assert texts(found, "quantity", "gross_pnl", "status") == [("2.5", "0.01", "open")]
    assert played.column("portfolio_value")[-1] == Decimal("100000.01")


def test_bars_are_all_that_the_data_is_read_for(market: Market) -> None:
    played = play(market, {0: buys(AAA, 100), 3: buys(AAA, -200)})
    result = played.result
    found = run_trades(result.tables, result.assets)
    assert texts(found, "entry_price", "gross_pnl", "dividends") == [("5", "400", "20")]
    assert texts(found, *EXCURSION) == [(None,) * 5]


def test_a_position_that_a_split_pays_out_is_closed() -> None:
    market = daily_market({AAA: [bar("10")] * 5}, events=[split(AAA, "2020-06-04", "10")])
    played = play(market, {0: buys(AAA, 5)})
    found = run_trades(played.result.tables, played.result.assets)
    assert texts(found, "status", "gross_pnl") == [("closed", "0")]


def test_frames_alone_are_no_round_trips(market: Market) -> None:
    played = play(market, {0: buys(AAA, 100)})
    frames = Tables(**dict(played.result.tables.items()))
    with pytest.raises(InvalidArgument, match="run again and read its trades"):
        run_trades(frames, played.result.assets)


def test_lots_that_are_not_the_position_are_no_result(market: Market) -> None:
    played = play(market, {0: buys(AAA, 100)})
    tables = played.result.tables
    frames = Tables(**dict(tables.items()))
    frames.events = RunEvents([], [])
    with pytest.raises(LotsMismatch, match="are 0, the position is 200"):
        run_trades(frames, played.result.assets)


def test_a_future_and_an_open_short_end_at_their_marks() -> None:
    market = daily_market({OIL: [bar("60"), bar("60"), bar("61"), bar("62"), bar("63")]})
    played = play(market, {0: buys(OIL, -2), 2: buys(OIL, 1)})
    found = trades(market, played)
    # Sold two at 60, one back at 62: -100; the other is at 63: -150.
    assert texts(found, "symbol", "side", "status", "gross_pnl") == [
        ("CLZ20", "short", "open", "-250")
    ]
    assert found["held"].to_list() == [timedelta(days=3)]


def test_an_asset_that_ends_is_closed_without_an_order() -> None:
    ending = stock("END", 7, end_date=date(2020, 6, 3), auto_close_date=date(2020, 6, 4))
    market = daily_market({ending: [bar("10"), bar("10"), bar("12")], AAA: [bar("1")] * 5})
    played = play(market, {0: buys(ending, 10)})
    found = trades(market, played, by="lot")
    assert texts(found, "symbol", "net_pnl", "exit_order") == [("END", "20", None)]


def test_a_run_without_trades_has_no_rows(market: Market) -> None:
    played = play(market)
    for by in ("position", "lot"):
        assert trades(market, played, by=by).is_empty()
    assert trades(market, play(market, {0: buys(AAA, 1)})).schema == trades(market, played).schema


@pytest.mark.parametrize("numeric", ["decimal", "float64"])
def test_the_arithmetic_is_that_of_the_run(market: Market, numeric: str) -> None:
    played = play(market, {0: buys(AAA, 100), 2: buys(AAA, -50)}, numeric=numeric)
    found = arithmetic_of(played.result.tables)
    assert isinstance(found, DecimalArithmetic if numeric == "decimal" else FloatArithmetic)
    kind = pl.Decimal(38, 16) if numeric == "decimal" else pl.Float64()
    frame = trades(market, played)
    assert frame.schema["net_pnl"] == kind
    # The order of 50 became one of 100, sold at 6; 100 are worth 7 each and bring a dime.
    assert float(frame["net_pnl"][0]) == pytest.approx(600 + 700 - 1000 + 10)


@pytest.mark.parametrize("journal", [True, False])
def test_fees_taxes_and_slippage(journal: bool) -> None:
    # A spread of 2 costs 1 a share: 100 AAA bought at 11, 100 BBB shorted at 49. Lending the BBB
    # costs 36 % of 5,000 a year of 360 days: 5 a night, three nights. Of 20.00 15 % are withheld.
    market = daily_market(
        {AAA: ["10"] * 5, BBB: ["50"] * 5},
        events=[dividend(AAA, "2020-06-04", "2020-06-05", "0.2")],
    )
    played = play(
        market,
        {0: lambda c, d: (c.order(AAA, 100), c.order(BBB, -100))},
        slippage=FixedSlippage(2),
        setup=lambda c: (
            c.set_borrow(BorrowRates(default="0.36")),
            c.set_withholding(Withholding("0.15")),
        ),
        journal=journal,
    )
    assert texts(trades(market, played), *MONEY, "other_costs", "slippage") == [
        ("-100", "20", "0", "-83", "3", "100"),
        ("-100", "0", "0", "-115", "15", "100"),
    ]


# ------------------------------------------------------------------ bars


def minutes() -> Market:
    calendar = small_sessions(2, 4)
    prices = {
        (0, 0): bar("10"),
        (0, 1): bar("10", high="12", low="10"),
        (0, 2): bar("11", high="13", low="9"),
        (1, 0): bar("12", high="12.5", low="8"),
        (1, 2): bar("12", high="12", low="11"),
    }
    return minute_market({AAA: prices}, sessions=2, calendar=calendar)


def test_minutes() -> None:
    market = minutes()
    actions = {0: buys(AAA, 10), 4: buys(AAA, -10)}
    played = play(market, actions, data_frequency="minute")
    found = trades(market, played, "1m")
    # In at 10 in minute 2 of Monday, out at 12 in minute 3 of Tuesday.
    assert texts(found, *EXCURSION, "gross_pnl") == [("-20", "30", "-2", "3", 3, "20")]


def test_bars_are_those_of_the_run_not_of_the_data() -> None:
    market = minutes()
    played = play(market, {0: buys(AAA, 10), 2: buys(AAA, -10)}, data_frequency="2m")
    found = trades(market, played, "2m")
    # In at 11 in the bar of minutes 3 and 4, out at 12 in that of Tuesday's minutes 3 and 4.
    assert texts(found, *EXCURSION) == [("-30", "20", "-3", "2", 2)]


def test_days_made_of_minutes() -> None:
    market = minutes()
    played = play(market, {0: buys(AAA, 10)})
    found = trades(market, played)
    # In at Tuesday's close of 12; the day had 8 to 12.5.
    assert texts(found, *EXCURSION) == [("-40", "5", "-4", "0.5", 0)]


@pytest.mark.parametrize("budget", [1, 12, 10_000])
def test_bars_come_in_pieces(market: Market, budget: int) -> None:
    axis: BarAxis = axis_of(market.calendar, "1d")
    reader = RunBars(market.bundle, axis, budget_cells=budget)
    first = market.calendar.session_index(market.first)
    closes = [market.calendar.session_close(first + n) for n in range(5)]
    spans: dict[Asset, Span] = {
        AAA: (closes[1], closes[3] - 1),
        BBB: (closes[3], closes[4]),
    }
    seen: dict[Asset, list[tuple[int, int, int]]] = {AAA: [], BBB: []}
    for piece in reader(spans):
        seen[piece.asset] += zip(
            piece.labels.tolist(), piece.high.tolist(), piece.low.tolist(), strict=True
        )
    in_span = [row for row in seen[AAA] if closes[1] <= row[0] <= closes[3]]
    unit = 10**market.bundle.daily.price_scale if market.bundle.daily else 0
    assert [(high / unit, low / unit) for _, high, low in in_span] == [(11, 9), (14, 8), (6.5, 5)]
    assert {row[0] for row in seen[BBB]} >= {closes[3], closes[4]}


# ------------------------------------------------------------------ laws


def all_trades(case: Case, played: Played, **options: Any) -> pl.DataFrame:
    market = case.world.market()
    frequency = "1m" if case.world.minutes else "1d"
    return trades(market, played, frequency, **options)


@whole_run
@given(case=cases(given=conditions(rules=("standard",))))
def test_round_trips_explain_the_whole_profit(case: Case) -> None:
    played = case.run()
    found = all_trades(case, played)
    values = played.column("portfolio_value")
    made = sum(found["net_pnl"].to_list())
    assert float(made) == pytest.approx(float(values[-1]) - 50_000, rel=1e-9, abs=1e-5)
    if not isinstance(values[-1], float):
        assert made == values[-1] - 50_000


@whole_run
@given(case=cases(given=conditions(rules=("standard",))))
def test_without_a_journal_it_is_the_same(case: Case) -> None:
    kept, unkept = case.run(journal=True), case.run(journal=False)
    names = ["trade", "symbol", "entry_dt", "quantity", "gross_pnl", "dividends", "mae", "mfe"]
    one, other = (all_trades(case, played).select(names) for played in (kept, unkept))
    numbers = [name for name, dtype in one.schema.items() if dtype.is_float()]
    for name in names:
        if name in numbers:
            assert other[name].to_list() == pytest.approx(one[name].to_list(), rel=1e-9, abs=1e-6)
        else:
            assert other[name].to_list() == one[name].to_list()


@whole_run
@given(case=cases())
def test_the_worst_and_the_best_bound_what_was_made(case: Case) -> None:
    found = all_trades(case, case.run())
    for trip in found.iter_rows(named=True):
        assert trip["mae"] <= 0 <= trip["mfe"]
        assert trip["mae_price"] <= 0 <= trip["mfe_price"]
        if trip["status"] == "closed" and trip["symbol"] in {"BTC/USD", "CLZ20"}:
            assert trip["mae"] <= trip["gross_pnl"] <= trip["mfe"]


@whole_run
@given(case=cases())
def test_records_are_in_order_and_hold_every_execution(case: Case) -> None:
    played = case.run()
    tables = played.result.tables
    arithmetic = arithmetic_of(tables)
    records = list(records_of(tables.events, played.result.assets, arithmetic))
    executions = [record for record in records if isinstance(record, TradeExecuted)]
    assert len(executions) == len(tables.transactions)
    times = [record.at for record in records]
    assert times == sorted(times)
    assert all(time <= end_of(tables) for time in times)
