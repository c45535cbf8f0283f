"""Laws of the catalog."""

from decimal import Decimal

import pytest
from catalog_frames import all_closes, frame
from hypothesis import given
from hypothesis import strategies as st
from laws import whole_run

from rustybt_data import DataCatalog

BARS = st.dictionaries(
    st.tuples(st.sampled_from(range(2, 6)), st.sampled_from("ABC")),
    st.decimals("0.01", 1000, places=4).map(lambda price: f"{price:f}"),
    min_size=1,
    max_size=6,
)


@whole_run
@given(st.lists(st.tuples(BARS, st.booleans()), min_size=1, max_size=4))
def test_every_version_is_what_was_ingested_up_to_it(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[dict[tuple[int, str], str], bool]]
) -> None:
    catalog = DataCatalog(tmp_path_factory.mktemp("law"))
    model: dict[str, Decimal] = {}
    expected = []
    for number, (bars, replaces) in enumerate(steps, start=1):
        rows = [(day, symbol, price) for (day, symbol), price in bars.items()]
        catalog.ingest("mine", frame(*rows), timestamp=f"2024-02-0{number}", replace=replaces)
        given_now = {f"{symbol}{day}": Decimal(price) for day, symbol, price in rows}
        model = given_now if replaces else {**model, **given_now}
        expected.append(model)
    for number, known in enumerate(expected, start=1):
        assert all_closes(catalog, "mine", f"2024-02-0{number}") == known
    described = catalog.describe("mine").symbols["1d"]
    assert sum(item.rows for item in described) == len(model)
    assert {item.symbol: item.rows for item in described if item.rows} == {
        symbol: sum(key.startswith(symbol) for key in model)
        for symbol in sorted({key[0] for key in model})
    }
