"""What all adapters of vendors have in common."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal as D

import polars as pl
import pytest
from ledger_vendor import DAYS, LedgerVendor, Row

from rustybt.calendars import to_ns
from rustybt.data import bundles
from rustybt.errors import (
    DataValidationError,
    InvalidArgument,
    MissingCredential,
    MissingExtra,
    ResolutionNotServed,
    RetriesExhausted,
    UnknownSymbol,
)
from rustybt.plugins import groups, registry
from rustybt.testing import VirtualTime

FIRST, LAST = date(2024, 1, 2), date(2024, 1, 5)


@pytest.fixture(autouse=True)
def _fresh_vendor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LedgerVendor, "requests", [])


def vendor(now: str = "2024-02-01", **options: str) -> LedgerVendor:
    adapter = LedgerVendor("", options)
    adapter.timer = VirtualTime(to_ns(now)).timer
    return adapter


def bars(adapter: LedgerVendor, *symbols: str, **edges: object) -> pl.DataFrame:
    wanted = {"start": FIRST, "end": LAST, "resolution": "1d", **edges}
    return asyncio.run(adapter.bars(symbols, **wanted))  # type: ignore[arg-type]


def table(monkeypatch: pytest.MonkeyPatch, rows: Mapping[str, list[Row]]) -> None:
    monkeypatch.setattr(LedgerVendor, "table", rows)


def test_bars_are_exact_sorted_and_in_standard_form() -> None:
    frame = bars(vendor(), "BBB", "AAA")
    assert frame.schema == {
        "date": pl.Date,
        "symbol": pl.String,
        **dict.fromkeys(("open", "high", "low", "close"), pl.Decimal(18, 10)),
        "volume": pl.Decimal(18, 8),
    }
    assert frame.select("symbol", "date").rows() == [
        *(("AAA", date(2024, 1, day)) for day in (2, 3, 4, 5)),
        *(("BBB", date(2024, 1, day)) for day in (2, 3)),
    ]
    assert frame["close"].to_list() == [
        *(D("10.25"), D("10.125"), D(11), D("11.25")),
        *(D("0.0000000124"), D("0.000000012")),
    ]


def test_both_ends_are_included() -> None:
    frame = bars(vendor(), "AAA", start=date(2024, 1, 3), end=date(2024, 1, 4))
    assert frame["date"].to_list() == [date(2024, 1, 3), date(2024, 1, 4)]


def test_rows_in_any_order_and_twice_come_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = bars(vendor(), "AAA")
    rows = DAYS["AAA"]
    table(monkeypatch, {"AAA": [rows[2], rows[0], rows[3], rows[1], rows[0]]})
    assert bars(vendor(), "AAA").equals(plain)


def test_a_bar_that_comes_twice_and_differs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = (*DAYS["AAA"][1][:4], "10.5", "900")
    table(monkeypatch, {"AAA": [*DAYS["AAA"], other]})
    with pytest.raises(DataValidationError) as caught:
        bars(vendor(), "AAA")
    assert (
        str(caught.value) == "ledger, AAA at 2024-01-03, column close: was '10.50000000'; "
        "the bar is there twice, once with 10.12500000; ask the source which is right"
    )


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2024-01-05T20:59:59+00:00", date(2024, 1, 4)),
        ("2024-01-05T21:00:00+00:00", date(2024, 1, 5)),  # New York closes at 16:00, UTC-5
    ],
)
def test_a_session_that_is_not_over_is_left_out(now: str, last: date) -> None:
    assert bars(vendor(now), "AAA")["date"].max() == last


def test_only_what_is_new_is_fetched() -> None:
    known = {"AAA": date(2024, 1, 3), "BBB": date(2024, 1, 5)}
    frame = bars(vendor(), "AAA", "BBB", after=known)
    assert frame["date"].to_list() == [date(2024, 1, 4), date(2024, 1, 5)]
    assert LedgerVendor.requests == ["AAA 2024-01-04 0"]


def test_incremental_fetches_give_the_whole() -> None:
    whole = bars(vendor(), "AAA", "BBB")
    first = bars(vendor(), "AAA", "BBB", end=date(2024, 1, 3))
    known = dict(first.group_by("symbol").agg(pl.col("date").max()).iter_rows())
    rest = bars(vendor(), "AAA", "BBB", after=known)
    assert pl.concat([first, rest], how="vertical_relaxed").sort("symbol", "date").equals(whole)


def test_what_fails_for_the_moment_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = bars(vendor(), "AAA")
    LedgerVendor.requests.clear()
    monkeypatch.setattr(LedgerVendor, "trouble", frozenset({1, 2, 4}))
    assert bars(vendor(), "AAA").equals(plain)
    assert len(LedgerVendor.requests) == 5


def test_an_interrupted_fetch_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = bars(vendor(), "AAA", "BBB")
    LedgerVendor.requests.clear()
    monkeypatch.setattr(LedgerVendor, "fatal", frozenset({3}))
    with pytest.raises(KeyboardInterrupt):
        bars(vendor(), "AAA", "BBB")
    assert bars(vendor(), "AAA", "BBB").equals(plain)
    start = "2024-01-02"
    assert LedgerVendor.requests == [
        *(f"AAA {start} 0", f"AAA {start} 2", f"BBB {start} 0"),
        f"BBB {start} 0",
    ]
    bars(vendor(), "AAA", "BBB")
    assert len(LedgerVendor.requests) == 7, "what is complete is fetched anew"


def test_pages_of_yesterday_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LedgerVendor, "fatal", frozenset({2}))
    with pytest.raises(KeyboardInterrupt):
        bars(vendor("2024-02-01"), "AAA")
    bars(vendor("2024-02-02T00:00:01"), "AAA")
    assert LedgerVendor.requests.count("AAA 2024-01-02 0") == 2


def test_a_vendor_that_never_answers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LedgerVendor, "trouble", frozenset(range(100)))
    with pytest.raises(RetriesExhausted, match="ledger did not answer bars of AAA in 6 tries"):
        bars(vendor(), "AAA")


def test_an_unknown_symbol_is_named() -> None:
    with pytest.raises(UnknownSymbol, match="ledger has no symbol 'NONE'"):
        bars(vendor(), "AAA", "NONE")


def test_a_resolution_that_is_not_served_is_refused() -> None:
    with pytest.raises(ResolutionNotServed, match="ledger has no bars of 5m; give one of 1d, 1m"):
        vendor(resolution="5m")
    with pytest.raises(ResolutionNotServed):
        bars(vendor(), "AAA", resolution="1h")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"symbol": "AAA"}, "ledger option was 'symbol'; give some of symbols, start"),
        ({"start": "yesterday"}, "start was 'yesterday'; write 2024-01-31 or"),
        ({"resolution": "2d"}, "resolution was '2d'"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        vendor(**options)


def test_a_number_of_too_many_digits_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # 11 digits before the point and 8 after it are 19.
    row = ("2024-01-04", "10000000000.00000001", "10000000001", "1", "2", "1")
    table(monkeypatch, {"AAA": [*DAYS["AAA"][:2], row]})
    with pytest.raises(DataValidationError, match="ledger, AAA at 2024-01-04, column open: was"):
        bars(vendor(), "AAA")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("2024-01-04", "1", "2", "3", "2", "1"), "AAA at 2024-01-04, column high: was '2"),
        (("2024-01-04", "1", "2", "x", "2", "1"), "AAA at 2024-01-04, column low: was 'x'"),
        (
            ("2024-01-04", "1", "2", "-1", "2", "1"),
            "column low: was '-1'; the price is not above 0",
        ),
        (
            ("2024-01-04", "1", "2", "1", "", "1"),
            "AAA at 2024-01-04, column close: the cell is empty",
        ),
        (("2024-01-04", "3", "2", "1", "2", "1"), "high: was '2'; the high is below open or close"),
        (("2024-01-04", "1", "2", "1", "3", "1"), "high: was '2'; the high is below open or close"),
        (("2024-01-04", "1", "3", "2", "2", "1"), "low: was '2'; the low is above open or close"),
        (("2024-01-04", "0", "2", "0", "1", "1"), "low: was '0'; the price is not above 0"),
        (("2024-01-04", "1", "2", "1", "1", "-1"), "volume: was '-1'; the volume is negative"),
        (("2024-01-04", "1", "2", "1", "nan", "1"), "column close: was 'nan'"),
        (("2024-01-04", "1", "inf", "1", "1", "1"), "column high: was 'inf'"),
        (("soon", "1", "2", "1", "2", "1"), "column date in row 2: was 'soon'; write dates"),
    ],
)
def test_wrong_cells_are_named(monkeypatch: pytest.MonkeyPatch, row: Row, message: str) -> None:
    table(monkeypatch, {"AAA": [*DAYS["AAA"][:2], row]})
    with pytest.raises(DataValidationError, match=message):
        bars(vendor(), "AAA")


def test_a_window_without_a_session_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="there is no session between them"):
        bars(vendor("2024-01-03"), "AAA", start=date(2024, 1, 10), end=None)


def test_instants_are_half_open() -> None:
    window = {"start": datetime(2024, 1, 2, tzinfo=UTC), "end": datetime(2024, 1, 4, tzinfo=UTC)}
    frame = bars(vendor(), "AAA", resolution="1m", **window)
    # The labels are midnights: the bar that ends at the start began before it.
    assert frame["timestamp"].dt.date().to_list() == [date(2024, 1, 3), date(2024, 1, 4)]


def test_a_bundle_is_ingested() -> None:
    registry(groups.DATA_ADAPTERS).register("ledger", LedgerVendor)
    try:
        options = {"symbols": "BBB,AAA", "start": "2024-01-03", "end": "2024-01-04"}
        bundles.ingest_from("mine", source="ledger", location="", options=options)
    finally:
        registry(groups.DATA_ADAPTERS).unregister("ledger")
    bundle = bundles.load("mine")
    info = bundles.info("mine")
    assert (info.assets, info.daily_bars) == (2, 3)
    assert [bundle.finder.retrieve_asset(sid).symbol for sid in (0, 1)] == ["AAA", "BBB"]
    assert info.last_session == date(2024, 1, 4)


def test_a_bundle_without_symbols_is_refused() -> None:
    bundles.register("mine", LedgerVendor("", {}), calendar_name="XNYS")
    try:
        with pytest.raises(InvalidArgument, match="symbols was ''; give some: symbols=AAA,BBB"):
            bundles.ingest("mine")
    finally:
        bundles.unregister("mine")


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_ID", "me")
    assert vendor().secret("LEDGER_ID") == "me"
    monkeypatch.delenv("LEDGER_ID")
    with pytest.raises(MissingCredential, match="ledger needs the variable LEDGER_ID"):
        vendor().secret("LEDGER_ID")


def test_a_missing_client_says_what_to_install() -> None:
    class Client(LedgerVendor):
        extra = "ccxt"

    error = Client("", {}).missing(ImportError("no ccxt"))
    assert isinstance(error, MissingExtra)
    assert "pip install 'rustybt-data[ccxt]'" in str(error)
