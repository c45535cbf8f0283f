"""What every data adapter that fetches bars on request has to do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import polars as pl
import pytest

from rustybt.clock.resolution import Resolution
from rustybt.data.schemas import MAX_DIGITS, PRICE_FIELDS
from rustybt.errors import ResolutionNotServed, UnknownSymbol
from rustybt.testing._data_adapter import AdapterCase, DataAdapterSuite
from rustybt.values import parse_decimal

Edge = date | datetime
Trouble = Callable[[], AbstractContextManager[object]]
_LENGTHS: Final = ("1m", "5m", "1h", "1d", "1w", "1mo", "7m", "13h")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchCase(AdapterCase):
    """A data adapter that fetches, and something for it to fetch.

    Attributes:
        symbols: At least two symbols that the source has.
        start: The first session, or where the first bar begins; before the first bar.
        end: The last session, or where the last bar ends, from which on the source has no more
            bars. Between the two each symbol has at least four bars.
        resolution: Length of the bars.
        known: Bars that are among them, as the source's documents or screen show them: the label
            (the session, or the end of the bar), the symbol, then open, high, low, close and
            volume as texts.
        unknown: A symbol that the source does not know.
        serves_all: Whether the source has bars of any length.
        interrupted: While it is entered, the source fails after some replies; None where a fetch
            is one reply.
        disordered: While it is entered, the source sends rows twice and in another order; None
            where it cannot.
    """

    symbols: tuple[str, ...]
    start: Edge
    end: Edge
    resolution: str = "1d"
    known: tuple[tuple[Edge, str, str, str, str, str, str], ...]
    unknown: str = "NO-SUCH-SYMBOL"
    serves_all: bool = False
    interrupted: Trouble | None = None
    disordered: Trouble | None = None


class FetchingAdapterSuite(DataAdapterSuite):
    """Tests of a data adapter whose instances have ``bars``, as `BaseDataAdapter` of rustybt-data.

    A subclass gives a `FetchCase` by a fixture ``case``. What the source calls by other names or
    in another order must come out in one form: exact Decimals, labels of ends, sorted.
    """

    def test_bars_are_in_the_standard_form(self, case: FetchCase) -> None:
        """Label, symbol and exact Decimals, sorted by symbol and label, each once."""
        frame = fetched(case)
        is_intraday = Resolution.parse(case.resolution).is_intraday
        label = "timestamp" if is_intraday else "date"
        assert frame.columns[:2] == [label, "symbol"]
        assert frame.schema[label] == (pl.Datetime("ns", "UTC") if is_intraday else pl.Date())
        for name in (*PRICE_FIELDS, "volume"):
            dtype = frame.schema[name]
            assert isinstance(dtype, pl.Decimal), f"{name} is {dtype}"
            assert dtype.precision == MAX_DIGITS
        assert len({frame.schema[name] for name in PRICE_FIELDS}) == 1, "prices share a scale"
        keys = frame.select("symbol", label)
        assert keys.equals(keys.unique().sort("symbol", label))
        assert set(frame["symbol"]) == set(case.symbols)

    def test_known_bars_are_what_they_are(self, case: FetchCase) -> None:
        """Every digit is that of the source, and labels are sessions or the ends of bars."""
        rows = {(row[0], row[1]): row[2:7] for row in fetched(case).rows()}
        assert case.known, "give a bar that is known"
        for at, symbol, *texts in case.known:
            expected = tuple(parse_decimal(text, field=symbol) for text in texts)
            assert rows.get((at, symbol)) == expected, f"{symbol} at {at}"

    def test_both_ends_of_a_range_are_kept_to(self, case: FetchCase) -> None:
        """Sessions are included on both sides, instants half-open: those of whole bars."""
        whole = fetched(case)
        labels = whole[whole.columns[0]].unique().sort()
        assert len(labels) >= 4, "give at least four bars"
        first, last = labels[1], labels[-2]
        length = Resolution.parse(case.resolution).nanoseconds
        start = first if length is None else _before(first, length)
        inner = fetched(case, start=start, end=last)
        within = pl.col(whole.columns[0]).is_between(first, last)
        assert inner.rows() == whole.filter(within).rows()

    def test_a_symbol_alone_is_what_it_is_among_others(self, case: FetchCase) -> None:
        """Symbols do not mix."""
        whole = fetched(case)
        for symbol in case.symbols:
            alone = fetched(case, symbols=(symbol,))
            assert alone.rows() == whole.filter(pl.col("symbol") == symbol).rows()

    def test_the_same_request_has_the_same_answer(self, case: FetchCase) -> None:
        """Fetching leaves nothing behind that changes the next fetch."""
        assert fetched(case).equals(fetched(case))

    def test_what_is_new_and_what_is_known_make_the_whole(self, case: FetchCase) -> None:
        """With the newest label known of a symbol, only what comes after it is fetched."""
        whole = fetched(case)
        label = whole.columns[0]
        known = {}
        for place, symbol in enumerate(case.symbols):
            labels = whole.filter(pl.col("symbol") == symbol)[label]
            known[symbol] = labels[place % len(labels)]
        rest = fetched(case, after=known)
        limits = pl.DataFrame({"symbol": list(known), "known": list(known.values())})
        expected = whole.join(
            limits.with_columns(pl.col("known").cast(whole.schema[label])), on="symbol"
        ).filter(pl.col(label) > pl.col("known"))
        assert rest.rows() == expected.drop("known").sort("symbol", label).rows()

    def test_a_symbol_that_is_not_known_is_an_error(self, case: FetchCase) -> None:
        """It must not be left out in silence."""
        with pytest.raises(UnknownSymbol, match=case.unknown):
            fetched(case, symbols=(*case.symbols, case.unknown))

    def test_a_length_that_is_not_served_is_an_error(self, case: FetchCase) -> None:
        """It must not be answered with bars of another length."""
        if case.serves_all:
            pytest.skip("the source has bars of any length")
        adapter: Any = made(case)
        served = {str(Resolution.parse(text)) for text in adapter.resolutions}
        other = next(length for length in _LENGTHS if length not in served)
        with pytest.raises(ResolutionNotServed, match=other):
            fetched(case, resolution=other)

    def test_a_fetch_that_was_interrupted_goes_on(self, case: FetchCase) -> None:
        """The second attempt brings what an uninterrupted one would have brought."""
        if case.interrupted is None:
            pytest.skip("a fetch is one reply")
        whole = fetched(case)
        with case.interrupted(), pytest.raises(BaseException):  # noqa: B017, PT011 - any trouble
            fetched(case)
        assert fetched(case).equals(whole)

    def test_order_and_duplicates_do_no_harm(self, case: FetchCase) -> None:
        """A row that comes twice is one bar, and rows may come in any order."""
        if case.disordered is None:
            pytest.skip("the source cannot send rows twice")
        whole = fetched(case)
        with case.disordered():
            assert fetched(case).equals(whole)


def made(case: FetchCase) -> object:
    """The adapter."""
    return case.adapter(os.fspath(case.location), case.options)


def fetched(case: FetchCase, **other: object) -> pl.DataFrame:
    """The bars of a case, or with another argument of ``bars``."""
    adapter: Any = made(case)
    arguments: dict[str, Any] = {
        "symbols": case.symbols,
        "start": case.start,
        "end": case.end,
        "resolution": case.resolution,
        **other,
    }
    frame: pl.DataFrame = asyncio.run(adapter.bars(**arguments))
    return frame


def _before(moment: datetime, nanoseconds: int) -> datetime:
    return moment.astimezone(UTC) - timedelta(microseconds=nanoseconds // 1000)
