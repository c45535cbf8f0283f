"""What exchanges answer: their protocols, in the parts that ccxt asks for, written by hand."""

from __future__ import annotations

from typing import Any

from vendor_server import Answer, Asked

Kline = tuple[str, str, str, str, str]

#: Days since 2024-01-01: open, high, low, close, volume as texts that no float holds.
DAYS: list[Kline] = [
    ("42283.58000000", "44184.10000000", "42180.77000000", "44179.55000000", "27174.29903000"),
    ("44179.55000000", "45879.63000000", "44148.34000000", "44946.91000000", "65146.40661000"),
    ("44946.91000000", "45500.00000000", "40750.00000000", "42845.23000000", "81194.55173000"),
    ("42845.23000000", "44729.58000000", "42613.77000000", "44151.10000000", "48038.06334000"),
    ("44151.10000000", "44357.46000000", "42450.00000000", "44145.11000000", "48075.25327000"),
    ("44145.11000000", "44214.42000000", "43397.05000000", "43968.32000000", "17835.06144000"),
]
FIRST_MS = 1_704_067_200_000  # 2024-01-01T00:00:00Z
DAY_MS = 86_400_000
MINUTE_MS = 60_000


def binance_market(symbol: str, base: str, quote: str, tick: str, lot: str) -> dict[str, Any]:
    return {
        "symbol": symbol,
        "status": "TRADING",
        "baseAsset": base,
        "quoteAsset": quote,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "orderTypes": ["LIMIT", "MARKET"],
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "permissions": ["SPOT"],
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": tick,
                "maxPrice": "1000000.00000000",
                "tickSize": tick,
            },
            {
                "filterType": "LOT_SIZE",
                "minQty": lot,
                "maxQty": "9000.00000000",
                "stepSize": lot,
            },
        ],
    }


class Binance:
    """Binance's public API of spot markets: daily bars and minutes from 2024-01-01 on.

    Attributes:
        days: The daily bars.
        order: What is done to the bars of a page before it is sent.
    """

    def __init__(self) -> None:
        self.days: list[list[Any]] = [
            [FIRST_MS + n * DAY_MS, *day, FIRST_MS + (n + 1) * DAY_MS - 1, "0", 1, "0", "0", "0"]
            for n, day in enumerate(DAYS)
        ]

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/api/v3/exchangeInfo":
            markets = [
                binance_market("BTCUSDT", "BTC", "USDT", "0.01000000", "0.00001000"),
                binance_market("PEPEUSDT", "PEPE", "USDT", "0.00000001", "1.00000000"),
            ]
            return Answer(body={"timezone": "UTC", "symbols": markets})
        if asked.path.endswith("/exchangeInfo"):
            return Answer(body={"symbols": []})
        if asked.path == "/api/v3/klines":
            return self.klines(asked)
        return Answer(status=404, body="")

    def klines(self, asked: Asked) -> Answer:
        since, limit = int(asked.query["startTime"]), int(asked.query["limit"])
        if asked.query["symbol"] == "PEPEUSDT":
            return Answer(body=[])
        rows = self.days if asked.query["interval"] == "1d" else self.minutes()
        return Answer(body=[row for row in rows if row[0] >= since][:limit])

    @staticmethod
    def minutes() -> list[list[Any]]:
        """Five minutes from 2024-01-02T00:00 on."""
        start = FIRST_MS + DAY_MS
        return [
            [
                start + n * MINUTE_MS,
                *DAYS[n],
                start + (n + 1) * MINUTE_MS - 1,
                "0",
                1,
                "0",
                "0",
                "0",
            ]
            for n in range(5)
        ]
