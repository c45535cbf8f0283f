"""Indicators that are fed bar by bar have the values of those over columns."""

from collections.abc import Iterable
from decimal import Decimal as D
from math import isnan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import whole_run
from markets import bar, daily_market, play, split, stock

from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument, LookaheadError
from rustybt.indicators import CompoundIndicator, FedIndicators, Indicator
from rustybt.indicators.kernels import SPECIFICATIONS

A, B = stock("AAA", 1), stock("BBB", 2)
DAY = Resolution.parse("1d")


def declared(board: Any, name: str, **parameters: object) -> tuple[Indicator, ...]:
    """The values of an indicator of A."""
    made = board.declare(name, A, field=None, frequency=None, parameters=parameters)
    return tuple(made) if isinstance(made, CompoundIndicator) else (made,)


def fed(prices: Iterable[Any], **options: Any) -> tuple[FedIndicators, Indicator]:
    """A mean of two closes that some bars of one price have been fed to."""
    board = FedIndicators(DAY, **options)
    (mean,) = declared(board, "sma", window=2)
    for number, price in enumerate(prices):
        board.advance(number, {} if price is None else {A: {"close": price}})
    return board, mean


def texts(values: Iterable[float]) -> list[str]:
    return [repr(value) for value in values]


bars = st.lists(
    st.none()
    | st.tuples(
        st.integers(100, 9_999), st.integers(0, 300), st.integers(0, 99), st.integers(1, 9)
    ),
    min_size=1,
    max_size=40,
).filter(lambda drawn: drawn[0] is not None)


@whole_run
@given(drawn=bars, name=st.sampled_from(sorted(SPECIFICATIONS)))
def test_a_session_that_is_live_shows_what_a_backtest_shows(drawn: list[Any], name: str) -> None:
    prints = [None if d is None else _bar(*d) for d in drawn]
    market = daily_market({A: prints, B: ["1"] * len(drawn)})
    short = {key: 2 for key in SPECIFICATIONS[name].defaults() if key == "window"}
    board, kept = FedIndicators(DAY), list[tuple[Indicator, ...]]()
    live = declared(board, name, **short)
    fields = ("open", "high", "low", "close", "volume")

    def look(context: Any, data: Any) -> None:
        now = {field: data.current(A, field) for field in fields}
        board.advance(0, {} if now["close"] is None else {A: now})
        for one, other in zip(kept[0], live, strict=True):
            assert texts([one.value, *one.history(3)]) == texts([other.value, *_window(other, one)])

    def setup(context: Any) -> None:
        kept.append(declared(context_board(context), name, **short))

    play(market, dict.fromkeys(range(len(drawn)), look), setup=setup)


def context_board(context: Any) -> Any:
    """What declares indicators in a run, with the arguments of a board."""

    class Board:
        def declare(self, name: str, asset: Any, **options: Any) -> Any:
            return context.declare_indicator(name, asset, **options)

    return Board()


def _bar(low: int, up: int, share: int, volume: int) -> Any:
    high = low + up
    closed = low + up * share // 100
    opened, highest, lowest, close = (str(D(p).scaleb(-2)) for p in (low, high, low, closed))
    return bar(close, open=opened, high=highest, low=lowest, volume=volume)


def _window(live: Indicator, backtest: Indicator) -> Iterable[float]:
    """As many values as a backtest has: before its first bar it has none at all."""
    return live.history(len(backtest.history(3)))


def test_missing_bars_leave_the_value_as_it_was() -> None:
    _, mean = fed([10, None, D("14.5"), 15.5])
    assert [mean[ago] for ago in (0, 1)] == [15, 12.25]
    assert mean.crossed_above(14)
    assert isnan(mean[3])
    assert not fed([10, None])[1].ready


def test_so_many_values_are_kept() -> None:
    prices = [float(number) for number in range(100)]
    for count in range(2, 100):
        _, mean = fed(prices[:count], keep=3)
        expected = [prices[n] - 0.5 for n in range(max(1, count - 3), count)]
        assert [value for value in mean.history(3) if not isnan(value)] == expected
        assert mean.value == expected[-1]


def test_history_is_taken_before_the_first_bar_and_again_after_a_split() -> None:
    board = FedIndicators(DAY)
    (mean,) = declared(board, "sma", window=2)
    board.begin(A, {"close": [100.0, 104.0]})
    assert [mean.value, mean.previous] == pytest.approx([102, float("nan")], nan_ok=True)
    board.begin(A, {"close": [50.0, 52.0]})  # two for one, on the morning of the third bar
    board.advance(0, {A: {"close": D(54)}})
    assert [mean[0], mean[1]] == [53, 51]
    # As a backtest has it:
    market = daily_market({A: ["100", "104", "54"]}, events=[split(A, "2020-06-03", "1/2")])
    seen: list[float] = []

    def setup(context: Any) -> None:
        context.mean = declared(context_board(context), "sma", window=2)[0]

    play(market, {2: lambda c, data: seen.extend([c.mean[0], c.mean[1]])}, setup=setup)
    assert seen == [53, 51]


def test_a_history_longer_than_what_is_kept_is_cut() -> None:
    board, mean = fed([], keep=2)
    board.begin(A, {"close": [1.0, 3.0, 5.0, 7.0]})
    assert mean.history(9).to_list() == [4, 6]


def test_what_cannot_be_fed_or_read() -> None:
    board, mean = fed([1, 2])
    with pytest.raises(InvalidArgument, match="give a column close"):
        board.begin(A, {"open": [1.0]})
    with pytest.raises(LookaheadError):
        mean[-1]
    with pytest.raises(InvalidArgument, match=r"of sessions: give 1d$"):
        board.declare("sma", A, field=None, frequency="1m", parameters={})
    with pytest.raises(InvalidArgument, match="bars of 1m are fed; give it, or nothing"):
        FedIndicators(Resolution.parse("1m")).declare(
            "sma", A, field=None, frequency="1d", parameters={}
        )
    with pytest.raises(InvalidArgument, match="whole number above 0"):
        FedIndicators(DAY, keep=0)
    again = board.declare("sma", A, field="close", frequency="1d", parameters={"window": 2})
    assert again is mean
