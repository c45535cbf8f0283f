"""Files of a data set that grows: years of daily bars, months of shorter ones."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import polars as pl
import pytest
from catalog_frames import stored_files
from hypothesis import given
from hypothesis import strategies as st
from laws import whole_run

from rustybt_data import DataCatalog
from rustybt_data.parquet import layout

DAYS = [
    date.fromisoformat(day)
    for day in ("2022-06-01", "2022-06-02", "2022-07-01", "2023-06-01", "2023-06-02", "2023-06-05",
                "2024-06-03", "2024-06-04")
]  # fmt: skip
Bar = tuple[date, str, int]
"""Session, symbol and cents of a price."""


def days(*bars: Bar) -> pl.DataFrame:
    prices = [f"10.{cents:02d}" for _, _, cents in bars]
    return pl.DataFrame(
        {
            "date": [day for day, *_ in bars],
            "symbol": [symbol for _, symbol, _ in bars],
            **dict.fromkeys(("open", "high", "low", "close"), prices),
            "volume": ["100"] * len(bars),
        }
    )


def every(symbols: str, some: Sequence[date] = DAYS) -> list[Bar]:
    return [(day, symbol, 11) for day in some for symbol in symbols]


def bars_of(catalog: DataCatalog) -> set[str]:
    """The files of bars, without the folder of the data set."""
    found = (path for path in stored_files(catalog) if "/bars-" in path)
    return {path.split("/", 3)[3] for path in found}


def folders_of(catalog: DataCatalog) -> list[str]:
    return sorted(path.rpartition("/")[0] for path in bars_of(catalog))


@pytest.fixture
def three_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "ROWS_TOGETHER", 3)


@pytest.mark.usefixtures("three_together")
def test_an_append_writes_the_last_year_alone(data_catalog: DataCatalog) -> None:
    data_catalog.ingest("mine", days(*every("A", DAYS[:7])), timestamp="2024-07-01")
    before = bars_of(data_catalog)
    assert folders_of(data_catalog) == ["year=2022", "year=2023", "year=2024"]
    data_catalog.ingest("mine", days((DAYS[7], "A", 12)), timestamp="2024-07-02")
    (new,) = bars_of(data_catalog) - before
    assert new.startswith("year=2024/")
    assert data_catalog.materialize("A", as_of="2024-07-01").height == 7
    assert data_catalog.materialize("A").height == 8
    assert data_catalog.verify().is_sound
    data_catalog.gc(keep_last=1)
    assert len(bars_of(data_catalog)) == 3
    assert data_catalog.materialize("A")["close"].to_list()[-2:] == [
        *data_catalog.query("A", "2024-06-03").collect()["close"]
    ]


@pytest.mark.usefixtures("three_together")
def test_a_next_month_of_minutes_is_one_new_file(data_catalog: DataCatalog) -> None:
    def bars(month: int, count: int) -> pl.DataFrame:
        at = [datetime(2024, month, 2, 12, minute, tzinfo=UTC) for minute in range(count)]
        prices = dict.fromkeys(("open", "high", "low", "close", "volume"), ["1.5"] * count)
        return pl.DataFrame({"timestamp": at, "symbol": ["BTC/USDT"] * count, **prices})

    data_catalog.ingest("coins", bars(1, 4), resolution="1m", timestamp="2024-07-01")
    data_catalog.ingest("coins", bars(2, 2), resolution="1m", timestamp="2024-07-02")
    assert folders_of(data_catalog) == ["year=2024/month=01", "year=2024/month=02"]
    before = bars_of(data_catalog)
    data_catalog.ingest("coins", bars(2, 5), resolution="1m", timestamp="2024-07-03")
    (new,) = bars_of(data_catalog) - before
    assert new.startswith("year=2024/month=02/")
    assert data_catalog.materialize("BTC/USDT", resolution="1m").height == 9


@pytest.mark.usefixtures("three_together")
def test_restated_bars_are_not_counted_twice(data_catalog: DataCatalog) -> None:
    data_catalog.ingest("mine", days(*every("A", DAYS[:3])), timestamp="2024-07-01")
    data_catalog.ingest("mine", days((DAYS[1], "A", 12)), timestamp="2024-07-02")
    assert folders_of(data_catalog) == ["", ""]  # one file of each version
    data_catalog.ingest("mine", days((DAYS[2], "A", 13), (DAYS[3], "A", 14)))
    assert folders_of(data_catalog)[2:] == ["year=2022", "year=2023"]


def test_a_data_set_of_one_large_file_is_partitioned_by_the_next_append(
    data_catalog: DataCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_catalog.ingest("mine", days(*every("AB", DAYS[:7])), timestamp="2024-07-01")
    whole = bars_of(data_catalog)
    assert len(whole) == 1
    known = data_catalog.query(None, dataset="mine").collect()
    monkeypatch.setattr(layout, "ROWS_TOGETHER", 3)
    data_catalog.ingest("mine", days((DAYS[7], "A", 12)), timestamp="2024-07-02")
    new = bars_of(data_catalog) - whole
    assert sorted(path.partition("/")[0] for path in new) == ["year=2022", "year=2023", "year=2024"]
    assert data_catalog.query(None, dataset="mine", as_of="2024-07-01").collect().equals(known)
    assert data_catalog.query(None, dataset="mine").collect().height == 15
    (difference,) = data_catalog.diff("mine@2024-07-01", "mine")
    assert (difference.added.height, difference.changed.height, difference.removed.height) == (
        1,
        0,
        0,
    )


BARS = st.dictionaries(
    st.tuples(st.sampled_from(DAYS), st.sampled_from("AB")), st.integers(1, 9), min_size=1
)


@whole_run
@given(steps=st.lists(BARS, min_size=1, max_size=3), most=st.integers(1, 8))
def test_what_grew_is_what_was_given_at_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[tuple[date, str], int]], most: int
) -> None:
    first = {(DAYS[0], "A"): 1, (DAYS[0], "B"): 1}  # who comes first has the lower sid
    grown = DataCatalog(tmp_path_factory.mktemp("grown"))
    together = DataCatalog(tmp_path_factory.mktemp("together"))
    known: dict[tuple[date, str], int] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "ROWS_TOGETHER", most)
        patch.setattr(layout, "ROWS_PER_FILE", 2 * most)
        for number, bars in enumerate([first, *steps], start=1):
            known |= bars
            rows = [(day, symbol, cents) for (day, symbol), cents in bars.items()]
            grown.ingest("mine", days(*rows), timestamp=f"2024-07-0{number}")
        rows = [(day, symbol, cents) for (day, symbol), cents in known.items()]
        together.ingest("mine", days(*rows), timestamp="2024-07-01")
    assert grown.describe("mine").version.fingerprint == (
        together.describe("mine").version.fingerprint
    )
    assert bars_of(together) <= bars_of(grown)
