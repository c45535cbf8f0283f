"""Ingest functions in the manner of Zipline's users, with nothing but their imports changed.

They are written by hand after the habits of published ones: pandas frames, zeros for sessions
without trade, sids from the index, dates that are not known.
"""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rustybt.calendars import from_day, get_calendar
from rustybt.data.bundle import BundleData
from rustybt.data.bundles import ingest, load, register, unregister
from rustybt.data.bundles.csvdir import csvdir_equities
from rustybt.errors import DataValidationError
from rustybt.progress import maybe_show_progress

NAME = "ported"
Writers = Any


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    yield
    unregister(NAME)


def ingested(function: Any, **options: Any) -> BundleData:
    register(NAME, function, **{"calendar_name": "NYSE", **options})
    ingest(NAME, show_progress=True)
    return load(NAME)


def closes(bundle: BundleData, sid: int) -> dict[str, Decimal]:
    assert bundle.daily is not None
    bars = bundle.daily.read([sid], -(2**30), 2**30, ["close"])
    unit = Decimal(1).scaleb(-bundle.daily.price_scale)
    return {str(from_day(at)): close * unit for at, _, close in bars.iter_rows()}


TABLE = pd.DataFrame(
    {
        "symbol": ["A", "A", "A", "B", "B"],
        "date": pd.to_datetime(
            ["2020-01-02", "2020-01-03", "2020-01-06", "2020-01-03", "2020-01-07"]
        ),
        "open": [10.1, 10.2, 5.2, 70.0, 71.0],
        "high": [10.3, 10.4, 5.4, 70.5, 71.5],
        "low": [10.0, 10.1, 5.1, 69.5, 70.5],
        "close": [10.2, 10.3, 5.3, 70.25, 71.25],
        "volume": [100.0, 200.0, 400.0, 50.0, 60.0],
        "ex_dividend": [0.0, 0.05, 0.0, 0.0, 0.5],
        "split_ratio": [1.0, 1.0, 2.0, 1.0, 1.0],
    }
)


def wiki_bundle(  # noqa: PLR0917 - Zipline's signature
    environ: Any,
    asset_db_writer: Writers,
    minute_bar_writer: Writers,
    daily_bar_writer: Writers,
    adjustment_writer: Writers,
    calendar: Any,
    start_session: Any,
    end_session: Any,
    cache: Any,
    show_progress: bool,
    output_dir: str,
) -> None:
    try:
        raw = cache["raw"]
    except KeyError:
        raw = cache["raw"] = TABLE.copy()
    grouped = raw.groupby("symbol")["date"].agg(["min", "max"]).reset_index()
    assets = grouped.rename(columns={"min": "start_date", "max": "end_date"})
    assets["exchange"] = "QUANDL"
    assets["auto_close_date"] = assets["end_date"].values + pd.Timedelta(days=1)
    exchanges = pd.DataFrame(
        data=[["QUANDL", "QUANDL", "US"]], columns=["exchange", "canonical_name", "country_code"]
    )
    asset_db_writer.write(equities=assets, exchanges=exchanges)
    sessions = calendar.sessions_in_range(start_session, end_session)
    indexed = raw.set_index(["date", "symbol"])

    def pricing() -> Iterator[tuple[int, pd.DataFrame]]:
        for sid, symbol in assets.symbol.items():
            yield sid, indexed.xs(symbol, level=1).reindex(sessions.tz_localize(None)).fillna(0.0)

    daily_bar_writer.write(pricing(), show_progress=show_progress)
    raw["sid"] = raw["symbol"].astype("category").cat.codes
    splits = raw.loc[raw.split_ratio != 1, ["sid", "date", "split_ratio"]]
    splits["split_ratio"] = 1.0 / splits.split_ratio
    dividends = raw.loc[raw.ex_dividend != 0, ["sid", "date", "ex_dividend"]]
    dividends["record_date"] = dividends["declared_date"] = dividends["pay_date"] = pd.NaT
    adjustment_writer.write(
        splits=splits.rename(columns={"split_ratio": "ratio", "date": "effective_date"}),
        dividends=dividends.rename(columns={"ex_dividend": "amount", "date": "ex_date"}),
    )


def test_a_table_of_all_prices_with_zeros_for_days_without_trade() -> None:
    bundle = ingested(
        wiki_bundle,
        start_session=pd.Timestamp("2020-01-02", tz="utc"),
        end_session=pd.Timestamp("2020-01-08", tz="utc"),
    )
    assert [asset.symbol for asset in bundle.finder.retrieve_all(bundle.finder.sids)] == ["A", "B"]
    # 2020-01-04 and 05 are a weekend; B has no trade on the 6th.
    assert closes(bundle, 0) == {
        "2020-01-02": Decimal("10.2"),
        "2020-01-03": Decimal("10.3"),
        "2020-01-06": Decimal("5.3"),
    }
    assert closes(bundle, 1) == {"2020-01-03": Decimal("70.25"), "2020-01-07": Decimal("71.25")}
    (split,) = bundle.adjustments.splits()
    assert (split.sid, split.ratio.as_fraction()) == (0, Fraction(1, 2))
    paid = [(d.sid, d.amount, d.ex, d.pay) for d in bundle.adjustments.dividends()]
    # Days of payment that are not known are the ex days: 18264 is 2020-01-03, 18268 the 7th.
    assert paid == [(0, Decimal("0.05"), 18264, 18264), (1, Decimal("0.5"), 18268, 18268)]


def folder_bundle(folder: Path) -> Any:
    def ingest(  # noqa: PLR0917 - Zipline's signature
        environ: Any,
        asset_db_writer: Writers,
        minute_bar_writer: Writers,
        daily_bar_writer: Writers,
        adjustment_writer: Writers,
        calendar: Any,
        start_session: Any,
        end_session: Any,
        cache: Any,
        show_progress: bool,
        output_dir: str,
    ) -> None:
        symbols = sorted(path.stem for path in folder.glob("*.csv"))
        dtype = [
            ("start_date", "datetime64[ns]"),
            ("end_date", "datetime64[ns]"),
            ("auto_close_date", "datetime64[ns]"),
            ("symbol", "object"),
        ]
        metadata = pd.DataFrame(np.empty(len(symbols), dtype=dtype))
        found = {"splits": pd.DataFrame(), "dividends": pd.DataFrame()}

        def pricing() -> Iterator[tuple[int, pd.DataFrame]]:
            with maybe_show_progress(symbols, show_progress, label="Loading: ") as it:
                for sid, symbol in enumerate(it):
                    frame = pd.read_csv(folder / f"{symbol}.csv", index_col=0, parse_dates=[0])
                    frame = frame.sort_index()
                    frame = frame[(frame.index >= start_session) & (frame.index <= end_session)]
                    first, last = frame.index[0], frame.index[-1]
                    metadata.iloc[sid] = first, last, last + pd.Timedelta(days=1), symbol
                    yield sid, frame

        daily_bar_writer.write(pricing(), show_progress=show_progress)
        metadata["exchange"] = "CSVDIR"
        asset_db_writer.write(equities=metadata)
        adjustment_writer.write(**found)

    return ingest


def test_files_one_by_one_and_frames_without_rows(tmp_path: Path) -> None:
    lines = ["date,open,high,low,close,volume,dividend,split"]
    lines += [f"2020-01-{day:02},1.5,2,1,1.75,10,0,1" for day in (2, 3, 6, 7)]
    for symbol in ("AAA", "BBB"):
        (tmp_path / f"{symbol}.csv").write_text("\n".join(lines) + "\n")
    bundle = ingested(folder_bundle(tmp_path), start_session="2020-01-03", end_session="2020-01-06")
    assert bundle.finder.lookup_symbol("BBB").sid == 1
    assert list(closes(bundle, 1)) == ["2020-01-03", "2020-01-06"]
    assert str(bundle.finder.retrieve_asset(0).auto_close_date) == "2020-01-07"
    assert not bundle.adjustments.splits()
    assert not bundle.adjustments.dividends()


def assets_of(days: pd.DatetimeIndex) -> dict[str, pd.DataFrame]:
    equities = pd.DataFrame(
        {
            "symbol": ["OLD", "NEW", "BBB"],
            "asset_name": ["First", "First", "Second"],
            "start_date": [days[0], days[2], days[0]],
            "end_date": [days[1], days[-1], days[-1]],
            "first_traded": [pd.NaT, pd.NaT, days[0]],
            "exchange": ["NYSE", "NYSE", "NYSE"],
        },
        index=pd.Index([1, 1, 2], name="sid"),
    )
    futures = pd.DataFrame(
        {
            "sid": [10],
            "symbol": ["ESH20"],
            "root_symbol": ["ES"],
            "asset_name": ["E-mini March 2020"],
            "start_date": [days[0]],
            "end_date": [days[-1]],
            "notice_date": [pd.NaT],
            "expiration_date": [pd.Timestamp("2020-03-20")],
            "auto_close_date": [pd.Timestamp("2020-03-19")],
            "tick_size": [0.25],
            "multiplier": [50.0],
            "exchange": ["CME"],
        }
    )
    return {
        "equities": equities,
        "futures": futures,
        "exchanges": pd.DataFrame(
            {"exchange": ["NYSE", "CME"], "canonical_name": ["NYSE", "CME"], "country_code": "US"}
        ),
        "root_symbols": pd.DataFrame(
            {"root_symbol": ["ES"], "root_symbol_id": [1], "sector": ["index"], "exchange": ["CME"]}
        ),
        "equity_supplementary_mappings": pd.DataFrame(
            {"sid": [1], "field": ["isin"], "value": ["US1"], "start_date": [days[0]]}
        ),
    }


def actions_of(days: pd.DatetimeIndex) -> dict[str, pd.DataFrame]:
    return {
        "splits": pd.DataFrame({"sid": [2], "effective_date": [1578268800], "ratio": [2 / 3]}),
        "mergers": pd.DataFrame({"sid": [], "effective_date": [], "ratio": []}),
        "dividends": pd.DataFrame(
            {
                "sid": [1, 2],
                "ex_date": [days[1], days[1]],
                "declared_date": [pd.NaT, days[0]],
                "record_date": [pd.NaT, days[2]],
                "pay_date": [pd.NaT, days[3]],
                "amount": [0.1, 0.2],
            }
        ),
        "stock_dividends": pd.DataFrame(
            {
                "sid": [1],
                "ex_date": [days[2]],
                "declared_date": [days[0]],
                "record_date": [days[2]],
                "pay_date": [days[3]],
                "payment_sid": [1],
                "ratio": [0.1],
            }
        ),
    }


def full_bundle(  # noqa: PLR0917 - Zipline's signature
    environ: Any,
    asset_db_writer: Writers,
    minute_bar_writer: Writers,
    daily_bar_writer: Writers,
    adjustment_writer: Writers,
    calendar: Any,
    start_session: Any,
    end_session: Any,
    cache: Any,
    show_progress: bool,
    output_dir: str,
) -> None:
    days = calendar.sessions_in_range(start_session, end_session)
    assert calendar.is_session(start_session)
    assert days[0] == start_session
    assert days[-1] == end_session
    assert (Path(output_dir) / "notes.txt").write_text(environ.get("NOTE", "none"))
    asset_db_writer.write(**assets_of(days))
    ones = dict.fromkeys(("open", "high", "low", "close"), 1.5)
    prices = pd.DataFrame({**ones, "volume": 100}, index=days)
    daily_bar_writer.write([(1, prices), (2, prices), (10, prices)], assets={1, 2, 10})
    opening = pd.date_range("2020-01-02 09:31", periods=3, freq="min", tz="America/New_York")
    minutes = pd.DataFrame({**ones, "volume": [1, 2, 3]}, index=opening)
    later = minutes.set_axis(opening + pd.Timedelta(days=1))
    minute_bar_writer.write([(1, minutes), (1, later)], show_progress=show_progress)
    adjustment_writer.write(**actions_of(days))


def test_all_writers_with_all_that_they_take() -> None:
    bundle = ingested(full_bundle, start_session="2020-01-02", end_session="2020-01-08")
    finder = bundle.finder
    assert finder.lookup_symbol("OLD", "2020-01-03").sid == 1
    assert finder.lookup_symbol("NEW", "2020-01-07").sid == 1
    assert finder.lookup_future_symbol("ESH20").price_multiplier == 50
    assert finder.root_symbols["ES"].sector == "index"
    assert finder.get_supplementary_field(1, "isin") == "US1"
    assert bundle.minute is not None
    labels = bundle.minute.read([1], 0, 2**62)["at"].to_list()
    # 09:31 in New York is 14:31 UTC in January; 18263 days are 2020-01-02.
    assert labels[0] == (18263 * 1440 + 14 * 60 + 31) * 60 * 10**9
    assert len(labels) == 6
    (split,) = bundle.adjustments.splits()
    assert (str(from_day(split.effective)), split.ratio.as_fraction()) == (
        "2020-01-06",
        Fraction(2, 3),
    )
    assert [(d.sid, d.pay - d.ex) for d in bundle.adjustments.dividends()] == [(1, 0), (2, 4)]
    (stock,) = bundle.adjustments.stock_dividends()
    assert (stock.ratio.as_fraction(), str(from_day(stock.pay))) == (Fraction(1, 10), "2020-01-07")


def test_mergers_that_are_only_ratios_are_refused() -> None:
    def function(*given: Any) -> None:
        ratios = pd.DataFrame({"sid": [1], "effective_date": [1578268800], "ratio": [0.5]})
        given[4].write(mergers=ratios)

    with pytest.raises(DataValidationError, match="mergers"):
        ingested(function)


def test_without_writers_there_are_none() -> None:
    seen: list[object] = []

    def function(*given: Any) -> None:
        seen.extend(given[1:5])

    ingested(function, create_writers=False)
    assert seen == [None] * 4


def test_a_method_is_an_ingest_function_too_and_csvdir_needs_no_change(tmp_path: Path) -> None:
    (tmp_path / "daily").mkdir()
    row = "date,open,high,low,close,volume\n2020-01-03,1,2,1,1.5,10\n"
    (tmp_path / "daily" / "ZZZ.csv").write_text(row)
    bundle = ingested(
        csvdir_equities(["daily"], str(tmp_path)),
        start_session=pd.Timestamp("2020-01-02"),
        end_session=pd.Timestamp("2020-01-31"),
    )
    assert closes(bundle, 0) == {"2020-01-03": Decimal("1.5")}


def test_sessions_of_a_calendar_in_pandas() -> None:
    # exchange-calendars itself is the judge.
    import exchange_calendars

    theirs = exchange_calendars.get_calendar("XNYS", start="2019-12-01", end="2020-12-31")
    register(NAME, csvdir_equities())
    ours = get_calendar("XNYS")
    days = ours.sessions_in_range("2019-12-20", pd.Timestamp("2020-02-03"))
    assert list(days) == list(theirs.sessions_in_range("2019-12-20", "2020-02-03"))
    assert days.dtype == theirs.sessions.dtype
    assert ours.is_session("2020-01-02")
    assert not ours.is_session("2020-01-01")
    assert (ours.first_session, ours.last_session) == (ours.all_sessions[0], ours.all_sessions[-1])


EXTENSION = """
import pandas as pd
from rustybt.data.bundles import register


@register("of-mine", calendar_name="NYSE", start_session=pd.Timestamp("2020-01-02"))
def of_mine(environ, asset_db_writer, minute_bar_writer, daily_bar_writer, adjustment_writer,
            calendar, start_session, end_session, cache, show_progress, output_dir):
    days = calendar.sessions_in_range(start_session, start_session + pd.Timedelta(days=6))
    asset_db_writer.write(equities=pd.DataFrame(
        {"symbol": ["MINE"], "start_date": days[0], "end_date": days[-1], "exchange": "NYSE"}
    ))
    prices = dict.fromkeys(["open", "high", "low", "close"], 12.34)
    daily_bar_writer.write([(0, pd.DataFrame({**prices, "volume": 100}, index=days))])
    adjustment_writer.write()
"""


def test_an_extension_of_a_user_is_ingested_and_run_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUSTYBT_HOME", str(tmp_path))
    (tmp_path / "extension.py").write_text(EXTENSION)
    (tmp_path / "strategy.py").write_text(
        "from rustybt.api import order, symbol\n\n\n"
        "def handle_data(context, data):\n    order(symbol('MINE'), 1)\n"
    )
    register(NAME, csvdir_equities())

    def rustybt(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "rustybt", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "1 assets, 5 daily bars" in rustybt("bundle", "ingest", "of-mine")
    assert "of-mine" in rustybt("bundle", "list")
    options = ("-b", "of-mine", "-s", "2020-01-02", "-e", "2020-01-08")
    assert rustybt("run", "-f", "strategy.py", *options)
