"""The lots and round trips of whole runs through every corporate action: by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from markets import Played, Print, bar, daily_market, play
from simulation.lot_cases_of_runs import (
    CASES,
    FRI,
    METHODS,
    RIGHTS,
    THU,
    A,
    B,
    Case,
    R,
    Sales,
    flat,
    of_a,
)
from simulation.trade_stories import plain

from rustybt.calendars import to_day
from rustybt.data.actions import StockDividend, SymbolChange
from rustybt.data.adjustments import Adjustments
from rustybt.finance.action_events import RightsSold
from rustybt.simulation.rules import SimulationRules
from rustybt.values import Ratio


def run(case: Case, method: str, **options: Any) -> Played:
    """A week and a Monday."""
    friday = case.friday or case.monday
    prices: dict[Any, list[Print]] = {
        A: ["30", "30", "40", "38", friday, case.monday],
        **case.others,
    }
    prices.setdefault(B, flat("1"))
    made = daily_market(prices)
    bundle = replace(made.bundle, adjustments=Adjustments.of(case.actions))
    orders = [{A: 10 * case.side}] * 3 + [case.thursday, case.sales]
    return play(
        replace(made, bundle=bundle),
        {number: _ordering(amounts) for number, amounts in enumerate(orders)},
        before_open={} if case.act is None else {4: lambda c, d: case.act and case.act(c)},
        lots=method,
        **options,
    )


def _ordering(amounts: Sales) -> Callable[[Any, Any], object]:
    return lambda context, data: [context.order(a, amount) for a, amount in amounts.items()]


def lines(played: Played) -> list[str]:
    """The closed lots."""
    columns = ("symbol", "entry_dt", "quantity", "cost", "cause", "proceeds", "net_pnl")
    rows = played.result.lots.select(columns).iter_rows()
    return [_line(symbol, since.day, *map(plain, numbers)) for symbol, since, *numbers in rows]


def _line(symbol: str, since: int, size: Any, cost: Any, cause: Any, money: Any, net: Any) -> str:
    return f"{symbol} {since}: {size} for {cost} {cause} {money}: {net}"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", CASES)
def test_closed_lots(name: str, method: str) -> None:
    played = run(CASES[name], method)
    assert lines(played) == CASES[name].closed[method]
    made = sum(played.result.trades["net_pnl"].to_list())
    assert made == played.column("portfolio_value")[-1] - 100_000


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", CASES)
def test_floats_without_a_journal_close_the_same_lots(name: str, method: str) -> None:
    exact = run(CASES[name], method).result.lots
    rough = run(CASES[name], method, numeric="float64", journal=False).result.lots
    texts = ["trade", "lot", "symbol", "side", "cause", "entry_dt", "exit_dt", "held"]
    assert rough.select(texts).equals(exact.select(texts))
    for column in ("quantity", "cost", "proceeds", "net_pnl"):
        found, expected = rough[column].to_list(), map(float, exact[column].to_list())
        assert found == pytest.approx(list(expected), rel=1e-9, abs=1e-9)


# ------------------------------------------------------------------ round trips


def trips(played: Played) -> list[str]:
    """Symbol, status, most that was held, gross profit and dividends."""
    columns = ("symbol", "status", "quantity", "entry_price", "gross_pnl", "dividends")
    return [
        " ".join(map(plain, map(_text, row)))
        for row in played.result.trades.select(columns).iter_rows()
    ]


def _text(value: Any) -> Any:
    return "-" if value is None else value


ROUND_TRIPS = {
    # 30 at 21 for half of what cost 1,080, and 30 at 21 are left: 1,260 - 1,080.
    "split": ["AAA open 60 18 180 0"],
    # 7.5 at 144; 76 in lieu, 4 sold at 160, 3 are worth 480: 76 + 640 + 480 - 1,080.
    "reverse split with cash in lieu": ["AAA open 7.5 144 116 0"],
    # 33 at 1,080 / 33, 38 each: 1,254.
    "stock dividend": ["AAA open 33 32.7272727272727273 174 0"],
    # 31 at 40 are 1,240, of 31.5.
    "stock dividend that drops a fraction": ["AAA closed 31.5 34.2857142857142857 160 0"],
    # AAA leave at cost; 15 BBB at 80 are 1,200.
    "merger for shares": ["AAA closed 30 36 0 0", "BBB open 15 72 120 0"],
    # 130 of 150 in cash are profit; 1,060 go on.
    "merger for shares and cash": [
        "AAA closed 30 36 130 0",
        "BBB open 15 70.6666666666666667 140 0",
    ],
    "merger for cash": ["AAA closed 30 36 180 0"],
    # 810 stay for 30 AAA that are worth 900; 270 go to 15 BBB that are worth 315.
    "spin-off": ["AAA open 30 27 90 0", "BBB open 15 18 45 0"],
    # 45 for 1,440, worth 1,575.
    "rights that are exercised": ["AAA open 45 32 135 0"],
    "rights that trade": ["AAA open 45 32 135 0", "RTS closed 30 0 0 0"],
    # 45 for 1,485; the rights leave at their 45.
    "rights that were bought": ["AAA open 45 33 90 0", "RTS closed 30 1.5 0 0"],
    "rights that lapse": ["AAA open 30 36 -30 0", "RTS closed 30 1.5 -45 0"],
    "delisting": ["AAA closed 30 36 -330 0"],
    "return of capital": ["AAA open 30 34 30 0"],
    # 1,080 came in for what 15 BBB at 70 would bring back: 1,050.
    "merger of a short": ["AAA closed 30 36 0 0", "BBB open 15 72 30 0"],
    # 810 - 900, and 270 - 315.
    "spin-off of a short": ["AAA open 30 27 -90 0", "BBB open 15 18 -45 0"],
}


@pytest.mark.parametrize("journal", [True, False])
@pytest.mark.parametrize("name", CASES)
def test_round_trips(name: str, journal: bool) -> None:
    assert trips(run(CASES[name], "fifo", journal=journal)) == ROUND_TRIPS[name]


def test_of_a_merger_for_both_the_method_says_what_is_realised() -> None:
    # On average all of the 150 in cash is profit, and the whole cost goes on.
    assert trips(run(CASES["merger for shares and cash"], "average")) == [
        "AAA closed 30 36 150 0",
        "BBB open 15 72 120 0",
    ]


def test_zipline_adds_the_shares_of_a_stock_dividend_when_they_are_paid() -> None:
    # Three whole shares on Monday, by nothing paid: 33 for 1,080, as of a split.
    dividend = StockDividend(sid=1, ex=FRI, pay=to_day(date(2020, 6, 8)), ratio=Ratio(1, 10))
    case = Case(actions=(dividend,), monday=40, closed={})
    played = run(case, "fifo", rules=SimulationRules.zipline())
    assert played.result.positions["amount"].to_list()[-2:] == [30, 33]
    assert trips(played) == ["AAA open 33 32.7272727272727273 240 0"]


def test_zipline_pays_shares_to_who_has_sold() -> None:
    # The third order of ten is one of eleven since Thursday morning: 31 for 1,118 in all, sold at
    # 40. For the twenty that were held then two come on Monday, for nothing: they are worth 80.
    dividend = StockDividend(sid=1, ex=THU, pay=to_day(date(2020, 6, 8)), ratio=Ratio(1, 10))
    case = Case(actions=(dividend,), friday=40, monday=40, thursday=of_a(31), closed={})
    played = run(case, "fifo", rules=SimulationRules.zipline())
    assert trips(played) == ["AAA closed 31 36.0645161290322581 122 0", "AAA open 2 0 80 0"]


def test_zipline_pays_shares_to_who_is_short() -> None:
    # The order to sell 30 is one of 33 since Friday, which leaves a short of three at 40; the three
    # shares of Monday cover it for nothing.
    dividend = StockDividend(sid=1, ex=FRI, pay=to_day(date(2020, 6, 8)), ratio=Ratio(1, 10))
    case = Case(actions=(dividend,), friday=40, monday=40, thursday=of_a(30), closed={})
    played = run(case, "fifo", rules=SimulationRules.zipline())
    assert trips(played) == ["AAA closed 30 36 120 0", "AAA closed 3 40 120 0"]
    assert lines(played)[-2:] == [
        "AAA 5: 3 for -120 delivery -120: 0",
        "AAA 8: 3 for 0 delivery 120: 120",
    ]


@pytest.mark.parametrize("journal", [True, False])
def test_a_new_symbol_changes_no_lot(journal: bool) -> None:
    case = Case(
        actions=(SymbolChange(sid=1, effective=FRI, old="AAA", new="ZZZ"),),
        monday=35,
        sales=of_a(10),
        closed={},
    )
    played = run(case, "fifo", journal=journal)
    assert lines(played) == ["AAA 2: 10 for 300 trade 350: 50"]
    # 10 at 350, and 20 that cost 780 are worth 700.
    assert trips(played) == ["AAA open 30 36 -30 0"]


@pytest.mark.parametrize("journal", [True, False])
def test_a_fraction_of_a_right_that_is_paid_is_a_profit_of_the_holding(journal: bool) -> None:
    # 30 rights for a seventh of a share at 24 each: 4 shares for 96, and two sevenths of one, paid
    # with what Friday's 31 is above 24: 2.00.
    offering = replace(RIGHTS, ratio=Ratio(1, 7), fractions="cash")
    case = Case(actions=(offering,), friday=31, monday=35, sales=of_a(34), closed={})
    played = run(case, "fifo", journal=journal)
    assert lines(played) == [
        "AAA 5: 0 for 0 rights 2: 2",
        "AAA 2: 10 for 300 trade 350: 50",
        "AAA 3: 10 for 400 trade 350: -50",
        "AAA 4: 10 for 380 trade 350: -30",
        "AAA 5: 4 for 96 trade 140: 44",
    ]
    assert trips(played) == ["AAA closed 34 34.5882352941176471 16 0"]


@pytest.mark.parametrize(
    ("rights", "closed"),
    [
        (None, ["AAA 5: 0 for 0 rights 45: 45"]),
        (R, [f"RTS {day}: 10 for 0 rights 15: 15" for day in (2, 3, 4)]),
    ],
)
def test_rights_that_are_sold_for_their_holder_are_a_profit(rights: Any, closed: list[str]) -> None:
    def sells(context: Any) -> object:
        env = context._env
        price = env.arithmetic.price("1.5")
        return env.ledger.apply(RightsSold(A, env.now, FRI, price, rights))

    # 30 rights at 1.5; the shares stay at cost.
    offering = replace(RIGHTS, rights_sid=None if rights is None else rights.sid)
    others: Any = {} if rights is None else {R: [None, None, None, None, "5", "5"]}
    case = Case(actions=(offering,), act=sells, monday=36, others=others, closed={})
    played = run(case, "fifo")
    assert lines(played) == closed
    assert sum(played.result.trades["gross_pnl"].to_list()) == 45
    assert played.column("portfolio_value")[-1] == 100_045


def test_the_day_of_an_exercise_is_before_the_new_shares() -> None:
    # They come after Friday's close, so that its low of 5 is none of theirs: 15 x 35 - 360 is the
    # best, and the price at which they came the worst.
    case = replace(CASES["rights that are exercised"], friday=bar("35", low="5"))
    row = run(case, "lifo").result.lots.row(0, named=True)
    assert (row["quantity"], row["bars"], row["mae"], row["mfe"]) == (15, 1, 0, 165)
    assert (row["entry_order"], row["held"].days) == (None, 3)
