"""Record ``../data/zipline/bundles.tar.gz`` and ``bundles.json.gz``: small bundles of Zipline's.

The archive is what zipline-reloaded 3.2.1 wrote with its own writers, the JSON what its own readers
give of it. Run it with a Python that has zipline-reloaded, in any folder:

    python -m venv z && z/bin/pip install zipline-reloaded==3.2.1 "pandas<3"
    z/bin/python -W ignore make_zipline_bundles.py
"""

import gzip
import io
import json
import os
import random
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).parent.parent / "data" / "zipline"
STAMP = pd.Timestamp("2024-05-06T07:08:09", tz="UTC")
FIELDS = ["open", "high", "low", "close", "volume"]
ROOT = Path(tempfile.mkdtemp())
os.environ["ZIPLINE_ROOT"] = str(ROOT)

from zipline.assets import AssetDBWriter  # noqa: E402
from zipline.assets.asset_db_migrations import downgrade  # noqa: E402
from zipline.data import bcolz_daily_bars, bundles  # noqa: E402
from zipline.data.adjustments import SQLiteAdjustmentWriter  # noqa: E402
from zipline.data.bcolz_minute_bars import BcolzMinuteBarWriter  # noqa: E402

random.seed(7)


def bars(labels: Any, *, start: float = 20.0, holes: float = 0.0, places: int = 2) -> Any:
    """Random bars in a frame of pandas; a hole is a row of zeros."""
    rows, price = [], start
    for _ in labels:
        price = max(round(price + random.gauss(0, 0.2), places), 10.0**-places)
        close = max(round(price + random.gauss(0, 0.1), places), 10.0**-places)
        high, low = max(price, close) + 10.0**-places, min(price, close)
        if random.random() < holes:
            rows.append((0.0, 0.0, 0.0, 0.0, 0))
        else:
            rows.append((price, round(high, places), low, close, random.randrange(1, 1000)))
    return pd.DataFrame(rows, index=labels, columns=FIELDS).astype({"volume": "float64"})


def minutes(calendar: Any, first: Any, last: Any, *, keep: float = 1.0) -> Any:
    """Labels of minutes; those of a break are not traded."""
    labels = calendar.minutes_in_range(
        calendar.session_first_minute(first), calendar.session_close(last)
    )
    return labels[[random.random() < keep for _ in labels]]


def equity(sid: int, symbol: str, start: str, end: str, venue: str = "NYSE", **more: Any) -> Any:
    """A row of equities."""
    return {
        "sid": sid,
        "symbol": symbol,
        "asset_name": f"{symbol} Incorporated",
        "start_date": pd.Timestamp(start),
        "end_date": pd.Timestamp(end),
        "exchange": venue,
        **more,
    }


def frame(rows: Any) -> Any:
    """Rows by sid."""
    return pd.DataFrame(rows).set_index("sid")


def dates(*names: str) -> Any:
    """Days, or none for an empty text."""
    return [pd.Timestamp(name) if name else pd.NaT for name in names]


def exchanges(*rows: Any) -> Any:
    """A table of exchanges."""
    return pd.DataFrame(rows, columns=["exchange", "canonical_name", "country_code"])


class SmallChunks(bcolz_daily_bars.ctable):
    """A table of chunks so small that a few assets take several of them."""

    def __init__(self, columns: Any = None, names: Any = None, **options: Any) -> None:
        if columns is not None:
            options["chunklen"] = 1000
        super().__init__(columns, names, **options)


bcolz_daily_bars.ctable = SmallChunks


# ------------------------------------------------------------------ the bundles
def america(*given: Any) -> None:
    """Every table filled: XNYS, two half days, a future, a renamed symbol."""
    _, assets, minute, daily, adjustments, calendar, start, end, *_ = given
    american_assets(assets)
    whole = calendar.sessions_in_range(start, end)
    spans = {3: whole, 5: whole[:29], 7: whole[1:], 20: whole[:34], 123456: whole[3:9]}
    daily.write(((sid, bars(days, holes=0.1)) for sid, days in spans.items()), show_progress=False)
    first, last = pd.Timestamp("2020-11-25"), pd.Timestamp("2020-11-30")  # the 27th is a half day
    minute.write(
        [
            (3, bars(minutes(calendar, first, last, keep=0.3))),
            (123456, bars(minutes(calendar, last, last, keep=0.02))),
            (7, bars(minutes(calendar, first, first, keep=0.1))),
            (7, bars(minutes(calendar, last, last, keep=0.1))),
        ]
    )
    american_actions(adjustments)


def american_assets(assets: Any) -> None:
    """Equities, of which one was renamed, and a future."""
    life = ("2020-11-02", "2020-12-31")
    equities = frame(
        [
            equity(3, "OLD", "2020-11-02", "2020-11-30", auto_close_date=pd.NaT),
            equity(3, "NEW.A", "2020-12-01", "2020-12-31", auto_close_date=pd.NaT),
            equity(
                5, "BBB", "2020-11-02", "2020-12-11", auto_close_date=pd.Timestamp("2020-12-15")
            ),
            equity(7, "CCC", *life, "NASDAQ", first_traded=pd.Timestamp("2020-11-03")),
            equity(123456, "FAR", *life),
        ]
    )
    futures = pd.DataFrame(
        {
            "symbol": ["ESZ20"],
            "root_symbol": ["ES"],
            "asset_name": ["E-mini December 2020"],
            "start_date": [pd.Timestamp("2020-11-02")],
            "end_date": [pd.Timestamp("2020-12-18")],
            "exchange": ["CME"],
            "notice_date": [pd.NaT],
            "expiration_date": [pd.Timestamp("2020-12-18")],
            "auto_close_date": [pd.Timestamp("2020-12-17")],
            "multiplier": [50.0],
            "tick_size": [0.1],
        },
        index=[20],
    )
    assets.write(
        equities=equities,
        futures=futures,
        exchanges=exchanges(
            ("NYSE", "NYSE", "US"), ("NASDAQ", "NSDQ", "US"), ("CME", "CME", "US"), ("X", "X", "CA")
        ),
        root_symbols=roots(),
        equity_supplementary_mappings=pd.DataFrame(
            {
                "sid": [3, 3],
                "field": ["isin", "isin"],
                "start_date": dates("2020-11-02", "2020-12-01"),
                "end_date": dates("2020-11-30", "2020-12-31"),
                "value": ["US0000000003", "US0000000030"],
            }
        ),
    )


def roots() -> Any:
    """Chains of futures, one without contracts."""
    return pd.DataFrame(
        {
            "root_symbol": ["ES", "CL"],
            "root_symbol_id": [3, 4],
            "sector": ["index", None],
            "description": ["E-mini S&P 500", None],
            "exchange": ["CME", None],
        }
    )


def american_actions(adjustments: Any) -> None:
    """Splits and dividends of both kinds."""
    adjustments.write(
        splits=pd.DataFrame(
            {
                "sid": [3, 7, 3],
                "effective_date": dates("2020-11-09", "2020-11-12", "2020-12-09"),
                "ratio": [0.5, 1 / 3, 7.0],
            }
        ),
        dividends=pd.DataFrame(
            {
                "sid": [3, 5, 7],
                "ex_date": dates("2020-11-17", "2020-11-18", "2020-12-02"),
                "declared_date": dates("2020-10-01", "", ""),
                "record_date": dates("2020-11-18", "", ""),
                "pay_date": dates("2020-12-01", "", "2020-12-05"),
                "amount": [0.25, 0.1, 0.333],
            }
        ),
        stock_dividends=pd.DataFrame(
            {
                "sid": [5],
                "ex_date": dates("2020-11-20"),
                "declared_date": dates("2020-10-20"),
                "record_date": dates("2020-11-20"),
                "pay_date": dates("2020-11-27"),
                "payment_sid": [5],
                "ratio": [0.05],
            }
        ),
    )


def hongkong(*given: Any) -> None:
    """A break at noon, which Zipline keeps as minutes."""
    _, assets, minute, daily, adjustments, calendar, start, end, *_ = given
    rows = [
        equity(1, "0001", str(start), str(end), "HKEX"),
        equity(2, "0002", str(start), str(end), "HKEX"),
    ]
    assets.write(equities=frame(rows), exchanges=exchanges(("HKEX", "HKEX", "HK")))
    days = calendar.sessions_in_range(start, end)
    two = bars(days)
    two.iloc[[1, 3]] = 0.0
    daily.write([(1, bars(days)), (2, two)], show_progress=False)
    minute.write(
        [
            (1, bars(minutes(calendar, days[0], days[1], keep=0.2))),
            (2, bars(minutes(calendar, days[2], days[2], keep=0.2))),
        ]
    )
    adjustments.write()


def long(*given: Any) -> None:
    """More rows than a chunk holds."""
    _, assets, minute, daily, adjustments, calendar, start, end, *_ = given
    sids = range(1, 9)
    days = calendar.sessions_in_range(start, end)
    rows = [equity(sid, f"L{sid}", str(start), str(end)) for sid in sids]
    assets.write(equities=frame(rows), exchanges=exchanges(("NYSE", "NYSE", "US")))

    def steps(sid: int) -> Any:
        price = sid + np.arange(len(days)) // 50
        columns = dict.fromkeys(FIELDS[:4], price.astype(float))
        return pd.DataFrame({**columns, "volume": np.full(len(days), 100.0 * sid)}, index=days)

    daily.write(((sid, steps(sid)) for sid in sids), show_progress=False)
    minute.write(iter(()))
    adjustments.write()


def ratios(*given: Any) -> None:
    """Prices of minutes at several ratios; no daily bars."""
    *_, calendar, start, end, _, _, folder = given
    rows = [equity(sid, f"R{sid}", str(start), str(end)) for sid in (1, 2, 3)]
    target = Path(folder)
    AssetDBWriter(str(target / "assets-7.sqlite")).write(
        equities=frame(rows), exchanges=exchanges(("NYSE", "NYSE", "US"))
    )
    SQLiteAdjustmentWriter(str(target / "adjustments.sqlite"), None).write()
    (target / "minute_equities.bcolz").mkdir()
    writer = BcolzMinuteBarWriter(
        str(target / "minute_equities.bcolz"),
        calendar,
        start,
        end,
        390,
        default_ohlc_ratio=100,
        ohlc_ratios_per_sid={2: 1_000_000, 3: 10},
        expectedlen=1000,
    )
    days = calendar.sessions_in_range(start, end)
    writer.write(
        [
            (1, bars(minutes(calendar, days[0], days[0], keep=0.2))),
            (2, bars(minutes(calendar, days[1], days[1], keep=0.2), start=0.05, places=6)),
            (3, bars(minutes(calendar, days[0], days[1], keep=0.2), start=90000.0, places=1)),
        ]
    )


def odd(*given: Any) -> None:
    """What cannot be taken over."""
    _, assets, minute, daily, adjustments, calendar, start, end, *_ = given
    rows = [equity(sid, f"O{sid}", str(start), str(end)) for sid in (1, 2, 4)]
    assets.write(equities=frame(rows), exchanges=exchanges(("NYSE", "NYSE", "US")))
    days = calendar.sessions_in_range(start, end)
    one, two = bars(days), bars(days)
    one.iloc[2, 0] = np.nan  # no open
    one.iloc[4, 4] = 4294967295  # the largest number that fits
    two.iloc[3, 1], two.iloc[3, 2] = 1.0, 30.0  # high below low
    two.iloc[5, 4] = 5e9  # left out by Zipline itself
    daily.write([(1, one), (2, two), (9, bars(days)), (4, bars(days) * 0)], show_progress=False)
    late = pd.DatetimeIndex(["2020-11-27 18:00", "2020-11-27 18:30"], tz="UTC")  # after the close
    minute.write([(2, bars(late)), (9, bars(late[:1]))])
    one_each = {"effective_date": dates("2020-11-24"), "ratio": [0.9]}
    adjustments.write(
        splits=pd.DataFrame({"sid": [77], "effective_date": dates("2020-11-24"), "ratio": [0.5]}),
        mergers=pd.DataFrame({"sid": [1], **one_each}),
        dividends=pd.DataFrame(
            {
                "sid": [2, 2, 4],
                "ex_date": dates("2020-11-25", "2020-11-25", "2020-11-25"),
                "declared_date": dates("", "", ""),
                "record_date": dates("", "", ""),
                "pay_date": dates("2020-12-01", "2020-12-01", "2020-12-01"),
                "amount": [0.1, 0.1, 0.5],
            }
        ),
        stock_dividends=pd.DataFrame(
            {
                "sid": [1],
                "ex_date": dates("2020-11-24"),
                "declared_date": dates("2020-11-20"),
                "record_date": dates("2020-11-24"),
                "pay_date": dates("2020-11-30"),
                "payment_sid": [2],
                "ratio": [0.1],
            }
        ),
    )


BUNDLES = {
    "america": (america, "XNYS", "2020-11-02", "2020-12-31", 390, True),
    "hongkong": (hongkong, "XHKG", "2020-12-01", "2020-12-07", 390, True),
    "long": (long, "XNYS", "2017-01-03", "2020-12-31", 390, True),
    "ratios": (ratios, "XNYS", "2020-11-24", "2020-11-30", 390, False),
    "odd": (odd, "XNYS", "2020-11-20", "2020-12-02", 390, True),
}


# ------------------------------------------------------------------ what zipline reads
def daily_rows(reader: Any) -> Any:
    """Daily bars as Zipline reads them."""
    sids = sorted(reader._first_rows)
    sessions = reader.sessions
    found = []
    if not sids:
        return found
    arrays = reader.load_raw_arrays(FIELDS, sessions[0], sessions[-1], np.array(sids))
    for place, sid in enumerate(sids):
        columns = [array[:, place] for array in arrays]
        for day, *values in zip(sessions, *columns, strict=True):
            cells = [None if np.isnan(v) else float(v) for v in values]
            if any(cells):
                found.append([sid, str(day.date()), *cells])
    return found


def minute_rows(reader: Any, folder: Path) -> Any:
    """Minutes as Zipline reads them."""
    calendar, found = reader.trading_calendar, []
    for path in sorted((folder / "minute_equities.bcolz").glob("*/*/*.bcolz")):
        sid = int(path.stem)
        sessions = calendar.sessions_in_range(reader._start_session, reader._end_session)
        labels = []
        for session in sessions:
            first, last = calendar.session_first_minute(session), calendar.session_close(session)
            labels += pd.date_range(first, last, freq="min").tolist()
        arrays = reader.load_raw_arrays(FIELDS, labels[0], labels[-1], [sid])
        for label, *values in zip(labels, *(array[:, 0] for array in arrays), strict=True):
            cells = [None if np.isnan(v) else float(v) for v in values]
            if any(cells):
                found.append([sid, label.isoformat(), *cells])
    return found


def asset_rows(finder: Any) -> Any:
    """Assets as Zipline reads them."""
    return [
        {name: plain(value) for name, value in asset.to_dict().items()}
        for asset in finder.retrieve_all(sorted(finder.sids))
    ]


def plain(value: Any) -> Any:
    """A value of JSON."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if hasattr(value, "country_code"):
        return [value.name, value.canonical_name, value.country_code]
    return value.item() if hasattr(value, "item") else value


def described(name: str) -> Any:
    """All that Zipline reads of a bundle."""
    data = bundles.load(name)
    folder = next(path for path in (ROOT / "data" / name).iterdir() if path.name[0] != ".")
    tables = data.adjustment_reader.unpack_db_to_component_dfs(convert_dates=True)
    return {
        "daily": daily_rows(data.equity_daily_bar_reader)
        if (folder / "daily_equities.bcolz").exists()
        else [],
        "minute": minute_rows(data.equity_minute_bar_reader, folder),
        "assets": asset_rows(data.asset_finder),
        "adjustments": {
            table: [[plain(cell) for cell in row] for row in rows.itertuples(index=False)]
            for table, rows in tables.items()
        },
        "columns": {table: list(rows.columns) for table, rows in tables.items()},
    }


def pack(target: Path) -> None:
    """Write all bundles into one archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted((ROOT / "data").rglob("*")):
            inner = path.relative_to(ROOT).as_posix()
            if path.is_file() and "/." not in f"/{inner}":
                entry = tarfile.TarInfo(inner)
                entry.size = path.stat().st_size
                archive.addfile(entry, io.BytesIO(path.read_bytes()))
    target.write_bytes(gzip.compress(buffer.getvalue(), 9, mtime=0))


def main() -> None:
    """Write both files."""
    facts = {}
    for name, (function, calendar, start, end, per_day, writers) in BUNDLES.items():
        bundles.register(
            name,
            function,
            calendar_name=calendar,
            start_session=pd.Timestamp(start),
            end_session=pd.Timestamp(end),
            minutes_per_day=per_day,
            create_writers=writers,
        )
        bundles.ingest(name, os.environ, timestamp=STAMP)
        facts[name] = described(name)
    # A step back to version 6 keeps American assets only.
    (newest,) = (ROOT / "data" / "america").glob("*/assets-7.sqlite")
    older = newest.with_name("assets-6.sqlite")
    shutil.copy(newest, older)
    downgrade(str(older), 6)
    pack(HERE / "bundles.tar.gz")
    text = json.dumps(facts, separators=(",", ":"))
    (HERE / "bundles.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
