"""Declared indicators over random markets: equal to plain columns of history, blind to the future.

The markets have bars without trade, assets that come and go, splits, dividends in two currencies,
stock dividends, rights and spin-offs. At each step the whole history as of that moment goes through
a fresh kernel at once: what the board made chunk by chunk is the same to the last bit.
"""

from collections.abc import Iterator
from math import isnan

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from laws import whole_market
from numpy.typing import NDArray
from random_markets import RandomMarket, opened_portal, random_market, with_another_future

from rustybt.assets import Asset
from rustybt.clock import axis_of
from rustybt.data.bar_data import BarData
from rustybt.data.portal import PolarsDataPortal
from rustybt.errors import HistoryWindowStartsBeforeData
from rustybt.indicators import CompoundIndicator, Indicator, IndicatorBoard
from rustybt.indicators.kernels import IndicatorKernel, make_kernel
from rustybt.values import Arithmetic, DecimalArithmetic, FloatArithmetic

Floats = NDArray[np.float64]

DECLARED: tuple[tuple[str, str | None, dict[str, int]], ...] = (
    ("sma", "close", {"window": 3}),
    ("sma", "volume", {"window": 4}),
    ("sma", "price", {"window": 2}),
    ("macd", "high", {"fast": 2, "slow": 4, "signal": 2}),
    ("ema", "close", {"window": 5}),
    ("mfi", None, {"window": 3}),
    ("adx", None, {"window": 2}),
    ("ad", None, {}),
)
BACK = (0, 1, 2, 30)


def declared(
    board: IndicatorBoard, asset: Asset, frequency: str | None = None
) -> Iterator[tuple[Indicator, ...]]:
    """The indicators of `DECLARED`, as lines."""
    for name, field, parameters in DECLARED:
        made = board.declare(name, asset, field=field, frequency=frequency, parameters=parameters)
        yield tuple(made) if isinstance(made, CompoundIndicator) else (made,)


def plain(data: BarData, asset: Asset, field: str, frequency: str, bars: int) -> Floats:
    """All that history shows of a field, NaN where there is no bar."""
    try:
        column = data.history(asset, field, bars, frequency, "float64").to_numpy()
        closes = data.history(asset, "close", bars, frequency, "float64").to_numpy()
    except HistoryWindowStartsBeforeData:
        return np.empty(0)
    return np.where(np.isnan(closes), np.nan, column) if field == "volume" else column


def lines(kernel: IndicatorKernel, columns: list[Floats]) -> list[list[float]]:
    """The outputs of a kernel over whole columns; without a bar the newest value stays."""
    counted = ~np.isnan(np.array(columns)).any(axis=0)
    outputs = kernel.update([column[counted] for column in columns])
    shown = []
    for output in outputs:
        values, places = [float("nan"), *output.tolist()], np.cumsum(counted)
        shown.append([values[place] for place in places])
    return shown


def same(one: float, other: float) -> bool:
    return one == other or (isnan(one) and isnan(other))


def steps(market: RandomMarket, resolution: str) -> Iterator[tuple[int, int, int, bool]]:
    """Every moment of a run, in order: 45 minutes before each session, and each of its bars."""
    axis, calendar = axis_of(market.calendar, resolution), market.calendar
    for session in range(len(calendar)):
        yield calendar.before_trading_start(session), session, -1, False
        for bar in range(*axis.session_bounds(session)):
            yield axis.label(bar), session, bar, True


def first_bar(portal: PolarsDataPortal) -> int:
    reader = portal.windows[0].loader.reader
    session = portal.calendar.session_index(reader.first_session)
    return portal.axis.session_bounds(session)[0]


@whole_market
@given(
    seed=st.integers(0, 10**6),
    form=st.sampled_from([("1d", 90), ("1m", 16), ("3m", 36)]),
    begin=st.integers(0, 60),
    every=st.sampled_from([1, 3, 7]),
    budget=st.sampled_from([1, 4_000, 4_000_000]),
    exact=st.booleans(),
)
def test_what_is_read_is_what_the_whole_history_gives(
    seed: int, form: tuple[str, int], begin: int, every: int, budget: int, exact: bool
) -> None:
    resolution, sessions = form
    market = random_market(seed, sessions=sessions)
    arithmetic: Arithmetic = DecimalArithmetic() if exact else FloatArithmetic()
    # Long windows grow the chunks of the portal that is asked for them: it is another one.
    with (
        opened_portal(market, resolution, arithmetic, budget_cells=budget) as portal,
        opened_portal(market, resolution, arithmetic) as other,
    ):
        board, data = IndicatorBoard(portal, budget_cells=budget), BarData(other)
        made = {asset: list(declared(board, asset)) for asset in market.assets}
        for number, (at, session, bar, in_bar) in enumerate(steps(market, resolution)):
            if number >= begin:
                portal.set_now(at, session, bar, in_bar=in_bar)
            if number >= begin and (number - begin) % every == 0:
                other.set_now(at, session, bar, in_bar=in_bar)
                for asset, several in made.items():
                    compare(several, data, asset, other)


@whole_market
@given(
    seed=st.integers(0, 10**6),
    resolution=st.sampled_from(["1m", "3m"]),
    begin=st.integers(0, 100),
    every=st.sampled_from([2, 3, 7]),
    budget=st.sampled_from([1, 4_000_000]),
    stored_days=st.booleans(),
)
def test_sessions_of_shorter_bars_are_those_before_today(
    seed: int, resolution: str, begin: int, every: int, budget: int, stored_days: bool
) -> None:
    market = random_market(seed, sessions=24)
    options = {"stored_days": stored_days}
    with (
        opened_portal(
            market, resolution, DecimalArithmetic(), budget_cells=budget, **options
        ) as portal,
        opened_portal(market, resolution, DecimalArithmetic(), **options) as other,
    ):
        board, data = IndicatorBoard(portal, budget_cells=budget), BarData(other)
        made = {asset: list(declared(board, asset, "1d")) for asset in market.assets}
        for number, (at, session, bar, in_bar) in enumerate(steps(market, resolution)):
            if number >= begin:
                portal.set_now(at, session, bar, in_bar=in_bar)
            if number >= begin and (number - begin) % every == 0:
                other.set_now(at, session, bar, in_bar=in_bar)
                for asset, several in made.items():
                    compare(several, data, asset, other, today=in_bar)


def compare(
    several: list[tuple[Indicator, ...]],
    data: BarData,
    asset: Asset,
    portal: PolarsDataPortal,
    *,
    today: bool | None = None,
) -> None:
    """Compare the indicators of `DECLARED` with whole columns.

    Those of sessions where `today` says whether history ends with a bar of today, which does not
    count yet.
    """
    frequency = str(portal.axis.resolution) if today is None else "1d"
    bars = portal.cursor.bar - first_bar(portal) + 1
    if today is not None:
        bars = portal.cursor.session - first_session(portal) + today
    for (name, field, parameters), outputs in zip(DECLARED, several, strict=True):
        kernel = make_kernel(name, **parameters)
        fields = kernel.inputs if field is None else (field,)
        columns = [plain(data, asset, each, frequency, max(bars, 1)) for each in fields]
        if today:
            columns = [column[:-1] for column in columns]
        for output, values in zip(outputs, lines(kernel, columns), strict=True):
            wanted = [values[-1 - ago] if ago < len(values) else float("nan") for ago in BACK]
            got = [output[ago] for ago in BACK]
            assert all(map(same, got, wanted)), (output, got, wanted)
            assert all(map(same, output.history(3).to_list(), values[-3:]))
            assert same(output.value, wanted[0])
            assert output.ready is not isnan(wanted[0])


def first_session(portal: PolarsDataPortal) -> int:
    """Of the data whose sessions are shown."""
    return portal.calendar.session_index(portal.windows[-1].loader.reader.first_session)


@whole_market
@given(
    data=st.data(),
    resolution=st.sampled_from(["1d", "1m", "3m"]),
    before=st.booleans(),
    seed=st.integers(0, 10**6),
    other=st.integers(0, 10**6),
)
def test_the_future_changes_nothing_that_can_be_read(
    data: st.DataObject, resolution: str, before: bool, seed: int, other: int
) -> None:
    market = random_market(seed, sessions=12)
    axis = axis_of(market.calendar, resolution)
    now = data.draw(st.integers(len(axis) // 3, len(axis) - 2), label="now")
    session = axis.session_of(now)
    moment = market.calendar.before_trading_start(session) if before else axis.label(now)
    changed = with_another_future(
        market, other, session=session, now=moment, ended=resolution == "1d" and not before
    )
    assume(len(changed.daily) and len(changed.minute))  # a market without any bars cannot be opened
    here, there = (all_seen(which, resolution, moment) for which in (market, changed))
    assert here == there
    assert here


def all_seen(market: RandomMarket, resolution: str, until: int) -> list[str]:
    """Everything that can be read of indicators, at each step up to a moment."""
    seen: list[str] = []
    with opened_portal(market, resolution, DecimalArithmetic()) as portal:
        board = IndicatorBoard(portal)
        of = [None] if resolution == "1d" else [None, "1d"]
        made = [
            line
            for asset in market.assets
            for frequency in of
            for several in declared(board, asset, frequency)
            for line in several
        ]
        for at, session, bar, in_bar in steps(market, resolution):
            if at > until:
                break
            portal.set_now(at, session, bar, in_bar=in_bar)
            for line in made:
                seen.append(repr([line.value, line.ready, line[1], line[9]]))
                seen.append(repr(line.history(5).to_list()))
                seen.append(repr([line > 10, line.crossed_above(11), line.crossed_below(9.5)]))
    return seen


def test_another_future_would_be_seen() -> None:
    # The law above means something only if the indicators of the two markets differ at the end.
    market = random_market(1, sessions=12)
    noon = axis_of(market.calendar, "1d").label(5)
    changed = with_another_future(market, 2, session=5, now=noon, ended=True)
    end = axis_of(market.calendar, "1d").label(11)
    assert all_seen(market, "1d", end) != all_seen(changed, "1d", end)
