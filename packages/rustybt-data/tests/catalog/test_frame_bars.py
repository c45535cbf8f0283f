"""Bars of many symbols are read together as they are read one by one."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files

from rustybt.calendars import get_calendar
from rustybt.clock.resolution import Resolution
from rustybt.data.readers import as_decimals
from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import DataValidationError
from rustybt_data.catalog.frame_bars import FrameBars, bars_of_frame
from rustybt_data.origin import Origin
from rustybt_data.parquet.bars import AssetBars, read_bars

DAY = Resolution.parse("1d")
XNYS = get_calendar("XNYS")
DAYS = [date(2024, 1, day) for day in (2, 3, 4, 5, 8)]
FIRST = (DAYS[0] - date(1970, 1, 1)).days


def table(*rows: tuple[Any, ...], **more: list[str | None]) -> pl.DataFrame:
    """Day, symbol, price and volume of each bar, in texts."""
    prices = [price for _, _, price, _ in rows]
    return pl.DataFrame(
        {
            "date": [DAYS[day] for day, *_ in rows],
            "symbol": [symbol for _, symbol, _, _ in rows],
            **dict.fromkeys(("open", "high", "low", "close"), prices),
            "volume": [volume for *_, volume in rows],
            **more,
        }
    )


def told(bars: FrameBars) -> dict[str, list[tuple[Any, ...]]]:
    """Label and numbers of the bars of each symbol."""
    found: dict[str, list[tuple[Any, ...]]] = {symbol: [] for symbol in bars.symbols}
    for batch in bars.batches:
        exact = batch.rows.select(
            "sid", "at", *(as_decimals(pl.col(n), batch.scales.of(n)) for n in BAR_FIELDS)
        )
        for sid, *rest in exact.iter_rows():
            found[bars.symbols[sid]].append(tuple(rest))
    return found


def told_of_one(bars: AssetBars) -> list[tuple[Any, ...]]:
    labels = bars.bars["at"].to_list()
    numbers = bars.decimals().drop_nulls("close").select(BAR_FIELDS).rows()
    return [(at, *row) for at, row in zip(labels, numbers, strict=True)]


def test_the_bars_of_two_symbols_are_one_batch() -> None:
    frame = table((1, "OAK", "11", "5"), (0, "OAK", "10.5", "5"), (0, "ASH", "0.125", "7"))
    bars = bars_of_frame(frame, DAY, XNYS, source="here")
    assert bars.symbols == ("ASH", "OAK")
    assert len(bars.batches) == 1
    assert told(bars) == {
        "ASH": [(FIRST, *[D("0.125")] * 4, D(7))],
        "OAK": [(FIRST, *[D("10.5")] * 4, D(5)), (FIRST + 1, *[D(11)] * 4, D(5))],
    }
    assert bars.counts == {"ASH": 1, "OAK": 2}
    assert bars.spans == {"ASH": (FIRST, FIRST), "OAK": (FIRST, FIRST + 1)}
    assert [bars.batches[0].origin(row) for row in (0, 2)] == ["here, ASH", "here, OAK"]  # type: ignore[operator]
    new = bars.numbered({"OAK": 3, "ASH": 9})
    assert new.batches[0].rows["sid"].to_list() == [9, 3, 3]
    assert new.rows == 3


def test_days_without_trade_lengthen_a_life_and_keep_other_columns() -> None:
    frame = table(
        (0, "ASH", "1", "1"),
        (1, "ASH", "0", "0"),
        (0, "OAK", "0", "0"),
        (1, "OAK", "2", "2"),
        open_interest=[None, "40", "70", None],
    )
    bars = bars_of_frame(frame, DAY, XNYS, source="here")
    assert bars.counts == {"ASH": 1, "OAK": 1}
    assert bars.spans == {"ASH": (FIRST, FIRST + 1), "OAK": (FIRST, FIRST + 1)}
    kept = {symbol: extras.decimals().rows() for symbol, extras in bars.extras.items()}
    assert kept == {"ASH": [(FIRST + 1, D(40))], "OAK": [(FIRST, D(70))]}


def test_only_bars_within_the_span_of_their_symbol() -> None:
    frame = table(*((day, symbol, "2", "3") for symbol in ("ASH", "ELM", "OAK") for day in (0, 1)))
    bars = bars_of_frame(frame, DAY, XNYS, source="here")
    found = bars.within({"ASH": (FIRST, FIRST), "OAK": (FIRST + 1, FIRST + 9)})
    assert found.select("date", "symbol", "close").rows() == [
        (DAYS[0], "ASH", D(2)),
        (DAYS[1], "OAK", D(2)),
    ]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (table((0, "ASH", "1", "1"), (0, "OAK", "1", "1"), (1, "OAK", "-1", "1")),
         "here, OAK.*open in row 1.*negative"),
        (table((0, "ASH", "1", "1"), (0, "OAK", "x", "1")), "here, OAK.*open in row 0.*'x'"),
        (table((0, "ASH", "1", "1"), (0, "OAK", None, "1")), "here, OAK.*open in row 0.*a number"),
        (table((0, "ASH", "1", "1"), (2, "OAK", "1", "1"), (2, "OAK", "1", "1")),
         "here, OAK.*date in row 1.*twice"),
        (table((0, "ASH", "1", "1"), (0, "OAK", "1", "1"), (0, "OAK", "0", "0")).with_columns(
            date=pl.Series([DAYS[0], date(2024, 1, 6), DAYS[0]])), "here, OAK.*no session of XNYS"),
    ],
)  # fmt: skip
def test_an_error_names_the_symbol_and_its_row(frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(DataValidationError, match=message):
        bars_of_frame(frame, DAY, XNYS, source="here")


def test_symbols_that_need_different_scales_are_read_one_by_one() -> None:
    # 13 digits before the point and 8 after it are more than 18: no scale holds both.
    frame = table((0, "ASH", "1234567890123", "1"), (0, "OAK", "0.00000001", "1"))
    bars = bars_of_frame(frame, DAY, XNYS, source="here")
    assert [batch.scales.price for batch in bars.batches] == [0, 8]
    assert told(bars)["OAK"] == [(FIRST, *[D("0.00000001")] * 4, D(1))]


NUMBERS = st.decimals(min_value=0, max_value=99_999, places=4, allow_nan=False).map(str)
ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["ASH", "ELM", "OAK"]), NUMBERS, NUMBERS),
    unique_by=lambda row: row[:2],
    min_size=1,
)


@through_files
@given(rows=ROWS)
def test_together_is_as_one_by_one(rows: list[tuple[int, str, str, str]]) -> None:
    frame = table(*rows)
    bars = bars_of_frame(frame, DAY, XNYS, source="here")
    single = {
        str(symbol): read_bars(part.sort("date"), "daily", Origin("one"), calendar=XNYS)
        for (symbol,), part in frame.group_by("symbol")
    }
    assert told(bars) == {symbol: told_of_one(found) for symbol, found in single.items()}
    assert bars.counts == {symbol: len(found) for symbol, found in single.items()}
    assert bars.spans == {
        symbol: (found.first_label, found.last_label) for symbol, found in single.items()
    }
