"""Splits and dividends as Alpha Vantage has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from rustybt.errors import InvalidArgument, UserError
from rustybt.values import Ratio
from rustybt_data.adapters.pages import Page
from rustybt_data.adapters.replies import Reply
from rustybt_data.adapters.rows import text_frame
from rustybt_data.adapters.split_scale import MONEY_PLACES, price_of_then

if TYPE_CHECKING:
    from rustybt_data.adapters.alphavantage_client import AlphaVantageClient
    from rustybt_data.adapters.base import BaseDataAdapter

_SPLIT: Final = ("symbol", "effective_date", "ratio")
_DIVIDEND: Final = ("symbol", "ex_date", "pay_date", "amount", "declared_date", "record_date")
_EMPTY: Final = frozenset({"None", "0000-00-00", "-"})
Row = dict[str, str]


async def alphavantage_actions(
    adapter: BaseDataAdapter,
    client: AlphaVantageClient,
    symbols: Sequence[str],
    days: tuple[date, date],
    shares: str,
) -> dict[str, pl.DataFrame]:
    """Splits and dividends of some symbols in some days.

    Args:
        adapter: Who asks.
        client: Whom it asks.
        symbols: Of what.
        days: The first and the last day.
        shares: Whether amounts are per share of ``then`` or of ``today``; "" where nobody said.

    Raises:
        DataValidationError: A reply is not what it has to be.
        InvalidArgument: Nobody said, and it matters.
    """
    splits: list[Row] = []
    dividends: list[Row] = []
    for symbol in symbols:
        ratios = await _splits(adapter, client, symbol)
        splits += [
            {"symbol": symbol, "effective_date": str(day), "ratio": str(ratio)}
            for day, ratio in ratios
        ]
        for row in await _dividends(adapter, client, symbol):
            day = date.fromisoformat(row["ex_date"])
            if days[0] <= day <= days[1]:
                later = [ratio for effective, ratio in ratios if effective > day]
                dividends.append({**row, "amount": _amount(row, later, symbol, shares)})
    known = [row for row in splits if str(days[0]) <= row["effective_date"] <= str(days[1])]
    return {"splits": text_frame(known, _SPLIT), "dividends": text_frame(dividends, _DIVIDEND)}


def _amount(row: Row, later: Sequence[Ratio], symbol: str, shares: str) -> str:
    if not later or shares == "then":
        return row["amount"]
    if not shares:
        raise InvalidArgument(
            field="dividends",
            value="",
            reason=f"{symbol} had a split after its dividend of {row['ex_date']}, {row['amount']}, "
            "and Alpha Vantage does not say for which shares that is meant: compare it, and give "
            "dividends=then or dividends=today",
        )
    return price_of_then(row["amount"], later, places=MONEY_PLACES)


async def _splits(
    adapter: BaseDataAdapter, client: AlphaVantageClient, symbol: str
) -> list[tuple[date, Ratio]]:
    """All splits: the day, and the factor on earlier prices."""
    columns = ("day", "ratio")

    def read(row: Reply) -> Row:
        factor = row.at("split_factor")
        try:
            ratio = Ratio.parse(factor.number).inverse
        except UserError:
            raise factor.error("a positive factor was expected here") from None
        return {"day": row.at("effective_date").day.isoformat(), "ratio": str(ratio)}

    frame = await _rows(adapter, client, "SPLITS", symbol, columns, read)
    return [(date.fromisoformat(day), Ratio.parse(ratio)) for day, ratio in frame.iter_rows()]


async def _dividends(
    adapter: BaseDataAdapter, client: AlphaVantageClient, symbol: str
) -> list[Row]:
    def read(row: Reply) -> Row:
        ex_date = row.at("ex_dividend_date").day.isoformat()
        others = {
            "pay_date": _day(row, "payment_date") or ex_date,
            "declared_date": _day(row, "declaration_date"),
            "record_date": _day(row, "record_date"),
        }
        known = {name: day for name, day in others.items() if day}
        amount = row.at("amount").number
        return {"symbol": symbol, "ex_date": ex_date, "amount": amount, **known}

    frame = await _rows(adapter, client, "DIVIDENDS", symbol, _DIVIDEND, read)
    return frame.to_dicts()


def _day(row: Reply, name: str) -> str:
    found = row.find(name)
    if found is None or any(found.value == text for text in _EMPTY):
        return ""
    return found.day.isoformat()


async def _rows(
    adapter: BaseDataAdapter,
    client: AlphaVantageClient,
    function: str,
    symbol: str,
    columns: Sequence[str],
    read: Callable[[Reply], Row],
) -> pl.DataFrame:
    request = f"{function} of {symbol}"

    async def load(cursor: str | None) -> Page:
        del cursor
        reply = await client.ask({"function": function, "symbol": symbol}, request=request)
        data = reply.find("data")
        rows = [read(row) for row in data.items] if data is not None else []
        return Page(text_frame(rows, columns), None)

    (frame,) = await adapter.paged(load, request=request, key={"symbol": symbol, "of": function})
    return frame
