"""Version 8: pairs, options (reserved), the terms of trade of every asset, exact futures."""

import sqlalchemy as sa
from alembic import op

from rustybt.assets.database.schema import DecimalText

revision = "0008"
down_revision = "0007"


def _sid() -> sa.Column[int]:
    return sa.Column("sid", sa.BigInteger(), sa.ForeignKey("asset_router.sid"), primary_key=True)


def upgrade() -> None:
    """Add our tables to those of version 7, and keep decimals of futures as texts.

    SQLite numbers rows by itself where their key is INTEGER; Zipline numbered symbols on its own.
    """
    for table in ("cryptocurrencies", "currency_pairs"):
        flags = ("trading_enabled", "margin_enabled") if table == "cryptocurrencies" else ()
        op.create_table(
            table,
            _sid(),
            sa.Column("symbol", sa.Text(), nullable=False, index=True),
            sa.Column("asset_name", sa.Text()),
            sa.Column("base_currency", sa.Text(), nullable=False),
            sa.Column("quote_currency", sa.Text(), nullable=False),
            *_life(),
            *(sa.Column(flag, sa.Boolean(), nullable=False) for flag in flags),
        )
    op.create_table(
        "options_contracts",
        _sid(),
        sa.Column("symbol", sa.Text(), nullable=False, unique=True),
        sa.Column("asset_name", sa.Text()),
        sa.Column(
            "underlying_sid", sa.BigInteger(), sa.ForeignKey("asset_router.sid"), nullable=False
        ),
        sa.Column("option_type", sa.Text(), nullable=False),
        sa.Column("exercise_style", sa.Text(), nullable=False),
        sa.Column("strike", DecimalText(), nullable=False),
        sa.Column("expiration_date", sa.BigInteger(), nullable=False),
        *_life(),
    )
    op.create_table(
        "asset_terms",
        _sid(),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tick_size", DecimalText()),
        sa.Column("lot_size", DecimalText()),
        sa.Column("price_multiplier", DecimalText()),
        sa.Column("precision_price", sa.Integer()),
        sa.Column("precision_amount", sa.Integer()),
    )
    with op.batch_alter_table("futures_contracts") as futures:
        for column in ("multiplier", "tick_size"):
            futures.alter_column(column, existing_type=sa.Float(), type_=DecimalText())
    with op.batch_alter_table("equity_symbol_mappings") as symbols:
        symbols.alter_column("id", existing_type=sa.BigInteger(), type_=sa.Integer())
    op.execute("UPDATE version_info SET version = 8")


def _life() -> list[sa.Column[object]]:
    """First and last day, first trade, day of the automatic close, exchange."""
    return [
        sa.Column("start_date", sa.BigInteger(), nullable=False),
        sa.Column("end_date", sa.BigInteger(), nullable=False),
        sa.Column("first_traded", sa.BigInteger()),
        sa.Column("auto_close_date", sa.BigInteger()),
        sa.Column("exchange", sa.Text(), sa.ForeignKey("exchanges.exchange"), nullable=False),
    ]
