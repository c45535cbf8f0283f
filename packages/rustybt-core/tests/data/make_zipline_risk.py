"""Cut `zipline_risk.json.gz` out of the recorded zipline runs in `tests/recorded/zipline`.

Kept of every finished run: the returns of each session, the benchmark's, and the risk columns that
zipline computed from them. Run it from the root of the repository after recording again.
"""

import gzip
import json
from pathlib import Path
from typing import Any

RECORDED = Path("tests/recorded/zipline/expected")
TARGET = Path(__file__).with_name("zipline_risk.json.gz")
RUNS = {
    "a01_buy_and_hold": ["-"],
    "a03_sma_cross": ["-"],
    "a06_cancel": ["never"],
    "a09_splits_fractional": ["-"],
    "b07_shorts": ["costs"],
    "b18_benchmarks": None,
    "b21_random_daily": ["halts", "second"],
}
"""Which variants of which algorithm; None for all."""

COLUMNS = (
    "algo_volatility", "algorithm_period_return", "alpha", "benchmark_period_return",
    "benchmark_volatility", "beta", "gross_leverage", "max_drawdown", "max_leverage", "returns",
    "sharpe", "sortino", "trading_days",
)  # fmt: skip


def read(name: str) -> dict[str, Any]:
    packed = RECORDED / f"{name}.json.gz"
    plain = packed.with_suffix("")
    text = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    document: dict[str, Any] = json.loads(text)
    return document.get("variants") or {"-": document}


def main() -> None:
    runs = {
        f"{name} {variant}": {
            "sessions": record["sessions"],
            **{column: record["perf"][column] for column in COLUMNS},
        }
        for name, wanted in RUNS.items()
        for variant, record in read(name).items()
        if "perf" in record and (wanted is None or variant in wanted)
    }
    text = json.dumps(runs, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
