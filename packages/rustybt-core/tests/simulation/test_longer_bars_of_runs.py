"""Runs on longer bars than the data have."""

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest

from rustybt import run_algorithm
from rustybt.data.frames import bundle_of_frame
from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import ScaleExceeded

#: Ends in milliseconds after 2024-01-05 00:00 UTC, close and volume.
TENTHS = [(100, "5", 1), (900, "6", 2), (1_000, "4", 3), (1_100, "8", 4), (3_000, "9", 5)]


def test_seconds_of_tenths_of_seconds() -> None:
    ends, closes, volumes = zip(*TENTHS, strict=True)
    midnight = datetime(2024, 1, 5, tzinfo=UTC)
    prices = dict.fromkeys(BAR_FIELDS[:4], pl.Series(closes))
    frame = pl.DataFrame({"ms": ends, "symbol": ["BTC/USDT"] * 5, **prices, "volume": volumes})
    stamps = (pl.lit(midnight) + pl.duration(milliseconds="ms")).alias("timestamp")
    _, bundle = bundle_of_frame(frame.select(stamps, pl.exclude("ms")), data_frequency="100ms")
    seen = []

    def look(context: object, data: object) -> None:
        coin = context.symbol("BTC/USDT")  # type: ignore[attr-defined]
        values = [data.current(coin, field) for field in BAR_FIELDS]  # type: ignore[attr-defined]
        now = (context.datetime - midnight).total_seconds()  # type: ignore[attr-defined]
        seen.append((now, *map(int, values)))

    run_algorithm("2024-01-05", "2024-01-05", handle_data=look, data=bundle, data_frequency="1s")
    # The first second has 5, 6 and 4, and 1 + 2 + 3; no second has no bar.
    assert seen == [(1, 5, 6, 4, 4, 6), (2, 8, 8, 8, 8, 4), (3, 9, 9, 9, 9, 5)]


@pytest.mark.parametrize(("size", "fits"), [("2", True), ("3", False)])
def test_volumes_of_longer_bars_never_wrap(size: str, fits: bool) -> None:
    # 20 minutes of 2e9 at 8 decimals are 4e18, which 62 bits hold (4.6e18); 6e18 they do not, and
    # 20 minutes of 9e9 would wrap around in 64.
    minutes = [datetime(2024, 1, 5, 0, at, tzinfo=UTC) for at in range(1, 21)]
    prices = dict.fromkeys(BAR_FIELDS[:4], "1")
    volume = f"{size}000000000.00000001"
    rows = {"timestamp": minutes, "symbol": "BTC/USDT", **prices, "volume": volume}
    _, bundle = bundle_of_frame(pl.DataFrame(rows), data_frequency="1m")
    seen: list[Decimal] = []

    def look(context: object, data: object) -> None:
        seen.append(data.current(context.symbol("BTC/USDT"), "volume"))  # type: ignore[attr-defined]

    def go() -> None:
        day = "2024-01-05"
        run_algorithm(day, day, handle_data=look, data=bundle, data_frequency="1h")

    if fits:
        go()
        assert seen[0] == Decimal("40000000000.0000002")
    else:
        with pytest.raises(ScaleExceeded, match="sum of volumes"):
            go()
