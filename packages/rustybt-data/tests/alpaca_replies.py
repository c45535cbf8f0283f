"""What Alpaca's market data API answers, in the parts that are asked for, written by hand."""

from __future__ import annotations

from typing import Any

from vendor_server import Answer, Asked

KEY, PAIR = "key-of-tests-only", "other-half-of-it"

#: (midnight in New York, open, high, low, close, volume): texts of JSON numbers.
DAYS = [
    ("2024-03-07T05:00:00Z", "169.15", "170.73", "168.49", "169", "71765061"),
    ("2024-03-08T05:00:00Z", "169", "173.7", "168.94", "170.73", "76267041"),
    # 2024-03-10 begins summer time: midnight is an hour earlier in UTC from then on.
    ("2024-03-11T04:00:00Z", "172.94", "174.38", "172.05", "172.75", "60139473"),
    ("2024-03-12T04:00:00Z", "173.15", "174.03", "171.01", "173.23", "59825372"),
]
#: Minutes around the close of 2024-03-11 at 20:00Z.
MINUTES = [
    (f"2024-03-11T{hour}:{minute:02}:00Z", f"172.9{n}", f"173.0{n}", "172.5", f"172.8{n}", f"1{n}")
    for n, (hour, minute) in enumerate(((19, 58), (19, 59), (20, 0), (20, 1)))
]


def row(at: str, *numbers: str) -> str:
    fields = ", ".join(f'"{name}": {text}' for name, text in zip("ohlcv", numbers, strict=True))
    return f'{{"t": "{at}", {fields}, "vw": 171.5, "n": 1000}}'


class Alpaca:
    """Alpaca's data API: bars of AAPL, two rows a page, its corporate actions.

    Attributes:
        rows: Daily bars: the time, then texts of the numbers.
        page: Rows in a page.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = list(DAYS)
        self.page = 2

    def __call__(self, asked: Asked) -> Answer:
        given = asked.headers.get("apca-api-key-id"), asked.headers.get("apca-api-secret-key")
        if given != (KEY, PAIR):
            return Answer(status=403, body={"message": f"forbidden: {given[0]} {given[1]}"})
        if asked.path == "/v2/stocks/bars":
            return self.bars(asked)
        if asked.path == "/v2/stocks/bars/latest":
            known = {"QUIET": {"t": "2024-03-01T20:59:00Z", "c": 1}}
            symbol = asked.query["symbols"]
            return Answer(body={"bars": {symbol: known[symbol]} if symbol in known else {}})
        if asked.path == "/v1/corporate-actions":
            return Answer(body=self.actions(asked))
        return Answer(status=404, body={"message": "endpoint not found"})

    def bars(self, asked: Asked) -> Answer:
        assert asked.query["adjustment"] == "raw"
        symbol = asked.query["symbols"]
        if symbol == "A B":
            return Answer(status=400, body={"message": "invalid symbol: A B"})
        rows: list[tuple[Any, ...]] = self.rows if asked.query["timeframe"] == "1Day" else MINUTES
        first = int(asked.query.get("page_token") or 0)
        part = rows[first : first + self.page] if symbol == "AAPL" else []
        more = f'"{first + self.page}"' if part and first + self.page < len(rows) else "null"
        bars = f'"{symbol}": [{", ".join(row(*bar) for bar in part)}]' if part else ""
        return Answer(body=f'{{"bars": {{{bars}}}, "next_page_token": {more}}}')

    @staticmethod
    def actions(asked: Asked) -> dict[str, Any]:
        forward = {
            "symbol": "AAPL",
            "cusip": "037833100",
            "new_rate": 4,
            "old_rate": 1,
            "process_date": "2024-03-08",
            "ex_date": "2024-03-08",
        }
        cash = {
            "symbol": "AAPL",
            "rate": 0.24,
            "special": False,
            "foreign": False,
            "process_date": "2024-03-14",
            "ex_date": "2024-03-11",
            "record_date": "2024-03-12",
            "payable_date": "2024-03-14",
        }
        stock = {"symbol": "AAPL", "rate": 0.05, "ex_date": "2024-03-12"}
        other = {"source_symbol": "AAPL", "new_symbol": "X", "ex_date": "2024-03-12"}
        if asked.query["start"] > "2024-03-07":  # an ingestion of the inner sessions
            return {"corporate_actions": {"cash_dividends": [cash]}, "next_page_token": None}
        if asked.query.get("page_token") == "2":
            return {
                "corporate_actions": {"stock_dividends": [stock], "spin_offs": [other]},
                "next_page_token": None,
            }
        return {
            "corporate_actions": {"forward_splits": [forward], "cash_dividends": [cash]},
            "next_page_token": "2",
        }
