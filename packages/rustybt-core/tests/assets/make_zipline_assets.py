"""Record `zipline_assets_6.sql` and `zipline_assets_6.json`: an asset database of version 6.

No zipline that writes version 6 runs on a Python of today. zipline-reloaded 3.2.1 writes version 7
and takes a database back to version 6; that is done here. The SQL is the database, the JSON what
zipline itself read from it before the step back. Run it with a Python that has zipline-reloaded,
in any folder:

    python -m venv z && z/bin/pip install zipline-reloaded==3.2.1 "pandas<3"
    z/bin/python -W ignore make_zipline_assets.py
"""

import json
import sqlite3
import tempfile
from pathlib import Path

import pandas as pd
from zipline.assets import AssetDBWriter, AssetFinder
from zipline.assets.asset_db_migrations import downgrade

HERE = Path(__file__).parent

EXCHANGES = pd.DataFrame(
    {
        "exchange": ["New York Stock Exchange", "Chicago Mercantile Exchange", "NASDAQ"],
        "canonical_name": ["NYSE", "CME", "NASDAQ"],
        "country_code": ["US", "US", "??"],
    }
)
EQUITIES = pd.DataFrame(
    [
        # Two symbols of one company: the second row is its newer name.
        (4, "OLD", "Renamed Company", "2019-01-02", "2019-06-28", "New York Stock Exchange"),
        (4, "NEW.A", "Renamed Company", "2019-07-01", "2020-09-30", "New York Stock Exchange"),
        (7, "QQQ", "Third Company", "2019-01-02", "2021-12-31", "NASDAQ"),
    ],
    columns=["sid", "symbol", "asset_name", "start_date", "end_date", "exchange"],
).set_index("sid")
FUTURES = pd.DataFrame(
    {
        "symbol": ["ESH21"],
        "root_symbol": ["ES"],
        "asset_name": ["E-mini March 2021"],
        "start_date": ["2020-01-02"],
        "end_date": ["2021-03-19"],
        "exchange": ["Chicago Mercantile Exchange"],
        "notice_date": ["2021-03-17"],
        "expiration_date": ["2021-03-19"],
        "auto_close_date": ["2021-03-17"],
        "multiplier": [50.0],
        "tick_size": [0.1],
    },
    index=[12],
)
ROOTS = pd.DataFrame(
    {
        "root_symbol": ["ES"],
        "root_symbol_id": [3],
        "sector": ["index"],
        "description": ["E-mini S&P 500"],
        "exchange": ["Chicago Mercantile Exchange"],
    }
)
SUPPLEMENTARY = pd.DataFrame(
    {
        "sid": [7],
        "field": ["isin"],
        "start_date": [pd.Timestamp("2019-01-02")],
        "end_date": [pd.Timestamp("2021-12-31")],
        "value": ["US0000000007"],
    }
)
FACTS = (
    "sid", "symbol", "asset_name", "exchange", "exchange_full", "start_date", "end_date",
    "auto_close_date", "root_symbol", "notice_date", "expiration_date", "tick_size",
    "price_multiplier",
)  # fmt: skip


def plain(value: object) -> object:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def main() -> None:
    dates = ["start_date", "end_date"]
    future_dates = [*dates, "notice_date", "expiration_date", "auto_close_date"]
    EQUITIES[dates] = EQUITIES[dates].apply(pd.to_datetime)
    FUTURES[future_dates] = FUTURES[future_dates].apply(pd.to_datetime)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "assets.sqlite")
        AssetDBWriter(path).write(
            equities=EQUITIES,
            futures=FUTURES,
            exchanges=EXCHANGES,
            root_symbols=ROOTS,
            equity_supplementary_mappings=SUPPLEMENTARY,
        )
        finder = AssetFinder(path)
        assets = finder.retrieve_all(finder.sids)
        facts = [
            {name: plain(getattr(asset, name)) for name in FACTS if hasattr(asset, name)}
            for asset in assets
        ]
        finder.engine.dispose()
        downgrade(path, 6)
        with sqlite3.connect(path) as connection:
            *statements, commit = connection.iterdump()
    (HERE / "zipline_assets_6.json").write_text(json.dumps(facts, indent=1) + "\n")
    # Zipline creates the indexes of a table in no certain order.
    indexes = sorted(text for text in statements if " INDEX " in text)
    tables = [text for text in statements if text not in indexes]
    lines = "\n".join([*tables, *indexes, commit]).split("\n")
    (HERE / "zipline_assets_6.sql").write_text("".join(f"{line.rstrip()}\n" for line in lines))


if __name__ == "__main__":
    main()
