"""Record what zipline's cost models answer, in `zipline_costs.json`.

Run by hand with a Python that has zipline-reloaded 3.2.1; the tests read only the JSON. The cases
come from a small generator of our own (a linear congruence), prices have two decimals.
"""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
from zipline.assets import Equity, ExchangeInfo, Future
from zipline.finance import commission, slippage
from zipline.finance.constants import FUTURE_EXCHANGE_FEES_BY_SYMBOL, ROOT_SYMBOL_TO_ETA

TARGET = Path(__file__).with_name("zipline_costs.json")
NYSE = ExchangeInfo("NEW YORK STOCK EXCHANGE", "NYSE", "US")
CME = ExchangeInfo("CHICAGO MERCANTILE EXCHANGE", "CME", "US")
EQUITY = Equity(1, NYSE, symbol="AAA")
FUTURE = Future(2, CME, symbol="CLF20", root_symbol="CL", multiplier=1000.0)
BARS = 40
ORDERS_PER_BAR = 3
SESSIONS = pd.date_range("2020-01-01", periods=BARS)

SLIPPAGE = {
    "NoSlippage": [{}],
    "FixedSlippage": [{}, {"spread": 0.1}],
    "FixedBasisPointsSlippage": [{}, {"basis_points": 12.5, "volume_limit": 0.25}],
    "VolumeShareSlippage": [{}, {"volume_limit": 0.125, "price_impact": 50}],
}
FUTURE_SLIPPAGE = {
    "VolatilityVolumeShare": [
        {"volume_limit": 0.05},
        {"volume_limit": 0.5, "eta": 0.25},
        {"volume_limit": 0.25, "eta": {"CL": 0.125}},
    ],
}
COMMISSION = {
    "NoCommission": [{}],
    "PerShare": [{}, {"cost": 0.005, "min_trade_cost": 1.0}, {"min_trade_cost": None}],
    "PerTrade": [{}, {"cost": 4.95}],
    "PerDollar": [{}, {"cost": 0.0025}],
}
FUTURE_COMMISSION = {
    "PerContract": [
        {"cost": 0.85, "exchange_fee": 1.5},
        {"cost": 2, "exchange_fee": 0.5, "min_trade_cost": 25},
        {"cost": {"ES": 1.0}, "exchange_fee": {"ES": 1.0}},
        {"cost": {"CL": 1.25}, "exchange_fee": {"CL": 0.75}},
    ],
    "PerFutureTrade": [{}, {"cost": 3.5}, {"cost": {"CL": 2.25}}, {"cost": {"ES": 1.0}}],
}


class Draws:
    """Whole numbers below a bound, the same in every run."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, bound: int) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % bound


class Data:
    """The part of BarData that slippage models use, for one bar."""

    def __init__(self, bar: dict[str, Any], session: int) -> None:
        self._bar = bar
        self.current_session = SESSIONS[session]

    def current(self, asset: object, fields: Any) -> Any:
        if isinstance(fields, str):
            return self._bar[fields]
        return pd.Series({name: self._bar[name] for name in fields})

    def history(self, asset: object, field: str, count: int, frequency: str) -> pd.Series:
        values = self._bar["history"][field]
        assert (len(values), frequency) == (count, "1d")
        return pd.Series(values, dtype=float)


def draw_bars(draws: Draws) -> list[dict[str, Any]]:
    bars = []
    for number in range(BARS):
        close = 1000 + draws.below(20_000)
        closes = [close + draws.below(200) - 100 for _ in range(21)]
        volumes = [draws.below(50_000) for _ in range(21)]
        if number % 10 == 9:
            volumes = [0] * 21
        orders = []
        for _ in range(ORDERS_PER_BAR):
            amount = (1 + draws.below(2_000)) * (1 if draws.below(2) else -1)
            limit = close + draws.below(60) - 30 if draws.below(3) == 0 else None
            orders.append({"amount": amount, "limit": None if limit is None else limit / 100})
        bars.append(
            {
                "close": close / 100,
                "high": (close + draws.below(50)) / 100,
                "low": (close - draws.below(50)) / 100,
                "volume": 1 + draws.below(20_000),
                "history": {"close": [c / 100 for c in closes], "volume": volumes},
                "orders": orders,
            }
        )
    return bars


def order_of(asset: object, case: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(
        asset=asset,
        amount=case["amount"],
        open_amount=case["amount"],
        filled=0,
        commission=0,
        direction=1 if case["amount"] > 0 else -1,
        limit=case["limit"],
    )


def fills(model: Any, asset: object, bars: list[dict[str, Any]]) -> list[Any]:
    """One list per bar: [price, amount] of each order, null for none, up to where it stopped."""
    answers = []
    for session, bar in enumerate(bars):
        model._volume_for_bar = 0
        answer: list[Any] = []
        for case in bar["orders"]:
            try:
                price, amount = model.process_order(Data(bar, session), order_of(asset, case))
            except slippage.LiquidityExceeded:
                answer.append("stop")
                break
            if price is None:
                answer.append(None)
                continue
            answer.append([float(price), int(amount)])
            model._volume_for_bar += abs(int(amount))
        answers.append(answer)
    return answers


def charges(model: Any, asset: object, orders: list[list[Any]]) -> list[list[float]]:
    """One list per order: the commission of each of its fills."""
    answers = []
    for case in orders:
        order = SimpleNamespace(asset=asset, filled=0, commission=0.0)
        answer = []
        for amount, price in case:
            transaction = SimpleNamespace(amount=amount, price=price)
            charge = float(model.calculate(order, transaction))
            order.filled += amount
            order.commission += charge
            answer.append(charge)
        answers.append(answer)
    return answers


def draw_orders(draws: Draws) -> list[list[Any]]:
    orders = []
    for _ in range(30):
        sign = 1 if draws.below(2) else -1
        fills_of_order = 1 + draws.below(4)
        orders.append(
            [
                [sign * (1 + draws.below(300)), (100 + draws.below(10_000)) / 100]
                for _ in range(fills_of_order)
            ]
        )
    return orders


def main() -> None:
    draws = Draws(20200102)
    bars, orders = draw_bars(draws), draw_orders(draws)
    record: dict[str, Any] = {"bars": bars, "orders": orders, "slippage": [], "commission": []}
    for kinds, asset in ((SLIPPAGE, EQUITY), (FUTURE_SLIPPAGE, FUTURE)):
        for name, variants in kinds.items():
            for arguments in variants:
                model = getattr(slippage, name)(**arguments)
                answer = fills(model, asset, bars)
                record["slippage"].append({"model": name, "arguments": arguments, "fills": answer})
    for kinds, asset in ((COMMISSION, EQUITY), (FUTURE_COMMISSION, FUTURE)):
        for name, variants in kinds.items():
            for arguments in variants:
                model = getattr(commission, name)(**arguments)
                answer = charges(model, asset, orders)
                record["commission"].append(
                    {"model": name, "arguments": arguments, "charges": answer}
                )
    record["fees"], record["etas"] = FUTURE_EXCHANGE_FEES_BY_SYMBOL, ROOT_SYMBOL_TO_ETA
    TARGET.write_text(json.dumps(record, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
