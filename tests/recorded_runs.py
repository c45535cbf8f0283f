"""Runs recorded strategies on RustyBT and says where they differ from what zipline recorded.

The strategies are run as they are, with the word zipline replaced in their import lines.
"""

import csv
import datetime as dt
import gzip
import json
import math
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rustybt import run_algorithm
from rustybt.algorithm import TradingAlgorithm
from rustybt.assets import Asset
from rustybt.data import bundles

RECORDED = Path(__file__).parent / "recorded" / "zipline"
CALENDARS = {
    "golden": ("inputs", "XNYS"),
    "half": ("halfdays", "XNYS"),
    "second": ("second_market", "XHKG"),
    "london": ("london", "XLON"),
    "edge": ("edge", "XNYS"),
    "futures": ("futures", "XNYS"),
}
POSITION_FIELDS = ("amount", "cost_basis", "last_sale_price")
MONEY_TOLERANCE = 1e-6
HISTORY_TOLERANCE = 5e-4
RATIO_TOLERANCE = 1e-9
IMPORT_LINE = re.compile(r"^(\s*(?:from|import)\s+)zipline\b", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One variant of one recorded strategy."""

    name: str
    variant: str | None

    @property
    def expected(self) -> dict[str, Any]:
        """What zipline recorded."""
        packed = RECORDED / "expected" / f"{self.name}.json.gz"
        text = (
            gzip.decompress(packed.read_bytes()).decode()
            if packed.exists()
            else (RECORDED / "expected" / f"{self.name}.json").read_text()
        )
        record: dict[str, Any] = json.loads(text)
        return record if self.variant is None else record["variants"][self.variant]

    @property
    def params(self) -> dict[str, Any] | None:
        """The variant's parameters."""
        return None if self.variant is None else self.namespace()["VARIANTS"][self.variant]

    @property
    def bundle(self) -> str:
        """Name of the bundle that it runs on."""
        meta = {**self.namespace()["META"], **((self.params or {}).get("meta") or {})}
        return str(meta["bundle"])

    def namespace(self) -> dict[str, Any]:
        """The strategy's names, imported from rustybt."""
        path = RECORDED / "algos" / f"{self.name}.py"
        text = IMPORT_LINE.sub(r"\1rustybt", path.read_text())
        space: dict[str, Any] = {"__name__": self.name, "__file__": str(path)}
        exec(compile(text, str(path), "exec"), space)
        return space


def cases(name: str) -> list[Case]:
    """All variants of a recorded strategy."""
    variants = Case(name, None).namespace().get("VARIANTS")
    return [Case(name, None)] if variants is None else [Case(name, key) for key in variants]


# ------------------------------------------------------------------ bundles


def ingest(name: str, scratch: Path) -> None:
    """Ingest the bundle of a recorded run, once per home."""
    if name in bundles.bundle_names():
        return
    prefix, _, kind = name.rpartition("-")
    folder, calendar = CALENDARS[prefix]
    source = RECORDED / folder
    if (source / "contracts.csv").exists():
        source = _with_contracts(source, scratch / name)
    elif kind == "minute":
        source = _with_minutes_only(source, scratch / name)
    elif (source / "minute").exists():
        source = _copied(source, scratch / name, ("daily",))
    bundles.ingest_from(name, source="csvdir", location=source, calendar_name=calendar)


def _copied(source: Path, target: Path, folders: Sequence[str]) -> Path:
    target.mkdir(parents=True)
    for part in folders:
        shutil.copytree(source / part, target / part)
    for table in source.glob("*.csv"):
        shutil.copy(table, target)
    return target


def _with_contracts(source: Path, target: Path) -> Path:
    """The folder with its futures in ``assets.csv``, as a csvdir folder has them."""
    _copied(source, target, ("daily",))
    assets = pd.read_csv(source / "assets.csv", dtype=str)
    contracts = pd.read_csv(source / "contracts.csv", dtype=str).assign(asset_type="future")
    pd.concat([assets, contracts]).to_csv(target / "assets.csv", index=False)
    shutil.copy(source / "roots.csv", target / "root_symbols.csv")
    return target


def _with_minutes_only(source: Path, target: Path) -> Path:
    """The folder without the assets that have no minute file, as zipline was given it."""
    _copied(source, target, ("daily", "minute"))
    kept = {path.stem for path in (target / "minute").glob("*.csv")}
    for path in (target / "daily").glob("*.csv"):
        if path.stem not in kept:
            path.unlink()
    for table in ("assets", "splits", "dividends"):
        path = target / f"{table}.csv"
        with path.open(newline="") as handle:
            rows = list(csv.DictReader(handle))
            names = list(rows[0]) if rows else path.read_text().strip().split(",")
        with path.open("w", newline="") as handle:
            writer = csv.DictWriter(handle, names)
            writer.writeheader()
            writer.writerows(row for row in rows if row["symbol"] in kept)
    return target


# ------------------------------------------------------------------ running


def run(
    case: Case, *, end: str | None = None, bundle: str | None = None, **options: Any
) -> dict[str, Any]:
    """Run a case and describe it in the form of the records.

    Args:
        case: The case.
        end: Where it ends in place of its own end.
        bundle: What it runs on in place of its own bundle.
        options: Further arguments of the run.
    """
    space = case.namespace()
    params = None if case.variant is None else space["VARIANTS"][case.variant]
    if params is not None:
        space["PARAMS"] = params
    meta = {**space["META"], **((params or {}).get("meta") or {})}
    if "benchmark_returns" in space and (params or {}).get("benchmark_returns", True):
        options["benchmark_returns"] = space["benchmark_returns"]()
    algorithm = TradingAlgorithm.from_namespace(space)
    error = result = None
    try:
        result = run_algorithm(
            start=meta["start"],
            end=end or meta["end"],
            capital_base=meta["capital"],
            data_frequency=meta["freq"],
            bundle=bundle or meta["bundle"],
            calendar=CALENDARS[meta["bundle"].rpartition("-")[0]][1],
            algorithm=algorithm,
            **options,
        )
    except Exception as raised:  # noqa: BLE001 - whatever it is, it is compared with the record
        error = raised
    described: dict[str, Any] = {} if error is None else {"error": _error(error)}
    described |= _orders(algorithm)
    if result is not None:
        described |= _performance(result)
    if hasattr(algorithm, "captures"):
        described["captures"] = plain(algorithm.captures)
    return described


def _error(error: BaseException) -> dict[str, Any]:
    kinds = type(error).__mro__
    return {
        "type": type(error).__name__,
        "mro": [kind.__name__ for kind in kinds],
        "message": str(error),
    }


def _orders(algorithm: TradingAlgorithm) -> dict[str, Any]:
    try:
        orders = list(algorithm.blotter.orders.values())
    except Exception:  # noqa: BLE001 - the run ended before there was a blotter
        return {"orders": []}
    view = algorithm._env.view
    return {
        "orders": [
            {
                "n": order.sequence,
                "symbol": order.asset.symbol,
                "created": _second(view.instant(order.created)),
                "last_modified": _second(view.instant(order.changed)),
                "amount": plain(shown.amount),
                "filled": plain(shown.filled),
                "commission": plain(shown.commission),
                "limit": plain(shown.limit),
                "stop": plain(shown.stop),
                "limit_reached": order.limit_reached,
                "stop_reached": order.stop_reached,
                "status": shown.status.name,
                "reason": order.reason,
            }
            for order in orders
            for shown in [order.view(view)]
        ]
    }


def _performance(result: Any) -> dict[str, Any]:
    perf = result.to_pandas()
    numbers = {order_id: n for n, order_id in enumerate(result.orders["id"], 1)}
    return {
        "transactions": [
            {
                "order": numbers.get(row["order_id"]),
                "symbol": row["symbol"],
                "dt": _second(row["dt"]),
                "amount": plain(row["amount"]),
                "price": plain(row["price"]),
                "commission": plain(row["commission"]),
            }
            for row in result.transactions.iter_rows(named=True)
        ],
        "sessions": [moment.strftime("%Y-%m-%d") for moment in perf.index],
        "period_close": [moment.strftime("%Y-%m-%dT%H:%MZ") for moment in perf["period_close"]],
        "perf_columns": sorted(map(str, perf.columns)),
        "perf": {str(name): plain(perf[name].tolist()) for name in perf.columns},
        "positions": [
            [[p["sid"].symbol, *(plain(p[field]) for field in POSITION_FIELDS)] for p in row]
            for row in perf["positions"]
        ],
    }


def plain(value: Any) -> Any:
    """Whatever a strategy may capture, in the form of the records."""
    for kinds, rule in _SCALARS:
        if isinstance(value, kinds):
            return rule(value)
    return _plain_container(value)


def _plain_container(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        rows = value.to_numpy().tolist()
        return {"index": plain(value.index), "columns": plain(value.columns), "data": plain(rows)}
    if isinstance(value, pd.Series):
        return {"index": plain(value.index), "data": plain(value.tolist())}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset | np.ndarray | pd.Index):
        return [plain(item) for item in value]
    return repr(value)


def _moment(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        if value.tz is None and value == value.normalize():
            return value.strftime("%Y-%m-%d")
        return _second(value if value.tz else value.tz_localize("UTC"))
    return str(value)


def _second(moment: Any) -> str:
    return str(moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


_SCALARS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    ((type(None), type(pd.NaT)), lambda _: None),
    ((bool, str), lambda value: value),
    (np.bool_, bool),
    (Enum, lambda value: value.name),
    ((int, np.integer), int),
    ((float, np.floating, Decimal), lambda v: float(v) if math.isfinite(v) else None),
    (Asset, lambda value: value.symbol),
    ((dt.datetime, dt.date), _moment),
)


# ------------------------------------------------------------------ comparing

RISK = frozenset(
    {
        "algo_volatility",
        "algorithm_period_return",
        "alpha",
        "benchmark_period_return",
        "benchmark_volatility",
        "beta",
        "gross_leverage",
        "max_drawdown",
        "max_leverage",
        "net_leverage",
        "returns",
        "sharpe",
        "sortino",
    }
)


def differences(actual: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Where a run differs from its record, in words; empty when nowhere."""
    return list(_differences(actual, expected))


def _differences(actual: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    if "error" in expected or "error" in actual:
        yield from _compare_errors(actual.get("error"), expected.get("error"))
    yield from _compare("orders", actual["orders"], expected["orders"], MONEY_TOLERANCE)
    if "error" not in expected and "error" not in actual:
        for part in ("transactions", "sessions", "period_close", "perf_columns", "positions"):
            yield from _compare(part, actual[part], expected[part], MONEY_TOLERANCE)
        yield from _compare_columns(actual["perf"], expected["perf"])
    if "captures" in expected:
        yield from _compare(
            "captures", actual.get("captures"), expected["captures"], MONEY_TOLERANCE
        )


def _compare_errors(actual: Any, expected: Any) -> Iterator[str]:
    if actual is None or expected is None:
        yield f"error: {actual} instead of {expected}"
    elif expected["type"] not in actual["mro"]:
        ours, theirs = (f"{e['type']} ({e['message']})" for e in (actual, expected))
        yield f"error: {ours} instead of {theirs}"


def _compare_columns(actual: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    for name, values in expected.items():
        ours = actual.get(name)
        if ours is None:
            yield f"perf {name}: missing"
            continue
        theirs = [values["constant"]] * len(ours) if isinstance(values, dict) else values
        tolerance = RATIO_TOLERANCE if name in RISK else MONEY_TOLERANCE
        yield from _compare(f"perf {name}", ours, theirs, tolerance)


def _compare(path: str, actual: Any, expected: Any, tolerance: float) -> Iterator[str]:
    if any(word in path for word in ("history", "shape", "long_close", "daily.")):
        tolerance = HISTORY_TOLERANCE
    if isinstance(expected, dict) and isinstance(actual, dict):
        if set(expected) != set(actual):
            yield f"{path}: keys {sorted(actual)} instead of {sorted(expected)}"
        for key in expected.keys() & actual.keys():
            yield from _compare(f"{path}.{key}", actual[key], expected[key], tolerance)
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(actual) != len(expected):
            yield f"{path}: {len(actual)} instead of {len(expected)} items"
        for place, (ours, theirs) in enumerate(zip(actual, expected, strict=False)):
            yield from _compare(f"{path}[{place}]", ours, theirs, tolerance)
    elif not _same(actual, expected, tolerance):
        yield f"{path}: {actual!r} instead of {expected!r}"


def _same(actual: Any, expected: Any, tolerance: float) -> bool:
    numbers = (int, float)
    if isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    if isinstance(actual, numbers) and isinstance(expected, numbers):
        return math.isclose(actual, expected, rel_tol=1e-9, abs_tol=tolerance)
    return bool(actual == expected)
