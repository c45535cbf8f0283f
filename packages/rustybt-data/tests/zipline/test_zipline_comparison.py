"""The comparison after a migration finds every value that was written wrong."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from zipline_bundles import zipline_root

from rustybt.data import bundles
from rustybt.errors import (
    BundleNotFound,
    CorruptData,
)
from rustybt.plugins import groups, registry
from rustybt_data.zipline import ZiplineBundle


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZIPLINE_ROOT", str(zipline_root()))


class Bent:
    """A writer that passes on what it gets, bent."""

    def __init__(self, writer: Any, bend: Any) -> None:
        self._writer, self._bend = writer, bend

    def write(self, *given: Any, **named: Any) -> None:
        self._bend(self._writer, *given, **named)

    write_direct = write


def one_price(writer: Any, data: Iterator[tuple[int, pl.DataFrame]]) -> None:
    cent = pl.lit(Decimal("0.01"))
    writer.write(
        (
            sid,
            bars.with_columns(
                pl.col("high")
                + pl.when(pl.col("high").is_first_distinct()).then(cent).otherwise(cent * 0)
            )
            if sid == 7
            else bars,
        )
        for sid, bars in data
    )


def one_bar_less(writer: Any, data: Iterator[tuple[int, pl.DataFrame]]) -> None:
    writer.write((sid, bars[1:] if sid == 7 else bars) for sid, bars in data)


def one_asset_less(writer: Any, data: Iterator[tuple[int, pl.DataFrame]]) -> None:
    writer.write((sid, bars) for sid, bars in data if sid != 7)


def another_sid(writer: Any, data: Iterator[tuple[int, pl.DataFrame]]) -> None:
    writer.write((8 if sid == 7 else sid, bars) for sid, bars in data)


def no_splits(writer: Any, **tables: Any) -> None:
    writer.write(**{**tables, "splits": None})


def more_money(writer: Any, dividends: pl.DataFrame, **tables: Any) -> None:
    writer.write(dividends=dividends.with_columns(pl.col("amount") + Decimal("0.01")), **tables)


def another_name(writer: Any, equities: pl.DataFrame, **tables: Any) -> None:
    renamed = equities.with_columns(asset_name=pl.lit("Somebody"))
    writer.write_direct(equities=renamed, **tables)


def another_multiplier(writer: Any, futures: pl.DataFrame, **tables: Any) -> None:
    writer.write_direct(futures=futures.with_columns(multiplier=pl.lit("51")), **tables)


def another_period(writer: Any, equity_symbol_mappings: pl.DataFrame, **tables: Any) -> None:
    bent = equity_symbol_mappings.with_columns(pl.col("start_date").dt.offset_by("1d"))
    writer.write_direct(equity_symbol_mappings=bent, **tables)


def another_country(writer: Any, exchanges: pl.DataFrame, **tables: Any) -> None:
    writer.write_direct(exchanges=exchanges.with_columns(country_code=pl.lit("GB")), **tables)


def no_roots(writer: Any, root_symbols: pl.DataFrame, **tables: Any) -> None:
    writer.write_direct(root_symbols=root_symbols.clear(), **tables)


def no_values(writer: Any, equity_supplementary_mappings: Any, **tables: Any) -> None:
    del equity_supplementary_mappings
    writer.write_direct(**tables)


@pytest.mark.parametrize(
    ("place", "bend", "said"),
    [
        (3, one_price, "values differ"),
        (2, one_price, "sid"),
        (3, one_bar_less, "of sid 7"),
        (2, one_bar_less, "of sid 7"),
        (3, one_asset_less, "of sid 7"),
        (2, another_sid, "bars of sid 8"),
        (4, no_splits, "3 values differ"),
        (4, more_money, "missing: CashDividend"),
        (1, another_name, "asset_name of"),
        (1, another_multiplier, "price_multiplier of"),
        (1, another_period, "missing: "),
        (1, another_country, "exchange_info of"),
        (1, no_roots, "missing: RootSymbol"),
        (1, no_values, "US0000000030"),
    ],
)
def test_a_value_that_is_written_wrong_is_found(place: int, bend: Any, said: str) -> None:
    class Bending(ZiplineBundle):
        def __call__(self, *given: Any) -> None:
            bent: Any = list(given)
            bent[place] = Bent(given[place], bend)
            super().__call__(*bent)

    adapters = registry(groups.DATA_ADAPTERS)
    adapters.register("bending", Bending)
    try:
        with pytest.raises(CorruptData, match=said):
            bundles.migrate("america", source="bending")
    finally:
        adapters.unregister("bending")
    with pytest.raises(BundleNotFound):
        bundles.load("america")
