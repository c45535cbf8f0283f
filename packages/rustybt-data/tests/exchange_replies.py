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


#: Two days as every exchange below sends them: more digits than a float has.
FINE: list[Kline] = [
    ("42283.580000000001", "44184.1", "42180.77", "44179.55", "27174.299030000001"),
    ("44179.55", "45879.63", "44148.34", "44946.9100000000003", "65146.40661"),
]


def kraken(asked: Asked) -> Answer:
    """Kraken: seconds as numbers, prices as texts, the volume behind the average price."""
    pair = {
        "altname": "XBTUSD",
        "wsname": "XBT/USD",
        "base": "XXBT",
        "quote": "ZUSD",
        "pair_decimals": 1,
        "lot_decimals": 8,
        "fees": [[0, 0.4]],
        "fees_maker": [[0, 0.25]],
        "leverage_buy": [],
        "ordermin": "0.0001",
        "costmin": "0.5",
        "tick_size": "0.1",
        "status": "online",
    }
    assets = {
        name: {"aclass": "currency", "altname": short, "decimals": 10, "display_decimals": 5}
        for name, short in (("XXBT", "XBT"), ("ZUSD", "USD"))
    }
    rows = [[FIRST_MS // 1000 + n * 86_400, *day[:4], "1", day[4], 7] for n, day in enumerate(FINE)]
    results = {
        "/0/public/Assets": assets,
        "/0/public/AssetPairs": {"XXBTZUSD": pair},
        "/0/public/OHLC": {"XXBTZUSD": rows, "last": 1},
    }
    return Answer(body={"error": [], "result": results.get(asked.path, {})})


def bybit(asked: Asked) -> Answer:
    """Bybit: all texts, the newest bar first."""
    market = {
        "symbol": "BTCUSDT",
        "baseCoin": "BTC",
        "quoteCoin": "USDT",
        "status": "Trading",
        "marginTrading": "none",
        "lotSizeFilter": {"basePrecision": "0.000001", "minOrderQty": "0.00004"},
        "priceFilter": {"tickSize": "0.01"},
    }
    rows: list[Any] = [[str(FIRST_MS + n * DAY_MS), *day, "0"] for n, day in enumerate(FINE)]
    found: list[Any] = [market] if asked.query.get("category") == "spot" else []
    listed = rows[::-1] if asked.path == "/v5/market/kline" else found
    return Answer(body={"retCode": 0, "retMsg": "OK", "result": {"list": listed}, "time": 1})


def okx(asked: Asked) -> Answer:
    """OKX: all texts, the newest bar first; ccxt asks for older bars under another address."""
    market = {
        "instType": "SPOT",
        "instId": "BTC-USDT",
        "baseCcy": "BTC",
        "quoteCcy": "USDT",
        "tickSz": "0.1",
        "lotSz": "0.00000001",
        "minSz": "0.00001",
        "state": "live",
    }
    swap = {
        **market,
        "instType": "SWAP",
        "instId": "BTC-USDT-SWAP",
        "baseCcy": "",
        "quoteCcy": "",
        "settleCcy": "USDT",
        "ctType": "linear",
        "ctVal": "0.01",
        "ctMult": "1",
        "ctValCcy": "BTC",
        "uly": "BTC-USDT",
        "instFamily": "BTC-USDT",
        "lotSz": "1",
        "minSz": "1",
    }
    data: list[Any] = [it for it in (market, swap) if it["instType"] == asked.query.get("instType")]
    if asked.path in {"/api/v5/market/candles", "/api/v5/market/history-candles"}:
        assert asked.query["bar"] == "1Dutc"
        # A swap's volume is in contracts first, then in coins.
        contracts = ["7"] if "SWAP" in asked.query["instId"] else []
        data = [
            [str(FIRST_MS + n * DAY_MS), *day[:4], *contracts, day[4], "0", "1"]
            for n, day in enumerate(FINE)
        ]
    return Answer(body={"code": "0", "msg": "", "data": data[::-1]})


def coinbase(asked: Asked) -> Answer:
    """Coinbase Advanced: objects of texts."""
    product = {
        "product_id": "BTC-USD",
        "base_increment": "0.00000001",
        "quote_increment": "0.01",
        "price_increment": "0.01",
        "quote_min_size": "1",
        "base_min_size": "0.00000001",
        "base_max_size": "3400",
        "status": "online",
        "base_currency_id": "BTC",
        "quote_currency_id": "USD",
        "product_type": "SPOT",
    }
    names = ("open", "high", "low", "close", "volume")
    candles = [
        {"start": str(FIRST_MS // 1000 + n * 86_400), **dict(zip(names, day, strict=True))}
        for n, day in enumerate(FINE)
    ]
    if asked.path.endswith("/candles"):
        return Answer(body={"candles": candles})
    spot = asked.path.endswith("/products") and asked.query.get("product_type") != "FUTURE"
    body: dict[str, Any] = {"data": {"rates": {}} if "rates" in asked.path else []}
    return Answer(body={"products": [product]} if spot else {**body, "products": []})


def coinbaseexchange(asked: Asked) -> Answer:
    """Coinbase Exchange: JSON numbers, which a float would cut."""
    product = {
        "id": "BTC-USD",
        "base_currency": "BTC",
        "quote_currency": "USD",
        "quote_increment": "0.01",
        "base_increment": "0.00000001",
        "status": "online",
        "trading_disabled": False,
        "margin_enabled": False,
        "min_market_funds": "1",
    }
    if asked.path == "/products":
        return Answer(body=[product])
    rows = [
        f"[{FIRST_MS // 1000 + n * 86_400}, {low}, {high}, {first}, {last}, {volume}]"
        for n, (first, high, low, last, volume) in enumerate(FINE)
    ]
    return Answer(body=f"[{', '.join(rows)}]" if asked.path.endswith("/candles") else [])
