"""What Alpha Vantage answers, in the parts that are asked for, written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vendor_server import Answer, Asked

KEY = "key-of-tests-only"
NAMES = ("1. open", "2. high", "3. low", "4. close", "5. volume")

#: (day, open, high, low, close, volume), as its texts are: four decimals.
DAYS = [
    ("2024-03-07", "169.1500", "170.7300", "168.4900", "169.0000", "71765061"),
    ("2024-03-08", "169.0000", "173.7000", "168.9400", "170.7300", "76267041"),
    ("2024-03-11", "172.9400", "174.3800", "172.0500", "172.7500", "60139473"),
    ("2024-03-12", "173.1500", "174.0300", "171.0100", "173.2300", "59825372"),
]
#: Minutes of two months, in New York: summer time begins on 2024-03-10.
MINUTES = {
    "2024-03": [("2024-03-28 09:30:00", "170.1"), ("2024-03-28 15:59:00", "170.2")],
    "2024-04": [("2024-04-01 09:30:00", "171.1"), ("2024-04-01 09:31:00", "171.2")],
}
SLOW = {
    "Information": "We have detected your API key as {key} and our standard API rate limit is 25 "
    "requests per day. Please subscribe to any of the premium plans to instantly remove all daily "
    "rate limits."
}
NOTE = {"Note": "Thank you! Our standard API call frequency is 5 calls per minute."}
PREMIUM = {"Information": "The outputsize=full parameter value is a premium feature."}
WRONG_KEY = {"Error Message": "the parameter apikey is invalid or missing: {key}."}
UNKNOWN = {"Error Message": "Invalid API call. Please retry or visit the documentation."}


def said(text: dict[str, str], asked: Asked) -> Answer:
    """A reply about the request, which repeats the key."""
    ((name, words),) = text.items()
    return Answer(body={name: words.replace("{key}", asked.query["apikey"])})


class AlphaVantage:
    """Alpha Vantage's only address: bars of AAPL, its splits and dividends.

    Attributes:
        rows: Daily bars.
        slow: How many of the next queries are throttled.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = list(DAYS)
        self.minutes: dict[str, list[tuple[str, str]]] = dict(MINUTES)
        self.slow: list[dict[str, str]] = []

    def __call__(self, asked: Asked) -> Answer:
        query = asked.query
        trouble = self.trouble(query)
        if trouble is not None:
            return said(trouble, asked)
        if query["function"] == "TIME_SERIES_DAILY":
            return Answer(body=self.series(asked, "Daily", "5. Time Zone", self.rows))
        if query["function"] == "TIME_SERIES_INTRADAY":
            return self.month(asked)
        return Answer(body=ACTIONS[query["function"]])

    def trouble(self, query: Mapping[str, str]) -> dict[str, str] | None:
        if query["apikey"] != KEY:
            return WRONG_KEY
        if self.slow:
            return self.slow.pop(0)
        return None if query["symbol"] in {"AAPL", "QUIET"} else UNKNOWN

    def month(self, asked: Asked) -> Answer:
        query = asked.query
        assert (query["adjusted"], query["extended_hours"]) == ("false", "false")
        if query["month"] not in self.minutes:
            return said(UNKNOWN, asked)
        rows = [(at, *[price] * 4, "100") for at, price in self.minutes[query["month"]]]
        return Answer(body=self.series(asked, query["interval"], "6. Time Zone", rows))

    @staticmethod
    def series(asked: Asked, name: str, zone: str, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
        meta = {"1. Information": "Prices", "2. Symbol": asked.query["symbol"], zone: "US/Eastern"}
        bars = {at: dict(zip(NAMES, numbers, strict=True)) for at, *numbers in rows}
        return {"Meta Data": meta, f"Time Series ({name})": bars}


ACTIONS: dict[str, dict[str, Any]] = {
    "SPLITS": {
        "symbol": "AAPL",
        "data": [{"effective_date": "2024-03-11", "split_factor": "4.0000"}],
    },
    "DIVIDENDS": {
        "symbol": "AAPL",
        "data": [
            {
                "ex_dividend_date": "2024-03-12",
                "declaration_date": "2024-02-01",
                "record_date": "None",
                "payment_date": "2024-03-20",
                "amount": "0.24",
            },
            {"ex_dividend_date": "2024-03-08", "payment_date": "None", "amount": "0.205"},
            {"ex_dividend_date": "2023-12-01", "payment_date": "None", "amount": "0.205"},
        ],
    },
}
