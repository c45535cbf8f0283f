"""What Yahoo's chart API answers, in the parts that yfinance asks for, written by hand."""

from __future__ import annotations

from typing import Any

from vendor_server import Answer, Asked

#: (open of the session, open, high, low, close, volume): texts of the floats of 32 bits that Yahoo
#: sends, which are 169.15, 170.73, ... as numpy.float32 prints them.
DAYS = [
    (
        *(1709821800, "169.14999389648438", "170.72999572753906"),
        *("168.49000549316406", "169.0", "71765100"),
    ),
    (
        *(1709908200, "169.0", "173.6999969482422", "168.94000244140625"),
        *("170.72999572753906", "76114600"),
    ),
    # 2024-03-10 begins summer time: the session opens an hour earlier in UTC from then on.
    (
        *(1710163800, "172.94000244140625", "174.3800048828125"),
        *("172.0500030517578", "172.75", "60139500"),
    ),
    (
        *(1710250200, "173.14999389648438", "174.02999877929688", "171.00999450683594"),
        *("173.22999572753906", "59825400"),
    ),
]
TEXTS = [
    ("2024-03-07", "169.15", "170.73", "168.49", "169", "71765100"),
    ("2024-03-08", "169", "173.7", "168.94", "170.73", "76114600"),
    ("2024-03-11", "172.94", "174.38", "172.05", "172.75", "60139500"),
    ("2024-03-12", "173.15", "174.03", "171.01", "173.23", "59825400"),
]
NAMES = ("open", "high", "low", "close", "volume")


class Yahoo:
    """Yahoo's charts of AAPL, and the cookie and the crumb that come before.

    Attributes:
        rows: Daily bars.
        splits: Of the chart.
        dividends: Of the chart.
        meta: What is said about the ticker.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = list(DAYS)
        self.splits: list[dict[str, Any]] = []
        self.dividends: list[dict[str, Any]] = []
        self.meta: dict[str, Any] = {
            "currency": "USD",
            "exchangeTimezoneName": "America/New_York",
            "regularMarketTime": 1710273601,
            "priceHint": 2,
        }

    def __call__(self, asked: Asked) -> Answer:
        if not asked.path.startswith("/v8/finance/chart/"):
            is_crumb = asked.path == "/v1/test/getcrumb"
            return Answer(body="crumb" if is_crumb else "", status=200 if is_crumb else 404)
        ticker = asked.path.rpartition("/")[2]
        if ticker not in {"AAPL", "QUIET", "BTC-USD", "VOD.L", "MSFT"}:
            error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
            return Answer(status=404, body={"chart": {"result": None, "error": error}})
        return Answer(body=self.chart(asked))

    def chart(self, asked: Asked) -> str:
        first, until = int(asked.query["period1"]), int(asked.query["period2"])
        interval = asked.query["interval"]
        rows = [row for row in self.bars(interval) if first <= row[0] < until]
        meta = ", ".join(
            f'"{name}": {value if isinstance(value, int) else chr(34) + value + chr(34)}'
            for name, value in {**self.meta, "dataGranularity": interval}.items()
        )
        stamps = ", ".join(str(row[0]) for row in rows)
        columns = ", ".join(
            f'"{name}": [{", ".join(row[place] for row in rows)}]'
            for place, name in enumerate(NAMES, start=1)
        )
        times = f'"timestamp": [{stamps}], ' if rows else ""
        quote = f"{{{columns}}}" if rows else "{}"
        return (
            f'{{"chart": {{"result": [{{"meta": {{{meta}}}, {times}{self.events()}'
            f'"indicators": {{"quote": [{quote}]}}}}], "error": null}}}}'
        )

    def bars(self, interval: str) -> list[tuple[Any, ...]]:
        """Days, or minutes from the open of 2024-03-11 on, the last of them at its close."""
        if interval == "1d":
            return self.rows
        stamps = (1710163800, 1710163860, 1710187140, 1710187200)
        return [(stamp, *["172.5"] * 4, "100") for stamp in stamps]

    def events(self) -> str:
        dividends = ", ".join(
            f'"{event["date"]}": {{"amount": {event["amount"]}, "date": {event["date"]}}}'
            for event in self.dividends
        )
        splits = ", ".join(
            f'"{event["date"]}": {{"date": {event["date"]}, "numerator": {event["to"]}, '
            f'"denominator": {event["from"]}, "splitRatio": "{event["to"]}:{event["from"]}"}}'
            for event in self.splits
        )
        return f'"events": {{"dividends": {{{dividends}}}, "splits": {{{splits}}}}}, '
