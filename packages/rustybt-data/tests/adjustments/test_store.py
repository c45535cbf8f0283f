"""What is stored comes back: corporate actions, rates, and ingestions of older versions."""

from datetime import UTC, datetime
from decimal import Decimal as D
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files

from rustybt.calendars import get_calendar, to_ns
from rustybt.data.actions import (
    TABLES,
    Action,
    CashDividend,
    Delisting,
    Merger,
    RightsOffering,
    SpinOff,
    Split,
    StockDividend,
)
from rustybt.data.adjustments import Adjustments
from rustybt.data.bundles import BundleWriters
from rustybt.data.rates import ExchangeRates
from rustybt.errors import CorruptData, DataValidationError
from rustybt.values import Ratio
from rustybt_data.adjustments import AdjustmentFilesWriter, adjustments_hash, load_adjustments
from rustybt_data.catalog import ParquetCatalog
from rustybt_data.rates import load_rates

SIDS, OTHERS, DAYS = st.integers(0, 5), st.integers(6, 9), st.integers(0, 20_000)
RATIOS = st.builds(Ratio, st.integers(1, 10**15), st.integers(1, 10**15))
MONEY = st.decimals("0.000001", 100_000, places=6)
FRACTIONS = st.sampled_from(["cash", "drop", "round_up"])

ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.builds(Split, sid=SIDS, effective=DAYS, ratio=RATIOS),
    st.builds(CashDividend, sid=SIDS, ex=DAYS, pay=DAYS, amount=MONEY, record=st.none() | DAYS),
    st.builds(
        StockDividend,
        sid=SIDS,
        ex=DAYS,
        pay=st.just(20_000),
        ratio=RATIOS,
        declared=st.none() | DAYS,
        fractions=FRACTIONS,
    ),
    st.builds(Merger, sid=SIDS, effective=DAYS, cash=MONEY, currency=st.sampled_from(["EUR"])),
    st.builds(
        Merger, sid=SIDS, effective=DAYS, cash=st.none() | MONEY, acquirer=OTHERS, ratio=RATIOS
    ),
    st.builds(
        SpinOff,
        sid=SIDS,
        effective=DAYS,
        child=OTHERS,
        ratio=RATIOS,
        cost_share=st.none() | st.just(Ratio(3, 7)),
        parent_price=st.none(),
        child_price=st.none() | MONEY,
        fractions=FRACTIONS,
    ),
    st.builds(
        RightsOffering,
        sid=SIDS,
        ex=DAYS,
        expiry=st.just(20_000),
        price=MONEY,
        ratio=RATIOS,
        rights=RATIOS,
        rights_sid=st.none() | OTHERS,
        fractions=FRACTIONS,
    ),
    st.builds(Delisting, sid=SIDS, effective=DAYS, price=st.none() | st.just(D(0)) | MONEY),
)


def kinds(adjustments: Adjustments) -> dict[str, tuple[Action, ...]]:
    return {name: getattr(adjustments, name)() for name in ("splits", "dividends", *TABLES)}


@through_files
@given(actions=st.lists(ACTIONS))
def test_the_store_gives_back_every_record(
    tmp_path_factory: pytest.TempPathFactory, actions: list[Action]
) -> None:
    folder = tmp_path_factory.mktemp("ingestion")
    writer = AdjustmentFilesWriter(folder, get_calendar("24/7"))
    writer.add(actions)
    written = writer.finish()
    assert kinds(load_adjustments(folder)) == kinds(written) == kinds(Adjustments.of(actions))


def test_what_was_read_last_is_kept_until_it_is_other_files(tmp_path: Path) -> None:
    def ingest(*splits: Split) -> None:
        writer = AdjustmentFilesWriter(tmp_path, get_calendar("24/7"))
        writer.add(splits)
        writer.finish()

    ingest(Split(sid=1, effective=18_000, ratio=Ratio(1, 2)))
    first = load_adjustments(tmp_path)
    assert load_adjustments(tmp_path) is first
    rmtree(tmp_path / "adjustments")
    ingest(Split(sid=1, effective=18_000, ratio=Ratio(1, 3)))
    assert [split.ratio for split in load_adjustments(tmp_path).splits()] == [Ratio(1, 3)]


@through_files
@given(actions=st.lists(ACTIONS, min_size=1))
def test_the_hash_tells_actions_apart(actions: list[Action]) -> None:
    whole = adjustments_hash(Adjustments.of(actions))
    assert whole == adjustments_hash(Adjustments.of(actions))
    assert whole != adjustments_hash(Adjustments.of(actions[1:]))


def rates() -> ExchangeRates:
    return ExchangeRates.from_frame(
        pl.DataFrame(
            {
                "timestamp": [datetime(2021, 3, 1, 15, tzinfo=UTC)] * 2,
                "base": ["EUR", "USD"],
                "quote": ["USD", "VND"],
                "rate": ["1.20531234567890123", "23017.5"],
            }
        )
    )


def test_rates_come_back_to_the_last_digit(tmp_path: Path) -> None:
    writer = AdjustmentFilesWriter(tmp_path, get_calendar("24/7"))
    for row in rates().frame().iter_slices(1):
        writer.write_rates(row)
    assert len(writer.rates.finish()) == 2
    again = load_rates(tmp_path)
    assert again.frame().equals(rates().frame())
    assert again.fingerprint() == rates().fingerprint()
    at = to_ns(datetime(2021, 3, 1, 15, tzinfo=UTC))
    assert again.rate("EUR", "USD", at) == D("1.20531234567890123")


def test_a_rate_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    writer = AdjustmentFilesWriter(tmp_path, get_calendar("24/7"))
    writer.write_rates(rates().frame())
    writer.write_rates(rates().frame())
    with pytest.raises(DataValidationError, match="a rate of this time"):
        writer.rates.finish()


def test_rates_of_pandas_may_have_their_times_as_the_index(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    writer = AdjustmentFilesWriter(tmp_path, get_calendar("24/7"))
    stamps = pandas.DatetimeIndex(["2021-03-01 15:00"], tz="UTC")
    writer.write_rates(
        pandas.DataFrame({"base": ["EUR"], "quote": ["USD"], "rate": [1.2053]}, index=stamps)
    )
    at = to_ns(datetime(2021, 3, 1, 15, tzinfo=UTC))
    assert writer.rates.finish().rate("EUR", "USD", at) == D("1.2053")


# ------------------------------------------------------------------ in the catalog

MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
SPLIT = Split(sid=1, effective=18_000, ratio=Ratio(1, 2))
DELISTING = Delisting(sid=1, effective=18_000)


def ingestion(catalog: ParquetCatalog, *actions: Action, with_rates: bool = False) -> None:
    writers: BundleWriters
    with catalog.ingestion("mine", MOMENT, calendar=get_calendar("XNYS")) as writers:
        adjustments = writers.adjustment_writer
        assert isinstance(adjustments, AdjustmentFilesWriter)
        adjustments.add(actions)
        if with_rates:
            adjustments.write_rates(rates().frame())


@pytest.fixture
def catalog(data_dir: Path) -> ParquetCatalog:
    return ParquetCatalog(data_dir)


def test_only_kinds_of_which_there_are_any_have_a_file(
    catalog: ParquetCatalog, data_dir: Path
) -> None:
    ingestion(catalog, SPLIT)
    files = [path.name.partition("-")[0] for path in data_dir.rglob("*.parquet")]
    assert files == ["splits"]
    bundle = catalog.load("mine", MOMENT)
    assert bundle.adjustments.splits() == (SPLIT,)
    assert len(bundle.rates) == 0


def test_the_fingerprint_of_splits_and_dividends_is_that_of_version_1() -> None:
    dividend = CashDividend(sid=1, ex=18_010, pay=18_020, amount=D("0.82"), currency="USD")
    # What was hashed before there were other actions, in its words.
    told = (
        "Split(sid=1, effective=18000, ratio=Ratio(numerator=1, denominator=2))"
        "CashDividend(sid=1, ex=18010, pay=18020, amount=Decimal('0.82'), declared=None, "
        "record=None, currency='USD')"
    )
    assert adjustments_hash(Adjustments([SPLIT], [dividend])) == sha256(told.encode()).hexdigest()


@pytest.mark.parametrize("with_rates", [False, True])
def test_other_actions_and_rates_come_back(catalog: ParquetCatalog, with_rates: bool) -> None:
    ingestion(catalog, *(() if with_rates else (DELISTING,)), with_rates=with_rates)
    held = catalog.info("mine", MOMENT)
    assert (held.other_actions, held.rates) == ((0, 2) if with_rates else (1, 0))
    bundle = catalog.load("mine", MOMENT)
    assert bundle.adjustments.delistings() == (() if with_rates else (DELISTING,))
    assert len(bundle.rates) == held.rates


@pytest.mark.parametrize("kind", ["delistings", "rates"])
def test_a_damaged_file_is_named(catalog: ParquetCatalog, data_dir: Path, kind: str) -> None:
    ingestion(catalog, DELISTING, with_rates=True)
    (file,) = data_dir.rglob(f"{kind}-*.parquet")
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(CorruptData, match=file.name):
        catalog.load("mine", MOMENT)
