"""Why orders filled where they did: as the table of explained orders says, and in words."""

import gc
import weakref
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from laws import whole_run
from markets import bar, daily_market, play, split, stock
from order_stories import AT_OPEN, bars, order, orders, tell
from random_runs import Case, cases
from simulation.explained_orders import CENT, EXAMPLES, LATE, THOUSANDTH, Example, played
from worlds import OIL

from rustybt.errors import InvalidArgument, OrderNotFound
from rustybt.finance import accounts
from rustybt.finance.slippage import VolatilityVolumeShare
from rustybt.orders import BracketOrder, LimitOrder, StopOrder
from rustybt.simulation.explanations.explained import ExplainedFill
from rustybt.simulation.explanations.explanation import Explanation
from rustybt.simulation.result import BacktestResult
from rustybt.simulation.tables import Tables


class Reader:
    """Puts an explanation into the words of the table."""

    def __init__(self, result: BacktestResult, told: Explanation) -> None:
        self.days = result.performance["session"].to_list()
        self.told = told

    def bar(self, at: Any) -> int:
        return int(self.days.index(at.date()))

    def triggers(self) -> list[tuple[Any, ...]]:
        return [(self.bar(each.at), each.kind, each.price) for each in self.told.triggers]

    def fills(self) -> list[tuple[Any, ...]]:
        return [
            (
                self.bar(fill.at), fill.amount, fill.price, fill.place, fill.market_price,
                fill.slippage_per_unit, fill.slippage, fill.commission,
            )
            for fill in self.told.fills
        ]  # fmt: skip

    def wait(self) -> tuple[Any, ...] | None:
        wait = self.told.wait
        if wait is None:
            return None
        bar = None if wait.bar is None else self.bar(wait.bar.at)
        return (wait.kind, wait.price, wait.bars, wait.nearest, bar)

    def end(self) -> tuple[Any, ...] | None:
        told = self.told
        return None if told.ended is None else (self.bar(told.ended), told.status, told.code)


def words(text: str) -> tuple[Any, ...]:
    """Numbers and names of a line of the table; a dash is nothing."""
    return tuple(_word(word) for word in text.split())


def _word(word: str) -> Any:
    if word == "-":
        return None
    return Decimal(word) if word.lstrip("-")[:1].isdigit() else word


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_an_order_is_explained(example: Example, tmp_path: Path) -> None:
    result, expected = played(example), example.told
    told = result.explain(f"main-{example.number}")
    read = Reader(result, told)
    assert read.triggers() == [words(line) for line in expected.triggers]
    assert read.fills() == [words(line) for line in expected.fills]
    assert read.wait() == (None if expected.wait is None else words(expected.wait))
    assert read.end() == (None if expected.end is None else words(expected.end))
    assert told.latency_ms == expected.latency
    assert tuple(change.reason for change in told.changes) == expected.changes
    limits = [(fill.volume_limit.most, fill.volume_limit.taken) for fill in told.fills]  # type: ignore[union-attr]
    assert expected.limits is None or limits == [words(line) for line in expected.limits]
    limited = tuple(fill.limited_by for fill in told.fills)
    assert limited == (expected.limited or (None,) * len(told.fills))
    if expected.waited_limit is not None:
        assert told.wait is not None
        limit = told.wait.volume_limit
        assert limit is not None
        assert (limit.most, limit.taken) == words(expected.waited_limit)

    result.save(tmp_path / "run")
    assert BacktestResult.load(tmp_path / "run").explain(told.order_id) == told
    assert str(told).startswith(told.heading())


# ------------------------------------------------------------------ in words


def test_it_reads_as_a_story() -> None:
    """Sold 100 at 11 less a thousandth: 10.989; 100 x 0.011 = 1.1; 100 x 0.01 = 1."""
    result = tell(
        "10 | 10 12 9 11 x4000",
        {0: orders(order(50), order(-100, limit_price="10.50"))},
        slippage=THOUSANDTH,
        commission=CENT,
        **LATE,
    ).played.result
    sold = (
        "sold 100 at 10.989, from the close of 11 with slippage of 0.011 a unit, 1.1 USD in all; "
        "commission 1 USD"
    )
    limit = "0.1 of the bar's volume is 400; earlier orders took 50 of it"
    assert str(result.explain("main-2")).splitlines() == [
        "main-2: sell 100 AAA, limit 10.5, GTC: filled 100 at 10.989",
        "  2020-06-01 20:00:00  placed at a close of 10",
        "  2020-06-01 20:00:00.125  reached the market after 125 ms",
        "  2020-06-02 20:00:00  its limit of 10.5 was reached",
        f"  2020-06-02 20:00:00  {sold}",
        "                       in the bar: open 10, high 12, low 9, close 11, volume 4,000",
        f"                       volume limit: {limit}",
        f"                       slippage model: {THOUSANDTH!r}",
        "                       commission model: PerShare(cost_per_share=0.01, min_trade_cost=0)",
        "                       latency model: FixedLatency(milliseconds=125)",
    ]


def test_what_did_not_happen_is_told_too() -> None:
    lines = str(played(EXAMPLES["an order of the day"]).explain("main-1")).splitlines()
    assert lines[0] == "main-1: buy 10 AAA, limit 9.5, DAY: expired, nothing filled"
    assert lines[2].strip() == (
        "1 bar traded while it waited: its limit of 9.5 was not reached, the lowest close was 10 "
        "at 2020-06-02 20:00:00"
    )
    assert lines[3] == (
        "  2020-06-02 20:00:00  expired by time in force: day: its session is over [day_over]"
    )


def test_a_bar_that_left_nothing_is_told() -> None:
    told = played(EXAMPLES["volume that earlier orders took all of"]).explain("main-2")
    assert str(told).splitlines()[2].strip() == (
        "1 bar traded while it waited, and models, group or account left nothing for it; "
        "in the last bar, 0.1 of the bar's volume is 100; earlier orders took 100 of it"
    )
    limit = played(EXAMPLES["limit, slippage leads beyond it"]).explain("main-1")
    assert str(limit).splitlines()[4].strip() == (
        "2 bars traded while it waited: its limit of 9.8 was within reach of 9.8 at "
        "2020-06-02 20:00:00, and models, group or account left nothing for it; "
        "in that bar, 0.1 of the bar's volume is 100,000; earlier orders took 0 of it"
    )


def test_of_fills_at_the_open_no_volume_of_the_bar_before_is_told() -> None:
    """The close of bar 1 reaches the limit; the open of bar 2 is the one that may fill it."""
    example = EXAMPLES["limit, slippage leads beyond it"]
    told = played(replace(example, rules=AT_OPEN)).explain("main-1")
    assert told.wait is not None
    assert (told.wait.nearest, told.wait.volume_limit) == (Decimal("9.8"), None)
    assert "earlier orders took" not in str(told)


def test_a_stop_that_trails_is_told_by_where_it_stands() -> None:
    told = played(EXAMPLES["trailing stop, not reached"]).explain("main-1")
    assert str(told).splitlines()[2].strip() == (
        "2 bars traded while it waited: its stop, which followed the price to 11, was not reached, "
        "the last close was 11.5"
    )


def test_prices_that_are_not_the_models_are_told() -> None:
    text = str(played(EXAMPLES["pessimistic fills"]).explain("main-1"))
    assert "fills, by the rules of the run: pessimistic" in text
    assert "fills, by the rules" not in str(played(EXAMPLES["a sale"]).explain("main-1"))


def test_a_part_that_filled_is_in_the_first_line() -> None:
    told = played(EXAMPLES["volume that an earlier order took"]).explain("main-2")
    assert told.heading() == "main-2: buy 60 AAA, market, GTC: open, 40 of 60 filled"
    assert repr(told) == f"<Explanation of {told.heading()}>"


def test_rich_shows_it_as_a_table() -> None:
    from io import StringIO

    from rich.console import Console

    shown = StringIO()
    told = played(EXAMPLES["market, at the close"]).explain("main-1")
    Console(file=shown, width=200, color_system=None).print(told)
    assert "bought 100 at 20.02, from the close of 20" in shown.getvalue()


def test_sums_and_the_average_price() -> None:
    """(100 x 10 + 20 x 10) / 120 = 10; 1 + 0.2 of commission."""
    told = played(EXAMPLES["the volume limit of two bars"]).explain("main-1")
    assert (told.average_price, told.commission, told.slippage) == (10, Decimal("1.2"), 0)


# ------------------------------------------------------------------ other assets and numbers


def test_a_future_costs_by_its_multiplier() -> None:
    """2 x 0.04 x 50 = 4."""
    market = daily_market({OIL: bars("39 | 40")})
    result = play(
        market, {0: lambda context, data: context.order(OIL, 2)}, slippage=THOUSANDTH
    ).result
    fill = result.explain("main-1").fills[0]
    assert (fill.price, fill.slippage_per_unit, fill.slippage) == (
        Decimal("40.04"), Decimal("0.04"), 4,
    )  # fmt: skip


@pytest.mark.parametrize(("per_order", "taken"), [(True, 0), (False, 30)])
def test_a_limit_that_orders_do_not_share_was_not_taken(per_order: bool, taken: int) -> None:
    market = daily_market({OIL: bars("40 | 40 x1000")})
    act = {0: lambda context, data: [context.order(OIL, 30) for _ in range(2)]}
    model = VolatilityVolumeShare("0.05", per_order=per_order)
    limit = play(market, act, slippage=model).result.explain("main-2").fills[0].volume_limit
    assert limit is not None
    assert (limit.most, limit.taken) == (50, taken)


def test_floats_explain_as_floats() -> None:
    result = played(EXAMPLES["market, at the close"], numeric="float64")
    fill = result.explain("main-1").fills[0]
    assert (type(fill.price), type(fill.slippage)) == (float, float)
    assert fill.price == pytest.approx(20.02)
    assert "bought 100 at 20.02, from the close of 20" in str(result.explain("main-1"))


# ------------------------------------------------------------------ what cannot be explained


def test_an_unknown_order_names_the_nearest() -> None:
    result = tell("10 | 10", {0: orders(*[order(1)] * 12)}).played.result
    with pytest.raises(
        OrderNotFound, match=r"order_id was 'main-13'.* nearest are .*main-1"
    ) as met:
        result.explain("main-13")
    assert len(met.value.nearest) == 3


def test_a_run_without_orders_says_so() -> None:
    with pytest.raises(OrderNotFound, match="it placed none"):
        tell("10", {}).played.result.explain("main-1")


def test_a_result_that_was_kept_without_bars_says_so() -> None:
    result = tell("10 | 10", {0: order(3)}).played.result
    frames = {name: frame for name, frame in result.tables.items() if name != "order_bars"}
    bare = BacktestResult(
        tables=Tables(**frames),
        assets=result.assets,
        capital_base=result.capital_base,
        manifest=result.manifest,
    )
    with pytest.raises(InvalidArgument, match=r"order_bars.*run it again"):
        bare.explain("main-1")


# ------------------------------------------------------------------ a law


@whole_run
@given(cases())
def test_explanations_add_up_to_orders_and_to_the_journal(case: Case) -> None:
    """Fills sum to what filled; their amounts, money and costs are what the journal posted."""
    result = case.run().result
    exact = case.given.numeric == "decimal"
    for order_id in result.orders["id"]:
        told = result.explain(order_id)
        entries = _entries(result, rf"^fill:{order_id}#")
        assert len(entries) == len(told.fills)
        for fill, legs in zip(told.fills, entries, strict=True):
            assert legs[accounts.POSITION] == fill.amount
            assert _same(legs.get("expenses:slippage", 0), fill.slippage, exact=exact)
            if told.asset != OIL:
                assert _same(legs.get(accounts.CASH, 0), _money(fill), exact=exact)
        charged = [
            legs[accounts.COMMISSION] for legs in _entries(result, rf"^commission:{order_id}$")
        ]
        assert _same(sum(charged), told.commission, exact=exact)
        if not any(change.cause == "split" for change in told.changes):
            assert _same(sum(fill.amount for fill in told.fills), told.filled, exact=exact)


def test_an_exit_that_was_split_as_it_waited_fills_at_the_price_of_its_entry() -> None:
    """Sold at a stop of 54, which is 27 after the split; its stop of 22.50 is reached at once."""

    aaa = stock("AAA", 1)

    def sell(context: Any, data: Any) -> None:
        style = BracketOrder(
            entry=StopOrder(54), take_profit=LimitOrder("0.01"), stop_loss=StopOrder("22.5")
        )
        context.order(aaa, -1, style=style)

    market = daily_market(
        {aaa: [bar("80"), None, bar("24", open="30", high="31", low="20")]},
        events=[split(aaa, date(2020, 6, 2), "0.5")],
    )
    result = play(market, {0: sell}, trigger="intrabar", fill_at="close").result
    (entry, _, stop) = [result.explain(each) for each in result.orders["id"]]
    assert [(fill.place, fill.price) for fill in entry.fills] == [("stop", Decimal(27))]
    assert [(fill.place, fill.price) for fill in stop.fills] == [("entry", Decimal(27))]


@whole_run
@given(cases())
def test_explanations_agree_with_the_bars(case: Case) -> None:
    """Prices are those of the bar, and no fill is larger than what its volume limit left."""
    result = case.run().result
    for order_id in result.orders["id"]:
        told = result.explain(order_id)
        for fill in told.fills:
            assert fill.bar is not None
            assert fill.place != "market price"
            if fill.place in {"open", "close"}:
                assert getattr(fill.bar, fill.place) == fill.market_price
            if fill.volume_limit is not None:
                assert -fill.volume_limit.left <= fill.amount <= fill.volume_limit.left


def _entries(result: BacktestResult, cause: str) -> list[dict[str, Any]]:
    """The entries of the journal whose cause has a pattern: amounts by account."""
    assert result.journal is not None
    rows = result.journal.filter(result.journal["cause"].str.contains(cause))
    found: dict[int, dict[str, Any]] = {}
    for entry, account, amount in rows["entry", "account", "amount"].iter_rows():
        found.setdefault(entry, {})[account] = amount
    return list(found.values())


def _money(fill: ExplainedFill) -> Any:
    """What a fill brought; a posting of Decimals is rounded half even to 16 decimals."""
    with localcontext(prec=60):
        money: Any = -fill.amount * fill.price  # type: ignore[operator] # of one kind
        return round(money, 16) if isinstance(money, Decimal) else money


def _same(a: Any, b: Any, *, exact: bool) -> bool:
    return bool(a == b) if exact else bool(a == pytest.approx(b, abs=1e-9, rel=1e-9))


def test_a_result_that_waits_to_be_explained_keeps_no_book() -> None:
    """Many results can be kept side by side: none of them holds on to all that its run used."""
    kept = []

    def buy(context: Any, _: Any) -> None:
        context.order(OIL, 1)
        kept.append(weakref.ref(context._env.ledger))

    result = play(daily_market({OIL: ["10", "11", "12"]}), {0: buy}).result
    gc.collect()
    assert kept[0]() is None
    assert result.explain(result.orders["id"][0]).fills
