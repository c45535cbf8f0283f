"""Assets of a Zipline bundle: the SQLite database ``assets-7.sqlite``, or one of version 6 or 8."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from rustybt.assets.asset import Cryptocurrency, CurrencyPair, Equity, Future, Perpetual
from rustybt.assets.database.stored import read_day, read_start
from rustybt.assets.database.tables import read_tables
from rustybt.data.bundles import AssetWriter
from rustybt.errors import CorruptData
from rustybt_data.zipline.leftovers import Leftover

_NAME: Final = re.compile(r"assets-([0-9]+)\.sqlite")

Row = Mapping[str, Any]
Schema = Mapping[str, pl.DataType]

_KINDS: Final = {
    Equity.asset_type: "equities",
    Future.asset_type: "futures_contracts",
    Cryptocurrency.asset_type: "cryptocurrencies",
    Perpetual.asset_type: "cryptocurrencies",
    CurrencyPair.asset_type: "currency_pairs",
}
"""The table of each type of asset."""

_LIFE: Final = ("start_date", "end_date", "first_traded", "auto_close_date")
_DAYS: Final = frozenset({*_LIFE, "notice_date", "expiration_date"})
_TERMS: Final = {
    "currency": "currency",
    "tick_size": "tick_size",
    "lot_size": "lot_size",
    "price_multiplier": "price_multiplier",
    "precision_price": "price_decimals",
    "precision_amount": "amount_decimals",
}
_TEXT: Final = pl.String()
_DAY: Final = pl.Date()


def database_of(folder: Path) -> Path:
    """The newest asset database of an ingestion.

    Raises:
        CorruptData: There is none.
    """
    found = [
        (int(match[1]), path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))
    ]
    if not found:
        raise CorruptData(
            path=str(folder), reason="there is no assets-7.sqlite: it is no ingestion of Zipline's"
        )
    return max(found)[1]


class StoredAssets:
    """The assets of a bundle.

    Args:
        folder: The ingestion.

    Attributes:
        path: The database.
        tables: Its rows by table.
        leftovers: What cannot be taken over.

    Raises:
        CorruptData: There is no database, or it cannot be read.
        AssetDBVersionError: Its version is not 6, 7 or 8.
    """

    def __init__(self, folder: Path) -> None:
        self.path = database_of(folder)
        self.tables = read_tables(self.path)
        for table, rows in self.tables.items():
            for row in rows:
                self._check_cells(table, row)
        kinds = {row["sid"]: row["asset_type"] for row in self.tables["asset_router"]}
        self.leftovers: list[Leftover] = []
        self.of_kind: dict[str, list[Row]] = defaultdict(list)
        for table in dict.fromkeys(_KINDS.values()):
            for row in self.tables[table]:
                kind = kinds.get(row["sid"])
                if kind is None or _KINDS.get(kind) != table:
                    what = f"{table} row of sid {row['sid']}"
                    self.leftovers.append(Leftover(what, f"asset_router says that it is {kind}"))
                else:
                    self.of_kind[table].append({**row, "asset_type": kind})
        self.terms = {row["sid"]: row for row in self.tables["asset_terms"]}
        self._check_names()

    @property
    def sids(self) -> frozenset[int]:
        """Sids of the assets."""
        return frozenset(row["sid"] for rows in self.of_kind.values() for row in rows)

    @property
    def symbols(self) -> list[Row]:
        """Symbols of equities, each for a time."""
        return self._names["equity_symbol_mappings"]

    @property
    def supplementary(self) -> list[Row]:
        """Supplementary values of equities."""
        return self._names["equity_supplementary_mappings"]

    def write(self, writer: AssetWriter) -> None:
        """Hand everything to the writer of a bundle."""
        writer.write_direct(
            equities=self._frame("equities", _EQUITY),
            equity_symbol_mappings=_frame(self.symbols, _SYMBOLS),
            equity_supplementary_mappings=_frame(self.supplementary, _SUPPLEMENTARY),
            futures=self._frame("futures_contracts", _FUTURE),
            exchanges=_frame(self.tables["exchanges"], _EXCHANGES),
            root_symbols=_frame(self.tables["futures_root_symbols"], _ROOTS),
            cryptocurrencies=self._frame("cryptocurrencies", _COIN),
            currency_pairs=self._frame("currency_pairs", _PAIR),
        )

    def _frame(self, table: str, columns: Iterable[str]) -> pl.DataFrame:
        rows = [
            {**row, **self._own_terms(row), "perpetual": row["asset_type"] == Perpetual.asset_type}
            for row in self.of_kind[table]
        ]
        schema = {name: _TYPES.get(name, _TEXT) for name in ("sid", *columns, *_TERMS.values())}
        return _frame(rows, schema)

    def _own_terms(self, row: Row) -> dict[str, Any]:
        """How an asset is traded; of version 8 what `asset_terms` says, before all else."""
        own = self.terms.get(row["sid"], {})
        terms = {ours: own.get(theirs) for theirs, ours in _TERMS.items()}
        if terms["tick_size"] is None:
            terms["tick_size"] = row.get("tick_size")
        return terms

    def _check_cells(self, table: str, row: Row) -> None:
        """Refuse a row whose sid or days are no integers: SQLite takes anything."""
        for name, value in row.items():
            needed = name == "sid"
            if needed or name in _DAYS:
                if isinstance(value, int) or (value is None and not needed):
                    continue
                reason = f"{name} of a row of {table} is {value!r}"
                raise CorruptData(path=str(self.path), reason=reason)

    def _check_names(self) -> None:
        """Leave out what is said of equities that are not there."""
        known = {row["sid"] for row in self.of_kind["equities"]}
        self._names: dict[str, list[Row]] = {}
        for table in ("equity_symbol_mappings", "equity_supplementary_mappings"):
            self._names[table] = []
            for row in self.tables[table]:
                if row["sid"] in known:
                    self._names[table].append(row)
                else:
                    what = f"{table} row of sid {row['sid']}"
                    self.leftovers.append(Leftover(what, "there is no equity of this sid"))


_PERIOD: Final = {"start_date": _DAY, "end_date": _DAY}
_SYMBOLS: Final[Schema] = {
    "sid": pl.Int64(),
    **dict.fromkeys(("symbol", "company_symbol", "share_class_symbol"), _TEXT),
    **_PERIOD,
}
_SUPPLEMENTARY: Final[Schema] = {
    "sid": pl.Int64(),
    **dict.fromkeys(("field", "value"), _TEXT),
    **_PERIOD,
}
_EXCHANGES: Final[Schema] = dict.fromkeys(("exchange", "canonical_name", "country_code"), _TEXT)
_ROOTS: Final[Schema] = {
    "root_symbol": _TEXT,
    "root_symbol_id": pl.Int64(),
    **dict.fromkeys(("sector", "description", "exchange"), _TEXT),
}
_EQUITY: Final = ("asset_name", *_LIFE, "exchange")
_FUTURE: Final = (
    *("symbol", "root_symbol", *_EQUITY),
    *("notice_date", "expiration_date", "multiplier", "tick_size"),
)
_PAIR: Final = ("symbol", "asset_name", "base_currency", "quote_currency", *_LIFE, "exchange")
_COIN: Final = (*_PAIR, "trading_enabled", "margin_enabled", "perpetual")
_TYPES: Final[Schema] = {
    "sid": pl.Int64(),
    **dict.fromkeys(_DAYS, _DAY),
    **dict.fromkeys(("trading_enabled", "margin_enabled", "perpetual"), pl.Boolean()),
    **dict.fromkeys(("price_decimals", "amount_decimals"), pl.Int64()),
}


def _frame(rows: Iterable[Row], schema: Schema) -> pl.DataFrame:
    """Rows as a frame: stored days become dates, numbers of a text column their shortest text."""
    cells = [[_cell(row.get(name), name, kind) for name, kind in schema.items()] for row in rows]
    return pl.DataFrame(cells, schema=dict(schema), orient="row")


def _cell(value: Any, name: str, kind: pl.DataType) -> Any:  # noqa: ANN401 - of any column
    if value is None:
        return None
    if kind == _DAY:
        return read_start(value) if name == "start_date" else read_day(value)
    if kind == pl.Boolean():
        return bool(value)
    return str(value) if kind == _TEXT else value
