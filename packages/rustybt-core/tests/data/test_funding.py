"""When funding is paid and at which rate: worked out by hand, and laws."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset, AssetFinder, Cryptocurrency, ExchangeInfo, Perpetual
from rustybt.calendars import get_calendar, to_ns
from rustybt.data.adjustments import Adjustments
from rustybt.data.bundle import BundleData
from rustybt.data.frame_reader import FrameReader
from rustybt.data.funding import Funding, FundingEvent, funding_events
from rustybt.data.pair_rates import rates_of_bundle
from rustybt.errors import InvalidArgument

CALENDAR = get_calendar("24/7")
BINANCE = ExchangeInfo("binance")


def coin(kind: type[Cryptocurrency], sid: int, symbol: str) -> Cryptocurrency:
    return kind(
        sid=sid, symbol=symbol, exchange_info=BINANCE, base_currency="BTC", quote_currency="USDT"
    )


SWAP = coin(Perpetual, 1, "BTC/USDT:USDT")
OTHER = coin(Perpetual, 2, "ETH/USDT:USDT")

RATES = {
    # Binance pays at 00:00, 08:00 and 16:00 UTC.
    "2024-03-01 00:00": "0.0001",
    "2024-03-01 08:00": "-0.00025",
    "2024-03-01 16:00": "0",
    "2024-03-02 00:00": "0.000375",
}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def bars(rates: dict[str, Any], resolution: str = "1m", sid: int = 1) -> FrameReader:
    """A bar at each of the stamps, and one without a rate a minute later."""
    empty = {str(moment(text) + timedelta(minutes=1))[:16]: None for text in rates}
    rows = {**rates, **(empty if resolution == "1m" else {})}
    frame = pl.DataFrame(
        {
            "timestamp": [moment(text).replace(tzinfo=None) for text in rows],
            "symbol": "S",
            **dict.fromkeys(("open", "high", "low", "close"), 1),
            "volume": 1,
            "funding_rate": pl.Series(list(rows.values()), dtype=pl.String),
        }
    )
    return FrameReader(frame, resolution=resolution, calendar=CALENDAR, sids={"S": sid})


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-02-29 00:00", "2024-03-03 00:00", list(RATES)),
        # The start is excluded, the end is included.
        ("2024-03-01 00:00", "2024-03-01 08:00", ["2024-03-01 08:00"]),
        ("2024-02-29 23:59", "2024-03-01 00:00", ["2024-03-01 00:00"]),
        ("2024-03-01 00:01", "2024-03-01 07:59", []),
        # A session of 24/7: the label 00:00 belongs to the day that ends.
        (
            "2024-03-01 00:00",
            "2024-03-02 00:00",
            ["2024-03-01 08:00", "2024-03-01 16:00", "2024-03-02 00:00"],
        ),
    ],
)
def test_payments_after_a_start_and_up_to_an_end(start: str, end: str, expected: list[str]) -> None:
    found = funding_events(bars(RATES), CALENDAR, SWAP, moment(start), moment(end))
    assert list(found) == [FundingEvent(to_ns(moment(text)), D(RATES[text])) for text in expected]


def test_what_a_position_pays() -> None:
    # Long 2 BTC at a mark of 60,000: 2 x 60,000 x 0.0001 = 12 are paid, then 30 are received.
    found = funding_events(
        bars(RATES), CALENDAR, SWAP, moment("2024-02-29 23:00"), moment("2024-03-01 08:00")
    )
    assert [2 * 60_000 * event.rate for event in found] == [D(12), D(-30)]


def test_every_digit_is_kept() -> None:
    rates = {"2024-03-01 00:00": "0.000012345678901234"}
    ((_, rate),) = funding_events(
        bars(rates), CALENDAR, SWAP, moment("2024-02-29"), moment("2024-03-02")
    )
    assert rate == D("0.000012345678901234")


def test_of_daily_bars_it_is_paid_at_the_close() -> None:
    reader = bars({"2024-03-01": "0.0003", "2024-03-02": None, "2024-03-03": "0.0006"}, "1d")
    funding = Funding(reader, CALENDAR, every_hours=8)
    found = funding.events(SWAP, moment("2024-02-01"), moment("2024-03-04"))
    assert list(found) == [
        FundingEvent(to_ns(moment("2024-03-02 00:00")), D("0.0003")),
        FundingEvent(to_ns(moment("2024-03-04 00:00")), D("0.0006")),
    ]
    assert not funding.events(SWAP, moment("2024-03-02"), moment("2024-03-03 23:59"))


@pytest.mark.parametrize("start", ["2024-03-01", "2024-03-04 20:00", "2024-03-01 21:00"])
def test_a_day_without_session_is_paid_at_the_next_close(start: str) -> None:
    """Friday to Monday on New York's sessions, which close at 21:00 UTC in winter."""
    days = {f"2024-03-0{day}": f"0.000{day}" for day in range(1, 5)}
    funding = Funding(bars(days, "1d"), get_calendar("XNYS"))
    found = funding.events(SWAP, moment(start), moment("2024-03-04 21:00"))
    monday = to_ns(moment("2024-03-04 21:00"))
    weekend = [FundingEvent(monday, D(rate)) for rate in ("0.0002", "0.0003", "0.0004")]
    friday = FundingEvent(to_ns(moment("2024-03-01 21:00")), D("0.0001"))
    assert list(found) == ([friday, *weekend] if start == "2024-03-01" else weekend)


def test_the_newest_close_by_a_payment() -> None:
    closes = [None, "61.5", None, "63", "64"]
    frame = pl.DataFrame(
        {
            "timestamp": [datetime(2024, 3, 1, 8, minute) for minute in range(1, 6)],  # noqa: DTZ001
            "symbol": "S",
            **dict.fromkeys(("open", "high", "low", "close"), closes),
            "volume": [None, "1", None, "1", "1"],
            "funding_rate": ["0.1", None, "0.2", "0.3", None],
        },
        schema_overrides={"volume": pl.String},
    )
    reader = FrameReader(frame, resolution="1m", calendar=CALENDAR, sids={"S": 1})
    span = moment("2024-03-01 08:00"), moment("2024-03-01 09:00")
    priced = Funding(reader, CALENDAR, prices=True)
    times = [event.at for event in priced.events(SWAP, *span)]
    assert [priced.close(SWAP, at) for at in times] == [None, D("61.5"), D(63)]
    plain = Funding(reader, CALENDAR)
    assert [plain.close(SWAP, event.at) for event in plain.events(SWAP, *span)] == [None] * 3


def test_when_to_ask_again() -> None:
    funding = Funding(bars(RATES), CALENDAR)
    first, second, last = (
        moment(f"2024-03-{text}") for text in ("01 00:00", "01 08:00", "02 00:00")
    )
    funding.events(SWAP, moment("2024-02-29"), first)
    assert funding.quiet_until(SWAP, to_ns(first)) == to_ns(second)
    assert funding.quiet_until(SWAP, to_ns(second) - 1) == to_ns(second)
    funding.events(SWAP, first, last)
    known = funding.quiet_until(SWAP, to_ns(last))
    assert to_ns(last) < known <= to_ns(moment("2024-04-10"))


def test_a_rate_that_is_repeated_is_thinned_out() -> None:
    repeated = {f"2024-03-01 {hour:02}:00": "0.0001" for hour in range(24)}
    day = moment("2024-02-29 23:00"), moment("2024-03-01 23:00")
    reader = bars(repeated)
    assert len(Funding(reader, CALENDAR).events(SWAP, *day)) == 24
    thinned = Funding(reader, CALENDAR, every_hours=8).events(SWAP, *day)
    assert [event.at for event in thinned] == [
        to_ns(moment(f"2024-03-01 {hour}:00")) for hour in ("00", "08", "16")
    ]


def test_a_rate_in_every_bar_is_refused() -> None:
    stamps = [f"2024-03-01 {hour:02}:{minute:02}" for hour in (0, 1) for minute in range(0, 60, 5)]
    day = moment("2024-02-29 23:00"), moment("2024-03-01 23:00")
    reader = bars(dict.fromkeys(stamps, "0.0001"), "5m")
    # The first bar and eight that repeat it: 00:00 to 00:40.
    message = r"sid 1 up to 2024-03-01 00:40:00\+00:00'; .* set the rule funding_hours, such as 8"
    with pytest.raises(InvalidArgument, match=message):
        Funding(reader, CALENDAR).events(SWAP, *day)
    assert len(Funding(reader, CALENDAR, every_hours=1).events(SWAP, *day)) == 2
    few = bars(dict.fromkeys(stamps[:8], "0.0001"), "5m")
    assert len(Funding(few, CALENDAR).events(SWAP, *day)) == 8


def test_rates_of_zero_are_no_payments() -> None:
    minutes = {f"2024-03-01 00:{minute:02}": "0" for minute in range(1, 60)}
    reader = bars({"2024-03-01 00:00": "0.0001", **minutes})
    found = Funding(reader, CALENDAR).events(SWAP, moment("2024-02-29"), moment("2024-03-02"))
    assert [event.rate for event in found if event.rate] == [D("0.0001")]


def test_assets_are_kept_apart() -> None:
    funding = Funding(bars(RATES), CALENDAR)
    span = moment("2024-02-29"), moment("2024-03-03")
    assert len(funding.events(SWAP, *span)) == 4
    assert not funding.events(OTHER, *span)


@pytest.mark.parametrize("hours", [7, 0, -8, 48])
def test_wrong_hours_are_refused(hours: int) -> None:
    with pytest.raises(InvalidArgument, match=f"every_hours was {hours}; give a divisor of 24"):
        Funding(bars(RATES), CALENDAR, every_hours=hours)


def test_an_empty_column_is_no_column() -> None:
    with pytest.raises(InvalidArgument, match="no such column; ingest it, with zeros"):
        Funding(bars({"2024-03-01 00:00": None}), CALENDAR)


def bundle(minute: FrameReader | None, daily: FrameReader | None = None, *assets: Asset) -> Any:
    return BundleData(
        name="coins",
        timestamp=None,
        calendar="24/7",
        finder=AssetFinder.from_assets(assets or [SWAP]),
        daily=daily,
        minute=minute,
        adjustments=Adjustments.empty(),
        fingerprint="",
    )


def without_rates(reader_of: dict[str, Any]) -> FrameReader:
    frame = pl.DataFrame(
        {
            "timestamp": [moment(text).replace(tzinfo=None) for text in reader_of],
            "symbol": "S",
            **dict.fromkeys(("open", "high", "low", "close", "volume"), 1),
        }
    )
    return FrameReader(frame, resolution="1m", calendar=CALENDAR, sids={"S": 1})


def test_bars_without_a_column_of_rates() -> None:
    plain = without_rates(RATES)
    with pytest.raises(InvalidArgument, match="'funding_rate'; the bars have no such column"):
        funding_events(plain, CALENDAR, SWAP, 0, 1)
    assert Funding.of(bundle(plain), CALENDAR) is None
    daily = bars({"2024-03-01": "0.0003"}, "1d")
    both = Funding.of(bundle(plain, daily), CALENDAR)
    assert both is not None
    assert len(both.events(SWAP, 0, moment("2024-03-03"))) == 1
    finer = Funding.of(bundle(bars(RATES), daily), CALENDAR)
    assert finer is not None
    assert len(finer.events(SWAP, 0, moment("2024-03-03"))) == 4


def test_the_price_of_a_swap_is_no_rate_of_exchange() -> None:
    spot = coin(Cryptocurrency, 1, "BTC/USDT")
    assert rates_of_bundle(bundle(bars(RATES), None, spot)).pairs == (("BTC", "USDT"),)
    assert rates_of_bundle(bundle(bars(RATES), None, SWAP)).pairs == ()


@given(
    minutes=st.lists(st.integers(0, 4_000), min_size=1, max_size=30, unique=True),
    cuts=st.lists(st.integers(-10, 4_100), max_size=8),
)
def test_consecutive_spans_have_every_payment_once(minutes: list[int], cuts: list[int]) -> None:
    first = moment("2024-03-01 00:00")
    rates = {
        str(first + timedelta(minutes=3 * minute))[:16]: f"0.{minute + 1:06}" for minute in minutes
    }
    funding = Funding(bars(rates), CALENDAR)
    bounds = sorted({-100_000, *(3 * cut for cut in cuts), 100_000})
    spans = [first + timedelta(minutes=bound) for bound in bounds]
    found = [event for start, end in pairwise(spans) for event in funding.events(SWAP, start, end)]
    expected = [FundingEvent(to_ns(moment(text)), D(rate)) for text, rate in rates.items()]
    assert found == sorted(expected)
