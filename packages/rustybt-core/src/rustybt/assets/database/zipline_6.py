"""Zipline's version 6 in the form of version 7.

Version 6 has no table of exchanges. An equity holds the short name of its exchange (`exchange`)
and the full one (`exchange_full`); a future refers to `futures_exchanges`, a table of names.
Countries came with version 7; here none is known.
"""

from collections.abc import Mapping
from typing import Final

from rustybt.assets.database.stored import UNKNOWN_COUNTRY

VERSION: Final = 6

FORMS: Final[Mapping[str, str]] = {"equities": "listed"}
"""Names of tables of version 7 that have another one in `PRELUDE`."""

PRELUDE: Final = f"""
    WITH listed AS (
        SELECT sid, asset_name, start_date, end_date, first_traded, auto_close_date,
            COALESCE(exchange_full, exchange) AS exchange,
            COALESCE(exchange, exchange_full) AS short_name
        FROM equities
    ),
    exchanges AS (
        SELECT exchange, MIN(short_name) AS canonical_name, '{UNKNOWN_COUNTRY}' AS country_code
        FROM listed WHERE exchange IS NOT NULL GROUP BY exchange
        UNION ALL
        SELECT exchange, exchange, '{UNKNOWN_COUNTRY}' FROM futures_exchanges
        WHERE exchange NOT IN (SELECT exchange FROM listed WHERE exchange IS NOT NULL)
    )
"""  # noqa: S608 - nothing in it comes from outside
"""What a query begins with. Of several short names under one full name the first is taken."""
