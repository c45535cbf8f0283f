"""From the frames that a user writes to the rows of every table."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa

from rustybt.assets.asset import Cryptocurrency, CurrencyPair, Equity, Future, Perpetual
from rustybt.assets.database import schema
from rustybt.assets.database.rows import Row
from rustybt.assets.database.stored import (
    NO_END,
    NO_START,
    UNKNOWN_COUNTRY,
    read_day,
    read_start,
    stored_day,
)
from rustybt.assets.kinds import PairSymbol
from rustybt.assets.symbols import SymbolOwnership, check_ownerships, split_symbol
from rustybt.assets.terms import DEFAULT_CURRENCY
from rustybt.errors import InvalidArgument
from rustybt.values import parse_decimal

LIFE: Final = ("start_date", "end_date", "first_traded", "auto_close_date")
TERMS: Final = (
    "currency",
    "tick_size",
    "lot_size",
    "price_multiplier",
    "price_decimals",
    "amount_decimals",
)
ASSET: Final = ("symbol", "asset_name", *LIFE, "exchange", *TERMS)
FUTURE: Final = (*ASSET, "root_symbol", "notice_date", "expiration_date", "multiplier")
PAIR: Final = (*ASSET, "base_currency", "quote_currency")
CRYPTO: Final = (*PAIR, "trading_enabled", "margin_enabled", "perpetual")
EXCHANGE: Final = ("canonical_name", "country_code")
ROOT: Final = ("root_symbol_id", "sector", "description", "exchange")
MAPPING: Final = ("symbol", "company_symbol", "share_class_symbol", "start_date", "end_date")
SUPPLEMENTARY: Final = ("field", "value", "start_date", "end_date")


_NAMED: Final = {"exchanges": "exchange", "futures_root_symbols": "root_symbol"}
"""Tables that assets refer to by a name, and the columns of those."""


class WritePlan:
    """Rows to insert, by table. Tables are filled in the order in which they refer to others."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = defaultdict(list)

    def add_exchanges(self, rows: Iterable[Row], named: Iterable[str | None]) -> None:
        """Add the exchanges that are described, then those that are only named."""
        described = {
            row["exchange"]: {
                "exchange": row["exchange"],
                "canonical_name": row["canonical_name"] or row["exchange"],
                "country_code": (row["country_code"] or UNKNOWN_COUNTRY).upper(),
            }
            for row in rows
        }
        for name in named:
            if name is not None and name not in described:
                described[name] = {
                    "exchange": name,
                    "canonical_name": name,
                    "country_code": UNKNOWN_COUNTRY,
                }
        self._rows["exchanges"] += described.values()

    def add_equities(self, rows: Iterable[Row]) -> None:
        """Add equities; the rows of one sid are one equity under several symbols."""
        by_sid: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            by_sid[row["sid"]].append(row)
        for sid, periods in by_sid.items():
            lives = [_life(period) for period in periods]
            newest = max(zip(lives, periods, strict=True), key=lambda pair: pair[0]["end_date"])[1]
            self._add_asset(Equity.asset_type, newest)
            self._rows["equities"].append(
                {
                    **_common(newest),
                    "start_date": min(life["start_date"] for life in lives),
                    "end_date": max(life["end_date"] for life in lives),
                }
            )
            for period, life in zip(periods, lives, strict=True):
                self._add_symbol(sid, period, life)

    def add_listed(self, rows: Iterable[Row], mappings: Iterable[Row]) -> None:
        """Add equities whose lives and symbols are separate, as they are stored.

        Raises:
            InvalidArgument: A symbol is that of no equity.
        """
        sids = set()
        for row in rows:
            sids.add(row["sid"])
            self._add_asset(Equity.asset_type, row)
            self._rows["equities"].append(_common(row))
        for mapping in mappings:
            if mapping["sid"] not in sids:
                reason = "give the equity that has the symbol"
                raise InvalidArgument(field="sid of a symbol", value=mapping["sid"], reason=reason)
            life = {"first_traded": None, "auto_close_date": None, **mapping}
            self._add_symbol(mapping["sid"], mapping, _life(life))

    def add_futures(self, rows: Iterable[Row]) -> None:
        """Add futures."""
        for row in rows:
            self._add_asset(Future.asset_type, row)
            self._rows["futures_contracts"].append(
                {
                    **_common(row),
                    "symbol": row["symbol"],
                    "root_symbol": row["root_symbol"],
                    "notice_date": stored_day(row["notice_date"], absent=NO_END),
                    "expiration_date": stored_day(row["expiration_date"], absent=NO_END),
                    "auto_close_date": stored_day(row["auto_close_date"], absent=NO_END),
                    "multiplier": _decimal(row, "multiplier"),
                    "tick_size": _decimal(row, "tick_size"),
                }
            )

    def add_root_symbols(
        self, rows: Iterable[Row], named: Iterable[str | None], *, numbered: bool
    ) -> None:
        """Add the root symbols that are described, then those that are only named.

        Args:
            rows: Those that are described.
            named: Those that contracts name.
            numbered: Whether those without a number get one.
        """
        described: dict[str, Row] = {row["root_symbol"]: row for row in rows}
        for name in named:
            if name is not None:
                described.setdefault(name, {"root_symbol": name, **dict.fromkeys(ROOT)})
        for number, row in enumerate(described.values()):
            if numbered and row["root_symbol_id"] is None:
                row["root_symbol_id"] = number
        self._rows["futures_root_symbols"] += described.values()

    def add_pairs(self, rows: Iterable[Row], kind: type[Cryptocurrency | CurrencyPair]) -> None:
        """Add crypto or currency pairs; the currencies default to the parts of the symbol.

        Raises:
            InvalidArgument: A symbol is that of a swap of a kind that is not known.
        """
        is_crypto = kind is Cryptocurrency
        for row in rows:
            symbol = row["symbol"] or ""
            parts, currencies = split_symbol(symbol), PairSymbol.parse(symbol.upper())
            base = row["base_currency"] or parts.company
            quote = row["quote_currency"] or currencies.quote or parts.share_class
            row["currency"] = row["currency"] or quote
            swap = is_crypto and (
                bool(currencies.settle) if row["perpetual"] is None else row["perpetual"] is True
            )
            self._add_asset(Perpetual.asset_type if swap else kind.asset_type, row)
            stored = {
                **_common(row),
                "symbol": row["symbol"],
                "base_currency": base,
                "quote_currency": quote,
            }
            if is_crypto:
                stored["trading_enabled"] = row["trading_enabled"] is not False
                stored["margin_enabled"] = row["margin_enabled"] is True
            self._rows["cryptocurrencies" if is_crypto else "currency_pairs"].append(stored)

    def add_supplementary(self, rows: Iterable[Row]) -> None:
        """Add supplementary values of equities."""
        for row in rows:
            self._rows["equity_supplementary_mappings"].append(
                {
                    "sid": row["sid"],
                    "field": row["field"],
                    "value": str(row["value"]),
                    "start_date": stored_day(row["start_date"], absent=NO_START),
                    "end_date": stored_day(row["end_date"], absent=NO_END),
                }
            )

    def execute(self, connection: sa.Connection) -> None:
        """Insert everything but exchanges and root symbols that are there already.

        Raises:
            SymbolOwnershipConflict: Two equities of a country have one symbol on the same day.
        """
        countries = {row["exchange"]: row["country_code"] for row in self._rows["exchanges"]}
        exchange_of = {row["sid"]: row["exchange"] for row in self._rows["equities"]}
        check_ownerships(
            SymbolOwnership(
                symbol=row["symbol"],
                sid=row["sid"],
                start=read_start(row["start_date"]),
                end=read_day(row["end_date"]),
                country_code=countries.get(exchange_of[row["sid"]], ""),
            )
            for row in self._rows["equity_symbol_mappings"]
        )
        for table in schema.metadata.sorted_tables:
            rows = self._rows[table.name]
            if table.name in _NAMED:
                rows = _absent(connection, table, rows)
            if rows:
                connection.execute(table.insert(), rows)

    def _add_asset(self, asset_type: str, row: Row) -> None:
        sid = row["sid"]
        self._rows["asset_router"].append({"sid": sid, "asset_type": asset_type})
        self._rows["asset_terms"].append(
            {
                "sid": sid,
                "currency": row["currency"] or DEFAULT_CURRENCY,
                "tick_size": _decimal(row, "tick_size"),
                "lot_size": _decimal(row, "lot_size"),
                "price_multiplier": _decimal(row, "price_multiplier"),
                "precision_price": row["price_decimals"],
                "precision_amount": row["amount_decimals"],
            }
        )

    def _add_symbol(self, sid: int, period: Row, life: Row) -> None:
        symbol = period["symbol"]
        if symbol is None:
            raise InvalidArgument(field=f"symbol of sid {sid}", value=None, reason="give one")
        parts = split_symbol(symbol)
        self._rows["equity_symbol_mappings"].append(
            {
                "sid": sid,
                "symbol": symbol,
                "company_symbol": _or(period.get("company_symbol"), parts.company),
                "share_class_symbol": _or(period.get("share_class_symbol"), parts.share_class),
                "start_date": life["start_date"],
                "end_date": life["end_date"],
            }
        )


def _life(row: Row) -> dict[str, Any]:
    return {
        "start_date": stored_day(row["start_date"], absent=NO_START),
        "end_date": stored_day(row["end_date"], absent=NO_END),
        "first_traded": stored_day(row["first_traded"]),
        "auto_close_date": stored_day(row["auto_close_date"]),
    }


def _common(row: Row) -> Row:
    return {
        "sid": row["sid"],
        "asset_name": row["asset_name"],
        "exchange": row["exchange"],
        **_life(row),
    }


def _or(given: object, derived: str) -> object:
    return derived if given is None else given


def _decimal(row: Row, name: str) -> object:
    return None if row[name] is None else parse_decimal(row[name], field=name)


def _absent(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> list[Row]:
    """The rows whose names are not in a table yet."""
    name = _NAMED[table.name]
    known = set(connection.scalars(sa.select(table.c[name])))
    return [row for row in rows if row[name] not in known]
