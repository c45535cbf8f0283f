"""Trades and quotes to bars, worked out by hand."""

import polars as pl
import pytest
from bar_tables import QUOTES, TRADES, labels, table
from polars.testing import assert_frame_equal

from rustybt.errors import DataValidationError
from rustybt_data.resampling import aggregate

TICKS = """
    AAA 2024-01-02T14:30:00.000 10.00 5
    AAA 2024-01-02T14:30:00.050 10.10 1
    AAA 2024-01-02T14:30:00.100  9.90 2
    AAA 2024-01-02T14:30:00.101 10.20 3
    AAA 2024-01-02T14:30:00.101 10.30 4
    AAA 2024-01-02T14:30:59.900 10.40 6
"""


# 5 + 1 + 2 + 3 + 4 = 15 in the first second.
FIRST_SECOND = "AAA 2024-01-02T14:30:01 10.00 10.30 9.90 10.30 15"
LAST_SECOND = "AAA 2024-01-02T14:31:00 10.40 10.40 10.40 10.40 6"


def test_trades_to_100_ms() -> None:
    # An opening trade at 14:30:00.000 is in the first bar; .100 is the end of that bar. Of the two
    # trades at .101 the second is the close.
    bars = """
        AAA 2024-01-02T14:30:00.100 10.00 10.10  9.90  9.90 8
        AAA 2024-01-02T14:30:00.200 10.20 10.30 10.20 10.30 7
        AAA 2024-01-02T14:30:59.900 10.40 10.40 10.40 10.40 6
    """
    assert_frame_equal(aggregate(table(TICKS, TRADES), "100ms", calendar="XNYS"), table(bars))


@pytest.mark.parametrize(
    ("to", "bars"),
    [
        ("1s", f"{FIRST_SECOND}\n{LAST_SECOND}"),
        ("1m", "AAA 2024-01-02T14:31 10.00 10.40 9.90 10.40 21"),
        ("1h", "AAA 2024-01-02T15:30 10.00 10.40 9.90 10.40 21"),
        ("1mo", "AAA 2024-01-31 10.00 10.40 9.90 10.40 21"),
    ],
)
def test_trades_to_longer_bars(to: str, bars: str) -> None:
    made = aggregate(table(TICKS, TRADES), to, calendar="XNYS", partial=True)
    assert_frame_equal(made, table(bars))


def test_a_trade_at_midnight_belongs_to_the_day_that_ends() -> None:
    trades = table("A 2024-01-02T00:00 1 1\nA 2024-01-02T00:00:00.000000001 2 1", TRADES)
    made = aggregate(trades, "1d", calendar="24/7", partial=True)
    assert labels(made) == ["2024-01-01", "2024-01-02"]


def test_a_trade_as_the_break_ends_is_in_the_afternoon() -> None:
    # Hong Kong breaks from 04:00 to 05:00 UTC: 04:00 ends the morning, 05:00 begins the afternoon.
    trades = table("A 2024-01-02T04:00 1 1\nA 2024-01-02T05:00 2 1", TRADES)
    made = aggregate(trades, "3h", calendar="XHKG", partial=True)
    assert labels(made) == ["2024-01-02T04:00:00+00:00", "2024-01-02T08:00:00+00:00"]


def test_a_trade_before_the_open_is_refused() -> None:
    trades = table("A 2024-01-02T14:29:59.999999999 1 1", TRADES)
    with pytest.raises(DataValidationError, match=r"A at 2024-01-02 14:29:59.999999999.*XNYS"):
        aggregate(trades, "1m", calendar="XNYS")
    assert aggregate(trades, "1m", calendar="XNYS", outside="drop").is_empty()


def test_quotes_make_bars_of_their_middle() -> None:
    # (10.00 + 10.01) / 2 = 10.005; (10.00 + 10.03) / 2 = 10.015; (9.99 + 10.00) / 2 = 9.995. The
    # last row has no ask: the newest ask is that of the row before, the newest spread 0.01.
    quotes = """
        AAA 2024-01-02T14:30:01 10.00 10.01 100 200
        AAA 2024-01-02T14:30:02 10.00 10.03 100 200
        AAA 2024-01-02T14:30:03  9.99 10.00 300 100
        AAA 2024-01-02T14:30:04  9.98     -   5   -
    """
    made = aggregate(table(quotes, QUOTES), "1m", calendar="XNYS", partial=True)
    assert made.columns[2:] == ["open", "high", "low", "close", "volume", "bid", "ask", "spread"]
    numbers = [str(number) for number in made.row(0)[2:]]
    assert numbers == ["10.005", "10.015", "9.995", "9.995", "0", "9.98", "10.00", "0.01"]
    assert made["close"].dtype == pl.Decimal(18, 3)


def test_quotes_of_two_scales() -> None:
    quotes = table("AAA 2024-01-02T14:30:01 10.1 10.25 1 1", QUOTES | {"bid": pl.Decimal(18, 1)})
    made = aggregate(quotes, "1m", calendar="XNYS", partial=True)
    # (10.10 + 10.25) / 2 = 10.175
    assert [str(made[name][0]) for name in ("open", "bid", "spread")] == ["10.175", "10.1", "0.15"]


def test_a_middle_that_needs_too_many_digits_is_refused() -> None:
    wide = "9999999999999999.99"  # 18 digits; the sum of both, halved, needs 19
    quotes = table(f"AAA 2024-01-02T14:30:01 {wide} {wide} 1 1", QUOTES)
    with pytest.raises(DataValidationError, match=r"AAA at 2024-01-02 14:30:01.*18 digits"):
        aggregate(quotes, "1m", calendar="XNYS")
