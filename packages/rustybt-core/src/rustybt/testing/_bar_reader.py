"""What every reader of bars has to do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Final

import polars as pl
import pytest

from rustybt.calendars import get_calendar, to_day
from rustybt.data.readers import BarReader, extra_fields_of, read_unsorted
from rustybt.data.schemas import (
    BAR_FIELDS,
    EXTRA_FIELDS,
    MAX_DIGITS,
    PRICE_FIELDS,
    READ_SCHEMA,
    SIGNED_FIELDS,
)

_NS_PER_DAY: Final = 86_400_000_000_000


class BarReaderSuite:
    """Tests of a reader of bars. A subclass gives one by a fixture ``reader``.

    The reader should be small, and have bars of several assets, a gap and a bar without trade;
    every bar of it is read.
    """

    def test_describes_itself(self, reader: BarReader) -> None:
        """Scales, sessions and sids are what they have to be."""
        assert isinstance(reader, BarReader)
        assert get_calendar(reader.calendar).name
        assert reader.first_session <= reader.last_session
        for scale in (reader.price_scale, reader.volume_scale):
            assert 0 <= scale <= MAX_DIGITS
        sids = reader.sids()
        assert sids, "it has bars of no asset"
        assert list(sids) == sorted(set(sids)), "sids ascend, each once"

    def test_rows_are_coefficients_sorted_by_label_then_sid(self, reader: BarReader) -> None:
        """All columns are whole numbers; an asset has one bar of a time."""
        bars = all_bars(reader)
        assert bars.schema == READ_SCHEMA
        assert not bars.is_empty()
        keys = bars.select("at", "sid")
        assert keys.equals(keys.unique().sort("at", "sid"))
        assert set(bars["sid"]) == set(reader.sids())

    def test_bars_are_possible(self, reader: BarReader) -> None:
        """No high below a low, nothing below zero."""
        bars = all_bars(reader)
        assert bars.filter(pl.col("high") < pl.col("low")).is_empty()
        for field in BAR_FIELDS:
            assert bars.filter(pl.col(field) < 0).is_empty(), field

    def test_labels_lie_within_the_sessions_that_it_names(self, reader: BarReader) -> None:
        """The first label belongs to the first session, the last to the last."""
        calendar = get_calendar(reader.calendar)
        labels = all_bars(reader)["at"]
        ends = [label for label in (labels.min(), labels.max()) if isinstance(label, int)]
        if reader.resolution.is_intraday:
            found = [calendar.minute_to_session(label) for label in ends]
            sessions = [calendar.session_date(index) for index in found]
            assert sessions == [reader.first_session, reader.last_session]
        else:
            assert ends == [to_day(reader.first_session), to_day(reader.last_session)]
            assert labels.is_in(calendar.sessions.tolist()).all()

    def test_start_is_included_and_stop_is_not(self, reader: BarReader) -> None:
        """Any part of the bars is what it is of all of them."""
        bars = all_bars(reader)
        labels = bars["at"].unique().sort().to_list()
        middle = labels[len(labels) // 2]
        cuts = (labels[0], labels[0] + 1, middle, labels[-1], labels[-1] + 1)
        for start, stop in combinations_with_replacement(sorted(cuts), 2):
            part = reader.read(reader.sids(), start, stop)
            expected = bars.filter((pl.col("at") >= start) & (pl.col("at") < stop))
            assert part.equals(expected), f"from {start} to {stop}"

    def test_assets_are_those_that_were_asked_for(self, reader: BarReader) -> None:
        """Unknown sids are left out; no sids are no bars."""
        bars = all_bars(reader)
        sids = reader.sids()
        for some in (sids[:1], sids[::2], sids[::-1], (sids[-1], max(sids) + 1)):
            expected = bars.filter(pl.col("sid").is_in(list(some)))
            assert read_all(reader, some).equals(expected), f"sids {some}"
        nothing = read_all(reader, ())
        assert nothing.is_empty()
        assert nothing.schema == READ_SCHEMA

    @pytest.mark.parametrize("fields", [("close",), ("volume", "open"), PRICE_FIELDS])
    def test_fields_are_those_that_were_asked_for(
        self, reader: BarReader, fields: Sequence[str]
    ) -> None:
        """In the order in which they were asked for, after the label and the sid."""
        part = read_all(reader, reader.sids(), fields)
        assert part.equals(all_bars(reader).select("at", "sid", *fields))

    def test_unsorted_rows_are_the_same_rows(self, reader: BarReader) -> None:
        """What need not be sorted is what is read sorted."""
        bars = all_bars(reader)
        start, stop = int(bars["at"][0]), int(bars["at"][-1])
        for fields in (BAR_FIELDS, tuple(extra_fields_of(reader))):
            part = read_unsorted(reader, reader.sids(), start, stop, fields)
            expected = reader.read(reader.sids(), start, stop, fields)
            assert part.sort("at", "sid").equals(expected)

    def test_further_columns_are_read_like_fields(self, reader: BarReader) -> None:
        """Alone and beside the fields of bars; a row without a bar has no price."""
        bars = all_bars(reader)
        for field, scale in extra_fields_of(reader).items():
            assert field in EXTRA_FIELDS
            assert 0 <= scale <= MAX_DIGITS
            values = read_all(reader, reader.sids(), (field,)).drop_nulls(field)
            assert values.schema == pl.Schema(dict.fromkeys(("at", "sid", field), pl.Int64))
            assert not values.is_empty(), f"{field} is never there"
            assert field in SIGNED_FIELDS or values.filter(pl.col(field) < 0).is_empty()
            both = read_all(reader, reader.sids(), (*BAR_FIELDS, field))
            assert both.drop_nulls(field).select("at", "sid", field).equals(values)
            assert (
                both.select(READ_SCHEMA.names()).join(bars, on=["at", "sid"]).height == bars.height
            )

    def test_last_traded_is_the_newest_bar_with_a_volume(self, reader: BarReader) -> None:
        """At the label itself, beside it, before the first and after the last."""
        bars = all_bars(reader)
        for sid in reader.sids():
            own = bars.filter(pl.col("sid") == sid)
            traded = own.filter(pl.col("volume") > 0)["at"].to_list()
            labels = own["at"].to_list()
            for label in {labels[0], labels[len(labels) // 2], labels[-1]}:
                for before in (label - 1, label, label + 1):
                    newest = max((at for at in traded if at <= before), default=None)
                    assert reader.last_traded(sid, before) == newest, f"sid {sid} at {before}"
        assert reader.last_traded(max(reader.sids()) + 1, bars["at"][-1]) is None

    def test_fingerprint_stays_the_same(self, reader: BarReader) -> None:
        """It names the content, in hexadecimal digits."""
        fingerprint = reader.fingerprint()
        assert int(fingerprint, 16) >= 0
        assert reader.fingerprint() == fingerprint


def all_bars(reader: BarReader) -> pl.DataFrame:
    """Every bar of a reader."""
    return read_all(reader, reader.sids())


def read_all(
    reader: BarReader, sids: Sequence[int], fields: Sequence[str] = BAR_FIELDS
) -> pl.DataFrame:
    """Every bar of some assets. A session may begin on the day before its name, and end after."""
    first, last = to_day(reader.first_session), to_day(reader.last_session)
    if reader.resolution.is_intraday:
        return reader.read(sids, (first - 1) * _NS_PER_DAY, (last + 2) * _NS_PER_DAY, fields)
    return reader.read(sids, first, last + 1, fields)
