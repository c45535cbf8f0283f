"""Splits and dividends as Polygon (Massive) has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from rustybt_data.adapters.pages import Page
from rustybt_data.adapters.polygon_client import PolygonClient, next_page
from rustybt_data.adapters.replies import Reply, ratio_of
from rustybt_data.adapters.rows import text_frame

if TYPE_CHECKING:
    from rustybt_data.adapters.base import BaseDataAdapter

_PAGE: Final = 1000
Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a kind of corporate action is asked for and read.

    Attributes:
        method: Of the vendor's client.
        day: The field by which it is dated.
        columns: What the adjustment writer calls it.
        read: A row of it.
    """

    method: str
    day: str
    columns: tuple[str, ...]
    read: Callable[[Reply], Row]


def _split(row: Reply) -> Row:
    ratio = ratio_of(row.at("split_from"), row.at("split_to"))
    return {"effective_date": row.at("execution_date").day.isoformat(), "ratio": str(ratio)}


def _dividend(row: Reply) -> Row:
    ex_date = row.at("ex_dividend_date").day.isoformat()
    paid = row.find("pay_date")
    known = {
        ours: found.day.isoformat()
        for ours, theirs in (("declared_date", "declaration_date"), ("record_date", "record_date"))
        if (found := row.find(theirs)) is not None
    }
    currency = row.find("currency")
    return {
        "ex_date": ex_date,
        "pay_date": ex_date if paid is None else paid.day.isoformat(),
        "amount": row.at("cash_amount").number,
        **known,
        **({} if currency is None else {"currency": currency.text}),
    }


ACTIONS: Final[Mapping[str, Terms]] = {
    "splits": Terms(
        method="list_stocks_splits",
        day="execution_date",
        columns=("effective_date", "ratio"),
        read=_split,
    ),
    "dividends": Terms(
        method="list_stocks_dividends",
        day="ex_dividend_date",
        columns=("ex_date", "pay_date", "amount", "declared_date", "record_date", "currency"),
        read=_dividend,
    ),
}


async def polygon_actions(
    adapter: BaseDataAdapter,
    client: PolygonClient,
    kind: str,
    symbol: str,
    days: tuple[date, date],
) -> list[pl.DataFrame]:
    """Corporate actions of one symbol in some days, page by page.

    Raises:
        DataValidationError: A reply is not what it has to be.
    """
    terms = ACTIONS[kind]
    request = f"{kind} of {symbol}"
    bounds = {f"{terms.day}_gte": days[0].isoformat(), f"{terms.day}_lte": days[1].isoformat()}

    async def load(cursor: str | None) -> Page:
        if cursor is not None:
            return page(await client.follow(cursor, request))
        asked = {"ticker": symbol, "limit": _PAGE, **bounds}
        return page(await client.ask(terms.method, request=request, **asked))

    def page(reply: Reply) -> Page:
        results = reply.find("results")
        rows = [] if results is None else results.items
        frame = text_frame([terms.read(row) for row in rows], terms.columns)
        return Page(frame.with_columns(symbol=pl.lit(symbol)), next_page(reply))

    key = {"symbol": symbol, "kind": kind, "start": str(days[0]), "end": str(days[1])}
    return await adapter.paged(load, request=request, key=key)
