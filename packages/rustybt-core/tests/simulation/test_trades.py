"""Round trips; every number is worked out by hand."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, NYSE, OIL
from simulation.trade_stories import Story

from rustybt.assets import Asset, Equity
from rustybt.errors import InvalidArgument
from rustybt.finance.lots import LotMethod
from rustybt.simulation.trips.trades import trades_frame

PYFOLIO = Path(__file__).parent.parent / "finance" / "pyfolio_round_trips.json"

Trade = tuple[Any, ...]
"""Day, amount, price and commission, where there is one."""

COLUMNS = ("side", "status", "quantity", "lots", "entry_price", "exit_price", "gross_pnl")
COSTS = ("commission", "net_pnl", "return")


@dataclass(frozen=True, kw_only=True)
class Case:
    """Trades of one asset, and of each round trip what `COLUMNS` and `COSTS` say.

    Where the costs are left out nothing was charged, and only the return is looked at.
    """

    trades: list[Trade]
    trips: list[tuple[Any, ...]]
    costs: list[tuple[str | None, str | None, str | None]]
    asset: Asset = AAA
    method: LotMethod = "fifo"
    marks: dict[Asset, Any] = field(default_factory=dict)


CASES = {
    "a long": Case(
        trades=[(1, 100, 10), (3, -100, 12)],
        trips=[("long", "closed", "100", 1, "10", "12", "200")],
        costs=[("0", "200", "0.2")],
    ),
    "a short": Case(
        trades=[(1, -100, 10), (3, 100, 12)],
        trips=[("short", "closed", "100", 1, "10", "12", "-200")],
        costs=[("0", "-200", "-0.2")],
    ),
    # 200 x 13 - (100 x 10 + 100 x 12); the entries cost 2200.
    "two entries, one exit": Case(
        trades=[(1, 100, 10), (2, 100, 12), (3, -200, 13)],
        trips=[("long", "closed", "200", 2, "11", "13", "400")],
        costs=[("0", "400", "0.1818181818181818")],
    ),
    "one entry, two exits": Case(
        trades=[(1, 100, 10), (2, -50, 12), (3, -50, 15)],
        trips=[("long", "closed", "100", 2, "10", "13.5", "350")],
        costs=[("0", "350", "0.35")],
    ),
    # In 100 at 10, out 60 at 12, in 40 at 11, out 80 at 9: entries 1440 for 140.
    "in, out, in again without being flat": Case(
        trades=[(1, 100, 10), (2, -60, 12), (3, 40, 11), (4, -80, 9)],
        trips=[
            ("long", "closed", "100", 3, "10.2857142857142857", "10.2857142857142857", "0"),
        ],
        costs=[("0", "0", "0")],
    ),
    "flat, and again": Case(
        trades=[(1, 5, 10), (2, -5, 11), (3, 5, 12), (4, -5, 11)],
        trips=[
            ("long", "closed", "5", 1, "10", "11", "5"),
            ("long", "closed", "5", 1, "12", "11", "-5"),
        ],
        costs=[("0", "5", "0.1"), ("0", "-5", "-0.0833333333333333")],
    ),
    "twice in a day": Case(
        trades=[(1, 5, 10), (1, -5, 11), (1, -5, 11), (1, 5, 10)],
        trips=[
            ("long", "closed", "5", 1, "10", "11", "5"),
            ("short", "closed", "5", 1, "11", "10", "5"),
        ],
        costs=[("0", "5", "0.1"), ("0", "5", "0.0909090909090909")],
    ),
    # The commission of 3 for 150: 2 for the end of the long, 1 for the beginning of the short.
    "crossing zero ends one and begins another": Case(
        trades=[(1, 100, 10, 1), (2, -150, 12, 3), (3, 50, 11, 1)],
        trips=[
            ("long", "closed", "100", 1, "10", "12", "200"),
            ("short", "closed", "50", 1, "12", "11", "50"),
        ],
        costs=[("3", "197", "0.197"), ("2", "48", "0.08")],
    ),
    "crossing zero twice": Case(
        trades=[(1, -1, 10), (2, 2, 9), (3, -2, 11), (4, 1, 12)],
        trips=[
            ("short", "closed", "1", 1, "10", "9", "1"),
            ("long", "closed", "1", 1, "9", "11", "2"),
            ("short", "closed", "1", 1, "11", "12", "-1"),
        ],
        costs=[
            ("0", "1", "0.1"),
            ("0", "2", "0.2222222222222222"),
            ("0", "-1", "-0.0909090909090909"),
        ],
    ),
    "one that stays open, without a mark": Case(
        trades=[(1, 100, 10), (2, -40, 12, 1)],
        trips=[("long", "open", "100", 1, "10", "12", None)],
        costs=[("1", None, None)],
    ),
    # 40 x 2 are made, 60 x 1 as marked.
    "one that stays open": Case(
        trades=[(1, 100, 10), (2, -40, 12, 1)],
        marks={AAA: 11},
        trips=[("long", "open", "100", 1, "10", "12", "140")],
        costs=[("1", "139", "0.139")],
    ),
    "a short that stays open": Case(
        trades=[(1, -10, 50, 2)],
        marks={AAA: "48.5"},
        trips=[("short", "open", "10", 0, "50", None, "15")],
        costs=[("2", "13", "0.026")],
    ),
    # The minimum of 1 on every order: 10 x 0.005 would be 0.05.
    "commissions with a minimum": Case(
        trades=[(1, 10, 20, 1), (2, 10, 20, 1), (3, -20, "20.05", 1)],
        trips=[("long", "closed", "20", 2, "20", "20.05", "1")],
        costs=[("3", "-2", "-0.005")],
    ),
    "a rebate": Case(
        trades=[(1, 10, 20, "-0.5"), (3, -10, 20, "-0.25")],
        trips=[("long", "closed", "10", 1, "20", "20", "0")],
        costs=[("-0.75", "0.75", "0.00375")],
    ),
    # 2 x 50 x 1.5; the contracts are worth 2 x 50 x 100.
    "a future": Case(
        asset=OIL,
        trades=[(1, 2, 100, "4.2"), (3, -2, "101.5", "4.2")],
        trips=[("long", "closed", "2", 1, "100", "101.5", "150")],
        costs=[("8.4", "141.6", "0.01416")],
    ),
    # From 37.63 below zero to 10: 50 x 47.63.
    "a future below zero": Case(
        asset=OIL,
        trades=[(1, 1, "-37.63"), (2, -1, 10)],
        trips=[("long", "closed", "1", 1, "-37.63", "10", "2381.5")],
        costs=[("0", "2381.5", "1.2657454158915759")],
    ),
    # 0.12345678 x 0.00000002
    "a coin": Case(
        asset=COIN,
        trades=[(1, "0.12345678", "0.00000123"), (2, "-0.12345678", "0.00000125")],
        trips=[
            ("long", "closed", "0.12345678", 1, "0.00000123", "0.00000125", "0.0000000024691356")
        ],
        costs=[("0", "0.0000000024691356", "0.0162601626016260")],
    ),
    "something free has no return": Case(
        trades=[(1, 10, 0), (2, -10, 1)],
        trips=[("long", "closed", "10", 1, "0", "1", "10")],
        costs=[("0", "10", None)],
    ),
    # How the lots are matched changes how many are closed, and nothing else.
    "lots first in, first out": Case(
        trades=[(1, 10, 10), (2, 30, 11), (3, -30, 12), (4, -10, 12)],
        trips=[("long", "closed", "40", 3, "10.75", "12", "50")],
        costs=[("0", "50", "0.1162790697674419")],
    ),
    "lots last in, first out": Case(
        method="lifo",
        trades=[(1, 10, 10), (2, 30, 11), (3, -30, 12), (4, -10, 12)],
        trips=[("long", "closed", "40", 2, "10.75", "12", "50")],
        costs=[("0", "50", "0.1162790697674419")],
    ),
}  # fmt: skip


def told(case: Case) -> Story:
    story = Story()
    for day, *trade in case.trades:
        story.trade(day, case.asset, *trade)
    return story


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_round_trips(case: Case) -> None:
    rows = told(case).rows(*COLUMNS, *COSTS, method=case.method, marks=case.marks)
    assert [row[:7] for row in rows] == case.trips
    costs = [(commission, net, _same(back)) for commission, net, back in case.costs]
    assert [row[7:] for row in rows] == costs


def _same(number: str | None) -> str | None:
    return number.rstrip("0") if number and "." in number else number


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_floats_tell_the_same_story(case: Case) -> None:
    exact = told(case).frame(method=case.method, marks=case.marks)
    story = Story(FLOAT)
    for day, *trade in case.trades:
        story.trade(day, case.asset, *trade)
    rough = story.frame(method=case.method, marks=case.marks)
    numbers = [name for name, dtype in exact.schema.items() if dtype.is_decimal()]
    assert exact.columns == rough.columns
    assert all(rough.schema[name] == pl.Float64 for name in numbers)
    for name in exact.columns:
        expected = exact[name].cast(pl.Float64) if name in numbers else exact[name]
        assert rough[name].to_list() == (
            pytest.approx(expected.to_list(), rel=1e-9, abs=1e-9)
            if name in numbers and not expected.null_count()
            else expected.to_list()
        )


# ------------------------------------------------------------------ what else is in a row


def test_times_and_names() -> None:
    story = Story().trade(1, BBB, 10, 5).trade(1, AAA, 1, 5, strategy="trend").trade(4, BBB, -10, 6)
    rows = story.frame(until=7).to_dicts()
    start = datetime(1970, 1, 2, 20, tzinfo=UTC)
    assert [row["trade"] for row in rows] == [1, 2]
    assert [row["symbol"] for row in rows] == ["BBB", "AAA"]
    assert [row["sid"] for row in rows] == [2, 1]
    assert [row["strategy"] for row in rows] == ["carry", "trend"]
    assert [row["currency"] for row in rows] == ["USD", "USD"]
    assert [row["entry_dt"] for row in rows] == [start, start]
    assert [row["exit_dt"] for row in rows] == [start + timedelta(days=3), None]
    assert [row["held"] for row in rows] == [timedelta(days=3), timedelta(days=6)]
    assert [row["bars"] for row in rows] == [None, None]


def test_an_open_one_is_held_until_the_last_record_where_no_end_is_given() -> None:
    story = Story().trade(1, AAA, 10, 5).trade(3, BBB, 10, 5)
    assert story.frame()["held"].to_list() == [timedelta(days=2), timedelta(0)]


def test_a_strategy_that_is_not_known_is_null() -> None:
    story = Story().trade(1, AAA, 10, 5, strategy=None).trade(2, AAA, -10, 5)
    assert story.frame()["strategy"].to_list() == [None]
    assert story.frame(by="lot")["strategy"].to_list() == [None]


def test_dividends_and_costs_are_shown_apart_and_counted() -> None:
    story = (
        Story()
        .trade(1, AAA, 100, 10, 1)
        .pay(2, AAA, "dividend", "12.5")
        .pay(3, AAA, "cost", "-0.75")
        .pay(3, AAA, "cost", "0.25")
        .trade(4, AAA, -100, 11, 1)
    )
    columns = "gross_pnl", "dividends", "commission", "other_costs", "net_pnl", "return"
    assert story.rows(*columns) == [("100", "12.5", "2", "0.5", "110", "0.11")]


def test_money_that_comes_after_the_end_belongs_to_the_newest_round_trip() -> None:
    story = (
        Story()
        .trade(1, AAA, 100, 10)
        .trade(2, AAA, -100, 11)
        .trade(3, AAA, 100, 10)
        .trade(4, AAA, -100, 11)
        .pay(5, AAA, "dividend", 7)
    )
    assert story.rows("dividends", "net_pnl") == [("0", "100"), ("7", "107")]


def test_money_for_what_was_never_held_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="money was paid for it; it was never held"):
        Story().pay(1, AAA, "cost", 1).frame()


def test_slippage_is_shown_and_is_in_the_prices_already() -> None:
    story = (
        Story()
        .trade(1, AAA, 100, "10.01", slippage=1)
        .trade(2, AAA, -150, "11.98", slippage=3)
        .trade(3, AAA, 50, 11, slippage="0.5")
    )
    assert story.rows("slippage", "gross_pnl", "net_pnl") == [
        ("3", "197", "197"),
        ("1.5", "49", "49"),
    ]


@pytest.mark.parametrize("by", ["position", "lot"])
def test_without_trades_there_are_columns(by: Any) -> None:
    empty = Story(bars={}).frame(by=by)
    full = Story(bars={AAA: {}}).trade(1, AAA, 1, 1).trade(2, AAA, -1, 1).frame(by=by)
    assert (empty.schema, len(empty), len(full)) == (full.schema, 0, 1)


def test_columns_and_types() -> None:
    money, amount = pl.Decimal(38, 16), pl.Decimal(38, 8)
    instant = pl.Datetime("us", "UTC")
    assert dict(Story().frame().schema) == {
        "trade": pl.Int64, "symbol": pl.String, "side": pl.String, "status": pl.String,
        "entry_dt": instant, "exit_dt": instant, "entry_price": money, "exit_price": money,
        "quantity": amount, "lots": pl.Int64, "bars": pl.Int64, "held": pl.Duration("us"),
        "gross_pnl": money, "dividends": money, "commission": money, "other_costs": money,
        "net_pnl": money, "return": money, "mae": money, "mfe": money, "mae_price": money,
        "mfe_price": money, "slippage": money, "currency": pl.String, "strategy": pl.String,
        "sid": pl.Int64,
    }  # fmt: skip


def test_what_rows_are_made_by_is_checked() -> None:
    with pytest.raises(InvalidArgument, match="by was 'day'; give position or lot"):
        trades_frame([], arithmetic=DECIMAL, by="day")  # type: ignore[arg-type]


# ------------------------------------------------------------------ lots


def test_a_row_per_lot() -> None:
    story = (
        Story()
        .trade(1, AAA, 10, 10, 1, order="a")
        .trade(2, AAA, 10, 20, order="b", strategy="trend")
        .trade(4, AAA, -15, 30, 3, order="c")
        .trade(5, AAA, -15, 31, order="d")
    )
    names = (
        "trade", "lot", "symbol", "side", "cause", "entry_price", "exit_price", "quantity", "cost",
        "proceeds", "gross_pnl", "commission", "net_pnl", "entry_order", "exit_order", "strategy",
    )  # fmt: skip
    assert story.rows(*names, by="lot") == [
        (1, 1, "AAA", "long", "trade", "10", "30", "10", "101", "298", "200", "3", "197", "a", "c",
         "carry"),
        (1, 2, "AAA", "long", "trade", "20", "30", "5", "100", "149", "50", "1", "49", "b", "c",
         "trend"),
        (1, 2, "AAA", "long", "trade", "20", "31", "5", "100", "155", "55", "0", "55", "b", "d",
         "trend"),
    ]  # fmt: skip
    frame = story.frame(by="lot")
    assert frame["held"].to_list() == [timedelta(days=days) for days in (3, 2, 3)]
    assert frame["return"][0] == Decimal("1.9504950495049505")


@pytest.mark.parametrize(
    ("method", "lots", "profits"),
    [
        ("fifo", [1, 2], ["300", "50"]),
        ("lifo", [3, 2], ["200", "50"]),
        ("hifo", [2, 3], ["100", "100"]),
        ("average", [1, 2], ["200", "100"]),
    ],
)
def test_every_method_closes_its_own_lots(
    method: LotMethod, lots: list[int], profits: list[str]
) -> None:
    story = Story()
    for day, price in enumerate((10, 30, 20), start=1):
        story.trade(day, AAA, 10, price)
    story.trade(4, AAA, -15, 40)
    rows = story.rows("lot", "net_pnl", by="lot", method=method)
    assert rows == list(zip(lots, profits, strict=True))


def test_lots_on_both_sides_of_zero_belong_to_two_round_trips() -> None:
    story = Story().trade(1, AAA, 1, 10).trade(2, AAA, -2, 11).trade(3, AAA, 1, 12)
    assert story.rows("trade", "lot", "side", "net_pnl", by="lot") == [
        (1, 1, "long", "1"),
        (2, 2, "short", "-1"),
    ]


# ------------------------------------------------------------------ another library


def test_lots_against_pyfolio() -> None:
    """What every closing execution made; see `finance/make_pyfolio_round_trips.py`."""
    recorded = json.loads(PYFOLIO.read_text("utf-8"))
    symbols = sorted({row["symbol"] for row in recorded["executions"]})
    assets = {
        name: Equity(sid=sid, symbol=name, exchange_info=NYSE)
        for sid, name in enumerate(symbols, start=1)
    }
    story = Story()
    for row in sorted(recorded["executions"], key=lambda row: row["day"]):
        price = Decimal(row["price"]).scaleb(-2)
        story.trade(row["day"], assets[row["symbol"]], row["amount"], price)
    closings = story.frame(by="lot").group_by("symbol", "exit_dt").agg(pl.sum("net_pnl"))
    day = pl.col("exit_dt").dt.epoch("d")
    found = closings.sort("symbol", "exit_dt").select("symbol", day, "net_pnl").rows()
    trips = [(trip["symbol"], trip["close"], trip["pnl"]) for trip in recorded["round_trips"]]
    assert len(found) == len(trips) == 82
    assert [(symbol, close, float(pnl)) for symbol, close, pnl in found] == trips
