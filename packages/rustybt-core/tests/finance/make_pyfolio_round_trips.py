"""Record what pyfolio makes of random executions, in `pyfolio_round_trips.json`.

It matches them first in, first out. Run it in an environment of its own with
``pyfolio-reloaded==0.10.1`` (Apache-2.0); it is no dependency of the project.
"""

import json
import random
from importlib import import_module
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("pyfolio_round_trips.json")
SYMBOLS = ("AAA", "BBB", "CCC")
EXECUTIONS = 60


def executions() -> list[dict[str, Any]]:
    """Executions a day apart: pyfolio joins those of one side that are closer than 8 hours."""
    draw = random.Random(20240229)
    rows = []
    for symbol in SYMBOLS:
        price, held = 5_000, 0
        for day in range(EXECUTIONS):
            price = max(100, price + draw.randint(-400, 400))
            amount = draw.choice((-1, 1)) * draw.randint(1, 40)
            if held and draw.random() < 0.1:
                amount = -held
            held += amount
            rows.append({"symbol": symbol, "day": day, "amount": amount, "price": price})
    return rows


def main() -> None:
    pandas: Any = import_module("pandas")
    rows = executions()
    frame = pandas.DataFrame(rows)
    frame.index = pandas.Timestamp("2020-01-01") + pandas.to_timedelta(frame.pop("day"), unit="D")
    frame["price"] = frame["price"] / 100
    found = import_module("pyfolio.round_trips").extract_round_trips(frame)
    start = pandas.Timestamp("2020-01-01")
    trips = [
        {
            "symbol": row.symbol,
            "open": (row.open_dt - start).days,
            "close": (row.close_dt - start).days,
            "long": bool(row.long),
            "pnl": round(row.pnl, 6),
            "return": row.rt_returns,
        }
        for row in found.itertuples()
    ]
    document = {"executions": rows, "round_trips": trips}
    TARGET.write_text(json.dumps(document, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
