"""The loaders of pipelines of core do what is asked of every loader."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from small_markets import bundle, dividend, equities, frame, split, weekdays

from rustybt.calendars import to_day
from rustybt.data.actions import Action, RightsOffering
from rustybt.data.bundle import BundleData
from rustybt.data.point_in_time import PointInTime
from rustybt.pipeline.data import Column, DataSet, EquityPricing, Fundamentals
from rustybt.pipeline.loaders import (
    BarLoader,
    DataFrameLoader,
    EventsLoader,
    FactLoader,
    PipelineLoader,
)
from rustybt.testing import LoaderCase, PipelineLoaderSuite
from rustybt.values import Ratio

CALENDAR = weekdays("2024-01-01", 12)
DAYS = [date.fromisoformat(str(day)) for day in CALENDAR.sessions.astype("datetime64[D]")]
START, END = DAYS[2], DAYS[-1]
NEVER = 2**62


def bars(known_by: int | None, *, intraday: bool) -> BundleData:
    """Two assets with a gap, and one without bars; those that had ended by a time."""
    closes = CALENDAR.closes.tolist()
    ended = [day for day, at in zip(DAYS, closes, strict=True) if at <= (known_by or NEVER)]
    prices = {
        "A": {str(day): 10 + number for number, day in enumerate(ended)},
        "B": {str(day): 50 - number for number, day in enumerate(ended) if number not in {4, 5}},
    }
    held: dict[str, pl.DataFrame] = {"daily": frame(prices)}
    if intraday:
        minutes = {
            symbol: {
                f"{day} {time}": price + number
                for day, price in own.items()
                for number, time in enumerate(("14:31", "14:36"))
            }
            for symbol, own in prices.items()
        }
        held = {"minute": frame(minutes, intraday=True)}
    ex = to_day(DAYS[7])
    rights = RightsOffering(sid=1, ex=ex, ratio=Ratio(1), price=Decimal(6), expiry=ex)
    events: list[Action] = [
        split(1, str(DAYS[4]), "1/2"),
        split(2, str(DAYS[1]), "3"),
        dividend(1, str(DAYS[5]), "0.50"),
        dividend(2, str(DAYS[6]), "1"),
        dividend(2, str(DAYS[9]), "2"),
        rights,
    ]
    return bundle(CALENDAR, equities(["A", "B", "C"]), events=events, **held)


class TestDailyBars(PipelineLoaderSuite):
    @pytest.fixture
    def case(self) -> LoaderCase:
        names = ("open", "high", "low", "close", "volume")
        return LoaderCase(
            known=lambda at: (BarLoader(), bars(at, intraday=False)),
            columns=[EquityPricing.column(name) for name in names],
            start=START,
            end=END,
            absent=[3],
            calendar=CALENDAR,
        )

    def test_assets_without_data_are_missing(self, case: LoaderCase) -> None:
        """Prices are; a volume is 0."""
        prices = [column for column in case.columns if column.name != "volume"]
        super().test_assets_without_data_are_missing(replace(case, columns=prices))


class TestBarsOfMinutes(TestDailyBars):
    @pytest.fixture
    def case(self) -> LoaderCase:
        names = ("open", "high", "low", "close", "volume")
        return LoaderCase(
            known=lambda at: (BarLoader(halted_eves=False), bars(at, intraday=True)),
            columns=[EquityPricing.column(name) for name in names],
            start=START,
            end=END,
            absent=[3],
            calendar=CALENDAR,
        )


class Facts(Fundamentals):
    eps = Column(float)
    sector = Column(object)
    plants = Column(int, missing_value=-1)
    active = Column(bool, metadata={"field": "plants"})


FACTS = pl.DataFrame(
    [
        ("A", "2023-09-30", "2024-01-03T12:00:00Z", 1.25, "Tools", 3),
        ("A", "2023-09-30", "2024-01-05T13:45:00Z", 0.75, None, 0),
        ("A", "2023-06-30", "2024-01-08T00:00:00Z", 9.0, "Food", None),
        ("B", "2023-12-31", "2024-01-09T14:36:00Z", 2.5, "Food", 0),
        ("B", "2023-12-31", "2024-01-12T14:36:00Z", 2.5, "Shops", 7),
    ],
    ["symbol", "effective_at", "known_at", "eps", "sector", "plants"],
    orient="row",
)


def by(frame_of: pl.DataFrame, known_by: int | None) -> pl.DataFrame:
    """The rows that were known by a time."""
    known = frame_of["known_at"].str.to_datetime(time_unit="ns", time_zone="UTC")
    return frame_of.filter(known.to_physical() <= (known_by or NEVER))


class TestFacts(PipelineLoaderSuite):
    @pytest.fixture
    def case(self) -> LoaderCase:
        def known(at: int | None) -> tuple[PipelineLoader, BundleData]:
            return FactLoader(PointInTime.of(by(FACTS, at))), bars(None, intraday=False)

        return LoaderCase(
            known=known,
            columns=[Facts.column(name) for name in Facts.declared],
            start=START,
            end=END,
            absent=[3],
            calendar=CALENDAR,
        )


class Earnings(DataSet):
    next_date = Column("datetime64[ns]")
    previous_date = Column("datetime64[ns]")
    previous_eps = Column(float)
    previous_note = Column(object)


EVENTS = pl.DataFrame(
    {
        "symbol": ["A", "A", "A", "B"],
        "event_date": ["2024-01-04", "2024-01-10", "2024-01-10", "2024-01-05"],
        "known_at": [
            "2024-01-03T12:00:00Z",
            "2024-01-05T12:00:00Z",
            "2024-01-10T20:00:00Z",
            "2024-01-08T15:00:00Z",
        ],
        "eps": [1.0, 2.0, 2.5, 7.0],
        "note": ["first", "second", "again", None],
    }
)


class TestEvents(PipelineLoaderSuite):
    @pytest.fixture
    def case(self) -> LoaderCase:
        def known(at: int | None) -> tuple[PipelineLoader, BundleData]:
            previous = {
                Earnings.previous_date: "event_date",
                Earnings.previous_eps: "eps",
                Earnings.previous_note: "note",
            }
            loader = EventsLoader(by(EVENTS, at), {Earnings.next_date: "event_date"}, previous)
            return loader, bars(None, intraday=False)

        return LoaderCase(
            known=known,
            columns=[Earnings.column(name) for name in Earnings.declared],
            start=START,
            end=END,
            absent=[3],
            calendar=CALENDAR,
        )


class Given(DataSet):
    value = Column(float)


class TestGivenFrame(PipelineLoaderSuite):
    @pytest.fixture
    def case(self) -> LoaderCase:
        def known(at: int | None) -> tuple[PipelineLoader, BundleData]:
            # a row is there, and an adjustment applies, from the morning of its session on
            mornings = np.array([CALENDAR.before_trading_start(row) for row in range(len(DAYS))])
            until = int(np.searchsorted(mornings, at or NEVER, side="right"))
            numbers = [float(number) for number in range(1, until + 1)]
            baseline = pl.DataFrame({"session": DAYS[:until], "1": numbers, "2": numbers})
            adjustments = pl.DataFrame(
                [
                    (1, 2.0, "multiply", None, DAYS[5], DAYS[5]),
                    (1, 3.0, "add", DAYS[6], DAYS[7], DAYS[8]),
                    (2, 9.0, "overwrite", DAYS[3], DAYS[9], DAYS[6]),
                ],
                ["sid", "value", "kind", "start_date", "end_date", "apply_date"],
                orient="row",
            )
            applied = adjustments.filter(pl.col("apply_date").is_in(DAYS[:until]))
            loader = DataFrameLoader(Given.value, baseline, applied)
            return loader, bars(None, intraday=False)

        return LoaderCase(
            known=known,
            columns=[Given.value],
            start=START,
            end=END,
            absent=[3],
            calendar=CALENDAR,
        )
