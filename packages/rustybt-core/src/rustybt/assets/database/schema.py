"""Tables of the asset database, schema version 8.

Version 8 is the tables of Zipline's version 7, with a future's multiplier and tick kept exactly,
and ours: `cryptocurrencies`, `currency_pairs`, `options_contracts` (reserved: nothing is written
there yet) and `asset_terms`.
Dates are midnight UTC in ns since 1970-01-01.
"""

from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from rustybt.values import parse_decimal


class DecimalText(sa.types.TypeDecorator[Decimal]):
    """A Decimal without loss: text on SQLite, whose numbers are floats, else NUMERIC."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type of a database."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        return dialect.type_descriptor(sa.Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """What is stored: digits without an exponent."""
        if value is None or dialect.name != "sqlite":
            return value
        return f"{value:f}"

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401
        """What was stored; a float of an older schema counts as its shortest text."""
        del dialect
        return None if value is None else parse_decimal(value, field="stored decimal")


metadata = sa.MetaData()

exchanges = sa.Table(
    "exchanges",
    metadata,
    sa.Column("exchange", sa.Text, primary_key=True),
    sa.Column("canonical_name", sa.Text, nullable=False),
    sa.Column("country_code", sa.Text, nullable=False),
)


def _life() -> list[sa.Column[Any]]:
    return [
        sa.Column("start_date", sa.BigInteger, default=0, nullable=False),
        sa.Column("end_date", sa.BigInteger, nullable=False),
        sa.Column("first_traded", sa.BigInteger),
        sa.Column("auto_close_date", sa.BigInteger),
    ]


def _sid() -> sa.Column[int]:
    return sa.Column("sid", sa.BigInteger, unique=True, nullable=False, primary_key=True)


def _exchange() -> sa.Column[str]:
    return sa.Column("exchange", sa.Text, sa.ForeignKey(exchanges.c.exchange))


equities = sa.Table(
    "equities",
    metadata,
    _sid(),
    sa.Column("asset_name", sa.Text),
    *_life(),
    _exchange(),
)

equity_symbol_mappings = sa.Table(
    "equity_symbol_mappings",
    metadata,
    sa.Column("id", sa.Integer, unique=True, nullable=False, primary_key=True),
    sa.Column("sid", sa.BigInteger, sa.ForeignKey(equities.c.sid), nullable=False, index=True),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("company_symbol", sa.Text, index=True),
    sa.Column("share_class_symbol", sa.Text),
    sa.Column("start_date", sa.BigInteger, nullable=False),
    sa.Column("end_date", sa.BigInteger, nullable=False),
)

equity_supplementary_mappings = sa.Table(
    "equity_supplementary_mappings",
    metadata,
    sa.Column("sid", sa.BigInteger, sa.ForeignKey(equities.c.sid), primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("start_date", sa.BigInteger, primary_key=True),
    sa.Column("end_date", sa.BigInteger, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
)

futures_root_symbols = sa.Table(
    "futures_root_symbols",
    metadata,
    sa.Column("root_symbol", sa.Text, unique=True, nullable=False, primary_key=True),
    sa.Column("root_symbol_id", sa.BigInteger),
    sa.Column("sector", sa.Text),
    sa.Column("description", sa.Text),
    _exchange(),
)

futures_contracts = sa.Table(
    "futures_contracts",
    metadata,
    _sid(),
    sa.Column("symbol", sa.Text, unique=True, index=True),
    sa.Column(
        "root_symbol", sa.Text, sa.ForeignKey(futures_root_symbols.c.root_symbol), index=True
    ),
    sa.Column("asset_name", sa.Text),
    sa.Column("start_date", sa.BigInteger, default=0, nullable=False),
    sa.Column("end_date", sa.BigInteger, nullable=False),
    sa.Column("first_traded", sa.BigInteger),
    _exchange(),
    sa.Column("notice_date", sa.BigInteger, nullable=False),
    sa.Column("expiration_date", sa.BigInteger, nullable=False),
    sa.Column("auto_close_date", sa.BigInteger, nullable=False),
    sa.Column("multiplier", DecimalText),
    sa.Column("tick_size", DecimalText),
)

asset_router = sa.Table(
    "asset_router",
    metadata,
    _sid(),
    sa.Column("asset_type", sa.Text),
)

version_info = sa.Table(
    "version_info",
    metadata,
    sa.Column("id", sa.Integer, unique=True, nullable=False, primary_key=True),
    sa.Column("version", sa.Integer, unique=True, nullable=False),
    sa.CheckConstraint("id <= 1"),
)

ZIPLINE_TABLES: Final = tuple(metadata.sorted_tables)
"""The tables of version 7."""


def _routed_sid() -> sa.Column[int]:
    return sa.Column("sid", sa.BigInteger, sa.ForeignKey(asset_router.c.sid), primary_key=True)


cryptocurrencies = sa.Table(
    "cryptocurrencies",
    metadata,
    _routed_sid(),
    sa.Column("symbol", sa.Text, nullable=False, index=True),
    sa.Column("asset_name", sa.Text),
    sa.Column("base_currency", sa.Text, nullable=False),
    sa.Column("quote_currency", sa.Text, nullable=False),
    *_life(),
    sa.Column("exchange", sa.Text, sa.ForeignKey(exchanges.c.exchange), nullable=False),
    sa.Column("trading_enabled", sa.Boolean, nullable=False),
    sa.Column("margin_enabled", sa.Boolean, nullable=False),
)

currency_pairs = sa.Table(
    "currency_pairs",
    metadata,
    _routed_sid(),
    sa.Column("symbol", sa.Text, nullable=False, index=True),
    sa.Column("asset_name", sa.Text),
    sa.Column("base_currency", sa.Text, nullable=False),
    sa.Column("quote_currency", sa.Text, nullable=False),
    *_life(),
    sa.Column("exchange", sa.Text, sa.ForeignKey(exchanges.c.exchange), nullable=False),
)

options_contracts = sa.Table(
    "options_contracts",
    metadata,
    _routed_sid(),
    sa.Column("symbol", sa.Text, nullable=False, unique=True),
    sa.Column("asset_name", sa.Text),
    sa.Column("underlying_sid", sa.BigInteger, sa.ForeignKey(asset_router.c.sid), nullable=False),
    sa.Column("option_type", sa.Text, nullable=False),
    sa.Column("exercise_style", sa.Text, nullable=False),
    sa.Column("strike", DecimalText, nullable=False),
    sa.Column("expiration_date", sa.BigInteger, nullable=False),
    *_life(),
    sa.Column("exchange", sa.Text, sa.ForeignKey(exchanges.c.exchange), nullable=False),
)

asset_terms = sa.Table(
    "asset_terms",
    metadata,
    _routed_sid(),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("tick_size", DecimalText),
    sa.Column("lot_size", DecimalText),
    sa.Column("price_multiplier", DecimalText),
    sa.Column("precision_price", sa.Integer),
    sa.Column("precision_amount", sa.Integer),
)
"""How an asset of any type is traded; null means the default of its class."""
