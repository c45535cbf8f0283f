"""Laws of whole runs with everything in play: every order, cost, account, action and currency.

A run is dear, so each of them has to keep all the laws at once; a law is a function of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args

import pytest
from full_runs import GRACE, ISOLATED, KINDS, TWENTY_PERCENT, Doer, FullCase, full_cases
from full_worlds import ASSETS, COIN, FullWorld
from hypothesis import given, settings
from laws import whole_run
from markets import Bar, Played

from rustybt.assets import Asset, Future
from rustybt.calendars import TradingCalendar, from_ns
from rustybt.data.bar_data import BarData
from rustybt.finance.accounts import (
    CASH,
    COSTS,
    POSITION,
    RECEIVABLE_DIVIDENDS,
    commodity_of,
    expense,
)
from rustybt.finance.lots import LotMethod
from rustybt.orders import BracketGroup, OCOGroup, Order, OrderStatus
from rustybt.simulation.trips.run_records import arithmetic_of, records_of
from rustybt.simulation.trips.trades import followed

BY_COMMODITY = {commodity_of(asset): asset for asset in ASSETS.values()}


@whole_run
@given(case=full_cases())
def test_every_law_of_money_and_orders(case: FullCase) -> None:
    played = case.run(look=after_every_bar)
    entries_balance(played)
    the_journal_is_the_account(case, played)
    gross_less_costs_is_net(played)
    every_cost_is_posted(played)
    no_bar_fills_more_than_its_volume_allows(case, played)
    no_slippage_betters_a_price(played)
    nothing_fills_beyond_its_limit(played)
    groups_close_what_they_opened(played.context)
    lots_are_the_positions(case, played)


def test_programs_place_orders_of_every_kind() -> None:
    """The laws above would hold of programs that do nothing."""
    placed: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    @settings(whole_run, max_examples=40, derandomize=True, database=None)
    @given(case=full_cases())
    def draw(case: FullCase) -> None:
        context = case.run().context
        placed.update(context.kinds_placed)
        refused.update(context.refused)

    draw()
    assert placed.keys() == set(KINDS)
    assert refused.total() < placed.total()


def near(case: FullCase, value: Any, expected: Any) -> bool:
    """Equal but for the last digits that rates are rounded at; in floats, but for their noise."""
    slack = 1e-9 if case.given.numeric == "decimal" else 1e-5
    return float(value) == pytest.approx(float(expected), rel=1e-12, abs=slack)


# ------------------------------------------------------------------ money


def entries_balance(played: Played) -> None:
    """In every currency, and in every asset."""
    journal = played.result.journal
    assert journal is not None
    sums: dict[tuple[int, str], Any] = defaultdict(int)
    for entry, commodity, amount in journal["entry", "commodity", "amount"].iter_rows():
        sums[entry, commodity] += amount
    exact = journal["amount"].dtype.is_decimal()
    assert all(total == 0 if exact else abs(total) < 1e-6 for total in sums.values())


def balances(played: Played) -> Iterator[tuple[dict[str, Any], dict[tuple[str, str], Any]]]:
    """Each session's row, and what the journal says of every account when the session ends."""
    journal = played.result.journal
    assert journal is not None
    rows = list(journal["at", "account", "commodity", "amount"].iter_rows())
    held: dict[tuple[str, str], Any] = defaultdict(int)
    place = 0
    for session in played.result.performance.iter_rows(named=True):
        while place < len(rows) and rows[place][0] <= session["period_close"]:
            _, account, commodity, amount = rows[place]
            held[account, commodity] += amount
            place += 1
        yield session, held


def the_journal_is_the_account(case: FullCase, played: Played) -> None:
    """Cash, positions and what is owed, each at its rate, are the value; nothing else is."""
    before = Decimal(case.given.capital)
    for row, held in balances(played):
        today = row["session"]
        holdings = held_on(played, today)
        cash = worth = owed = Decimal(0)
        for (account, commodity), number in held.items():
            amount = Decimal(str(number))
            if account == POSITION:
                asset = BY_COMMODITY[commodity]
                own, price = holdings.pop(asset.symbol, (0, 0))
                assert near(case, own, amount)
                if not isinstance(asset, Future):  # its profit is in the cash already
                    value = amount * Decimal(str(price))
                    worth += value * case.world.dollars(asset.currency, today)
            elif account == CASH:
                cash += amount * case.world.dollars(commodity, today)
            elif account == RECEIVABLE_DIVIDENDS:
                owed += amount * case.world.dollars(commodity, today)
        assert not holdings
        assert near(case, row["ending_cash"], cash)
        assert near(case, row["ending_value"], worth)
        assert near(case, row["portfolio_value"], cash + worth + owed)
        assert near(case, row["pnl"], row["portfolio_value"] - type(row["pnl"])(before))
        before = row["portfolio_value"]


def held_on(played: Played, session: Any) -> dict[str, tuple[Any, Any]]:
    """Amount and mark of what is held when a session ends."""
    table = played.result.positions
    columns = table.filter(table["session"] == session)
    rows = columns["symbol", "amount", "last_sale_price"].iter_rows()
    return {symbol: (amount, price) for symbol, amount, price in rows}


def gross_less_costs_is_net(played: Played) -> None:
    for row in played.result.performance.iter_rows(named=True):
        net = row["gross_pnl"] - sum(row[kind] for kind in COSTS)
        assert net == row["pnl"] if isinstance(net, Decimal) else abs(net - row["pnl"]) < 1e-6


def every_cost_is_posted(played: Played) -> None:
    """The column of a cost is what its account was charged, as far as that was in dollars."""
    journal, table = played.result.journal, played.result.performance
    assert journal is not None
    posted: dict[str, Any] = defaultdict(int)
    foreign = set()
    for account, commodity, amount in journal["account", "commodity", "amount"].iter_rows():
        posted[account] += amount
        if commodity != "USD":
            foreign.add(account)
    for kind in COSTS:
        if expense(kind) not in foreign:
            rest: Any = table[kind].sum() - posted[expense(kind)]
            assert rest == 0 if isinstance(rest, Decimal) else abs(rest) < 1e-6


# ------------------------------------------------------------------ fills

LIMITS = {
    3: Decimal("0.1"),
    4: Decimal("0.25"),
    5: Decimal("0.5"),
    6: Decimal("0.3"),
    7: Decimal("0.3"),
}
"""Shares of a bar's volume that slippage models let all orders together have, by place."""
CLASSES = ("equity", "future", "crypto", "forex")


def no_bar_fills_more_than_its_volume_allows(case: FullCase, played: Played) -> None:
    taken: dict[tuple[Any, str], Decimal] = defaultdict(Decimal)
    table = played.result.transactions
    for order, at, symbol, amount in table["order_id", "dt", "symbol", "amount"].iter_rows():
        if order is not None:
            taken[at, symbol] += abs(Decimal(str(amount)))
    traded = volumes(case)
    for (at, symbol), amount in taken.items():
        place = case.given.slippage[CLASSES.index(ASSETS[symbol].asset_class)]
        limit = LIMITS.get(place)
        assert traded[at, symbol]
        assert limit is None or amount <= traded[at, symbol] * limit


def volumes(case: FullCase) -> dict[tuple[Any, str], Decimal]:
    """Volume of every bar in which something traded, by its label and symbol."""
    world, calendar = case.world, case.world.calendar
    first = calendar.session_index(world.days[0])
    labels = [at for n in range(world.sessions) for at in labels_of(calendar, first + n, world)]
    return {
        (from_ns(labels[n]), symbol): Decimal(str(print_.volume))
        for symbol, row in world.bars.items()
        for n, print_ in enumerate(row)
        if isinstance(print_, Bar)
    }


def labels_of(calendar: TradingCalendar, session: int, world: FullWorld) -> list[int]:
    minutes: list[int] = calendar.minutes(session).tolist()
    return minutes if world.minutes else minutes[-1:]


def executions(played: Played) -> Iterator[tuple[Order, Any]]:
    """Every execution of an order: the order, and the line of its trail."""
    for order in played.context.blotter.orders.values():
        for step in order.trail:
            if step.fill is not None:
                yield order, step


def no_slippage_betters_a_price(played: Played) -> None:
    for order, step in executions(played):
        assert step.fill.reference is not None
        assert (step.fill.price - step.fill.reference) * (1 if order.is_buy else -1) >= 0


def nothing_fills_beyond_its_limit(played: Played) -> None:
    for order, step in executions(played):
        if step.limit is not None:
            assert (step.limit - step.fill.price) * (1 if order.is_buy else -1) >= 0


def lots_are_the_positions(case: FullCase, played: Played) -> None:
    """Whatever happened, under every method the open lots of an asset sum to what is held."""
    tables, assets = played.result.tables, played.result.assets
    held = held_on(played, case.world.days[-1])
    for method in get_args(LotMethod):
        arithmetic = arithmetic_of(tables)
        book = followed(records_of(tables.events, assets, arithmetic), arithmetic, method).book
        sums = {
            asset.symbol: arithmetic.amount_value(sum(lot.amount for lot in book.lots(asset)))
            for asset in book.assets
        }
        for symbol in {*held, *sums}:
            assert near(case, sums.get(symbol, 0), held.get(symbol, (0, 0))[0])


# ------------------------------------------------------------------ at the end of every bar


def after_every_bar(context: Doer, data: BarData) -> None:
    groups_close_what_they_opened(context)
    margin_is_called(context)


LOT = 1e-8
"""The smallest of all assets, as floats have it; kernel amounts of Decimals are above one."""
LIVE = {OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED}


def groups_close_what_they_opened(context: Any) -> None:
    """No two exits of a bracket live when one has filled whole; no two legs when one has filled."""
    for group in context.blotter.groups.values():
        if isinstance(group, BracketGroup):
            entry, *exits = group.orders
            live = [each for each in exits if each.status in LIVE]
            if any(each.status is OrderStatus.FILLED for each in exits):
                assert not live
            if any(each.filled for each in exits):
                assert not entry.status.is_open
            sizes = [abs(float(each.open_amount)) for each in live]
            assert max(sizes, default=0) == pytest.approx(min(sizes, default=0), abs=LOT / 2)
        elif isinstance(group, OCOGroup):
            filled = [leg for leg in group.orders if leg.filled]
            others = [leg for leg in group.orders if leg not in filled]
            assert len(filled) <= 1
            assert not filled or not any(leg.status.is_open for leg in others)


def margin_is_called(context: Doer) -> None:
    """Below maintenance with something to sell, the broker has called."""
    given = context.case.given
    shared = [
        asset
        for asset in context.portfolio.positions
        if not (given.account == ISOLATED and asset is COIN)
    ]
    if not given.calls or not shared:
        return
    maintenance = context.account.maintenance_margin_requirement
    excess = context.account.excess_liquidity
    if given.account == TWENTY_PERCENT:
        value = sum((dollars_of(context, asset) for asset in shared), Decimal(0))
        assert near(context.case, maintenance, value / 5)
        equity = Decimal(str(context.portfolio.portfolio_value))
        assert near(context.case, excess, equity - value / 5)
    if excess < 0:
        times = [at for kind, at in context.told if kind == "margin_call"]
        assert context.get_datetime() in times or (given.account == GRACE and times)


def dollars_of(context: Doer, asset: Asset) -> Decimal:
    """What a position is worth, without sign."""
    held = context.portfolio.positions[asset]
    value = Decimal(str(held.amount)) * Decimal(str(held.last_sale_price)) * asset.price_multiplier
    return abs(value) * context.case.world.dollars(asset.currency, context.session)
