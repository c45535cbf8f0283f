"""Fetching from a vendor on loopback: incremental, interrupted, with bars that cannot be."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import polars as pl
import pytest
from data_commands import done, refused, rustybt, table
from polygon_replies import DAYS, KEY, Polygon
from vendor_server import Answer, Asked, VendorServer, serving

from rustybt.calendars import from_day
from rustybt.data.bundles import info, load
from rustybt_data import DataCatalog

BARS = "/v2/aggs/"


@pytest.fixture(scope="module")
def shared() -> Iterator[VendorServer]:
    with serving() as server:
        yield server


@pytest.fixture
def vendor(shared: VendorServer, monkeypatch: pytest.MonkeyPatch) -> VendorServer:
    monkeypatch.setenv("POLYGON_API_KEY", KEY)
    monkeypatch.delenv("MASSIVE_API_KEY", raising=False)
    shared.reset(Polygon())
    return shared


def command(vendor: VendorServer, *more: str, end: str = "2024-03-12") -> tuple[str, ...]:
    """Fetch AAPL from 2024-03-07 on: four daily bars in two pages."""
    days = ("--start", "2024-03-07", "--end", end)
    fast = ("--option", "per_minute=100000")
    return ("data", "fetch", "polygon", "AAPL", "--location", vendor.url, *days, *fast, *more)


def test_a_fetch_says_what_came_and_what_to_do_next(vendor: VendorServer) -> None:
    printed = done(*command(vendor, "--name", "us"))
    assert [(row["symbol"], row["bars"], row["new"]) for row in table(printed, "symbol")] == [
        ("AAPL", "4", "4")
    ]
    assert "Next: rustybt run -f STRATEGY.py --bundle us -s 2024-03-07 -e 2024-03-12" in printed
    with DataCatalog() as catalog:
        closes = catalog.query("AAPL").collect()["close"].to_list()
    assert closes == [D(day[5]) for day in DAYS]


def test_a_name_is_by_default_that_of_the_source(vendor: VendorServer) -> None:
    done(*command(vendor))
    assert table(done("data", "list"), "name")[0]["name"] == "polygon"


def test_only_what_is_new_is_fetched(vendor: VendorServer) -> None:
    done(*command(vendor, end="2024-03-08"))
    vendor.asked.clear()
    fast = ("--option", "per_minute=100000", "--end", "2024-03-12")
    # Without symbols and dates: those that are there, and what comes after them.
    printed = done("data", "fetch", "polygon", "--location", vendor.url, *fast)
    (row,) = table(printed, "symbol")
    assert (row["bars"], row["new"], row["last"]) == ("4", "2", "2024-03-12")
    assert vendor.paths(BARS)[0].endswith("/2024-03-09/2024-03-12")


def test_splits_and_dividends_come_with_the_bars(vendor: VendorServer) -> None:
    """Three shares become two on 2024-03-11; dividends of 0.24 on the 8th and 1.5 on the 12th."""
    done(*command(vendor, end="2024-03-08"))
    found = load("polygon").adjustments
    assert [(each.amount, from_day(each.ex)) for each in found.dividends()] == [
        (D("0.24"), date(2024, 3, 8))
    ]
    assert found.splits() == ()
    # The dividend of the 8th was asked for again, and is there once.
    done(*command(vendor))
    found = load("polygon").adjustments
    assert [(str(each.ratio), from_day(each.effective)) for each in found.splits()] == [
        ("3/2", date(2024, 3, 11))
    ]
    assert [each.amount for each in found.dividends()] == [D("0.24"), D("1.5")]
    assert (info("polygon").splits, info("polygon").dividends) == (1, 2)
    # A fetch of other days leaves them as they are.
    done(*command(vendor, "--start", "2024-03-12"))
    assert (info("polygon").splits, info("polygon").dividends) == (1, 2)
    assert "actions" in {
        row["data set"] for row in table(done("data", "info", "polygon"), "data set")
    }


def test_a_bar_that_cannot_be_is_put_aside(vendor: VendorServer) -> None:
    rows = vendor.speaks.rows  # type: ignore[attr-defined]
    at, opening, _, low, *rest = rows[1]
    rows[1] = (at, opening, "168", low, *rest)  # the high of the 8th below the open of 169
    printed = done(*command(vendor))
    (row,) = table(printed, "symbol")
    assert (row["bars"], row["put aside"]) == ("3", "1")
    with DataCatalog() as catalog:
        kept = catalog.query("AAPL").collect()
        aside = catalog.quality("polygon").quarantined()
    assert [str(day) for day in kept["date"]] == ["2024-03-07", "2024-03-11", "2024-03-12"]
    assert [(str(row["date"]), row["high"]) for row in aside.to_dicts()] == [("2024-03-08", D(168))]


def test_strict_refuses_everything(vendor: VendorServer) -> None:
    rows = vendor.speaks.rows  # type: ignore[attr-defined]
    rows[1] = (rows[1][0], "169", "168", "168.94", *rows[1][4:])
    told = refused(*command(vendor, "--quality", "strict"))
    assert "AAPL at 2024-03-08, column high" in told
    assert "there is no bundle" in refused("data", "info", "polygon")


def test_two_bars_of_one_day_are_put_aside(vendor: VendorServer) -> None:
    rows = vendor.speaks.rows  # type: ignore[attr-defined]
    rows.append((*rows[3][:4], "173.5", rows[3][5]))
    (row,) = table(done(*command(vendor)), "symbol")
    assert row["put aside"] in {"1", "2"}
    with DataCatalog() as catalog:
        assert "conflict" in catalog.quality("polygon").quarantined()["rules"][0]


def test_bars_that_come_twice_are_counted(vendor: VendorServer) -> None:
    rows = vendor.speaks.rows  # type: ignore[attr-defined]
    rows.append(rows[3])
    (row,) = table(done(*command(vendor)), "symbol")
    assert (row["bars"], row["repeated"]) == ("4", "1")


def test_a_lost_connection_keeps_the_pages(vendor: VendorServer) -> None:
    broken = Answer(status=403, body={"status": "NOT_AUTHORIZED", "message": "later"})
    first = vendor.speaks

    def speaks(asked: Asked) -> Answer:
        return broken if "cursor" in asked.query else first(asked)

    vendor.speaks = speaks
    result = rustybt(*command(vendor))
    assert result.exit_code == 1
    told = "1 page with 2 rows of 1 symbol are kept; the same command goes on from there."
    assert told in result.stderr
    vendor.reset(Polygon())
    printed = done(*command(vendor))
    assert "2 rows were there from an interrupted fetch." in printed
    assert table(printed, "symbol")[0]["bars"] == "4"
    assert [asked.query.get("cursor") for asked in vendor.asked if BARS in asked.path] == ["2"]


def test_ctrl_c_keeps_the_pages(vendor: VendorServer, data_dir: Path) -> None:
    first = vendor.speaks

    def speaks(asked: Asked) -> Answer:
        if "cursor" not in asked.query:
            return first(asked)
        process.send_signal(signal.SIGINT)
        return Answer(hangs=True)

    process = subprocess.Popen(
        [sys.executable, "-m", "rustybt", *command(vendor)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "RUSTYBT_DATA_DIR": str(data_dir)},
    )
    vendor.speaks = speaks
    _, told = process.communicate(timeout=60)
    vendor.released.set()
    assert process.returncode == 130, told
    assert told.splitlines() == [
        "1 page with 2 rows of 1 symbol are kept; the same command goes on from there.",
        "Interrupted; polygon is as it was.",
    ]
    vendor.reset(Polygon())
    assert "2 rows were there from an interrupted fetch." in done(*command(vendor))


def test_a_store_of_objects_says_itself_which_symbols_it_has(tmp_path: Path) -> None:
    """Neither symbols nor a start are needed, and bars that cannot be are put aside."""
    lake = tmp_path / "lake"
    for month, days in ((1, (2, 3)), (2, (1, 2))):
        part = lake / f"year=2024/month={month:02}"
        part.mkdir(parents=True)
        bars = {
            "date": [date(2024, month, day) for day in days] * 2,
            "symbol": ["AAA", "AAA", "BBB", "BBB"],
            **dict.fromkeys(("open", "low", "close"), "10"),
            "high": ["11", "11", "11", "9" if month == 2 else "11"],  # below the close
            "volume": 100,
        }
        pl.DataFrame(bars).write_parquet(part / "bars.parquet")
    place = ("--location", f"file://{lake}", "--calendar", "XNYS")
    printed = done("data", "fetch", "cloud", "--name", "lake", *place)
    assert {row["symbol"]: row["bars"] for row in table(printed, "symbol")} == {
        "AAA": "4",
        "BBB": "3",
    }


@pytest.mark.parametrize(
    ("resolution", "label", "hint"),
    [
        ("1h", "2024-01-02T15:30Z", "-e 2024-01-02 --data-frequency 1h"),
        ("1w", "2024-01-05", "rustybt data info hours"),
    ],
)
def test_what_to_do_next_fits_the_length_of_the_bars(
    tmp_path: Path, resolution: str, label: str, hint: str
) -> None:
    file = tmp_path / "bars.csv"
    column = "date" if resolution == "1w" else "timestamp"
    file.write_text(f"{column},symbol,open,high,low,close,volume\n{label},AAA,1,1,1,1,1\n")
    printed = done(
        *("data", "import", "hours", file, "--resolution", resolution, "--calendar", "XNYS")
    )
    assert printed.splitlines()[-1].endswith(hint)
