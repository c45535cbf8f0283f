"""Corporate actions and exchange rates of a folder of CSV files."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from csv_folders import GOOD, HEADER, ingested, write

from rustybt.calendars import to_day, to_ns
from rustybt.data.actions import (
    Action,
    Delisting,
    Merger,
    RightsOffering,
    SpinOff,
    StockDividend,
)
from rustybt.data.adjustments import Adjustments
from rustybt.data.bundle import BundleData
from rustybt.data.bundles import info
from rustybt.values import Ratio

DAY, LATER = to_day("2021-03-01"), to_day("2021-03-15")


@pytest.fixture
def listed(folder: Path) -> Path:
    """A folder with assets A to D, sids 0 to 3."""
    for symbol in "ABCD":
        write(folder, f"daily/{symbol}.csv", HEADER, GOOD)
    return folder


def actions_of(folder: Path) -> Adjustments:
    return ingested(folder).adjustments


@pytest.mark.parametrize(
    ("file", "lines", "action"),
    [
        (
            "stock_dividends",
            ["symbol,ex_date,pay_date,ratio", "B,2021-03-01,2021-03-15,0.05"],
            StockDividend(sid=1, ex=DAY, pay=LATER, ratio=Ratio(1, 20)),
        ),
        (
            "stock_dividends",
            [
                "sid,ex_date,pay_date,ratio,declared_date,record_date,fractions",
                "1,20210301,2021-03-15,1/20,2021-02-01,2021-03-02,round_up",
            ],
            StockDividend(
                sid=1,
                ex=DAY,
                pay=LATER,
                ratio=Ratio(1, 20),
                declared=to_day("2021-02-01"),
                record=to_day("2021-03-02"),
                fractions="round_up",
            ),
        ),
        (
            "mergers",
            ["symbol,effective_date,cash", "A,2021-03-01,12.50"],
            Merger(sid=0, effective=DAY, cash=D("12.5"), currency="USD"),
        ),
        (
            "mergers",
            ["symbol,effective_date,acquirer,ratio", "A,2021-03-01,D,0.3333"],
            Merger(sid=0, effective=DAY, currency="USD", acquirer=3, ratio=Ratio(1, 3)),
        ),
        (
            "mergers",
            [
                "SYMBOL, Effective_Date ,cash,currency,acquirer_sid,ratio,fractions,source",
                "A,2021-03-01,3,EUR, 2 ,3/2,drop,a vendor",
            ],
            Merger(
                sid=0,
                effective=DAY,
                cash=D(3),
                currency="EUR",
                acquirer=2,
                ratio=Ratio(3, 2),
                fractions="drop",
            ),
        ),
        (
            "spin_offs",
            ["symbol,effective_date,child,ratio", "A,2021-03-01,B,1/4"],
            SpinOff(sid=0, effective=DAY, child=1, ratio=Ratio(1, 4)),
        ),
        (
            "spin_offs",
            [
                "sid,effective_date,child_sid,ratio,cost_share,parent_price,child_price",
                "0,2021-03-01,1,1,0.2,80,20",
            ],
            SpinOff(
                sid=0,
                effective=DAY,
                child=1,
                ratio=Ratio(1),
                cost_share=Ratio(1, 5),
                parent_price=D(80),
                child_price=D(20),
            ),
        ),
        (
            "rights",
            ["symbol,ex_date,expiry_date,price,ratio", "C,2021-03-01,2021-03-15,8.50,3/5"],
            RightsOffering(
                sid=2, ex=DAY, expiry=LATER, price=D("8.5"), currency="USD", ratio=Ratio(3, 5)
            ),
        ),
        (
            "rights",
            [
                "symbol,ex_date,expiry_date,price,ratio,rights,rights_symbol,currency,fractions",
                "C,2021-03-01,2021-03-15,8.50,1/5,2,D,EUR,cash",
            ],
            RightsOffering(
                sid=2,
                ex=DAY,
                expiry=LATER,
                price=D("8.5"),
                ratio=Ratio(1, 5),
                rights=Ratio(2),
                rights_sid=3,
                currency="EUR",
                fractions="cash",
            ),
        ),
        (
            "delistings",
            ["symbol,effective_date", "D,2021-03-01"],
            Delisting(sid=3, effective=DAY),
        ),
        (
            "delistings",
            ["symbol,effective_date,price", "D,2021-03-01,0"],
            Delisting(sid=3, effective=DAY, price=D(0)),
        ),
        (
            "delistings",
            ["symbol,effective_date,price", "D,2021-03-01,0.37"],
            Delisting(sid=3, effective=DAY, price=D("0.37")),
        ),
    ],
)
def test_a_row_is_an_action(listed: Path, file: str, lines: list[str], action: Action) -> None:
    write(listed, f"{file}.csv", *lines)
    assert getattr(actions_of(listed), file)() == (action,)


@pytest.mark.parametrize(
    ("column", "expected"), [("", ["EUR", "USD", "EUR"]), ("GBP", ["GBP", "GBP", "GBP"])]
)
def test_money_of_no_currency_is_in_that_of_its_asset(
    listed: Path, column: str, expected: list[str]
) -> None:
    write(listed, "assets.csv", "symbol,currency", "A,USD", "B,EUR", "C,USD", "D,EUR")
    write(
        listed,
        "dividends.csv",
        "symbol,ex_date,pay_date,amount,currency",
        f"B,2021-03-01,2021-03-15,1,{column}",
    )
    write(
        listed,
        "mergers.csv",
        "symbol,effective_date,cash,currency",
        f"C,2021-03-01,1,{column}",
    )
    write(
        listed,
        "rights.csv",
        "symbol,ex_date,expiry_date,price,ratio,currency",
        f"D,2021-03-01,2021-03-15,1,1,{column}",
    )
    found = actions_of(listed)
    (dividend,), (merger,), (rights,) = found.dividends(), found.mergers(), found.rights()
    assert [dividend.currency, merger.currency, rights.currency] == expected


def test_rows_about_assets_of_other_folders_are_left_out(
    listed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(listed, "delistings.csv", "symbol,effective_date", "Z,2021-03-01", "D,2021-03-02")
    assert [action.sid for action in actions_of(listed).delistings()] == [3]
    assert "unknown assets" in caplog.text


@pytest.mark.parametrize(
    ("file", "line", "last"),
    [
        # A merger counts before the session of its day, a delisting after it.
        ("mergers.csv", "A,2021-03-03,12.50", "2021-03-02"),
        ("delistings.csv", "A,2021-03-03,", "2021-03-03"),
        ("mergers.csv", "A,2021-03-09,12.50", "2021-03-05"),
        ("delistings.csv", "A,2021-03-09,", "2021-03-05"),
    ],
)
def test_an_asset_ends_with_its_action_whatever_bars_follow(
    listed: Path, file: str, line: str, last: str
) -> None:
    days = [f"2021-03-0{day},1,1,1,1,100" for day in range(1, 6)]
    write(listed, "daily/A.csv", HEADER, *days)
    write(listed, "assets.csv", "symbol,end_date", "A,2021-03-05")
    money = "cash" if file == "mergers.csv" else "price"
    write(listed, file, f"symbol,effective_date,{money}", line)
    asset = ingested(listed).finder.retrieve_asset(0)
    assert asset.end_date == date.fromisoformat(last)
    assert asset.auto_close_date == date.fromisoformat(last) + timedelta(days=1)


def test_empty_files_hold_no_actions(listed: Path) -> None:
    write(listed, "mergers.csv", "symbol,effective_date,cash")
    write(listed, "rates.csv", "date,base,quote,rate")
    bundle = ingested(listed)
    assert bundle.adjustments.mergers() == ()
    assert len(bundle.rates) == 0
    assert (info("mine").other_actions, info("mine").rates) == (0, 0)


# ------------------------------------------------------------------ exchange rates


def at(text: str) -> int:
    return to_ns(datetime.fromisoformat(text + "+00:00"))


def rate(bundle: BundleData, time: str) -> D | None:
    return bundle.rates.find("EUR", "USD", at(time))


def test_a_date_means_the_close_of_its_session(listed: Path) -> None:
    write(
        listed,
        "rates.csv",
        "date,base,quote,rate",
        "2021-03-01,EUR,USD,1.2053",
        "2021-03-02,EUR,USD,1.2028",
        "2021-03-06,EUR,USD,1.1938",  # a Saturday
    )
    bundle = ingested(listed)
    # XNYS closes at 21:00 UTC in winter.
    assert rate(bundle, "2021-03-01 20:59") is None
    assert rate(bundle, "2021-03-01 21:00") == D("1.2053")
    assert rate(bundle, "2021-03-02 20:59") == D("1.2053")
    assert rate(bundle, "2021-03-06 23:59") == D("1.2028")
    assert rate(bundle, "2021-03-07 00:00") == D("1.1938")


@pytest.mark.parametrize("stamp", ["timestamp", "dt", "date"])
def test_a_time_means_itself(listed: Path, stamp: str) -> None:
    write(
        listed,
        "rates.csv",
        f"{stamp},base,quote,rate,source",
        "2021-03-01T15:00:00Z,EUR,USD,1.2053,ECB",
        "2021-03-02 16:00:00+01:00,EUR,USD,1.2028,ECB",
        "2021-03-03 15:00:00, EUR , USD ,1.2048,ECB",
        "2021-03-04,EUR,USD,1.2000,ECB",
    )
    bundle = ingested(listed)
    assert rate(bundle, "2021-03-01 14:59") is None
    assert rate(bundle, "2021-03-01 15:00") == D("1.2053")
    assert rate(bundle, "2021-03-02 15:00") == D("1.2028")
    assert rate(bundle, "2021-03-03 15:00") == D("1.2048")
    assert rate(bundle, "2021-03-04 21:00") == D("1.2")


def test_a_column_of_another_name_may_hold_the_times(listed: Path) -> None:
    for symbol in "ABCD":
        write(listed, f"daily/{symbol}.csv", HEADER.replace("date", "day"), GOOD)
    write(listed, "rates.csv", "day,base,quote,rate", "2021-03-01,EUR,USD,1.2053")
    assert rate(ingested(listed, stamp="day"), "2021-03-01 21:00") == D("1.2053")


# ------------------------------------------------------------------ the description


def test_the_bundle_tells_how_many_there_are(listed: Path) -> None:
    write(listed, "splits.csv", "symbol,effective_date,ratio", "A,2021-03-01,2")
    write(listed, "delistings.csv", "symbol,effective_date", "C,2021-03-01", "D,2021-03-01")
    write(listed, "spin_offs.csv", "symbol,effective_date,child,ratio", "A,2021-03-01,B,1")
    write(listed, "rates.csv", "date,base,quote,rate", "2021-03-01,EUR,USD,1.2")
    bundle = ingested(listed)
    facts = info("mine")
    assert (facts.splits, facts.dividends, facts.other_actions, facts.rates) == (1, 0, 3, 1)
    assert facts.last_session == date(2021, 3, 1)
    assert facts.fingerprint == bundle.fingerprint


@pytest.mark.parametrize(
    ("file", "header", "row", "other"),
    [
        ("delistings.csv", "symbol,effective_date,price", "A,2021-03-01,", "A,2021-03-01,0"),
        ("rights.csv", "symbol,ex_date,expiry_date,price,ratio",
         "A,2021-03-01,2021-03-09,5,1", "A,2021-03-01,2021-03-09,5,2"),
        ("rates.csv", "date,base,quote,rate", "2021-03-01,EUR,USD,1.2", "2021-03-01,EUR,USD,1.3"),
        ("rates.csv", "date,base,quote,rate", "2021-03-01,EUR,USD,1.2", "2021-03-02,EUR,USD,1.2"),
    ],
)  # fmt: skip
def test_any_change_changes_the_fingerprint(
    listed: Path, file: str, header: str, row: str, other: str
) -> None:
    before = ingested(listed).fingerprint
    write(listed, file, header, row)
    one = ingested(listed).fingerprint
    assert ingested(listed).fingerprint == one
    write(listed, file, header, other)
    assert len({before, one, ingested(listed).fingerprint}) == 3
