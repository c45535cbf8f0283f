"""Tables point in time in the catalog, alone, in bundles and in runs: hand-computed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rustybt import run_algorithm
from rustybt.api import order, set_commission, set_slippage, symbol
from rustybt.calendars import to_ns
from rustybt.data import bundles
from rustybt.errors import (
    BundleNotFound,
    DatasetNotFound,
    DataValidationError,
    IngestionNotFound,
    InvalidArgument,
    SymbolNotFound,
)
from rustybt.finance.commission import NoCommission
from rustybt.finance.slippage import NoSlippage
from rustybt.simulation.result import BacktestResult
from rustybt.simulation.verify import verify
from rustybt_data import DataCatalog
from rustybt_data.catalog import Venue

DAYS = [date(2024, 1, day) for day in (2, 3, 4, 5)]
SPAN = DAYS[0], DAYS[-1]
FEBRUARY = [datetime(2024, 2, day, tzinfo=UTC) for day in range(1, 8)]


def facts(*rows: tuple[str, str, str, str | None], field: str = "eps") -> pl.DataFrame:
    """Of rows of symbol, effective_at, known_at and a number."""
    frame = pl.DataFrame(
        rows, dict.fromkeys(("symbol", "effective_at", "known_at", "x"), pl.String), orient="row"
    )
    return frame.with_columns(pl.col("x").cast(pl.Decimal(18, 3)).alias(field)).drop("x")


FIRST = ("ACME", "2023-09-30", "2024-01-02T12:00Z", "1.20")
RESTATED = ("ACME", "2023-09-30", "2024-01-04T15:00Z", "0.80")


def prices(catalog: DataCatalog, name: str = "prices", **columns: Any) -> None:
    """Bars of ACME: closes of 10, 11, 12 and 9."""
    number = pl.Decimal(18, 8)
    closes = pl.Series(["10", "11", "12", "9"]).cast(number)
    fields = dict.fromkeys(("open", "high", "low", "close"), closes)
    volume = pl.Series([1000] * 4).cast(number)
    frame = pl.DataFrame({"date": DAYS, "symbol": "ACME", **fields, "volume": volume})
    catalog.ingest(name, frame, calendar="XNYS", timestamp=FEBRUARY[0], **columns)


def seen(catalog: DataCatalog, at: str, name: str = "facts") -> list[Any]:
    return catalog.facts(name).as_of(at).rows()


# ------------------------------------------------------------------ ingestion


def test_restatements_are_added(data_catalog: DataCatalog) -> None:
    data_catalog.ingest_fundamentals("facts", facts(FIRST), timestamp=FEBRUARY[0])
    later = facts(RESTATED, ("BOLT", "2023-09-30", "2024-01-03", "2.125"))
    summary = data_catalog.ingest_fundamentals("facts", later, timestamp=FEBRUARY[1])
    assert [(each.kind, each.rows) for each in summary.datasets] == [("fundamentals", 3)]
    assert seen(data_catalog, "2024-01-04") == [("ACME", D("1.20")), ("BOLT", D("2.125"))]
    assert seen(data_catalog, "2024-01-05") == [("ACME", D("0.80")), ("BOLT", D("2.125"))]
    # What the catalog held at a time is another question than what was known then.
    held = data_catalog.facts("facts", FEBRUARY[0])
    assert held.as_of("2024-01-05").rows() == [("ACME", D("1.20"))]


def test_fields_are_added_and_scales_grow(data_catalog: DataCatalog) -> None:
    data_catalog.ingest_fundamentals("facts", facts(FIRST), timestamp=FEBRUARY[0])
    book = facts(("ACME", "2023-09-30", "2024-01-02T12:00Z", "7.125"), field="book")
    data_catalog.ingest_fundamentals("facts", book, timestamp=FEBRUARY[1])
    more = facts(("ACME", "2023-12-31", "2024-01-05", "1.125"))
    data_catalog.ingest_fundamentals("facts", more, timestamp=FEBRUARY[2])
    table = data_catalog.table("facts", "fundamentals").collect()
    assert table[["eps", "book"]].rows() == [(D("1.200"), D("7.125")), (D("1.125"), None)]
    assert table.schema["eps"] == pl.Decimal(18, 3)


def test_the_same_again_changes_nothing(data_catalog: DataCatalog) -> None:
    one = data_catalog.ingest_fundamentals("facts", facts(FIRST), timestamp=FEBRUARY[0])
    other = data_catalog.ingest_fundamentals("facts", facts(FIRST), timestamp=FEBRUARY[1])
    assert one.fingerprint == other.fingerprint


def test_what_was_known_cannot_be_changed_but_replaced(data_catalog: DataCatalog) -> None:
    data_catalog.ingest_fundamentals("facts", facts(FIRST), timestamp=FEBRUARY[0])
    changed = facts(RESTATED, (*FIRST[:3], "1.30"))
    with pytest.raises(DataValidationError, match=r"eps of ACME, .*: was .*1.3.*version before"):
        data_catalog.ingest_fundamentals("facts", changed, timestamp=FEBRUARY[1])
    text = changed.with_columns(pl.lit("high").alias("eps"))
    with pytest.raises(DataValidationError, match="eps: the version before has numbers there"):
        data_catalog.ingest_fundamentals("facts", text[:1], timestamp=FEBRUARY[1])
    assert len(data_catalog.versions("facts")) == 1
    data_catalog.ingest_fundamentals("facts", changed[1:], replace=True, timestamp=FEBRUARY[1])
    assert seen(data_catalog, "2024-02-01") == [("ACME", D("1.30"))]


def test_files(data_catalog: DataCatalog, folder: Path) -> None:
    lines = "symbol,effective_at,known_at,eps,sector\nACME,2023-09-30,2024-01-02,1.20,Tools\n"
    csv = folder / "facts.csv"
    csv.write_text(lines)
    data_catalog.ingest_fundamentals("facts", csv, texts=["sector"], timestamp=FEBRUARY[0])
    assert seen(data_catalog, "2024-01-03") == [("ACME", D("1.2"), "Tools")]
    facts(FIRST).write_parquet(folder / "facts.parquet")
    facts(FIRST).write_ipc(folder / "facts.arrow")
    for place, ending in enumerate(("parquet", "arrow")):
        file = str(folder / f"facts.{ending}")
        data_catalog.ingest_fundamentals(ending, file, timestamp=FEBRUARY[place])
        assert seen(data_catalog, "2024-01-03", ending) == [("ACME", D("1.2"))]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ACME,2023-09-30,2024-01-02,1.2O", "line 3, column eps: was '1.2O'; give a number"),
        ("ACME,2023-09-30,2nd January,1", "line 3, column known_at: was '2nd January'; write"),
        ("ACME,2023-09-30,2023-09-01,1", "line 3, column known_at: .*before effective_at"),
        ("ACME,2023-09-30,2024-01-02,1", "line 3, column eps: .*line 2 says"),
        (",2023-09-30,2024-01-02,1", "line 3, column symbol: was ''; give a symbol"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(
    data_catalog: DataCatalog, folder: Path, line: str, message: str
) -> None:
    file = folder / "facts.csv"
    header = "symbol,effective_at,known_at,eps"
    file.write_text(f"{header}\nACME,2023-09-30,2024-01-02,1.20\n{line}\n")
    with pytest.raises(DataValidationError, match=rf"facts\.csv, {message}"):
        data_catalog.ingest_fundamentals("facts", file)


def test_files_that_are_none(data_catalog: DataCatalog, folder: Path) -> None:
    (folder / "facts.txt").write_text("x")
    (folder / "facts.parquet").write_text("x")
    for name, reason in (
        ("none.csv", "no such file"),
        ("facts.txt", "ends with .csv, .parquet"),
        ("facts.parquet", "it cannot be read"),
    ):
        with pytest.raises(InvalidArgument, match=reason):
            data_catalog.ingest_fundamentals("facts", folder / name)


def test_a_name_may_have_facts_before_it_has_bars(data_catalog: DataCatalog) -> None:
    data_catalog.ingest_fundamentals("prices", facts(FIRST), timestamp="2024-01-31")
    info = bundles.info("prices")
    assert (info.assets, info.daily_bars, info.rates, info.first_session) == (0, 0, 0, None)
    with pytest.raises(InvalidArgument, match="it has no assets, but tables; ingest bars into it"):
        bundles.load("prices")
    prices(data_catalog)
    bundle = bundles.load("prices")
    assert bundle.calendar == "XNYS"
    assert bundle.tables["fundamentals"]()["eps"].to_list() == [D("1.2")]


# ------------------------------------------------------------------ runs


def watching(look: Callable[[Any, Any], object], found: list[Any]) -> dict[str, Any]:
    """A strategy that buys 100 shares on the first day and notes what it sees."""

    def initialize(context: Any) -> None:
        context.asset = symbol("ACME")
        set_commission(NoCommission())
        set_slippage(NoSlippage())

    def handle_data(context: Any, data: Any) -> None:
        if not found:
            order(context.asset, 100)
        found.append(look(context, data))

    return {"initialize": initialize, "handle_data": handle_data}


def eps(context: Any, data: Any) -> object:
    return data.fundamentals(context.asset, "eps")


AS_IT_WAS = [D("1.2"), D("1.2"), D("0.8"), D("0.8")]


def test_a_run_takes_fundamentals_by_name(data_catalog: DataCatalog) -> None:
    prices(data_catalog)
    data_catalog.ingest_fundamentals("facts", facts(FIRST), timestamp=FEBRUARY[0])
    data_catalog.ingest_fundamentals("facts", facts(RESTATED), timestamp=FEBRUARY[2])
    for name, expected in (("facts", AS_IT_WAS), ("facts@2024-02-02", [D("1.2")] * 4)):
        found: list[Any] = []
        result = run_algorithm(*SPAN, **watching(eps, found), bundle="prices", fundamentals=name)
        assert found == expected
        day = FEBRUARY[2] if name == "facts" else FEBRUARY[0]
        assert result.manifest.arguments["fundamentals"] == f"facts@{day.isoformat()}"
    for name, error in (("none", BundleNotFound), ("facts@2023-01-01", IngestionNotFound)):
        with pytest.raises(error):
            run_algorithm(*SPAN, bundle="prices", fundamentals=name)
    with pytest.raises(DatasetNotFound, match="no fundamentals of prices"):
        run_algorithm(*SPAN, bundle="prices", fundamentals="prices")


def test_a_bundle_of_several_data_sets_opens_with_them(data_catalog: DataCatalog) -> None:
    """The share is in euros: 100 bought at 11, worth 12 and 9. Rates 1.10, revised to 1.20.

    On the 4th 100 x 1 x 1.10 = 110 are won; on the 5th, after the revision, 100 x -2 x 1.20 = -240.
    """
    prices(data_catalog, venue=Venue(currency="EUR"))
    data_catalog.ingest_fundamentals("facts", facts(FIRST, RESTATED), timestamp=FEBRUARY[1])
    columns = ["base", "quote", "effective_at", "known_at", "rate"]
    fixings = [
        ("EUR", "USD", "2024-01-02T14:00Z", "2024-01-02T15:00Z", "1.10"),
        ("EUR", "USD", "2024-01-02T14:00Z", "2024-01-05T15:00Z", "1.20"),
    ]
    fx = pl.DataFrame(fixings, columns, orient="row")
    data_catalog.ingest_rates("fx", fx, timestamp=FEBRUARY[2])
    data_catalog.bundle("all", ["prices", "facts", "fx"], timestamp=FEBRUARY[3])
    bundle = bundles.load("all")
    assert set(bundle.tables) == {"fundamentals"}
    assert bundles.info("all").rates == 2
    assert bundle.rates.rate("EUR", "USD", to_ns("2024-01-05T14:59Z")) == D("1.10")
    found: list[Any] = []
    result = run_algorithm(
        *SPAN, **watching(eps, found), bundle="all", capital_base=100_000, currency="USD"
    )
    assert found == AS_IT_WAS
    assert result.performance["portfolio_value"].to_list() == [100_000, 100_000, 100_110, 99_760]
    with pytest.raises(InvalidArgument, match="its rates are those of fx"):
        data_catalog.ingest_rates("all", fx)


def test_rates_by_name_take_the_place_of_those_of_the_bundle(data_catalog: DataCatalog) -> None:
    prices(data_catalog, venue=Venue(currency="EUR"))
    columns = ["base", "quote", "effective_at", "known_at", "rate"]
    fx = pl.DataFrame([("EUR", "USD", "2024-01-02", "2024-01-02", "1.25")], columns, orient="row")
    data_catalog.ingest_rates("fx", fx, timestamp=FEBRUARY[2])
    found: list[Any] = []
    result = run_algorithm(
        *SPAN,
        **watching(lambda *_: None, found),
        bundle="prices",
        capital_base=100_000,
        currency="USD",
        rates="fx",
    )
    # 100 x (12 - 11) x 1.25 and 100 x (9 - 11) x 1.25
    assert result.performance["portfolio_value"].to_list() == [100_000, 100_000, 100_125, 99_750]
    assert result.manifest.arguments["rates"] == f"fx@{FEBRUARY[2].isoformat()}"


def test_a_benchmark_by_name(data_catalog: DataCatalog) -> None:
    """Levels of 100, 110, 99, 99 and 118.8: +10 %, -10 %, 0, +20 %; 1.1 x 0.9 x 1.2 = 1.188."""
    prices(data_catalog)
    days = [date(2023, 12, 29), *DAYS]
    levels = pl.DataFrame({"session": days, "level": ["100", "110", "99", "99", "118.8"]})
    data_catalog.ingest_benchmark("index", levels, timestamp=FEBRUARY[0])
    result = run_algorithm(
        *SPAN, **watching(lambda *_: None, []), bundle="prices", benchmark="index"
    )
    period = result.performance["benchmark_period_return"].to_list()
    assert period == pytest.approx([0.1, -0.01, -0.01, 0.188])
    assert result.manifest.arguments["benchmark"] == f"index@{FEBRUARY[0].isoformat()}"
    data_catalog.ingest_benchmark("short", levels[:4], timestamp=FEBRUARY[0])
    with pytest.raises(InvalidArgument, match=r"short.*no level of 2024-01-05; add them"):
        run_algorithm(*SPAN, bundle="prices", benchmark="short")
    with pytest.raises(SymbolNotFound) as caught:
        run_algorithm(*SPAN, bundle="prices", benchmark="prices")
    assert "no benchmark of prices" in caught.value.__notes__[0]
    # A symbol of the bundle comes first.
    data_catalog.ingest_benchmark("ACME", levels, timestamp=FEBRUARY[0])
    result = run_algorithm(*SPAN, bundle="prices", benchmark="ACME")
    assert result.performance["benchmark_period_return"].to_list()[-1] == pytest.approx(9 / 10 - 1)


STRATEGY = """
from rustybt.api import record, symbol

def initialize(context):
    context.asset = symbol("ACME")

def handle_data(context, data):
    record(eps=float(data.fundamentals(context.asset, "eps")))
"""


def test_a_saved_run_is_repeated_on_the_version_that_it_had(
    data_catalog: DataCatalog, tmp_path: Path
) -> None:
    prices(data_catalog)
    data_catalog.ingest_fundamentals("facts", facts(FIRST), timestamp=FEBRUARY[0])
    file = tmp_path / "strategy.py"
    file.write_text(STRATEGY)
    namespace: dict[str, Any] = {}
    exec(compile(STRATEGY, str(file), "exec"), namespace)
    result = run_algorithm(
        *SPAN,
        namespace["initialize"],
        handle_data=namespace["handle_data"],
        bundle="prices",
        fundamentals="facts",
    )
    result.save(tmp_path / "run")
    data_catalog.ingest_fundamentals("facts", facts(RESTATED), timestamp=FEBRUARY[1])
    assert BacktestResult.load(tmp_path / "run").recorded["eps"].to_list() == [1.2] * 4
    verify(tmp_path / "run").require()
