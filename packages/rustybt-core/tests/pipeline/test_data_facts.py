"""Facts and events as known before each session, and columns of frames."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files
from small_markets import bundle, equities, frame, weekdays

from rustybt.data.bundle import BundleData
from rustybt.data.point_in_time import PointInTime
from rustybt.errors import DataValidationError, InvalidArgument
from rustybt.pipeline import CustomFactor, Pipeline
from rustybt.pipeline.data import Column, DataSet, Fundamentals, fundamentals_of
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.engine.adjusting import AsOf
from rustybt.pipeline.loaders import DataFrameLoader, EventsLoader, FactLoader, LoadRequest

# Sessions from 14:30 to 14:36 UTC on weekdays, from 25 December 2023 on: 1 2 3 4 5, 8 9 10 January
# 2024 and five before. Mornings begin at 13:45.
CALENDAR = weekdays("2023-12-25", 13)
DAYS = [date(2024, 1, day) for day in (1, 2, 3, 4, 5, 8, 9, 10)]
FACTS = pl.DataFrame(
    [
        ("A", "2023-09-30", "2024-01-02T13:45:00Z", 1.25, "Tools", 3),
        ("A", "2023-09-30", "2024-01-04T13:45:00.000001Z", 0.75, None, None),
        ("A", "2023-06-30", "2024-01-05T00:00:00Z", 9.0, None, None),
        ("B", "2023-12-31", "2024-01-03T14:36:00Z", 2.5, "Food", 0),
    ],
    ["symbol", "effective_at", "known_at", "eps", "sector", "plants"],
    orient="row",
)


def market(facts: pl.DataFrame | None = FACTS) -> BundleData:
    bars = frame({"A": {str(day): 10 for day in DAYS}, "B": {str(day): 10 for day in DAYS}})
    tables = {} if facts is None else {"fundamentals": lambda: facts}
    return replace(bundle(CALENDAR, equities(["A", "B"]), daily=bars), tables=tables)


def run(
    columns: Mapping[str, Any],
    loaders: Any = None,
    data: BundleData | None = None,
    first: str = "2024-01-02",
) -> dict[str, list[Any]]:
    engine = PipelineEngine(data or market(), calendar=CALENDAR, loaders=loaders)
    found = engine.run(Pipeline(dict(columns)), first, "2024-01-09")
    return {
        f"{name} {symbol}": found.filter(pl.col("symbol") == symbol)[name].to_list()
        for name in columns
        for symbol in ("A", "B")
    }


# ------------------------------------------------------------------ facts


def test_a_row_has_what_is_known_by_the_morning_of_its_session() -> None:
    facts = fundamentals_of(market())
    found = run({"eps": facts.eps.latest, "sector": facts.sector.latest})
    # A: known on the 2nd at 13:45 sharp; restated on the 4th a microsecond too late for that day;
    # what is told on the 5th is about an older time. B: known after the open of the 3rd.
    assert found["eps A"] == [1.25, 1.25, 1.25, 0.75, 0.75, 0.75]
    assert found["eps B"] == [None, None, 2.5, 2.5, 2.5, 2.5]
    assert found["sector A"] == ["Tools"] * 6
    assert found["sector B"] == [None, None, "Food", "Food", "Food", "Food"]


def test_the_close_of_the_session_before_may_count_instead() -> None:
    facts = fundamentals_of(market())
    loaders = {facts: FactLoader(known_by="previous_close")}
    found = run({"eps": facts.eps.latest}, loaders)
    # A: the fact of the 2nd, 13:45, was known at the close of the 2nd; B: at the close of the 3rd
    assert found["eps A"] == [None, 1.25, 1.25, 0.75, 0.75, 0.75]
    assert found["eps B"] == [None, None, 2.5, 2.5, 2.5, 2.5]
    with pytest.raises(InvalidArgument, match="known_by was 'close'; give one of before_open"):
        FactLoader(known_by="close")  # type: ignore[arg-type]


def test_a_window_has_each_row_as_it_was_known_then() -> None:
    class First(CustomFactor):
        window_length = 3

        def compute(self, today: Any, assets: Any, out: Any, *inputs: Any, **params: Any) -> None:
            out[:] = inputs[0][0]

    first = First(inputs=[fundamentals_of(market()).eps])
    # on the 4th the window is 2, 3, 4 January; on the 5th 3, 4, 5, and so on
    assert run({"x": first}, first="2024-01-04")["x A"] == [1.25, 1.25, 1.25, 0.75]


class Chosen(Fundamentals):
    plants = Column(int, missing_value=-1)
    any_plants = Column(bool, metadata={"field": "plants"})
    earnings = Column(float, metadata={"field": "eps"}, currency_aware=True)


class Broken(Fundamentals):
    eps = Column(object)
    sector = Column(float)
    ebit = Column(float)
    halves = Column(int, missing_value=0, metadata={"field": "eps"})
    when = Column("datetime64[ns]", metadata={"field": "plants"})


def test_fields_are_chosen_by_columns_of_their_dtype() -> None:
    found = run(
        {
            "plants": Chosen.plants.latest,
            "any": Chosen.any_plants.latest,
            "eps": Chosen.earnings.fx("USD").latest,
        }
    )
    assert found["plants A"] == [3] * 6
    assert found["plants B"] == [-1, -1, 0, 0, 0, 0]
    assert found["any A"] == [True] * 6
    assert found["any B"] == [False] * 6
    assert found["eps A"] == [1.25, 1.25, 1.25, 0.75, 0.75, 0.75]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("eps", r"dtype of Broken\.eps was 'object'; its field holds numbers; declare it so"),
        ("sector", r"dtype of Broken\.sector was 'float64'; its field holds texts"),
        ("ebit", r"field of Broken\.ebit was 'ebit'; the facts have eps, sector, plants"),
        ("halves", r"value of Broken\.halves was .*1\.25.*; its column holds whole numbers"),
        ("when", r"dtype of Broken\.when was 'datetime64\[ns\]'; its field holds numbers"),
    ],
)
def test_mistakes_about_fields_name_the_column(name: str, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        run({"x": Broken.column(name).latest})


def test_a_bundle_without_fundamentals_is_an_error_unless_facts_are_given() -> None:
    with pytest.raises(InvalidArgument, match="bundle was 'small'; it has no fundamentals"):
        run({"x": Chosen.plants.latest}, data=market(None))
    with pytest.raises(InvalidArgument, match="it has no fundamentals"):
        fundamentals_of(market(None))
    given = {Chosen: FactLoader(PointInTime.of(FACTS))}
    assert run({"x": Chosen.plants.latest}, given, market(None))["x A"] == [3] * 6


def test_the_data_set_of_fundamentals_is_one_object_with_a_column_per_field() -> None:
    facts = fundamentals_of(market(), money=["eps"])
    assert facts is fundamentals_of(market(), money=["eps"])
    assert sorted(facts.declared) == ["eps", "plants", "sector"]
    assert facts.eps.currency_aware
    assert not fundamentals_of(market()).eps.currency_aware
    with pytest.raises(InvalidArgument, match="money was 'ebit'; the fundamentals of 'small' have"):
        fundamentals_of(market(), money=["ebit"])


# ------------------------------------------------------------------ events


class Earnings(DataSet):
    next_date = Column("datetime64[ns]")
    previous_date = Column("datetime64[ns]")
    next_eps = Column(float)
    previous_eps = Column(float)
    previous_note = Column(object)
    previous_count = Column(int, missing_value=-1)


# of A: an event on the 4th that is known from the 3rd, 12:00 on, and one on the 8th, known on the
# 5th; what it said is told anew on the 8th at 20:00. Of B: one that is known after it took place.
EVENTS = pl.DataFrame(
    {
        "symbol": ["A", "A", "A", "B"],
        "event_date": ["2024-01-04", "2024-01-08", "2024-01-08", "2024-01-03"],
        "known_at": [
            "2024-01-03T12:00:00Z",
            "2024-01-05T12:00:00Z",
            "2024-01-08T20:00:00Z",
            "2024-01-04T15:00:00Z",
        ],
        "eps": [1.0, 2.0, 2.5, 7.0],
        "note": ["first", "second", "again", None],
        "count": [4, 5, 6, 7],
    }
)
NEXT = {Earnings.next_date: "event_date", Earnings.next_eps: "eps"}
PREVIOUS = {
    Earnings.previous_date: "event_date",
    Earnings.previous_eps: "eps",
    Earnings.previous_note: "note",
    Earnings.previous_count: "count",
}


def event_runs(events: Any = EVENTS) -> dict[str, list[Any]]:
    loaders = {Earnings: EventsLoader(events, NEXT, PREVIOUS)}
    columns = {name: Earnings.column(name).latest for name in Earnings.declared}
    found = run(columns, loaders)
    return {
        name: [each.day if hasattr(each, "day") else each for each in values]
        for name, values in found.items()
    }


def test_next_and_previous_events_are_those_known_before_the_session() -> None:
    found = event_runs()
    # rows: 2, 3, 4, 5, 8, 9 January
    assert found["next_date A"] == [None, 4, 4, 8, 8, None]
    assert found["previous_date A"] == [None, None, 4, 4, 8, 8]
    assert found["next_eps A"] == [None, 1.0, 1.0, 2.0, 2.0, None]
    assert found["previous_eps A"] == [None, None, 1.0, 1.0, 2.0, 2.5]
    assert found["previous_note A"] == [None, None, "first", "first", "second", "again"]
    assert found["previous_count A"] == [-1, -1, 4, 4, 5, 6]
    assert found["next_date B"] == [None] * 6
    assert found["previous_eps B"] == [None, None, None, 7.0, 7.0, 7.0]
    assert found["previous_note B"] == [None] * 6


def test_events_by_sid_in_pandas_with_ziplines_names() -> None:
    plain = EVENTS.with_columns(
        sid=pl.col("symbol").replace_strict({"A": 1, "B": 2}),
        timestamp=pl.col("known_at").str.to_datetime(time_zone="UTC"),
        event_date=pl.col("event_date").str.to_datetime(),
    ).drop("symbol", "known_at")
    assert event_runs(plain.to_pandas()) == event_runs()


def test_a_date_from_which_on_an_event_is_known_means_its_end() -> None:
    found = event_runs(EVENTS.with_columns(pl.col("known_at").str.slice(0, 10)))
    # known at the end of the 3rd: from the row of the 4th on
    assert found["next_date A"] == [None, None, 4, None, 8, None]


def test_no_events_at_all_are_nothing() -> None:
    assert set(map(str, event_runs(EVENTS.clear())["next_eps A"])) == {"None"}


KNOWN = st.integers(0, 12).map(lambda day: date(2023, 12, 29) + timedelta(day))
SOME_EVENTS = st.lists(st.tuples(st.sampled_from("AB"), KNOWN, KNOWN), max_size=12)


@through_files
@given(SOME_EVENTS)
def test_events_are_those_of_a_search_cell_by_cell(drawn: list[tuple[str, date, date]]) -> None:
    rows = [(*event, float(number)) for number, event in enumerate(dict.fromkeys(drawn))]
    events = pl.DataFrame(
        rows,
        dict(symbol=pl.String, event_date=pl.Date, known_at=pl.Date, eps=pl.Float64),  # noqa: C408
        orient="row",
    )
    loader = EventsLoader(events, {Earnings.next_eps: "eps"}, {Earnings.previous_eps: "eps"})
    first, last = CALENDAR.session_range(DAYS[0], DAYS[-1])
    request = LoadRequest(market(), CALENDAR, first, last + 1, np.array([1, 2]))
    found = loader.load([Earnings.next_eps, Earnings.previous_eps], request)
    for place, symbol in enumerate("AB"):
        for row, day in enumerate(DAYS):
            # a date means the end of that day in UTC, which is before the next morning
            known = [each for each in rows if each[0] == symbol and each[2] < day]
            ahead = [each for each in known if each[1] >= day]
            behind = [each for each in known if each[1] <= day]
            following = min(ahead, key=lambda each: (each[1], -each[2].toordinal()), default=None)
            previous = max(behind, key=lambda each: (each[1], each[2]), default=None)
            for column, event in (
                (Earnings.next_eps, following),
                (Earnings.previous_eps, previous),
            ):
                value = found[column].values[place, row]
                assert np.isnan(value) if event is None else value == event[3], (symbol, day)


def test_mistakes_about_events() -> None:
    with pytest.raises(DataValidationError, match="events, column event_date: the column is miss"):
        EventsLoader(EVENTS.drop("event_date"), NEXT)
    with pytest.raises(DataValidationError, match="column sid: the column is missing"):
        EventsLoader(EVENTS.drop("symbol"), NEXT)
    with pytest.raises(InvalidArgument, match=r"column of events for Earnings\.next_eps was 'e"):
        EventsLoader(EVENTS, {Earnings.next_eps: "ebit"})
    with pytest.raises(InvalidArgument, match=r"column was Earnings\.previous_eps; this loader"):
        run({"x": Earnings.previous_eps.latest}, {Earnings: EventsLoader(EVENTS, NEXT)})


# ------------------------------------------------------------------ frames


class Given(DataSet):
    value = Column(float)
    label = Column(object)
    count = Column(int, missing_value=-1)


BASE = pl.DataFrame({"session": DAYS, "1": [1.0, 2, 3, 4, 5, 6, 7, 8], "2": [10.0] * 8})


class Window(CustomFactor):
    """The rows of a window as the digits of a number, newest last."""

    window_length = 3

    def compute(self, today: Any, assets: Any, out: Any, *inputs: Any, **params: Any) -> None:
        out[:] = (inputs[0] * np.array([[10000.0], [100.0], [1.0]])).sum(axis=0)


def adjusted(*rows: tuple[Any, ...]) -> pl.DataFrame:
    schema = ["sid", "value", "kind", "start_date", "end_date", "apply_date"]
    return pl.DataFrame(rows, schema, orient="row", strict=False)


def given_run(*rows: tuple[Any, ...], baseline: Any = BASE) -> dict[str, list[Any]]:
    loader = DataFrameLoader(Given.value, baseline, adjusted(*rows) if rows else None)
    columns = {"x": Given.value.latest, "w": Window(inputs=[Given.value])}
    return run(columns, {Given.value: loader}, first="2024-01-03")


def test_a_row_is_what_its_session_sees() -> None:
    found = given_run()
    assert found["x A"] == [3, 4, 5, 6, 7]
    assert found["w A"] == [10203, 20304, 30405, 40506, 50607]
    assert found["x B"] == [10.0] * 5


def test_pandas_frames_are_taken() -> None:
    plain = pd.DataFrame(
        {1: [1.0, 2, 3, 4, 5, 6, 7, 8], 2: [10.0] * 8}, index=pd.DatetimeIndex(DAYS)
    )
    assert given_run(baseline=plain) == given_run()


def test_sessions_and_assets_that_are_not_there_are_missing() -> None:
    part = BASE.filter(pl.col("session") != DAYS[3]).select("session", "1")
    found = given_run(baseline=part)
    assert found["x A"] == [3, None, 5, 6, 7]
    assert found["x B"] == [None] * 5


def test_an_adjustment_changes_older_rows_as_of_its_day() -> None:
    # as of the 5th what is from the 2nd through the 4th (2, 3, 4) is ten times as much
    found = given_run((1, 10.0, "multiply", DAYS[1], DAYS[3], DAYS[4]))
    assert found["x A"] == [3, 4, 5, 6, 7]
    assert found["w A"][:2] == [10203, 20304]
    # windows of the 5th, 8th and 9th: 30 40 5, 40 5 6, 5 6 7
    assert found["w A"][2:] == pytest.approx([304005, 400506, 50607], rel=1e-12)


def test_an_adjustment_changes_rows_from_its_day_on_at_once() -> None:
    # as of the 4th what is through the 8th: 3 and 4, and then 5 and 6, are doubled
    found = given_run((1, 2.0, 0, None, DAYS[5], DAYS[3]))
    assert found["x A"] == [3, 8, 10, 12, 7]
    assert found["w A"] == pytest.approx([10203, 40608, 60810, 81012, 101207], rel=1e-12)


def test_values_are_added_and_overwritten() -> None:
    # as of the 4th the row of the 3rd is 3 + 4; as of the 5th it is 8, and that of the 5th as well
    found = given_run(
        (1, 4.0, "add", DAYS[2], DAYS[2], DAYS[3]),
        (1, 8.0, "overwrite", DAYS[2], DAYS[2], DAYS[4]),
        (1, 8.0, 2, DAYS[4], DAYS[4], DAYS[4]),
    )
    assert found["x A"] == [3, 4, 8, 6, 7]
    assert found["w A"] == pytest.approx([10203, 20704, 80408, 40806, 80607], rel=1e-12)


def test_chunks_do_not_change_adjustments() -> None:
    loader = DataFrameLoader(
        Given.value,
        BASE,
        adjusted((1, 2.0, 0, None, DAYS[5], DAYS[3]), (7, 2.0, 0, None, *DAYS[:2])),
    )
    pipeline = Pipeline({"x": Given.value.latest, "w": Window(inputs=[Given.value])})
    engine = PipelineEngine(market(), calendar=CALENDAR, loaders={Given.value: loader})
    whole = engine.run(pipeline, "2024-01-03", "2024-01-09")
    parts = pl.concat(list(engine.chunks(pipeline, "2024-01-03", "2024-01-09", (1,))))
    assert whole.drop("w").equals(parts.drop("w"))
    assert whole["w"].to_list() == pytest.approx(parts["w"].to_list(), rel=1e-12)


RECORDED = json.loads(Path(__file__).with_name("zipline_adjusted_frames.json").read_text())


@pytest.mark.parametrize("case", RECORDED)
def test_windows_are_those_of_ziplines_loader(case: dict[str, Any]) -> None:
    days = [date.fromisoformat(str(day)) for day in np.datetime64("2024-01-01") + np.arange(16)]
    days = [day for day in days if day.weekday() < 5]
    table = np.array(case["baseline"])
    baseline = pl.DataFrame({"session": days, "1": table[:, 0], "2": table[:, 1]})
    rows = [
        tuple(date.fromisoformat(v) if k.endswith("date") else v for k, v in each.items())
        for each in case["adjustments"]
    ]
    loader = DataFrameLoader(Given.value, baseline, adjusted(*rows))
    calendar = weekdays("2023-12-25", 20)
    first, last = calendar.session_range(days[0], days[-1])
    request = LoadRequest(market(), calendar, first, last + 1, np.array([1, 2]))
    column = AsOf(loader.load([Given.value], request)[Given.value])
    for number, window in enumerate(case["windows"]):
        column.move(number + 3)
        found = column.values[number : number + 4]
        assert np.allclose(found, window, rtol=1e-12, atol=0), f"window {number}"


def test_other_dtypes_are_brought_as_they_are() -> None:
    labels = BASE.with_columns(pl.col("1", "2").cast(pl.Int64).cast(pl.String))
    counts = BASE.with_columns(pl.col("1").cast(pl.Int64)).drop("2")
    loaders = {
        Given.label: DataFrameLoader(Given.label, labels),
        Given.count: DataFrameLoader(Given.count, counts),
    }
    found = run({"label": Given.label.latest, "count": Given.count.latest}, loaders)
    assert found["label A"] == ["2", "3", "4", "5", "6", "7"]
    assert found["count A"] == [2, 3, 4, 5, 6, 7]
    assert found["count B"] == [-1] * 6


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            (1, 2.0, "divide", None, DAYS[1], DAYS[2]),
            "kind of an adjustment was 'divide'; give",
        ),
        ((1, 0.0, "overwrite", DAYS[1], DAYS[1], DAYS[2]), "no factor leads from nothing or 0"),
    ],
)
def test_adjustments_that_cannot_be_made_are_errors(row: tuple[Any, ...], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        given_run(row)


def test_mistakes_about_frames() -> None:
    for wrong, message in (
        (
            BASE.rename({"session": "day"}),
            "columns of the baseline was .*; name the column of",
        ),
        (BASE.rename({"1": "AAPL"}), "column of the baseline was 'AAPL'; name the columns by sids"),
        (BASE.reverse(), "order of the sessions of the baseline was 'unsorted'"),
        (BASE.with_columns(pl.lit("x").alias("1")), "column 1 of the baseline was 'String'"),
    ):
        with pytest.raises(InvalidArgument, match=message):
            DataFrameLoader(Given.value, wrong)
    with pytest.raises(InvalidArgument, match=r"adjustments of the baseline was .*; add columns"):
        DataFrameLoader(Given.value, BASE, pl.DataFrame({"sid": [1]}))
    with pytest.raises(InvalidArgument, match=r"column was Given\.label; this loader brings Given"):
        run({"x": Given.label.latest}, {Given: DataFrameLoader(Given.value, BASE)})
