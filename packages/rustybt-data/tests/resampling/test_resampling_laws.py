"""Laws of aggregation, tried on bars of any shape."""

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rustybt.calendars import get_calendar, to_ns
from rustybt.data.schemas import BAR_FIELDS
from rustybt_data.resampling import aggregate, aggregation

_MINUTE = 60_000_000_000
BEGIN = to_ns("2024-06-28T00:00:00Z")  # the last days of a month, and the first of the next

Bar = tuple[int, str, Decimal, Decimal, Decimal, Decimal, Decimal]


@st.composite
def minutes(draw: st.DrawFn) -> list[Bar]:
    """Bars of a few symbols in any minutes of four days, in any order."""
    keys = st.tuples(st.integers(1, 4 * 1440), st.sampled_from(["AAA", "BBB"]))
    chosen = draw(st.lists(keys, min_size=1, max_size=60, unique=True))
    prices = st.decimals(min_value=0, max_value=10**9, places=8)
    volumes = st.decimals(min_value=0, max_value=10**8, places=8)
    bars = []
    for minute, symbol in chosen:
        low, one, two, high = sorted(draw(st.tuples(prices, prices, prices, prices)))
        at = BEGIN + minute * _MINUTE
        bars.append((at, symbol, one, high, low, two, draw(volumes)))
    return bars


def frame(bars: list[Bar]) -> pl.DataFrame:
    types = dict.fromkeys(BAR_FIELDS, pl.Decimal(18, 8))
    rows = pl.DataFrame(bars, schema={"at": pl.Int64, "symbol": pl.String, **types}, orient="row")
    stamps = pl.col("at").cast(pl.Datetime("ns", "UTC")).alias("timestamp")
    return rows.select(stamps, "symbol", *BAR_FIELDS)


def made(bars: pl.DataFrame, to: str) -> pl.DataFrame:
    return aggregate(bars, to, calendar="24/7", partial=True)


@given(minutes(), st.sampled_from(["5m", "1h", "7h", "1d", "1w", "1mo"]))
def test_exactly_what_python_decimals_come_to(bars: list[Bar], to: str) -> None:
    calendar = get_calendar("24/7")
    groups: dict[tuple[str, object], list[Bar]] = defaultdict(list)
    for bar in sorted(bars):
        groups[bar[1], _label(bar[0], to, calendar.sessions.tolist())].append(bar)
    expected = []
    for (symbol, label), own in sorted(groups.items()):
        opens, highs, lows, closes, volumes = list(zip(*own, strict=True))[2:]
        expected.append((label, symbol, opens[0], max(highs), min(lows), closes[-1], sum(volumes)))
    result = made(frame(bars), to)
    assert list(result.with_columns(result.to_series(0).to_physical()).iter_rows()) == expected


def _label(at: int, to: str, days: list[int]) -> int:
    """The end of a bar by plain arithmetic: hours of a UTC day, Monday to Sunday, months."""
    day_ns = 86_400_000_000_000
    day = -(-at // day_ns) - 1
    if to.endswith(("m", "h")):
        step = int(to[:-1]) * _MINUTE * (60 if to.endswith("h") else 1)
        within = at - day * day_ns
        return day * day_ns + min(-(-within // step) * step, day_ns)
    if to == "1d":
        return day
    if to == "1w":
        return day + (3 - day) % 7  # day 3, 1970-01-04, was a Sunday
    # 30 June 2024 is day 19,904, 31 July day 19,935.
    return 19_904 if day <= 19_904 else 19_935


@given(minutes(), st.lists(st.integers(1, 60)), st.sampled_from([2, 7, 2**18]))
def test_the_pieces_that_a_frame_is_stored_in_do_not_matter(
    bars: list[Bar], cuts: list[int], rows_at_once: int
) -> None:
    whole = frame(bars).sort("symbol", "timestamp")
    edges = sorted({0, whole.height, *(cut for cut in cuts if cut < whole.height)})
    pieces = [whole[first:stop] for first, stop in pairwise(edges)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aggregation, "BATCH_ROWS", rows_at_once)
        found = made(pl.concat(pieces, rechunk=False), "1h")
    assert_frame_equal(found, made(whole, "1h"))


@given(minutes(), st.sampled_from([("5m", "1h"), ("15m", "1d"), ("1h", "1w"), ("1d", "1mo")]))
def test_step_by_step_is_the_same_as_at_once(bars: list[Bar], steps: tuple[str, str]) -> None:
    between, to = steps
    once = made(frame(bars), to)
    assert_frame_equal(made(made(frame(bars), between), to), once)


@given(minutes(), st.sampled_from(["5m", "1h", "1d", "1mo"]), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(bars: list[Bar], to: str, order: Random) -> None:
    shuffled = list(bars)
    order.shuffle(shuffled)
    assert_frame_equal(made(frame(shuffled), to), made(frame(sorted(bars)), to))


@given(minutes(), st.sampled_from(["5m", "7h", "1d", "1w"]))
def test_volume_is_kept_and_a_high_is_never_below(bars: list[Bar], to: str) -> None:
    result = made(frame(bars), to)
    assert sum(result["volume"].to_list()) == sum(bar[-1] for bar in bars)
    for name in ("open", "close", "low"):
        assert (result["high"] >= result[name]).all()
        assert (result["low"] <= result[name]).all()
    assert result.select(result.columns[:2]).is_unique().all()


@given(minutes(), st.sampled_from(["5m", "1h", "1d", "1w"]), st.integers(1, 4 * 1440))
def test_the_future_changes_nothing_that_is_complete(bars: list[Bar], to: str, now: int) -> None:
    until = BEGIN + now * _MINUTE
    known = [bar for bar in bars if bar[0] <= until]
    if not known:
        return
    complete = aggregate(frame(known), to, calendar="24/7")
    later = aggregate(frame(bars), to, calendar="24/7")
    keys = complete.columns[:2]
    assert_frame_equal(later.join(complete, on=keys, how="semi"), complete)


@given(minutes(), st.sampled_from(["5m", "1h", "1d", "1mo"]))
def test_a_lazy_frame_gives_the_same(bars: list[Bar], to: str) -> None:
    ordered = frame(bars).sort("symbol", "timestamp")
    lazy = aggregate(ordered.lazy(), to, calendar="24/7", partial=True)
    assert_frame_equal(lazy.collect(), made(ordered, to))
    assert lazy.collect_schema() == made(ordered, to).schema
