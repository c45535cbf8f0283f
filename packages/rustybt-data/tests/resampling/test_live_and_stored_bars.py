"""What a stream makes of trades is what aggregation makes of them later."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.calendars import get_calendar, to_ns
from rustybt.streams import BarBuilder, Trade
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
    moments=st.lists(st.integers(1, 10**9), min_size=1, max_size=30, unique=True),
    prices=st.lists(st.decimals(1, 100, places=2), min_size=30, max_size=30),
    resolution=st.sampled_from(["100ms", "7s", "1m", "1h", "7h", "1d"]),
)
def test_bars_of_trades(
    calendar: str, moments: list[int], prices: list[Decimal], resolution: str
) -> None:
    begin, end = map(to_ns, SESSIONS[calendar])
    # What lies exactly on an open is in no bar of a stream.
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
    label = stored.to_series(0)
    assert list(stored.with_columns(label.to_physical().alias(label.name)).iter_rows()) == [
        (
            bar.at if label.name == "timestamp" else to_ns(bar.session) // DAY,
            "AAA",
            *(bar.open, bar.high, bar.low, bar.close, bar.volume),
        )
        for bar in live
        if bar.session is not None
    ]
