"""Cut `zipline_books.json.gz` out of the recorded zipline runs in `tests/recorded/zipline`.

The book's tests need what went into zipline's ledger (transactions, splits, dividends, marks) and
what came out of it (performance columns, positions, account fields), and nothing else. Run it from
the root of the repository after recording again.
"""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

RECORDED = Path("tests/recorded/zipline")
TARGET = Path(__file__).parent / "zipline_books.json.gz"

MARKETS = {"golden": "inputs", "half": "halfdays", "second": "second_market"}
RUNS: dict[str, list[str | None]] = {
    "a01_buy_and_hold": [None],
    "a03_sma_cross": [None],
    "a04_order_types": ["volumeshare", "none"],
    "a06_cancel": ["never"],
    "a09_splits_fractional": [None],
    "b07_shorts": ["free", "costs"],
    "b08_dividends": ["before", "sold_between"],
    "b12_account_fields": ["ruin"],
    "b19_delisting": ["long", "short"],
    "b20_second_daily": ["short"],
    "b21_random_daily": ["none", "second_none"],
    "b21_random_minute": ["half_days"],
}
COLUMNS = (
    "algorithm_period_return", "capital_used", "ending_cash", "ending_exposure", "ending_value",
    "gross_leverage", "long_exposure", "long_value", "longs_count", "net_leverage", "pnl",
    "portfolio_value", "returns", "short_exposure", "short_value", "shorts_count",
    "starting_cash", "starting_exposure", "starting_value",
)  # fmt: skip
RECORDED_BY_ALGORITHM = {"b07_shorts": {"short_value"}}
"""Columns that an algorithm's own `record` call wrote over."""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def run(name: str, record: dict[str, Any]) -> dict[str, Any]:
    kept = set(COLUMNS) - RECORDED_BY_ALGORITHM.get(name, set())
    return {
        "market": record["bundle"].split("-")[0],
        "capital_base": record["capital_base"],
        "sessions": record["sessions"],
        "period_close": record["period_close"],
        "transactions": record["transactions"],
        "positions": record["positions"],
        "perf": {column: record["perf"][column] for column in sorted(kept)},
        "captures": record["captures"] if name == "a09_splits_fractional" else [],
    }


def main() -> None:
    books: dict[str, Any] = {"markets": {}, "runs": {}}
    for market, folder in MARKETS.items():
        books["markets"][market] = {
            kind: rows(RECORDED / folder / f"{kind}.csv")
            for kind in ("assets", "splits", "dividends")
        }
    for name, variants in RUNS.items():
        packed = RECORDED / "expected" / f"{name}.json.gz"
        plain = RECORDED / "expected" / f"{name}.json"
        data = gzip.decompress(packed.read_bytes()) if packed.exists() else plain.read_bytes()
        for variant in variants:
            record = json.loads(data)
            record = record if variant is None else record["variants"][variant]
            books["runs"][name if variant is None else f"{name}-{variant}"] = run(name, record)
    text = json.dumps(books, separators=(",", ":"), sort_keys=True)
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
