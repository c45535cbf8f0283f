"""How errors carry their fields, and what single messages say."""

import pytest

from rustybt.errors import (
    BundleNotFound,
    DataValidationError,
    HistoryWindowStartsBeforeData,
    IngestionNotFound,
    InvalidNumber,
    MissingRate,
    PluginNotFound,
    SidsNotFound,
    SymbolNotFound,
    UserError,
    ZiplineError,
)


def test_fields_are_attributes() -> None:
    error = SymbolNotFound(symbol="AAPL")
    assert error.symbol == "AAPL"
    assert error.details == {"symbol": "AAPL"}
    assert repr(error) == "SymbolNotFound(symbol='AAPL')"


def test_a_missing_field_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="SymbolNotFound needs symbol"):
        SymbolNotFound()  # type: ignore[call-arg]


def test_an_unknown_field_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="SymbolNotFound has no field sybmol"):
        SymbolNotFound(sybmol="AAPL", symbol="AAPL")  # type: ignore[call-arg]


def test_an_optional_field_has_its_default() -> None:
    assert InvalidNumber(field="price", value="x").row is None


def test_subclasses_of_other_packages_get_fields_code_and_keep_their_module() -> None:
    class VenueRefusedError(UserError):
        """A venue refused."""

        venue: str
        template = "{venue} refused; ask it why"

    error = VenueRefusedError(venue="XNYS")
    assert str(error) == "XNYS refused; ask it why"
    assert error.code == "venue-refused-error"
    assert VenueRefusedError.__module__ == __name__


def test_errors_are_caught_by_their_builtin_parent_and_by_zipline_s_root() -> None:
    with pytest.raises(LookupError):
        raise SymbolNotFound(symbol="AAPL")
    with pytest.raises(ZiplineError):
        raise SymbolNotFound(symbol="AAPL")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            InvalidNumber(field="price", value="1,5"),
            "price was '1,5'; give a finite number as int, Decimal, text or float",
        ),
        (
            InvalidNumber(field="close", value="n/a", row=7),
            "close in row 7 was 'n/a'; give a finite number as int, Decimal, text or float",
        ),
        (
            DataValidationError(
                file="daily/AAA.csv", line=3, column="high", value="9", reason="it is below low"
            ),
            "daily/AAA.csv, line 3, column high: was '9'; it is below low",
        ),
        (
            DataValidationError(file="daily/AAA.csv", reason="it has no column close"),
            "daily/AAA.csv: it has no column close",
        ),
        (
            SidsNotFound(sids=[4]),
            "no asset has sid 4; use the sids of the bundle in use",
        ),
        (
            HistoryWindowStartsBeforeData(first_trading_day="2020-01-02"),
            "the history window starts before the data do, on 2020-01-02; ask for a shorter window",
        ),
        (
            HistoryWindowStartsBeforeData(
                first_trading_day="2020-01-02", suggested_start_day="2020-02-03"
            ),
            (
                "the history window starts before the data do, on 2020-01-02; "
                "start on or after 2020-02-03"
            ),
        ),
        (
            MissingRate(base="EUR", quote="USD", at="2020-01-02 21:00"),
            (
                "there is no rate of EUR in USD at 2020-01-02 21:00; "
                "add it to the rates of the data, for example in rates.csv"
            ),
        ),
        (
            MissingRate(base="EUR", quote="USD", at="2020-01-02", last="2019-12-20"),
            (
                "there is no rate of EUR in USD at 2020-01-02; the last one, of 2019-12-20, is "
                "too old; add it to the rates of the data, for example in rates.csv"
            ),
        ),
        (
            IngestionNotFound(bundle="mine", timestamp="2020-01-01"),
            (
                "bundle 'mine' has no ingestion at or before 2020-01-01; "
                "ingest it with: rustybt bundle ingest mine"
            ),
        ),
        (
            PluginNotFound(group="rustybt.catalogs", name="parket", known=("parquet", "memory")),
            (
                "rustybt.catalogs has no plugin named 'parket'; did you mean parquet? "
                "it has: memory, parquet. "
                "Install the package that brings it or correct the name"
            ),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_messages_say_what_was_wrong_and_what_to_do(error: UserError, message: str) -> None:
    assert str(error) == message


def test_long_lists_of_names_are_cut() -> None:
    text = str(BundleNotFound(name="x", known=[f"b{number:02}" for number in range(20)]))
    assert "b11 and 8 more" in text
    assert "b12" not in text
