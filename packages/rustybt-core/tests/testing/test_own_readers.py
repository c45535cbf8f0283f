"""The reader of plain frames passes what is asked of every reader."""

from typing import Any

import pytest
from small_markets import frame

from rustybt.calendars import get_calendar
from rustybt.data.frame_reader import FrameReader
from rustybt.data.readers import BarReader
from rustybt.testing import BarReaderSuite

Bars = dict[str, dict[str, Any]]

SIDS = {"AAA": 1, "BBB": 2, "CCC": 5}
HALTED = ("20", "20", "20", "20", 0)


class TestDailyFrame(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        bars: Bars = {
            "AAA": {"2024-01-02": "10", "2024-01-03": "10.25", "2024-01-05": "9.5"},
            "BBB": {"2024-01-03": HALTED, "2024-01-04": ("20", "21.5", "19", "20", "7.25")},
            "CCC": {"2024-01-08": "1"},
        }
        calendar = get_calendar("XNYS")
        return FrameReader(frame(bars), resolution="1d", calendar=calendar, sids=SIDS)


class TestMinuteFrame(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        bars: Bars = {
            "AAA": {"2024-01-02 14:31": "10", "2024-01-02 14:33": "10.25"},
            "BBB": {"2024-01-02 21:00": HALTED, "2024-01-03 14:31": "20"},
        }
        stamps = frame(bars, intraday=True)
        calendar = get_calendar("XNYS")
        return FrameReader(stamps, resolution="1m", calendar=calendar, sids=SIDS)


class TestAroundTheClock(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        bars = {"AAA": {"2024-01-01 00:05": "10", "2024-01-02 00:00": "11"}}
        stamps = frame(bars, intraday=True)
        return FrameReader(stamps, resolution="5m", calendar=get_calendar("24/7"), sids={"AAA": 3})
