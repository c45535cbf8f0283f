"""What Polygon (Massive) answers, in the parts that are asked for, written by hand."""

from __future__ import annotations

import json
from typing import Any

from vendor_server import Answer, Asked

KEY = "key-of-tests-only"

#: (session, its midnight in New York in ms, open, high, low, close, volume): texts of JSON numbers.
DAYS = [
    ("2024-03-07", 1709787600000, "169.15", "170.73", "168.49", "169", "71765061"),
    ("2024-03-08", 1709874000000, "169", "173.7", "168.94", "170.73", "76267041"),
    # 2024-03-10 begins summer time: midnight is an hour earlier in UTC from then on.
    ("2024-03-11", 1710129600000, "172.94", "174.38", "172.05", "172.75", "60139473"),
    ("2024-03-12", 1710216000000, "173.15", "174.03", "171.01", "173.23", "5.9825372e+07"),
]
#: Minutes from 2024-03-11T13:28Z on, two of them before the open at 13:30Z.
MINUTES = [
    (1710163680000 + n * 60_000, f"172.9{n}", f"173.0{n}", "172.5", f"172.8{n}", f"{100 + n}")
    for n in range(5)
]


def row(at: int, *numbers: str) -> str:
    fields = ", ".join(f'"{name}": {text}' for name, text in zip("ohlcv", numbers, strict=True))
    return f'{{"t": {at}, {fields}, "vw": 171.5, "n": 1000}}'


class Polygon:
    """Polygon's API: bars of AAPL, two rows a page, its splits and dividends.

    Attributes:
        rows: Daily bars: the time, then texts of the numbers.
        page: Rows in a page.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = [(at, *numbers) for _, at, *numbers in DAYS]
        self.page = 2

    def __call__(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            # Servers may well repeat what they were given.
            text = f"Unknown API Key {asked.headers.get('authorization', '')[7:]}"
            return Answer(status=401, body={"status": "ERROR", "error": text})
        parts = asked.path.split("/")
        if asked.path.startswith("/v2/aggs/ticker/"):
            return self.bars(asked, ticker=parts[4], span=parts[7])
        if asked.path == "/stocks/v1/splits":
            return Answer(body=self.splits(asked))
        if asked.path == "/stocks/v1/dividends":
            return Answer(body=self.dividends(asked))
        if asked.path == "/v3/reference/tickers/QUIET":
            return Answer(body={"status": "OK", "results": {"ticker": "QUIET"}})
        return Answer(status=404, body={"status": "NOT_FOUND", "message": "Ticker not found."})

    def bars(self, asked: Asked, *, ticker: str, span: str) -> Answer:
        bars: list[tuple[Any, ...]] = self.rows if span == "day" else list(MINUTES)
        if ticker == "X:BTCUSD":  # days of UTC: 2024-03-11
            bars = [(1710115200000, "68955.88", "72850.00", "67024.96", "72078.1", "1.25")]
        rows = [row(*bar) for bar in bars] if ticker in {"AAPL", "X:BTCUSD"} else []
        first = int(asked.query.get("cursor", "0"))
        if not first and asked.query.get("adjusted") != "false":
            return Answer(status=400, body={"status": "ERROR", "error": "not what was agreed"})
        more = first + self.page < len(rows)
        elsewhere = "https://api.example.com" + asked.path
        following = f', "next_url": "{elsewhere}?cursor={first + self.page}"' if more else ""
        part = rows[first : first + self.page]
        results = f', "results": [{", ".join(part)}]' if part else ""
        return Answer(
            body=f'{{"ticker": "{ticker}", "adjusted": false, "status": "OK", '
            f'"resultsCount": {len(part)}{results}{following}}}'
        )

    @staticmethod
    def splits(asked: Asked) -> dict[str, Any]:
        rows = [
            {"execution_date": "2020-08-31", "split_from": 1, "split_to": 4, "ticker": "AAPL"},
            {"execution_date": "2024-03-11", "split_from": 3, "split_to": 2, "ticker": "AAPL"},
        ]
        return Polygon.answer(asked, rows, "execution_date")

    @staticmethod
    def dividends(asked: Asked) -> dict[str, Any]:
        rows = [
            {
                "cash_amount": 0.24,
                "currency": "USD",
                "declaration_date": "2024-02-01",
                "distribution_type": "recurring",
                "ex_dividend_date": "2024-03-08",
                "pay_date": "2024-03-14",
                "record_date": "2024-03-11",
                "split_adjusted_cash_amount": 0.36,
                "ticker": "AAPL",
            },
            {"cash_amount": 1.5, "ex_dividend_date": "2024-03-12", "ticker": "AAPL"},
        ]
        return Polygon.answer(asked, rows, "ex_dividend_date")

    @staticmethod
    def answer(asked: Asked, rows: list[dict[str, Any]], day: str) -> dict[str, Any]:
        first, last = asked.query[f"{day}.gte"], asked.query[f"{day}.lte"]
        found = [
            row
            for row in rows
            if first <= row[day] <= last and row["ticker"] == asked.query["ticker"]
        ]
        return json.loads(json.dumps({"status": "OK", "results": found}))  # type: ignore[no-any-return]
