"""Laws of money and fills that hold for every run, whatever market, strategy, rules and costs."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from laws import whole_run
from markets import Played
from random_runs import Case, cases, conditions
from worlds import ASSETS, OIL

from rustybt import BacktestResult
from rustybt.finance.accounts import CASH, POSITION, RECEIVABLE_DIVIDENDS, commodity_of

FLOAT_TOLERANCE = 1e-6
COMMODITIES = {commodity_of(asset): symbol for symbol, asset in ASSETS.items()}
exactly = conditions(numeric=("decimal",))


def journal_of(result: BacktestResult) -> pl.DataFrame:
    assert result.journal is not None
    return result.journal


def close_to(value: Any, expected: Any) -> bool:
    """Equal; in floats, equal but for the order of additions."""
    if isinstance(value, Decimal):
        return bool(value == expected)
    return bool(value == pytest.approx(expected, rel=1e-9, abs=FLOAT_TOLERANCE))


@whole_run
@given(case=cases())
def test_every_entry_balances_in_every_commodity(case: Case) -> None:
    journal = journal_of(case.run().result)
    sums: dict[tuple[int, str], Any] = defaultdict(int)
    for entry, commodity, amount in journal["entry", "commodity", "amount"].iter_rows():
        sums[entry, commodity] += amount
    assert all(close_to(total, 0) for total in sums.values())


MORNING = pl.col("cause").str.starts_with("dividend") | pl.col("cause").str.starts_with("split")
"""What happens when a session begins: around the clock, at the instant the last one closes."""


def balances(journal: pl.DataFrame, close: Any) -> dict[tuple[str, str], Any]:
    """What the accounts hold once everything of a session that closes then is posted."""
    held: dict[tuple[str, str], Any] = defaultdict(int)
    rows = journal.filter((pl.col("at") < close) | ((pl.col("at") == close) & ~MORNING))
    for account, commodity, amount in rows["account", "commodity", "amount"].iter_rows():
        held[account, commodity] += amount
    return held


@whole_run
@given(case=cases())
def test_replaying_the_journal_gives_cash_and_positions_of_every_session(case: Case) -> None:
    result = case.run().result
    journal = journal_of(result)
    for row in result.performance.iter_rows(named=True):
        held = balances(journal, row["period_close"])
        assert close_to(row["ending_cash"], held[CASH, "USD"])
        positions = {
            COMMODITIES[commodity]: amount
            for (account, commodity), amount in held.items()
            if account == POSITION and amount
        }
        today = result.positions.filter(pl.col("session") == row["session"])
        assert dict(today["symbol", "amount"].iter_rows()) == positions


@whole_run
@given(case=cases(given=exactly))
def test_cash_positions_and_receivables_are_the_value_of_every_session(case: Case) -> None:
    result = case.run().result
    journal = journal_of(result)
    for row in result.performance.iter_rows(named=True):
        today = result.positions.filter(pl.col("session") == row["session"])
        worth = sum(
            amount * price
            for symbol, amount, price in today["symbol", "amount", "last_sale_price"].iter_rows()
            if symbol != OIL.symbol  # its profit is in the cash already
        )
        owed = balances(journal, row["period_close"])[RECEIVABLE_DIVIDENDS, "USD"]
        if not case.given.rules.receivables_in_value:
            owed = 0
        assert row["ending_value"] == worth
        assert row["portfolio_value"] == row["ending_cash"] + worth + owed


@whole_run
@given(case=cases(given=exactly))
def test_profits_add_up_to_what_the_value_grew_by(case: Case) -> None:
    """Under standard rules nothing but the session's profit changes the value."""
    result = case.run().result
    value = Decimal(50_000)
    for row in result.performance.iter_rows(named=True):
        if case.given.rules.pnl_includes_dividends:
            assert row["portfolio_value"] == value + row["pnl"]
        value = row["portfolio_value"]


# ------------------------------------------------------------------ fills


def volume_limits(case: Case) -> dict[str, Decimal]:
    """The volume limit of each asset whose slippage model has one for all orders together.

    Under zipline's rules each order of a future has the whole limit to itself.
    """
    models = case.given.slippage_models()
    arguments = {"equity": "us_equities", "future": "us_futures", "crypto": "crypto"}
    limits = {
        symbol: getattr(models[arguments[asset.asset_class]], "volume_limit", None)
        for symbol, asset in ASSETS.items()
        if asset.asset_class != "future" or case.given.rules_name != "zipline"
    }
    return {symbol: limit for symbol, limit in limits.items() if limit is not None}


def bars_of(case: Case) -> Iterator[tuple[Any, str, Any]]:
    """Label, symbol and bar of everything that was printed."""
    world, calendar = case.world, case.world.calendar
    first = calendar.session_index(world.market().first)
    for number in range(world.length):
        session, minute = divmod(number, world.minutes or 1)
        labels = calendar.minutes(first + session)
        label = int(labels[minute] if world.minutes else labels[-1])
        for symbol, bars in world.bars.items():
            yield label, symbol, bars[number]


@whole_run
@given(case=cases())
def test_no_bar_fills_more_than_its_volume_allows(case: Case) -> None:
    taken: dict[tuple[Any, str], Decimal] = defaultdict(Decimal)
    limits = volume_limits(case)
    for label, symbol, amount in fills(case.run()):
        taken[label, symbol] += abs(amount)
    volumes = {(label, symbol): Decimal(bar.volume) for label, symbol, bar in bars_of(case) if bar}
    for (label, symbol), amount in taken.items():
        assert volumes[label, symbol] > 0, "filled in a bar without a trade"
        if symbol in limits:
            assert amount <= volumes[label, symbol] * limits[symbol]


def fills(played: Played) -> Iterator[tuple[int, str, Decimal]]:
    """Label of the bar, symbol and amount of every execution of an order."""
    table = played.result.transactions.filter(pl.col("order_id").is_not_null())
    labels = table["dt"].dt.timestamp("ns")
    for label, symbol, amount in zip(labels, table["symbol"], table["amount"], strict=True):
        yield label, symbol, Decimal(str(amount))


@whole_run
@given(case=cases(given=conditions(rules=("standard",))))
def test_nothing_fills_beyond_its_limit_price(case: Case) -> None:
    for order, transaction in case.run().context.filled:
        if order.limit is not None:
            beyond = transaction.price - order.limit
            assert beyond <= 0 if order.direction > 0 else beyond >= 0


@whole_run
@given(case=cases())
def test_an_order_fills_in_a_bar_after_its_own(case: Case) -> None:
    result = case.run().result
    created = dict(result.orders["id", "created"].iter_rows())
    for order, at in result.transactions["order_id", "dt"].iter_rows():
        assert order is None or at > created[order]


@whole_run
@given(case=cases())
def test_the_journal_posts_every_execution_and_no_other(case: Case) -> None:
    result = case.run().result
    executed = [
        ("close-out" if order is None else f"fill:{order}", symbol, amount)
        for order, symbol, amount in result.transactions["order_id", "symbol", "amount"].iter_rows()
    ]
    moved = journal_of(result).filter(pl.col("account") == POSITION)
    posted = [
        (cause.split("#")[0], COMMODITIES[commodity], amount)
        for cause, commodity, amount in moved["cause", "commodity", "amount"].iter_rows()
        if not cause.startswith("split")
    ]
    assert posted == executed


@whole_run
@given(case=cases())
def test_orders_say_what_their_fills_say(case: Case) -> None:
    """Filled amounts and commissions are those of the fills, unless a split changed the scale."""
    result = case.run().result
    spent: dict[str, list[Any]] = defaultdict(lambda: [0, 0])
    for order, amount, cost in result.transactions["order_id", "amount", "commission"].iter_rows():
        spent[order][0] += amount
        spent[order][1] += cost
    touched = {event.sid for event in case.world.events}
    split = {symbol for symbol, asset in ASSETS.items() if asset.sid in touched}
    columns = result.orders["id", "symbol", "amount", "filled", "commission", "status"]
    for order, symbol, amount, filled, cost, status in columns.iter_rows():
        assert abs(filled) <= abs(amount)
        assert (status == "FILLED") is (filled == amount)
        if symbol not in split:
            assert close_to(filled, spent[order][0])
            assert close_to(cost, spent[order][1])


@whole_run
@given(case=cases())
def test_nothing_is_held_of_an_asset_that_has_ended(case: Case) -> None:
    result = case.run().result
    for session, symbol in result.positions["session", "symbol"].iter_rows():
        closes = ASSETS[symbol].auto_close_date
        assert closes is None or session < closes
    last = result.performance["session"][-1]
    for symbol, status in result.orders["symbol", "status"].iter_rows():
        closes = ASSETS[symbol].auto_close_date
        assert closes is None or status != "OPEN" or last < closes
