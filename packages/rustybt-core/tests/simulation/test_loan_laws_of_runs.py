"""Laws of loans in whole runs with everything in play, whatever is ordered and whatever happens."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from full_runs import Doer, FullCase, full_cases
from full_worlds import ASSETS
from hypothesis import assume, given
from hypothesis import strategies as st
from laws import whole_run
from lending import RECALL, LentByDay, lendings
from markets import Bar, Played

from rustybt.assets import Asset, Future
from rustybt.calendars import to_ns
from rustybt.data.bar_data import BarData
from rustybt.finance.overnight import is_lent

LENT = {symbol: asset for symbol, asset in ASSETS.items() if is_lent(asset)}
NOISE = 1e-6


def with_loans(case: FullCase, lending: LentByDay, **given: Any) -> FullCase:
    return replace(case, given=replace(case.given, lending=lending, **given))


def days_of(sessions: list[date]) -> dict[date, list[date]]:
    """Each session with the days since the one before it, itself last."""
    before = [sessions[0] - timedelta(1), *sessions]
    return {
        session: [start + timedelta(n) for n in range(1, (session - start).days + 1)]
        for start, session in zip(before, sessions, strict=False)
    }


def positions(played: Played) -> dict[date, dict[str, Any]]:
    """What is held at the end of each session, by symbol."""
    held: dict[date, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    table = played.result.positions
    for session, symbol, amount in table["session", "symbol", "amount"].iter_rows():
        held[session][symbol] = amount
    return held


# ------------------------------------------------------------------ what is short


def watch(lending: LentByDay, sessions: list[date]) -> Callable[[Doer, BarData], None]:
    """A look at every bar: what has sold in it has left no more short than was lent then."""
    spans = days_of(sessions)

    def look(doer: Doer, data: BarData) -> None:
        for asset in sold_at(doer, to_ns(data.current_dt)):
            limit = lending.limit(asset, spans[doer.session])
            if limit is not None:
                assert float(doer.portfolio.positions[asset].amount) >= -float(limit) - NOISE

    return look


def sold_at(doer: Doer, now: int) -> Iterator[Asset]:
    for order in doer.blotter.orders.values():
        fills = [line.fill for line in order.trail if line.at == now and line.fill is not None]
        if is_lent(order.asset) and any(fill.amount < 0 for fill in fills):
            yield order.asset


@whole_run
@given(case=full_cases(), lending=lendings)
def test_no_sale_leaves_more_short_than_is_lent(case: FullCase, lending: LentByDay) -> None:
    case = with_loans(case, lending)
    case.run(look=watch(lending, list(case.world.days)))


def traded(case: FullCase, symbol: str, session: int) -> bool:
    bars = case.world.minutes or 1
    prints = case.world.bars[symbol][session * bars : (session + 1) * bars]
    return any(isinstance(each, Bar) and float(each.volume or 0) > 0 for each in prints)


def called_back(case: FullCase, lending: LentByDay, played: Played) -> Iterator[tuple[date, str]]:
    """The sessions that have to end without a short of an asset: the first trade since a recall."""
    sessions = list(case.world.days)
    spans, held = days_of(sessions), positions(played)
    for symbol, asset in LENT.items():
        due = False
        for place, session in enumerate(sessions):
            was_short = place > 0 and held[sessions[place - 1]][symbol] < 0
            recalled = any(lending.recalled(asset, day) for day in spans[session])
            due = recalled or (due and was_short)
            if due and traded(case, symbol, place):
                yield session, symbol
                due = False


@whole_run
@given(case=full_cases(), lending=lendings)
def test_what_is_called_back_is_covered_with_the_first_trade(
    case: FullCase, lending: LentByDay
) -> None:
    """Where all that is ordered fills: without latency, limits of volume and of money."""
    assume(RECALL in lending.units)
    case = with_loans(case, lending, latency=None, fills=None, slippage=(0,) * 4, account=0)
    played = case.run()
    held = positions(played)
    for session, symbol in called_back(case, lending, played):
        assert held[session][symbol] >= -NOISE, (session, symbol)


def covered_alone(doer: Doer, now: int) -> set[Asset]:
    """The assets that the broker has bought in a bar, and nobody else."""
    buyers: dict[Asset, set[bool]] = defaultdict(set)
    for order in doer.blotter.orders.values():
        lines = (line for line in order.trail if line.at == now and line.fill is not None)
        if order.is_buy and any(lines):
            buyers[order.asset].add(order.terms.forced is not None)
    return {asset for asset, forced in buyers.items() if forced == {True}}


@whole_run
@given(case=full_cases(), lending=lendings)
def test_what_a_broker_buys_never_makes_a_long(case: FullCase, lending: LentByDay) -> None:
    """Nor can the strategy stop it."""

    def look(doer: Doer, data: BarData) -> None:
        for asset in covered_alone(doer, to_ns(data.current_dt)):
            assert doer.portfolio.positions[asset].amount <= NOISE

    played = with_loans(case, lending).run(look=look)
    for order in played.context.blotter.orders.values():
        if order.terms.forced is not None:
            assert order.is_buy or order.trail[0].cause == "margin call"
            assert order.trail[0].cause in {"recall", "margin call"}
            assert order.trail[-1].cause != "strategy"


# ------------------------------------------------------------------ what it costs


@whole_run
@given(case=full_cases(), lending=lendings)
def test_a_night_costs_what_is_held_over_it(case: FullCase, lending: LentByDay) -> None:
    played = with_loans(case, lending).run()
    sessions, held = list(case.world.days), positions(played)
    for place, fee in enumerate(played.column("borrow")):
        evening = held[sessions[place - 1]] if place else {}
        short = any(evening.get(symbol, 0) < 0 for symbol in LENT)
        assert (fee > 0) is short
        assert fee >= 0


@whole_run
@given(case=full_cases(), numeric=st.sampled_from(("decimal", "float64")))
def test_loans_without_limit_and_rate_change_nothing(case: FullCase, numeric: str) -> None:
    free = with_loans(case, LentByDay((None,), Decimal(0)), nights=False, numeric=numeric)
    none = replace(free, given=replace(free.given, lending=None))
    lent, bare = free.run().result, none.run().result
    assert lent.orders.equals(bare.orders)
    assert lent.transactions.equals(bare.transactions)
    assert lent.performance.equals(bare.performance)


def test_futures_and_pairs_are_not_lent() -> None:
    """What the laws above are about: shares, rights and coins."""
    assert set(ASSETS) - set(LENT) == {
        symbol
        for symbol, asset in ASSETS.items()
        if isinstance(asset, Future) or asset.asset_class == "forex"
    }
