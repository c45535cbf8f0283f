"""What a strategy sees of the newest bar, in the Polars view."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from small_markets import Run, bundle, dividend, equities, frame, run, split, weekdays

from rustybt.assets import Asset, Cryptocurrency, Equity, ExchangeInfo
from rustybt.calendars import TradingCalendar, deregister_calendar, register_calendar
from rustybt.data.bar_data import BarData
from rustybt.errors import InvalidArgument
from rustybt.values import Arithmetic, FloatArithmetic

CALENDAR = weekdays("2020-01-06", 40)
A, B = equities("AB", B=("2020-01-07", "2020-01-09"))

DAILY = frame(
    {
        "A": {
            "2020-01-06": (100, "102.5", 99, 101, 1000),
            "2020-01-07": (101, 103, 100, "102.125", 2000),
            "2020-01-09": (51, 52, 50, 50, 500),
        },
        "B": {"2020-01-07": (7, 8, 6, "7.10", 0), "2020-01-08": (7, 8, 6, 7, 3)},
    }
)
EVENTS = (split(1, "2020-01-09", "1/2"), dividend(1, "2020-01-08", "4.085"))


def daily(arithmetic: Arithmetic | None = None, **options: object) -> tuple[Run, BarData]:
    here = run(
        bundle(CALENDAR, [A, B], daily=DAILY, events=EVENTS), CALENDAR, "1d", arithmetic, **options
    )
    return here, BarData(here.portal)


class Restricted:
    """Restricts one asset from a moment on."""

    def __init__(self, asset: Asset, since: datetime) -> None:
        self.asset, self.since = asset, since

    def is_restricted(self, assets: Asset, dt: datetime) -> bool:
        return assets == self.asset and dt >= self.since


# ---------------------------------------------------------------------- current


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("open", "100.00"), ("high", "102.50"), ("low", "99.00"), ("close", "101.00"),
        ("price", "101.00"), ("volume", "1000"),
    ],
)  # fmt: skip
def test_values_are_decimals_with_the_places_of_the_asset(field: str, text: str) -> None:
    here, data = daily()
    here.on("2020-01-06")
    for _ in range(3):  # read singly at first, then from a column
        assert str(data.current(A, field)) == text


def test_a_value_with_more_places_keeps_them() -> None:
    here, data = daily()
    here.on("2020-01-07")
    assert str(data.current(A, "close")) == "102.125"


def test_without_a_bar_there_is_a_price_and_no_volume() -> None:
    here, data = daily()
    here.on("2020-01-08")
    fields = ("open", "high", "low", "close", "volume")
    assert [data.current(A, field) for field in fields] == [None, None, None, None, 0]
    # The dividend is 4 % of 102.125: 102.125 x 0.96 = 98.04.
    assert str(data.current(A, "price")) == "98.04"
    assert data.current(A, "last_traded") == datetime(2020, 1, 7, tzinfo=UTC)


def test_values_of_every_bar_of_a_long_run_equal_those_read_singly() -> None:
    read, singly = [], []
    here, data = daily()
    for day in ("2020-01-06", "2020-01-07", "2020-01-08", "2020-01-09", "2020-01-10"):
        here.on(day)
        read.append([data.current(A, field) for field in ("price", "close", "volume")])
        other, once = daily()
        other.on(day)
        singly.append([once.current(A, field) for field in ("price", "close", "volume")])
    assert read == singly
    assert [row[0] for row in read] == [101, Decimal("102.125"), Decimal("98.04"), 50, 50]


def test_a_bar_with_prices_and_no_volume_shows_them() -> None:
    here, data = daily()
    here.on("2020-01-07")
    assert data.current(B, "close") == data.current(B, "price") == Decimal("7.1")
    assert data.current(B, "last_traded") is None


@pytest.mark.parametrize("day", ["2020-01-06", "2020-01-10"])
def test_outside_its_life_an_asset_has_no_price(day: str) -> None:
    here, data = daily()
    here.on(day)
    assert data.current(B, "price") is None
    assert data.current(B, "volume") == 0


def test_floats_in_float_mode() -> None:
    here, data = daily(FloatArithmetic())
    here.on("2020-01-08")
    price = data.current(A, "price")
    assert (type(price), price) == (float, 98.04)
    assert data.current(A, "close") is None


def test_several_assets_give_a_dict() -> None:
    here, data = daily()
    here.on("2020-01-08")
    assert data.current([B, A], "volume") == {B: 3, A: 0}
    assert data.current((A,), "last_traded") == {A: datetime(2020, 1, 7, tzinfo=UTC)}
    assert data.current([], "close") == {}


@pytest.mark.parametrize(("assets", "symbols"), [([B, A], ["B", "A"]), (A, ["A"])])
def test_several_fields_give_a_frame(assets: object, symbols: list[str]) -> None:
    here, data = daily()
    here.on("2020-01-08")
    table = data.current(assets, ["price", "volume", "last_traded"])  # type: ignore[call-overload]
    assert table.columns == ["symbol", "price", "volume", "last_traded"]
    assert table["symbol"].to_list() == symbols
    assert table["price"].to_list()[-1] == Decimal("98.04")
    assert table.dtypes[1:] == [pl.Decimal(38, 12), pl.Decimal(38, 8), pl.Datetime("us", "UTC")]


def test_before_the_open_the_newest_bar_is_that_of_the_last_session_on_today_s_scale() -> None:
    here, data = daily()
    here.on("2020-01-07")
    here.before("2020-01-08")
    assert data.current(A, "close") == Decimal("98.04")
    assert data.current(A, "volume") == 2000
    here.on("2020-01-08")
    here.before("2020-01-09")
    assert data.current(A, "close") is None
    assert data.current(A, "price") == Decimal("49.02")
    here.on("2020-01-09")
    here.before("2020-01-10")
    assert data.current(A, "volume") == 500


def test_zipline_s_daily_runs_see_today_before_the_open() -> None:
    here, data = daily(before_open_sees_today=True)
    here.before("2020-01-07")
    assert data.current(A, "close") == Decimal("102.125")
    assert data.can_trade(A)


def test_two_views_of_one_portal() -> None:
    from rustybt.data.pandas_view import PandasBarData

    here, exact = daily()
    floats = PandasBarData(here.portal)
    here.on("2020-01-07")
    assert (exact.current(A, "close"), floats.current(A, "close")) == (Decimal("102.125"), 102.125)
    assert type(floats.current(A, "close")) is float


def test_columns_of_the_user_s_own_files_are_fields_too() -> None:
    here, data = daily()
    data.fetched.add([(0, A), (0, "VIX")], pl.DataFrame({"signal": [1.5, 20.0]}))
    here.on("2020-01-07")
    assert data.current(A, "signal") == 1.5
    assert data.current("VIX", "signal") == 20.0
    assert data.current([A, B], "signal") == {A: 1.5, B: None}
    assert data.fetcher_assets == [A]


@pytest.mark.parametrize(
    ("assets", "fields", "words"),
    [
        ("A", "close", ["assets", "'A'"]),
        (1, "close", ["assets", "1"]),
        ({A}, "close", ["assets", "list"]),
        ([A, None], "close", ["assets", "None"]),
        (A, "colour", ["fields", "'colour'", "last_traded"]),
        (A, ["close", "colour"], ["fields", "'colour'"]),
        (A, 3, ["fields", "3"]),
    ],
)
def test_what_is_asked_for_wrongly_is_named(
    assets: object, fields: object, words: list[str]
) -> None:
    here, data = daily()
    here.on("2020-01-07")
    with pytest.raises(InvalidArgument) as caught:
        data.current(assets, fields)  # type: ignore[call-overload]
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize("method", ["can_trade", "is_stale"])
def test_flags_are_for_assets(method: str) -> None:
    here, data = daily()
    here.on("2020-01-07")
    with pytest.raises(InvalidArgument, match="assets was 'A'"):
        getattr(data, method)("A")
    with pytest.raises(InvalidArgument, match="assets was 5"):
        getattr(data, method)([A, 5])


# ---------------------------------------------------------------------- flags


@pytest.mark.parametrize(
    ("day", "a", "b"),
    [
        ("2020-01-06", (True, False), (False, False)),  # B has not started
        ("2020-01-07", (True, False), (True, False)),  # B shows a price, but never traded
        ("2020-01-08", (True, True), (True, False)),  # A is halted
        ("2020-01-09", (True, False), (True, True)),
        ("2020-01-10", (True, True), (False, False)),  # B has ended
    ],
)
def test_what_can_be_traded_and_what_is_stale(
    day: str, a: tuple[bool, bool], b: tuple[bool, bool]
) -> None:
    here, data = daily()
    here.on(day)
    assert data.can_trade([A, B]) == {A: a[0], B: b[0]}
    assert data.is_stale([A, B]) == {A: a[1], B: b[1]}
    assert (data.can_trade(A), data.is_stale(A)) == a


def test_before_the_first_print_nothing_can_be_traded() -> None:
    market = bundle(CALENDAR, [A], daily=frame({"A": {"2020-01-07": 1}}))
    here = run(market, CALENDAR)
    data = BarData(here.portal)
    here.on("2020-01-06")
    assert not data.can_trade(A)
    here.on("2020-01-07")
    assert data.can_trade(A)


def test_restricted_assets_cannot_be_traded() -> None:
    here, data = daily()
    data.restrict(Restricted(A, datetime(2020, 1, 7, tzinfo=UTC)))
    here.on("2020-01-06")
    assert data.can_trade(A)
    here.on("2020-01-07")
    assert data.can_trade([A, B]) == {A: False, B: True}


def test_after_the_auto_close_date_nothing_can_be_traded() -> None:
    closing = Equity(
        sid=1, symbol="A", exchange_info=ExchangeInfo("SMALL"), auto_close_date=date(2020, 1, 7)
    )
    here = run(bundle(CALENDAR, [closing], daily=DAILY.filter(symbol="A")), CALENDAR)
    data = BarData(here.portal)
    tradable = []
    for day in ("2020-01-06", "2020-01-07", "2020-01-08"):
        here.on(day)
        tradable.append(data.can_trade(closing))
    assert tradable == [True, True, False]


MINUTES = frame({"A": {"2020-01-06 14:31": 1, "2020-01-07 14:32": 2}}, intraday=True)


def test_before_the_open_what_trades_today_can_be_traded() -> None:
    here = run(bundle(CALENDAR, [A], minute=MINUTES), CALENDAR, "1m")
    data = BarData(here.portal)
    here.before("2020-01-07")
    assert data.can_trade(A)
    assert data.is_stale(A)


def test_zipline_trades_nothing_before_the_open_of_a_run_of_minutes() -> None:
    market = bundle(CALENDAR, [A], minute=MINUTES)
    here = run(market, CALENDAR, "1m", before_open_sees_today=True)
    data = BarData(here.portal)
    here.before("2020-01-07")
    assert not data.can_trade(A)
    with pytest.raises(TypeError, match="unsupported operand"):
        data.current(A, "last_traded")
    here.bar("2020-01-07 14:31")
    assert data.can_trade(A)
    assert data.current(A, "last_traded") == datetime(2020, 1, 6, 14, 31, tzinfo=UTC)


@pytest.fixture
def half_days() -> Iterator[str]:
    """A registered venue that is open in the first three minutes, and not on Tuesdays."""
    mondays = (CALENDAR.sessions + 3) % 7 != 1
    opens = CALENDAR.opens[mondays]
    venue = TradingCalendar(
        name="HALF",
        tz=CALENDAR.tz,
        sessions=CALENDAR.sessions[mondays],
        opens=opens,
        closes=opens + np.int64(3 * 60 * 10**9),
    )
    register_calendar("HALF", venue)
    yield "HALF"
    deregister_calendar("HALF")


def test_an_asset_whose_venue_is_closed_cannot_be_traded(half_days: str) -> None:
    venue = ExchangeInfo(half_days)
    stock = Equity(sid=1, symbol="A", exchange_info=venue)
    coin = Cryptocurrency(sid=2, symbol="X/Y", exchange_info=venue)
    bars = frame(
        {symbol: {f"2020-01-0{day} 14:31": 5 for day in (6, 7)} for symbol in ("A", "X/Y")},
        intraday=True,
    )
    here = run(bundle(CALENDAR, [stock, coin], minute=bars), CALENDAR, "1m")
    data = BarData(here.portal)
    tradable = []
    for moment in ("2020-01-06 14:33", "2020-01-06 14:34", "2020-01-07 14:32"):
        here.bar(moment)
        tradable.append((data.can_trade(stock), data.can_trade(coin)))
    assert tradable == [(True, True), (False, True), (False, True)]
    assert data.current(stock, "price") == 5
    here.before("2020-01-07")
    assert (data.can_trade(stock), data.can_trade(coin)) == (False, True)
    here.before("2020-01-08")
    assert data.can_trade(stock)


# ---------------------------------------------------------------------- time


def test_the_present() -> None:
    here = run(bundle(CALENDAR, [A], minute=MINUTES), CALENDAR, "1m")
    data = BarData(here.portal)
    here.bar("2020-01-06 14:33")
    assert data.current_dt == datetime(2020, 1, 6, 14, 33, tzinfo=UTC)
    assert data.current_session == date(2020, 1, 6)
    assert data.current_session_minutes.to_list() == [
        datetime(2020, 1, 6, 14, minute, tzinfo=UTC) for minute in range(31, 37)
    ]
    here.before("2020-01-07")
    assert data.current_dt == datetime(2020, 1, 7, 13, 45, tzinfo=UTC)
    assert data.current_session == date(2020, 1, 7)
