"""A reader of longer bars: the suite of every reader, and what a run makes of the shorter ones."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from bar_tables import minute, table

from rustybt import run_algorithm
from rustybt.calendars import get_calendar, to_day, to_ns
from rustybt.data import bundles
from rustybt.data.frame_reader import FrameReader
from rustybt.data.readers import BarReader
from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import InvalidArgument, ScaleExceeded
from rustybt.testing import BarReaderSuite
from rustybt_data.resampling import ResampledReader, aggregate, reader

SIDS = {"AAA": 1, "BBB": 2, "CCC": 7}

MINUTES = table(
    "\n".join(
        [
            minute("2024-01-29T14:31", "31.29", 31),
            minute("2024-01-29T14:47", "47.29", 47),
            minute("2024-01-30T14:31", "31.30", 31),
            minute("2024-01-30T14:47", "47.30", 47),
            minute("2024-01-30T20:59", "8"),
            minute("2024-01-31T14:31", "9", 0),
            minute("2024-02-01T15:31", "9", 4),
            minute("2024-01-30T15:31", "2", 0, "BBB"),
            minute("2024-01-31T15:29", "2", 5, "BBB"),
            minute("2024-02-02T21:00", "3", 5, "BBB"),
            minute("2024-01-29T15:29", "2", 5, "CCC"),
        ]
    )
)
DAYS = table(
    "\n".join(
        [
            minute("2024-01-29", "1", 3),
            minute("2024-01-31", "2", 0),
            minute("2024-02-01", "3", 0),
            minute("2024-02-29", "3", 7),
            minute("2024-02-28", "5", 7, "BBB"),
        ]
    )
)


def minutes(frame: pl.DataFrame = MINUTES, calendar: str = "XNYS") -> FrameReader:
    return FrameReader(frame, resolution="1m", calendar=get_calendar(calendar), sids=SIDS)


def days() -> FrameReader:
    frame = DAYS.rename({"date": "timestamp"})
    return FrameReader(frame, resolution="1d", calendar=get_calendar("XNYS"), sids=SIDS)


class TestHours(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        return ResampledReader(minutes(), "1h")


class TestSessions(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        return ResampledReader(minutes(), "1d")


class TestWeeksOfMinutes(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        return ResampledReader(minutes(), "1w")


class TestMonthsOfSessions(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        return ResampledReader(days(), "1mo")


class TestWithFurtherColumns(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        rates = pl.Series("funding_rate", [None, "-0.5", *["0.25"] * (MINUTES.height - 2)])
        return ResampledReader(
            minutes(MINUTES.with_columns(rates.cast(pl.Decimal(18, 8)), bid=pl.col("low"))), "4h"
        )


class TestInSmallPieces(BarReaderSuite):
    @pytest.fixture
    def reader(self, monkeypatch: pytest.MonkeyPatch) -> BarReader:
        monkeypatch.setattr(reader, "ROWS_AT_ONCE", 800)  # about two sessions of an asset
        return ResampledReader(minutes(), "2h")


@pytest.mark.parametrize("rows", [1, 800, 2_000_000])
@pytest.mark.parametrize("to", ["7m", "1h", "1d", "1w"])
def test_its_bars_are_those_of_aggregate(
    to: str, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "ROWS_AT_ONCE", rows)
    made = ResampledReader(minutes(), to)
    bars = everything(made)
    expected = aggregate(MINUTES, to, calendar="XNYS", partial=True)
    assert as_texts(bars, made.price_scale, made.volume_scale) == sorted(
        (int(at), SIDS[symbol], *(f"{number:.8f}" for number in numbers))
        for at, symbol, *numbers in expected.with_columns(
            expected.to_series(0).to_physical()
        ).iter_rows()
    )


def everything(source: ResampledReader) -> pl.DataFrame:
    span = (-(10**6), 10**6) if source.is_daily else (0, to_ns("2030-01-01"))
    return source.read(source.sids(), *span)


def as_texts(bars: pl.DataFrame, price: int, volume: int) -> list[tuple[object, ...]]:
    scales = [price] * 4 + [volume]
    return [
        (at, sid, *(f"{number / 10**n:.8f}" for number, n in zip(numbers, scales, strict=True)))
        for at, sid, *numbers in bars.iter_rows()
    ]


def test_what_is_not_complete_is_left_out() -> None:
    # The sessions end on Friday, 2 February: the week is complete, the month is not.
    assert ResampledReader(minutes(), "1w").last_session.isoformat() == "2024-02-02"
    months = ResampledReader(minutes(), "1mo")
    assert months.last_session.isoformat() == "2024-01-31"
    assert everything(months)["at"].unique().to_list() == [to_day("2024-01-31")]
    two_days = MINUTES.filter(pl.col("timestamp").dt.day().is_between(29, 30))
    with pytest.raises(InvalidArgument, match="complete none"):
        ResampledReader(minutes(two_days), "1w")


def test_bars_that_do_not_add_up_are_refused() -> None:
    for source, to in ((minutes(), "90s"), (days(), "1h"), (ResampledReader(days(), "1mo"), "1w")):
        with pytest.raises(InvalidArgument, match="do not add up"):
            ResampledReader(source, to)


def test_sums_that_leave_18_digits_are_refused_by_name() -> None:
    # 9e9 and 9e9 at 8 decimals have 19 digits.
    wide = MINUTES.head(2).with_columns(
        pl.Series("volume", ["9000000000", "9000000000.00000001"]).cast(pl.Decimal(18, 8))
    )
    source = ResampledReader(minutes(wide), "1h")
    with pytest.raises(ScaleExceeded, match=r"volume of sid 1"):
        everything(source)


class Counting(FrameReader):
    """Counts the rows that it is asked for at a time."""

    most = 0

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        rows = super().read(sids, start, stop, fields)
        self.most = max(self.most, rows.height)
        return rows


def test_it_reads_a_stretch_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "ROWS_AT_ONCE", 3_000)
    calendar = get_calendar("24/7")
    first, last = calendar.session_range("2024-01-01", "2024-01-20")
    at = [label for session in range(first, last + 1) for label in calendar.minutes(session)]
    stamps = pl.Series("timestamp", at).cast(pl.Datetime("ns", "UTC"))
    frame = pl.DataFrame([stamps]).with_columns(
        pl.lit("AAA").alias("symbol"), *(pl.lit(1).alias(name) for name in BAR_FIELDS)
    )
    counting = Counting(frame, resolution="1m", calendar=calendar, sids=SIDS)
    bars = everything(ResampledReader(counting, "1d"))
    assert bars["volume"].to_list() == [1440 * 10**counting.volume_scale] * 20
    assert counting.most == 2 * 1440


def test_a_run_over_it_is_the_run_that_makes_its_bars_itself(market: Path) -> None:
    bundles.ingest_from("market", source="csvdir", location=market)
    bundle = bundles.load("market")
    assert bundle.minute is not None
    seen: list[list[object]] = []

    def look(context: object, data: object) -> None:
        assets = context.assets  # type: ignore[attr-defined]
        fields = list(BAR_FIELDS)
        now = data.current(assets, fields)  # type: ignore[attr-defined]
        seen[-1].append(now.rows() if isinstance(now, pl.DataFrame) else now)

    def begin(context: object) -> None:
        context.assets = bundle.finder.retrieve_all(bundle.minute.sids())  # type: ignore[attr-defined, union-attr]

    hours = replace(bundle, minute=ResampledReader(bundle.minute, "1h"))
    for data in (bundle, hours):
        seen.append([])
        run_algorithm(
            bundle.minute.first_session,
            bundle.minute.last_session,
            initialize=begin,
            handle_data=look,
            data=data,
            data_frequency="1h",
        )
    assert len(seen[0]) > 1
    assert seen[0] == seen[1]


def test_bars_outside_of_other_sessions_are_left_out() -> None:
    # Bars around the clock, in the sessions of New York: 14:30 to 21:00 UTC.
    bars = [("02T14:30", 1), ("02T14:31", 2), ("02T21:00", 4), ("02T21:01", 8), ("03T12:00", 16)]
    frame = table("\n".join(minute(f"2024-01-{at}", "5", volume) for at, volume in bars))
    made = ResampledReader(minutes(frame, "24/7"), "1d", calendar=get_calendar("XNYS"))
    assert (made.calendar, made.last_session.isoformat()) == ("XNYS", "2024-01-03")
    day = to_day("2024-01-02")
    volumes = everything(made).select("at", "volume").rows()
    assert volumes == [(day, 6 * 10**made.volume_scale)]
    assert made.last_traded(1, day + 1) == day
    assert made.last_traded(1, day - 1) is None
    none = ResampledReader(minutes(frame.tail(2), "24/7"), "1h", calendar=get_calendar("XNYS"))
    assert everything(none).is_empty()
    assert none.last_traded(1, to_ns("2024-02-01")) is None
