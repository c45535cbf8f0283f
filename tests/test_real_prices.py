"""The example on real prices, against an independent model of the same strategy in plain floats."""

import csv
import gzip
import importlib.util
import sys
from bisect import bisect_right
from collections import defaultdict
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parent.parent / "examples" / "real_prices.py"
SHARES = ("AAPL", "GOOG", "IBM", "MSFT")
HALVED = {"AAPL": ("2000-06-21", "2005-02-28"), "MSFT": ("2003-02-18",)}


def example() -> Any:
    spec = importlib.util.spec_from_file_location("real_prices", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["real_prices"] = module
    spec.loader.exec_module(module)
    return module


def raw_bars() -> dict[str, dict[str, tuple[float, int]]]:
    """Close and volume by share and day, straight from the package."""
    packed = files("bokeh_sampledata") / "_data" / "stocks.csv.gz"
    bars: dict[str, dict[str, tuple[float, int]]] = defaultdict(dict)
    for row in csv.DictReader(gzip.decompress(packed.read_bytes()).decode().splitlines()):
        bars[row["Ticker"]][row["Date"]] = float(row["Close"]), int(row["Volume"])
    return bars


def model() -> tuple[list[tuple[str, str, int, float]], float]:
    """Fills (day, share, amount, price) and the final value, by the published rules.

    A market order fills at the next close, 5 basis points worse, at most a tenth of the volume,
    for 0.001 a share; a 2:1 split halves earlier prices and doubles what is held.
    """
    bars = raw_bars()
    days = [day for day in sorted(bars["IBM"]) if "2004-08-19" <= day <= "2013-03-01"]
    calendar = {share: sorted(bars[share]) for share in SHARES}
    cash, held = 100_000.0, dict.fromkeys(SHARES, 0)
    waiting: list[tuple[str, int]] = []
    fills: list[tuple[str, str, int, float]] = []
    value = cash
    for day in days:
        for share in SHARES:
            if day in HALVED.get(share, ()):
                held[share] *= 2
        rest = []
        for share, amount in waiting:
            close, volume = bars[share][day]
            size = min(abs(amount), int(volume * 0.1))
            filled = size if amount > 0 else -size
            price = close * (1.0005 if amount > 0 else 0.9995)
            cash -= filled * price + size * 0.001
            held[share] += filled
            fills.append((day, share, filled, price))
            if filled != amount:
                rest.append((share, amount - filled))
        waiting = rest
        value = cash + sum(held[share] * bars[share][day][0] for share in SHARES if held[share])
        for share in SHARES:
            window = calendar[share][: bisect_right(calendar[share], day)][-200:]
            if len(window) < 200:
                continue
            closes = [
                bars[share][d][0] * 0.5 ** sum(d < cut <= day for cut in HALVED.get(share, ()))
                for d in window
            ]
            up = sum(closes[-50:]) / 50 > sum(closes) / 200
            if up and not held[share]:
                waiting.append((share, int(0.25 * value / bars[share][day][0])))
            elif held[share] and not up:
                waiting.append((share, -held[share]))
    return fills, value


@pytest.mark.slow
def test_the_example_trades_what_an_independent_model_trades(tmp_path: Path) -> None:
    result = example().run(tmp_path)
    fills, value = model()
    found = [
        (row["dt"].date().isoformat(), row["symbol"], int(row["amount"]), float(row["price"]))
        for row in result.transactions.iter_rows(named=True)
    ]
    assert [fill[:3] for fill in found] == [fill[:3] for fill in fills]
    assert [fill[3] for fill in found] == pytest.approx([fill[3] for fill in fills], abs=1e-9)
    assert float(result.performance["portfolio_value"][-1]) == pytest.approx(value, abs=1e-6)


@pytest.mark.slow
def test_the_split_of_2005_doubles_the_shares_and_costs_nothing(tmp_path: Path) -> None:
    result = example().run(tmp_path)
    apple = result.positions.filter(symbol="AAPL")
    rows = {row["session"].isoformat(): row for row in apple.iter_rows(named=True)}
    before, after = rows["2005-02-25"], rows["2005-02-28"]
    assert after["amount"] == 2 * before["amount"]
    assert after["cost_basis"] == before["cost_basis"] / 2
    assert before["last_sale_price"] == Decimal("88.99")  # as AAPL closed on that Friday
    assert after["last_sale_price"] == Decimal("44.86")  # and on the Monday, after 2:1
