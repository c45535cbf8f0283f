"""Bars of continuous futures as a reader hands them out."""

import polars as pl
import pytest
from futures_markets import CALENDAR, DAYS, chain, market
from small_markets import VENUE, at, bundle, frame

from rustybt.assets import Future
from rustybt.calendars import get_calendar, to_day
from rustybt.data.frame_reader import FrameReader
from rustybt.data.readers import BarReader
from rustybt.data.rolls import Rolls
from rustybt.data.session_figures import ChainFigures
from rustybt.data.stitched import StitchedReader
from rustybt.testing import BarReaderSuite

MADE = market()
CHAIN = chain(MADE)
"""F until session 2, G until session 5, H from then on to session 8."""

FIRST = to_day(DAYS[0])


def stitched(reader: BarReader | None) -> StitchedReader:
    assert reader is not None
    rolls = Rolls(MADE.finder, CALENDAR, ChainFigures(MADE, CALENDAR), first=0, stop=12)
    rolls.table(CHAIN)
    return StitchedReader(reader, CALENDAR, rolls.tables)


class TestOfPlainAssets(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        bars = frame({"A": {"2024-01-02": "10", "2024-01-05": "9.5"}, "B": {"2024-01-03": "7"}})
        further = bars.with_columns(pl.Series("open_interest", ["5", None, "7.25"]))
        calendar = get_calendar("XNYS")
        reader = FrameReader(further, resolution="1d", calendar=calendar, sids={"A": 1, "B": 2})
        return StitchedReader(reader, calendar, {})


def test_bars_are_those_of_the_contract_of_each_session() -> None:
    reader = stitched(MADE.daily)
    found = reader.read([CHAIN.sid, 1], FIRST + 1, FIRST + 8, ["close", "volume"])
    unit = 10**8
    rows = [
        (at - FIRST, sid, close // unit, volume // unit)
        for at, sid, close, volume in found.iter_rows()
    ]
    # Monday 6 January is session 0; 11 and 12 January are no sessions.
    assert rows == [
        (1, 1, 101, 900),
        (1, CHAIN.sid, 101, 900),
        (2, 1, 102, 100),
        (2, CHAIN.sid, 102, 100),
        (3, 1, 103, 90),
        (3, CHAIN.sid, 206, 600),
        (4, 1, 104, 80),
        (4, CHAIN.sid, 208, 700),
        (7, CHAIN.sid, 210, 300),
    ]


@pytest.mark.parametrize("day", range(-1, 14))
def test_the_last_trade_is_that_of_the_bars(day: int) -> None:
    reader = stitched(MADE.daily)
    traded = reader.read([CHAIN.sid], FIRST - 5, FIRST + day + 1, ["volume"])
    expected = max((at for at, _, volume in traded.iter_rows() if volume), default=None)
    assert reader.last_traded(CHAIN.sid, FIRST + day) == expected


def test_all_else_is_that_of_the_reader() -> None:
    assert MADE.daily is not None
    reader = stitched(MADE.daily)
    for name in (
        "resolution", "calendar", "price_scale", "volume_scale", "first_session", "last_session",
    ):  # fmt: skip
        assert getattr(reader, name) == getattr(MADE.daily, name)
    assert reader.sids() == MADE.daily.sids()
    assert reader.fingerprint() == MADE.daily.fingerprint()
    assert dict(reader.extra_fields) == {}


def test_minutes_belong_to_the_contract_of_their_session() -> None:
    futures = [
        Future(
            sid=sid, symbol=symbol, exchange_info=VENUE, root_symbol="X",
            start_date=DAYS[0], end_date=DAYS[5], auto_close_date=DAYS[close],
        )
        for sid, symbol, close in ((1, "XF20", 1), (2, "XG20", 5))
    ]  # fmt: skip
    stamps = [f"{day} 14:{minute}" for day in DAYS[:2] for minute in (31, 36)]
    bars = {symbol: dict.fromkeys(stamps, 10 * sid) for sid, symbol in ((1, "XF20"), (2, "XG20"))}
    made = bundle(CALENDAR, futures, minute=frame(bars, intraday=True))
    future = chain(made, roll="calendar")
    rolls = Rolls(made.finder, CALENDAR, ChainFigures(made, CALENDAR), first=0, stop=12)
    rolls.table(future)
    assert made.minute is not None
    reader = StitchedReader(made.minute, CALENDAR, rolls.tables)
    start, stop = at(stamps[0]), at(stamps[-1]) + 1
    found = reader.read([future.sid], start, stop, ["close"])
    assert found["at"].to_list() == [at(stamp) for stamp in stamps]
    assert found["close"].to_list() == [10**9, 10**9, 2 * 10**9, 2 * 10**9]
    assert reader.last_traded(future.sid, stop) == at(stamps[-1])
    assert reader.last_traded(future.sid, at(stamps[2]) - 1) == at(stamps[1])
