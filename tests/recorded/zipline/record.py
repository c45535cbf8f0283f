"""Record reference runs of zipline-reloaded for the strategies in ``algos/``.

This script is run by hand in an environment that has zipline-reloaded 3.2.1 installed; it is not
part of the test suite, which only reads what it wrote.

    python record.py [--root DIR] [--algos DIR] [--out DIR] [--check] [algorithm ...]

It ingests the CSV folders beside it into zipline bundles below ``--root`` (once), runs each
algorithm of ``algos/`` with each of its VARIANTS, and writes ``expected/<algorithm>.json`` (or
``.json.gz`` when that is larger than 100 kB). ``--check`` compares with the stored files instead.
"""

import argparse
import csv
import datetime as dt
import enum
import gzip
import json
import logging
import math
import os
import re
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
COMPRESS_ABOVE = 100_000
POSITION_FIELDS = ("symbol", "amount", "cost_basis", "last_sale_price")
#: columns of the result frame that are not recorded as numbers
LEFT_OUT = {
    "excess_return",
    "treasury_period_return",
    "orders",
    "transactions",
    "positions",
    "period_open",
    "period_close",
    "period_label",
}
NOISE = {"DeprecationWarning", "FutureWarning", "RuntimeWarning"}


@dataclass(frozen=True)
class Market:
    """One folder of inputs: the prefix of its bundles, its calendar, minutes from open to close."""

    prefix: str
    calendar: str
    country: str
    minutes: int


MARKETS = {
    "inputs": Market("golden", "XNYS", "US", 390),
    "halfdays": Market("half", "XNYS", "US", 390),
    "second_market": Market("second", "XHKG", "HK", 390),
    "london": Market("london", "XLON", "GB", 510),
    "futures": Market("futures", "XNYS", "US", 390),
    "edge": Market("edge", "XNYS", "US", 390),
}
BY_PREFIX = {market.prefix: market for market in MARKETS.values()}


@dataclass
class Recorder:
    """What one run leaves behind: the context, its fills, their commission, and log records."""

    context: Any = None
    transactions: list[Any] = field(default_factory=list)
    commission: dict[Any, float] = field(default_factory=dict)
    logs: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """One variant of one algorithm, ready to run."""

    path: Path
    name: str | None
    params: dict[str, Any] | None
    meta: dict[str, Any]


# ------------------------------------------------------------------------------------- bundles
def register_bundles() -> None:
    """Register ``<prefix>-daily`` and ``<prefix>-minute`` for every market folder that exists."""
    import pandas as pd
    from zipline.data import bundles

    for folder_name, market in MARKETS.items():
        folder = HERE / folder_name
        if not (folder / "assets.csv").exists():
            continue
        with (folder / "sessions.csv").open(newline="") as handle:
            sessions = [row["session"] for row in csv.DictReader(handle)]
        for kind in ("daily", "minute"):
            bundles.register(
                f"{market.prefix}-{kind}",
                make_ingest(folder, market, with_minutes=kind == "minute"),
                calendar_name=market.calendar,
                start_session=pd.Timestamp(sessions[0]),
                end_session=pd.Timestamp(sessions[-1]),
                minutes_per_day=market.minutes,
            )


def make_ingest(folder: Path, market: Market, *, with_minutes: bool) -> Callable[..., None]:
    """The ingest function of one bundle; zeros stand for sessions without trade."""
    import pandas as pd

    def ingest(*arguments: Any) -> None:
        asset_writer, minute_writer, daily_writer, adjustment_writer, calendar = arguments[1:6]
        dates = ["start_date", "end_date", "first_traded", "auto_close_date"]
        path = folder / "assets.csv"
        assets = pd.read_csv(path, index_col="sid", keep_default_na=False, parse_dates=dates)
        if with_minutes:
            assets = assets[[(folder / "minute" / f"{s}.csv").exists() for s in assets["symbol"]]]
        contracts, roots = read_contracts(folder)
        both = [assets] if contracts is None else [assets, contracts]
        names = sorted(set().union(*(frame["exchange"] for frame in both)))
        countries = [market.country] * len(names)
        columns = {"exchange": names, "canonical_name": names, "country_code": countries}
        asset_writer.write(
            equities=assets,
            futures=contracts,
            exchanges=pd.DataFrame(columns),
            root_symbols=roots,
        )

        def daily() -> Iterator[tuple[int, Any]]:
            for sid, symbol in pd.concat(both)["symbol"].items():
                path = folder / "daily" / f"{symbol}.csv"
                frame = pd.read_csv(path, index_col="date", parse_dates=["date"])
                wanted = calendar.sessions_in_range(frame.index[0], frame.index[-1])
                yield sid, frame.reindex(wanted).fillna(0.0)

        def minute() -> Iterator[tuple[int, Any]]:
            for sid, symbol in assets["symbol"].items():
                path = folder / "minute" / f"{symbol}.csv"
                yield sid, pd.read_csv(path, index_col=0, parse_dates=[0])

        daily_writer.write(daily())
        minute_writer.write(minute() if with_minutes else iter(()))
        splits = pd.read_csv(folder / "splits.csv", parse_dates=["effective_date"])
        dates = ["ex_date", "declared_date", "record_date", "pay_date"]
        dividends = pd.read_csv(folder / "dividends.csv", parse_dates=dates)
        splits = splits[splits["sid"].isin(assets.index)][["sid", "effective_date", "ratio"]]
        dividends = dividends[dividends["sid"].isin(assets.index)][["sid", *dates, "amount"]]
        adjustment_writer.write(
            splits=splits.reset_index(drop=True), dividends=dividends.reset_index(drop=True)
        )

    return ingest


def read_contracts(folder: Path) -> tuple[Any, Any]:
    """The futures contracts of a market and their roots; nothing where there are none."""
    import pandas as pd

    if not (folder / "contracts.csv").exists():
        return None, None
    dates = ["start_date", "end_date", "notice_date", "expiration_date", "auto_close_date"]
    contracts = pd.read_csv(folder / "contracts.csv", index_col="sid", parse_dates=dates)
    return contracts, pd.read_csv(folder / "roots.csv")


def ensure_ingested() -> None:
    """Ingest every registered bundle of ours that has no ingestion below ZIPLINE_ROOT yet."""
    from zipline.data import bundles

    for name in bundles.bundles:
        if name.rpartition("-")[0] in BY_PREFIX:
            done = Path(os.environ["ZIPLINE_ROOT"]) / "data" / name
            if not (done.exists() and any(p.is_dir() and p.name[0] != "." for p in done.iterdir())):
                bundles.ingest(name, os.environ, show_progress=False)


# ------------------------------------------------------------------------------------- values
def plain(value: Any) -> Any:
    """A JSON value of anything a strategy may capture."""
    import numpy as np
    import pandas as pd
    from zipline.assets import Asset

    rules: list[tuple[Any, Callable[[Any], Any]]] = [
        ((type(None), type(pd.NaT)), lambda _: None),
        ((bool, str), lambda v: v),
        (np.bool_, bool),
        (enum.Enum, lambda v: v.name),
        ((int, np.integer), int),
        ((float, np.floating), lambda v: float(v) if math.isfinite(v) else None),
        (Asset, lambda v: v.symbol),
        (pd.Timestamp, stamp),
        ((dt.datetime, dt.date), str),
        (dict, lambda d: {str(plain(k)): plain(v) for k, v in d.items()}),
        (pd.DataFrame, plain_frame),
        (pd.Series, lambda s: {"index": plain(s.index), "data": plain(s.tolist())}),
        ((list, tuple, set, frozenset, np.ndarray, pd.Index), lambda v: [plain(x) for x in v]),
    ]
    for kinds, rule in rules:
        if isinstance(value, kinds):
            return rule(value)
    return repr(value)


def plain_frame(frame: Any) -> dict[str, Any]:
    """A data frame as index, columns and rows."""
    rows = frame.to_numpy().tolist()
    return {"index": plain(frame.index), "columns": plain(frame.columns), "data": plain(rows)}


def stamp(moment: Any) -> str:
    """Session labels as dates, moments as UTC with seconds."""
    if moment.tz is None and moment == moment.normalize():
        return moment.strftime("%Y-%m-%d")
    utc = moment.tz_localize("UTC") if moment.tz is None else moment.tz_convert("UTC")
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def column(series: Any) -> Any:
    """The values of a column, or the one value that all sessions have."""
    values = [plain(v) for v in series.tolist()]
    if len(values) > 1 and all(v == values[0] for v in values):
        return {"constant": values[0]}
    return values


# ------------------------------------------------------------------------------------- runs
def make_blotter(recorder: Recorder) -> Any:
    """A simulation blotter that notes the commission charged with each fill."""
    from zipline.finance.blotter import SimulationBlotter

    class RecordingBlotter(SimulationBlotter):
        def get_transactions(self, bar_data: Any) -> Any:
            result = super().get_transactions(bar_data)
            for charge in result[1]:
                recorder.commission[charge["order"].id, self.current_dt] = charge["cost"]
            return result

    return RecordingBlotter()


class LogHandler(logging.Handler):
    """Notes records of level WARNING and above."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(logging.WARNING)
        self.recorder = recorder

    def emit(self, record: logging.LogRecord) -> None:
        """Note one record."""
        entry = {"level": record.levelname, "logger": record.name, "message": record.getMessage()}
        self.recorder.logs.append(entry)


def execute(path: Path) -> dict[str, Any]:
    """The namespace of an algorithm file."""
    space: dict[str, Any] = {"__name__": path.stem, "__file__": str(path)}
    exec(compile(path.read_text(), str(path), "exec"), space)
    return space


def run_variant(path: Path, name: str | None, params: dict[str, Any] | None) -> dict[str, Any]:
    """Run one variant of one algorithm file; the JSON-ready record."""
    import pandas as pd
    from zipline import run_algorithm
    from zipline.finance.ledger import Ledger
    from zipline.utils.calendar_utils import get_calendar

    space = execute(path)
    if params is not None:
        space["PARAMS"] = params
    meta = {**space["META"], **((params or {}).get("meta") or {})}
    recorder = Recorder()

    def initialize(context: Any) -> None:
        recorder.context = context
        space["initialize"](context)

    original = Ledger.process_transaction

    def process_transaction(self: Any, transaction: Any) -> Any:
        recorder.transactions.append(transaction)
        return original(self, transaction)

    options = {}
    if "benchmark_returns" in space and (params or {}).get("benchmark_returns", True):
        options["benchmark_returns"] = space["benchmark_returns"]()
    market = BY_PREFIX[meta["bundle"].rpartition("-")[0]]
    handler = LogHandler(recorder)
    logging.getLogger().addHandler(handler)
    Ledger.process_transaction = process_transaction
    error = perf = None
    caught: list[Any] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            perf = run_algorithm(
                start=pd.Timestamp(meta["start"]),
                end=pd.Timestamp(meta["end"]),
                initialize=initialize,
                capital_base=meta["capital"],
                handle_data=space.get("handle_data"),
                before_trading_start=space.get("before_trading_start"),
                analyze=space.get("analyze"),
                data_frequency=meta["freq"],
                bundle=meta["bundle"],
                trading_calendar=get_calendar(market.calendar),
                blotter=make_blotter(recorder),
                **options,
            )
    except Exception as raised:  # noqa: BLE001 whatever it is, it is what zipline does
        error = raised
    finally:
        Ledger.process_transaction = original
        logging.getLogger().removeHandler(handler)
    case = Case(path, name, params, meta)
    return {
        **describe_case(case),
        **describe_run(recorder, error),
        **describe_result(perf),
        **describe_notes(recorder, caught),
    }


def describe_case(case: Case) -> dict[str, Any]:
    """What was run."""
    return {
        "algo": case.path.stem,
        "variant": case.name,
        "params": case.params,
        "start": case.meta["start"],
        "end": case.meta["end"],
        "capital_base": case.meta["capital"],
        "data_frequency": case.meta["freq"],
        "bundle": case.meta["bundle"],
    }


def order_numbers(recorder: Recorder) -> dict[str, int]:
    """Order id -> number in order of creation."""
    orders = {} if recorder.context is None else recorder.context.blotter.orders
    return {key: n for n, key in enumerate(orders, 1)}


def cleaner(recorder: Recorder) -> Callable[[str], str]:
    """A function that replaces order ids, which differ from run to run."""
    numbers = order_numbers(recorder)
    return lambda text: re.sub(
        r"\b[0-9a-f]{32}\b",
        lambda m: f"<order {numbers[m[0]]}>" if m[0] in numbers else "<id>",
        text,
    )


def describe_run(recorder: Recorder, error: Exception | None) -> dict[str, Any]:
    """The error, the orders and the transactions."""
    context, numbers = recorder.context, order_numbers(recorder)
    out: dict[str, Any] = {}
    if error is not None:
        moment = None if context is None else context.datetime
        out["error"] = {
            "type": type(error).__name__,
            "mro": [c.__name__ for c in type(error).__mro__ if c is not object],
            "message": cleaner(recorder)(str(error).strip()),
            "simulation_dt": None if moment is None else stamp(moment),
        }
    orders = {} if context is None else context.blotter.orders
    out["orders"] = [
        {
            "n": numbers[o.id],
            "symbol": o.asset.symbol,
            "created": stamp(o.created),
            "last_modified": stamp(o.dt),
            "amount": plain(o.amount),
            "filled": plain(o.filled),
            "commission": plain(o.commission),
            "limit": plain(o.limit),
            "stop": plain(o.stop),
            "limit_reached": bool(o.limit_reached),
            "stop_reached": bool(o.stop_reached),
            "status": o.status.name,
            "reason": o.reason,
        }
        for o in orders.values()
    ]
    out["transactions"] = [
        {
            "order": numbers.get(t.order_id),
            "symbol": t.asset.symbol,
            "dt": stamp(t.dt),
            "amount": plain(t.amount),
            "price": plain(t.price),
            "commission": plain(recorder.commission.get((t.order_id, t.dt), 0.0)),
        }
        for t in recorder.transactions
    ]
    return out


def describe_result(perf: Any) -> dict[str, Any]:
    """The result frame, when the run finished."""
    if perf is None:
        return {}
    names = sorted(perf.columns)
    fields = ("amount", "cost_basis", "last_sale_price")
    return {
        "sessions": [t.strftime("%Y-%m-%d") for t in perf.index],
        "period_close": [t.strftime("%Y-%m-%dT%H:%MZ") for t in perf["period_close"]],
        "perf_columns": names,
        "perf": {name: column(perf[name]) for name in names if name not in LEFT_OUT},
        "positions_fields": list(POSITION_FIELDS),
        "positions": [
            [[p["sid"].symbol, *(plain(p[f]) for f in fields)] for p in row]
            for row in perf["positions"]
        ],
    }


def describe_notes(recorder: Recorder, caught: list[Any]) -> dict[str, Any]:
    """What the strategy captured, what was logged, and what was warned of."""
    clean = cleaner(recorder)
    out: dict[str, Any] = {}
    if hasattr(recorder.context, "captures"):
        out["captures"] = plain(recorder.context.captures)
    if recorder.logs:
        out["logs"] = [{**entry, "message": clean(entry["message"])} for entry in recorder.logs]
    noted: list[dict[str, str]] = []
    for warning in caught:
        category = warning.category.__name__
        ours = "zipline" in str(warning.filename) or category == "UserWarning"
        entry = {"category": category, "message": clean(str(warning.message))}
        if ours and category not in NOISE and entry not in noted:
            noted.append(entry)
    if noted:
        out["warnings"] = noted
    return out


# ------------------------------------------------------------------------------------- files
def record(path: Path) -> dict[str, Any]:
    """The record of one algorithm file."""
    variants = execute(path).get("VARIANTS")
    if variants is None:
        return run_variant(path, None, None)
    return {"variants": {n: run_variant(path, n, params) for n, params in variants.items()}}


def write(folder: Path, name: str, text: str) -> None:
    """Write a record, compressed when it is large."""
    folder.mkdir(parents=True, exist_ok=True)
    raw = text.encode()
    loose, packed = folder / f"{name}.json", folder / f"{name}.json.gz"
    for old in (loose, packed):
        old.unlink(missing_ok=True)
    if len(raw) > COMPRESS_ABOVE:
        packed.write_bytes(gzip.compress(raw, 9, mtime=0))
    else:
        loose.write_bytes(raw)


def load(folder: Path, name: str) -> str:
    """The text of a stored record."""
    packed = folder / f"{name}.json.gz"
    if packed.exists():
        return gzip.decompress(packed.read_bytes()).decode()
    return (folder / f"{name}.json").read_text()


def main() -> int:
    """Record or check the algorithms named on the command line; all of them by default."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("algorithms", nargs="*", help="names (prefixes) of files in algos/")
    parser.add_argument("--root", help="ZIPLINE_ROOT for the bundles; default a temporary folder")
    parser.add_argument("--algos", type=Path, default=HERE / "algos")
    parser.add_argument("--out", type=Path, default=HERE / "expected")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    args = parser.parse_args()
    os.environ["ZIPLINE_ROOT"] = args.root or tempfile.mkdtemp(prefix="zipline-")
    register_bundles()
    ensure_ingested()
    failed = False
    for path in sorted(args.algos.glob("*.py")):
        if args.algorithms and not path.stem.startswith(tuple(args.algorithms)):
            continue
        began = time.perf_counter()
        text = json.dumps(record(path), separators=(",", ":")) + "\n"
        verdict = "recorded"
        if args.check:
            same = text == load(args.out, path.stem)
            failed |= not same
            verdict = "same" if same else "DIFFERENT"
        else:
            write(args.out, path.stem, text)
        took = time.perf_counter() - began
        sys.stdout.write(f"{path.stem} {verdict} {len(text)} bytes, {took:.1f} s\n")
        sys.stdout.flush()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
