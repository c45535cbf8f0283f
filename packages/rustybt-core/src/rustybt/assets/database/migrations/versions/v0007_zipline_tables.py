"""Zipline's asset database, version 7: one table of exchanges, which all assets refer to.

A new database is made of the newest tables at once, and Zipline itself creates these: what runs
here brings a file of version 6 to them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Give exchanges a table of their own, and refer to it by their full names."""
    _create_exchanges()
    op.execute("UPDATE equities SET exchange = COALESCE(exchange_full, exchange)")
    for table in _tables():
        with op.batch_alter_table(table.name, copy_from=table, recreate="always"):
            pass  # columns and keys are those of `table`; rows are copied as they are
    op.drop_table("futures_exchanges")
    op.execute("UPDATE version_info SET version = 7")


def _create_exchanges() -> None:
    op.create_table(
        "exchanges",
        sa.Column("exchange", sa.Text(), primary_key=True),
        sa.Column("canonical_name", sa.Text(), nullable=False),
        sa.Column("country_code", sa.Text(), nullable=False),
    )
    op.execute(
        "INSERT INTO exchanges "
        "SELECT COALESCE(exchange_full, exchange), MIN(COALESCE(exchange, exchange_full)), '??' "
        "FROM equities WHERE COALESCE(exchange_full, exchange) IS NOT NULL "
        "GROUP BY COALESCE(exchange_full, exchange)"
    )
    op.execute(
        "INSERT INTO exchanges SELECT exchange, exchange, '??' FROM futures_exchanges "
        "WHERE exchange NOT IN (SELECT exchange FROM exchanges)"
    )


def _tables() -> list[sa.Table]:
    """The tables whose exchange refers to the new one."""
    metadata = sa.MetaData()
    sa.Table("exchanges", metadata, sa.Column("exchange", sa.Text(), primary_key=True))
    equities = sa.Table(
        "equities",
        metadata,
        _sid(),
        sa.Column("asset_name", sa.Text()),
        *_life(),
        sa.Column("auto_close_date", sa.BigInteger()),
        _exchange(),
    )
    roots = sa.Table(
        "futures_root_symbols",
        metadata,
        sa.Column("root_symbol", sa.Text(), unique=True, primary_key=True),
        sa.Column("root_symbol_id", sa.BigInteger()),
        sa.Column("sector", sa.Text()),
        sa.Column("description", sa.Text()),
        _exchange(),
    )
    contracts = sa.Table(
        "futures_contracts",
        metadata,
        _sid(),
        sa.Column("symbol", sa.Text(), unique=True, index=True),
        sa.Column("root_symbol", sa.Text(), sa.ForeignKey(roots.c.root_symbol), index=True),
        sa.Column("asset_name", sa.Text()),
        *_life(),
        _exchange(),
        sa.Column("notice_date", sa.BigInteger(), nullable=False),
        sa.Column("expiration_date", sa.BigInteger(), nullable=False),
        sa.Column("auto_close_date", sa.BigInteger(), nullable=False),
        sa.Column("multiplier", sa.Float()),
        sa.Column("tick_size", sa.Float()),
    )
    return [equities, roots, contracts]


def _sid() -> sa.Column[int]:
    return sa.Column("sid", sa.BigInteger(), unique=True, primary_key=True)


def _life() -> list[sa.Column[int]]:
    return [
        sa.Column("start_date", sa.BigInteger(), nullable=False),
        sa.Column("end_date", sa.BigInteger(), nullable=False),
        sa.Column("first_traded", sa.BigInteger()),
    ]


def _exchange() -> sa.Column[str]:
    return sa.Column("exchange", sa.Text(), sa.ForeignKey("exchanges.exchange"))
