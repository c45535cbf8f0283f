"""What files of corporate actions and rates are refused for: line, column and value are named."""

from pathlib import Path

import pytest
from csv_folders import GOOD, HEADER, ingested, write

from rustybt.calendars import to_day
from rustybt.errors import DataValidationError

SPLITS = "symbol,effective_date,ratio"
DIVIDENDS = "symbol,ex_date,pay_date,amount,currency"
STOCK_DIVIDENDS = "symbol,ex_date,pay_date,ratio,record_date,fractions"
MERGERS = "symbol,effective_date,cash,acquirer,ratio,fractions"
SPIN_OFFS = "symbol,effective_date,child,ratio,cost_share,parent_price,child_price"
RIGHTS = "symbol,ex_date,expiry_date,price,ratio,rights,rights_symbol"
DELISTINGS = "symbol,effective_date,price"
RATES = "date,base,quote,rate"


@pytest.mark.parametrize(
    ("file", "lines", "line", "column", "value", "reason"),
    [
        # Columns and cells that are missing.
        ("stock_dividends", ["symbol,ex_date,ratio", "A,2021-03-01,1"], None, "pay_date", None,
         "missing"),
        ("mergers", ["effective_date,cash", "2021-03-01,1"], None, "sid", None, "missing"),
        ("spin_offs", ["symbol,effective_date,ratio", "A,2021-03-01,1"], None, "child_sid", None,
         "missing"),
        ("spin_offs", [SPIN_OFFS, "A,2021-03-01,,1,,,"], 2, "child", "", "is spun off"),
        ("rights", [RIGHTS, "A,2021-03-01,2021-03-09,,1,,"], 2, "price", "", "positive"),
        ("delistings", [DELISTINGS, "A,,"], 2, "effective_date", "", "ISO 8601"),
        ("rates", ["date,base,rate", "2021-03-01,EUR,1"], None, "quote", None, "missing"),
        ("rates", ["day,base,quote,rate"], None, "date or timestamp", None, "missing"),
        ("rates", [RATES, "2021-03-01,,USD,1"], 2, "base", "", "code"),
        ("rates", [RATES, "2021-03-01,EUR, ,1"], 2, "quote", " ", "code"),
        ("rates", [RATES, "2021-03-01,EUR,USD,"], 2, "rate", "", "positive"),
        ("rates", [RATES, ",EUR,USD,1"], 2, "date", "", "ISO 8601"),
        # Numbers and dates that are none, or not here.
        ("stock_dividends", [STOCK_DIVIDENDS, "A,2021-03-01,2021-03-09,0,,"], 2, "ratio", "0",
         "positive"),
        ("stock_dividends", [STOCK_DIVIDENDS, "A,2021-03-01,2021-03-09,5%,,"], 2, "ratio", "5%",
         "positive"),
        ("stock_dividends", [STOCK_DIVIDENDS, "A,2021-03-01,2021-03-09,1,soon,"], 2, "record_date",
         "soon", "ISO 8601"),
        ("mergers", [MERGERS, "A,2021-03-01,-1,,,"], 2, "cash", "-1", "positive"),
        ("mergers", [MERGERS, "A,2021-03-01,1e18,,,"], 2, "cash", "1e18", "positive"),
        ("mergers", [MERGERS, "A,2021-03-01,,B,1/0,"], 2, "ratio", "1/0", "positive"),
        ("mergers", [MERGERS, "A,2021-03-01,,B,1e999999999,"], 2, "ratio", "1e999999999",
         "18 digits"),
        ("mergers", [MERGERS, "A,2021-03-01,,B,0.1234567890123456789,"], 2, "ratio",
         "0.1234567890123456789", "18 digits"),
        ("spin_offs", [SPIN_OFFS, "A,2021-03-01,B,1,,,x"], 2, "child_price", "x", "the child"),
        ("rights", [RIGHTS, "A,2021-03-01,2021-03-09,5,1,-2,"], 2, "rights", "-2", "per share"),
        ("delistings", [DELISTINGS, "A,2021-03-01,-0.01"], 2, "price", "-0.01", "positive"),
        ("rates", [RATES, "2021-03-01,EUR,USD,1.2", "2021-03-02,EUR,USD,0"], 3, "rate", "0",
         "positive"),
        ("rates", [RATES, "2021-03-01,EUR,USD,1,2"], 2, None, None, "5 cells"),
        ("rates", [RATES, "2021-13-01,EUR,USD,1"], 2, "date", "2021-13-01", "ISO 8601"),
        ("rates", [RATES, "2021-03-01,EUR,USD,1", "2021-03-01T25:00:00Z,EUR,USD,1"], 3, "date",
         "2021-03-01T25:00:00Z", "ISO 8601"),
        # Assets that are not in the folder.
        ("mergers", [MERGERS, "B,2021-03-01,1,,,", "A,2021-03-01,,Z,1,"], 3, "acquirer", "Z",
         "no such asset"),
        ("spin_offs", ["sid,effective_date,child_sid,ratio", "0,2021-03-01,7,1"], 2, "child_sid",
         "7", "no such asset"),
        ("rights", [RIGHTS, "A,2021-03-01,2021-03-09,5,1,,A.RT"], 2, "rights_symbol", "A.RT",
         "no such asset"),
        # Terms that contradict each other.
        ("stock_dividends", [STOCK_DIVIDENDS, "A,2021-03-09,2021-03-01,1,,"], 2, "pay_date",
         "2021-03-01", "before the ex day, 2021-03-09"),
        ("stock_dividends", [STOCK_DIVIDENDS, "A,2021-03-01,2021-03-01,1,,up"], 2, "fractions",
         "up", "cash, drop, round_up"),
        ("mergers", [MERGERS, "A,2021-03-01,,,,"], 2, "cash", "", "give the cash"),
        ("mergers", [MERGERS, "A,2021-03-01,5,B,,"], 2, "ratio", "", "shares per share"),
        ("mergers", [MERGERS, "A,2021-03-01,5,,2,"], 2, "acquirer", "", "whose shares"),
        ("mergers", [MERGERS, "A,2021-03-01,,A,2,"], 2, "acquirer", "A", "another asset"),
        ("mergers", ["sid,effective_date,acquirer_sid,ratio", "0,2021-03-01,0,2"], 2,
         "acquirer_sid", 0, "another asset"),
        ("mergers", [MERGERS, "A,2021-03-01,5,,,", "B,2021-03-01,5,,,", "A,2021-03-02,6,,,"], 4,
         "symbol", "A", "another row above ends"),
        ("spin_offs", [SPIN_OFFS, "A,2021-03-01,A,1,,,"], 2, "child", "A", "another asset"),
        ("spin_offs", [SPIN_OFFS, "A,2021-03-01,B,1,1.5,,"], 2, "cost_share", "1.5", "1 or less"),
        ("spin_offs", [SPIN_OFFS, "A,2021-03-01,B,1,,80,"], 2, "child_price", "", "one alone"),
        ("rights", [RIGHTS, "A,2021-03-09,2021-03-01,5,1,,"], 2, "expiry_date", "2021-03-01",
         "before the ex day, 2021-03-09"),
        ("rights", [RIGHTS, "A,2021-03-01,2021-03-09,5,1,,A"], 2, "rights_symbol", "A",
         "another asset"),
        ("delistings", [DELISTINGS, "A,2021-03-01,", "A,2021-03-02,0"], 3, "symbol", "A",
         "another row above ends"),
        # Rows that are there twice.
        ("splits", [SPLITS, "A,2021-03-01,0.5", "A,2021-03-02,0.5", "A,20210301,1/2"], 4,
         "symbol", "A", "says the same; remove one"),
        ("dividends", [DIVIDENDS, "A,2021-03-01,2021-03-09,.5,",
         "A,2021-03-01,2021-03-09,0.50,USD"], 3, "symbol", "A", "add them up"),
        ("stock_dividends", [STOCK_DIVIDENDS, *["B,2021-03-01,2021-03-09,0.1,,"] * 2], 3, "symbol",
         "B", "says the same"),
        ("spin_offs", [SPIN_OFFS, *["A,2021-03-01,B,1,,,"] * 2], 3, "symbol", "A", "says the same"),
        ("rights", [RIGHTS, *["A,2021-03-01,2021-03-09,5,1,,"] * 2], 3, "symbol", "A",
         "says the same"),
        ("rates", [RATES, "2021-03-01,EUR,EUR,1"], 2, "quote", "EUR", "another currency"),
        ("rates", [RATES, "2021-03-01,EUR,USD,1", "2021-03-02,EUR,USD,1", "2021-03-01,EUR,USD,2"],
         4, "date", "2021-03-01", "of this time above"),
        ("rates", [RATES, "2021-03-01,EUR,USD,1", "2021-03-01T21:00:00Z,EUR,USD,2"],
         3, "date", "2021-03-01T21:00:00Z", "of this time above"),
    ],
)  # fmt: skip
def test_an_error_names_file_line_column_and_value(
    folder: Path,
    file: str,
    lines: list[str],
    line: int | None,
    column: str | None,
    value: object,
    reason: str,
) -> None:
    write(folder, "daily/A.csv", HEADER, GOOD)
    write(folder, "daily/B.csv", HEADER, GOOD)
    path = write(folder, f"{file}.csv", *lines)
    with pytest.raises(DataValidationError) as caught:
        ingested(folder)
    error = caught.value
    assert (error.file, error.line, error.value) == (str(path), line, value)
    assert reason in error.reason
    assert error.column is None if column is None else str(error.column).startswith(column)


def test_actions_of_one_day_that_differ_are_taken(folder: Path) -> None:
    """A reverse split and a split back pay out small holdings; a special dividend comes beside."""
    write(folder, "daily/A.csv", HEADER, GOOD)
    write(folder, "splits.csv", SPLITS, "A,2021-03-01,100", "A,2021-03-01,0.01")
    write(
        folder,
        "dividends.csv",
        DIVIDENDS,
        "A,2021-03-01,2021-03-09,1,",
        "A,2021-03-01,2021-03-09,2,",
    )
    taken = ingested(folder).adjustments
    assert len(taken.splits_effective(to_day("2021-03-01"))) == 2
    assert len(taken.dividends_with_ex(to_day("2021-03-01"))) == 2
