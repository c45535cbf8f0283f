"""Business days of events, peers, bounds, outputs and newest values."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pytest
from small_markets import bundle, equities, frame, weekdays

from rustybt.calendars import from_day
from rustybt.errors import InvalidArgument
from rustybt.pipeline import Pipeline
from rustybt.pipeline.data import BoundColumn, Column, DataSet, EquityPricing
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.factors import (
    BollingerBands,
    BusinessDaysSincePreviousEvent,
    BusinessDaysUntilNextEvent,
    Clip,
    Latest,
    PeerCount,
    RecarrayField,
)
from rustybt.pipeline.loaders import Loaded, LoadRequest
from rustybt.pipeline.term import ComputableTerm

CALENDAR = weekdays("2024-01-01", 15)
SYMBOLS = ("A", "B", "C", "D", "E", "F")
DATES = ("2024-01-05", "2024-01-06", "2024-01-10", "2024-01-20", "2023-12-01", "NaT")
LABELS = (1, 2, 1, -1, 1, 2)


class News(DataSet):
    day = Column(dtype="datetime64[ns]")
    group = Column(dtype=int, missing_value=-1)
    score = Column(dtype=float)


class Same:
    """The same values in every session."""

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        values = {
            "day": np.array(DATES, "datetime64[ns]"),
            "group": np.array(LABELS),
            "score": np.array([-2.0, -1, 0, 1, 2, np.nan]),
        }
        return {
            column: Loaded(np.repeat(values[column.name][:, None], request.rows, axis=1))
            for column in columns
        }

    def first_session(self, request: LoadRequest) -> int | None:
        return None


def computed(terms: Mapping[str, ComputableTerm]) -> pl.DataFrame:
    """Of the fourth session on, sorted by session and symbol."""
    market = bundle(
        CALENDAR,
        equities(SYMBOLS),
        daily=frame({symbol: {"2024-01-01": 10} for symbol in SYMBOLS}),
    )
    days = [from_day(int(day)) for day in CALENDAR.sessions]
    engine = PipelineEngine(market, calendar=CALENDAR, loaders={News: Same()})
    return engine.run(Pipeline(dict(terms)), days[4], days[9])


def test_business_days_are_those_of_numpy_on_both_sides_of_weekends() -> None:
    found = computed(
        {
            "since": BusinessDaysSincePreviousEvent(inputs=[News.day]),
            "until": BusinessDaysUntilNextEvent(inputs=News.day.latest),
        }
    )
    assert found.height == 6 * len(SYMBOLS)
    for session, symbol, since, until in found.select(
        "session", "symbol", "since", "until"
    ).iter_rows():
        event = DATES[SYMBOLS.index(symbol)]
        if event == "NaT":
            assert since is None
            assert until is None
        else:
            day = np.datetime64(session, "D")
            assert since == np.busday_count(np.datetime64(event, "D"), day)
            assert until == np.busday_count(day, np.datetime64(event, "D"))


def test_peers_have_the_label_and_are_of_the_mask() -> None:
    some = News.score.latest > -2
    found = computed(
        {
            "all": PeerCount(inputs=[News.group.latest]),
            "some": PeerCount([News.group.latest], mask=some),
        }
    ).head(6)
    # labels 1 2 1 - 1 2; of the mask are B to E: A scores -2, F has no score
    assert found["all"].to_list() == [3, 2, 3, None, 3, 2]
    assert found["some"].to_list() == [None, 1, 2, None, 2, None]


def test_values_within_bounds() -> None:
    term = Clip(inputs=[News.score.latest], min_bound=-1, max_bound=float("inf"))
    assert computed({"x": term}).head(6)["x"].to_list() == [-1, -1, 0, 1, 2, None]


def test_names_of_what_attributes_give() -> None:
    close = EquityPricing.close
    bands = BollingerBands(window_length=5, k=1)
    assert Latest(inputs=[close]) is close.latest
    assert RecarrayField(bands, "upper") is bands.upper
    with pytest.raises(AttributeError, match="has no attribute 'top'"):
        RecarrayField(bands, "top")
    for inputs in ([News.group], [close, close], [close.latest]):
        with pytest.raises(InvalidArgument, match="inputs of Latest"):
            Latest(inputs=inputs)
    with pytest.raises(InvalidArgument, match="window_length of PeerCount was 2"):
        PeerCount(inputs=[News.group], window_length=2)
    with pytest.raises(InvalidArgument, match="give a classifier"):
        PeerCount(inputs=[News.score.latest])
