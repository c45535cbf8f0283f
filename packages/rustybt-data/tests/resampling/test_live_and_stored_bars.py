"""What a stream makes of trades is what aggregation makes of them later."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.calendars import get_calendar, to_ns
from rustybt.streams import Bar, BarBuilder, LateRules, Quote, Trade
from rustybt_data.resampling import aggregate

#: An open and a close, in winter; Hong Kong has a break from 04:00 to 05:00 UTC.
SESSIONS = {
    "XNYS": ("2024-01-05T14:30:00Z", "2024-01-05T21:00:00Z"),
    "XHKG": ("2024-01-05T01:30:00Z", "2024-01-05T04:00:00Z"),
    "24/7": ("2024-01-05T00:00:00Z", "2024-01-06T00:00:00Z"),
}
DAY = 86_400_000_000_000


@pytest.mark.parametrize("calendar", SESSIONS)
@given(
    moments=st.lists(st.integers(0, 10**9), min_size=1, max_size=30, unique=True),
    prices=st.lists(st.decimals(1, 100, places=2), min_size=30, max_size=30),
    resolution=st.sampled_from(["100ms", "7s", "1m", "1h", "7h", "1d"]),
)
def test_bars_of_trades(
    calendar: str, moments: list[int], prices: list[Decimal], resolution: str
) -> None:
    begin, end = map(to_ns, SESSIONS[calendar])
    at = sorted(begin + (end - begin) * moment // 10**9 for moment in moments)
    trades = [
        Trade(symbol="AAA", at=when, price=price, size=price)
        for when, price in zip(at, prices, strict=False)
    ]
    builder = BarBuilder(resolution, calendar=get_calendar(calendar))
    live = [bar for trade in trades for bar in builder.add(trade)] + builder.advance(end + DAY)
    number = pl.Decimal(18, 2)
    frame = pl.DataFrame(
        [(trade.at, "AAA", trade.price, trade.size) for trade in trades],
        schema={"timestamp": pl.Int64, "symbol": pl.String, "price": number, "size": number},
        orient="row",
    ).with_columns(pl.col("timestamp").cast(pl.Datetime("ns", "UTC")))
    stored = aggregate(frame, resolution, calendar=calendar, partial=True)
    assert shown(stored) == [(*key(bar, resolution), *figures(bar), bar.volume) for bar in live]


@pytest.mark.parametrize("calendar", SESSIONS)
@given(
    moments=st.lists(st.integers(0, 10**9), min_size=1, max_size=20, unique=True),
    bids=st.lists(st.decimals(1, 100, places=2), min_size=20, max_size=20),
    resolution=st.sampled_from(["100ms", "7s", "1m", "1h", "7h", "1d"]),
    random=st.randoms(use_true_random=False),
)
def test_bars_of_quotes_that_come_in_any_order(
    calendar: str, moments: list[int], bids: list[Decimal], resolution: str, random: Random
) -> None:
    begin, end = map(to_ns, SESSIONS[calendar])
    quotes = [
        Quote(
            symbol="AAA",
            at=begin + (end - begin) * moment // 10**9,
            bid=bid,
            ask=bid + Decimal("0.05"),
        )
        for moment, bid in zip(moments, bids, strict=False)
    ]
    builder = BarBuilder(
        resolution,
        calendar=get_calendar(calendar),
        prices="mid",
        late=LateRules(wait=timedelta(days=2)),
    )
    for quote in random.sample(quotes, len(quotes)):
        assert builder.add(quote) == []
    live = builder.advance(end + 3 * DAY)
    number = pl.Decimal(18, 2)
    frame = pl.DataFrame(
        [(quote.at, "AAA", quote.bid, quote.ask) for quote in quotes],
        schema={"timestamp": pl.Int64, "symbol": pl.String, "bid": number, "ask": number},
        orient="row",
    ).with_columns(pl.col("timestamp").cast(pl.Datetime("ns", "UTC")))
    stored = aggregate(frame, resolution, calendar=calendar, partial=True).drop("spread")
    assert shown(stored) == [
        (*key(bar, resolution), *figures(bar), bar.volume, bar.bid, bar.ask) for bar in live
    ]


def shown(stored: pl.DataFrame) -> list[tuple[object, ...]]:
    """Rows with labels as integers."""
    label = stored.to_series(0)
    return stored.with_columns(label.to_physical().alias(label.name)).rows()


def key(bar: Bar, resolution: str) -> tuple[int, str]:
    """Label and symbol of a bar as they are stored: days have that of their session."""
    assert bar.session is not None
    return (to_ns(bar.session) // DAY if resolution == "1d" else bar.at), bar.symbol


def figures(bar: Bar) -> tuple[Decimal, ...]:
    """The prices of a bar."""
    return bar.open, bar.high, bar.low, bar.close
