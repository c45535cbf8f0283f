"""Raw daily prices of four shares from 2000 to 2013 (bokeh-sampledata, BSD-3).

Splits as the companies announced them: AAPL 2:1 on 2000-06-21 and 2005-02-28, MSFT 2:1 on
2003-02-18. MSFT paid a special dividend of 3 dollars, ex 2004-11-15.
"""

import gzip
from importlib.resources import files

import polars as pl
import pytest
from quality_bars import PRICE

from rustybt_data.quality import QualityReport, check

SPLITS = pl.DataFrame(
    {
        "symbol": ["AAPL", "AAPL", "MSFT"],
        "effective_date": ["2000-06-21", "2005-02-28", "2003-02-18"],
        "ratio": ["0.5", "0.5", "0.5"],
    }
)
DIVIDEND = pl.DataFrame({"symbol": ["MSFT"], "ex_date": ["2004-11-15"], "amount": ["3.08"]})
DAYS = {("AAPL", "2000-06-21"), ("AAPL", "2005-02-28"), ("MSFT", "2003-02-18")}


@pytest.fixture(scope="module")
def bars() -> pl.DataFrame:
    packed = files("bokeh_sampledata") / "_data" / "stocks.csv.gz"
    raw = pl.read_csv(gzip.decompress(packed.read_bytes()), infer_schema_length=0)
    fields = ("Open", "High", "Low", "Close", "Volume")
    return raw.select(
        pl.col("Date").str.to_date().alias("date"),
        pl.col("Ticker").alias("symbol"),
        *(pl.col(name).cast(PRICE).alias(name.lower()) for name in fields),
    ).filter(pl.col("symbol") != "FB")


def days_of(report: QualityReport, *rules: str) -> set[tuple[str, str]]:
    rows = report.rows.filter(pl.col("rule").is_in(rules)).select("symbol", "label")
    return {(symbol, str(label)) for symbol, label in rows.iter_rows()}


@pytest.mark.parametrize("hindsight", [False, True])
def test_splits_are_suspected_where_they_are_not_known(
    bars: pl.DataFrame, *, hindsight: bool
) -> None:
    report = check(bars, calendar="XNYS", resolution="1d", hindsight=hindsight)
    suspected = report.rows.filter(pl.col("rule") == "split_suspected")
    assert days_of(report, "split_suspected") == DAYS
    assert suspected["reason"].str.contains("about 1/2 and stayed").all()


@pytest.mark.parametrize("hindsight", [False, True])
def test_days_of_known_splits_are_clean(bars: pl.DataFrame, *, hindsight: bool) -> None:
    report = check(
        bars,
        calendar="XNYS",
        resolution="1d",
        actions={"splits": SPLITS, "dividends": DIVIDEND},
        hindsight=hindsight,
    )
    every = {(row[0], str(row[1])) for row in report.rows.select("symbol", "label").iter_rows()}
    assert not every & DAYS
    assert not days_of(report, "split_suspected")
    assert ("MSFT", "2004-11-15") not in every


def test_the_special_dividend_is_a_level_shift_where_it_is_not_known(bars: pl.DataFrame) -> None:
    report = check(bars, calendar="XNYS", resolution="1d", hindsight=True)
    assert ("MSFT", "2004-11-15") in days_of(report, "level_shift")


def test_in_hindsight_few_real_bars_are_quarantined(bars: pl.DataFrame) -> None:
    """Real crashes and results stay; the lows of the flash crash of 6 May 2010 do not."""
    report = check(
        bars, calendar="XNYS", resolution="1d", hindsight=True, actions={"splits": SPLITS}
    )
    assert bars.height == 3270 * 3 + 2148
    assert report.quarantined.height <= 5
    assert ("AAPL", "2010-05-06") in days_of(report, "wick_outlier")
    assert not days_of(report, "missing_sessions", "outside_hours", "high_low", "stale_bars")
