"""Corporate actions as Alpaca has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from rustybt.logs import get_logger
from rustybt_data.adapters.pages import Page
from rustybt_data.adapters.replies import Reply, ratio_of
from rustybt_data.adapters.rows import text_frame

if TYPE_CHECKING:
    from rustybt_data.adapters.alpaca_client import AlpacaClient
    from rustybt_data.adapters.base import BaseDataAdapter

_log = get_logger(__name__)
_PAGE: Final = 1000
_COLUMNS: Final = ("kind", "symbol", "ex_date", "pay_date", "record_date", "number")
Row = dict[str, str]


def _day(row: Reply, name: str, default: str | None = None) -> str:
    found = row.at(name) if default is None else row.find(name)
    return found.day.isoformat() if found is not None else str(default)


def _split(row: Reply) -> Row:
    ratio = ratio_of(row.at("old_rate"), row.at("new_rate"))
    return {"kind": "splits", "ex_date": _day(row, "ex_date"), "number": str(ratio)}


def _dividend(kind: str) -> Callable[[Reply], Row]:
    def read(row: Reply) -> Row:
        ex_date = _day(row, "ex_date")
        recorded = row.find("record_date")
        return {
            "kind": kind,
            "ex_date": ex_date,
            "pay_date": _day(row, "payable_date", ex_date),
            "number": row.at("rate").number,
            **({} if recorded is None else {"record_date": recorded.day.isoformat()}),
        }

    return read


_READ: Final[Mapping[str, Callable[[Reply], Row]]] = {
    "forward_splits": _split,
    "reverse_splits": _split,
    "cash_dividends": _dividend("dividends"),
    "stock_dividends": _dividend("stock_dividends"),
}
_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "splits": {"ex_date": "effective_date", "number": "ratio"},
    "dividends": {
        "ex_date": "ex_date",
        "pay_date": "pay_date",
        "record_date": "record_date",
        "number": "amount",
    },
    "stock_dividends": {
        "ex_date": "ex_date",
        "pay_date": "pay_date",
        "record_date": "record_date",
        "number": "ratio",
    },
}


async def alpaca_actions(
    adapter: BaseDataAdapter,
    client: AlpacaClient,
    symbols: Sequence[str],
    days: tuple[date, date],
) -> dict[str, pl.DataFrame]:
    """Splits and dividends of some symbols in some days, by kind.

    Raises:
        DataValidationError: A reply is not what it has to be.
    """
    frames = [pl.DataFrame(schema=dict.fromkeys(_COLUMNS, pl.String))]
    for symbol in symbols:
        frames += await _of(adapter, client, symbol, days)
    whole = pl.concat(frames)
    return {
        kind: whole.filter(pl.col("kind") == kind).select("symbol", *names).rename(dict(names))
        for kind, names in _NAMES.items()
    }


async def _of(
    adapter: BaseDataAdapter, client: AlpacaClient, symbol: str, days: tuple[date, date]
) -> list[pl.DataFrame]:
    request = f"corporate actions of {symbol}"
    fields = {"symbols": symbol, "start": str(days[0]), "end": str(days[1]), "limit": _PAGE}

    async def load(cursor: str | None) -> Page:
        asked = fields if cursor is None else {**fields, "page_token": cursor}
        return _page(await client.get("/corporate-actions", asked, request=request), symbol)

    key = {"symbol": symbol, "kind": "actions", "start": str(days[0]), "end": str(days[1])}
    return await adapter.paged(load, request=request, key=key)


def _page(reply: Reply, symbol: str) -> Page:
    kinds = reply.find("corporate_actions") or Reply({}, "")
    rows: list[Row] = []
    for kind in kinds.mapping:
        found = kinds.find(kind)
        items = [] if found is None else found.items
        if kind in _READ:
            rows += [{**_READ[kind](row), "symbol": symbol} for row in items]
        elif items:
            _log.warning(
                "corporate actions are left out", symbol=symbol, kind=kind, number=len(items)
            )
    token = reply.find("next_page_token")
    return Page(text_frame(rows, _COLUMNS), None if token is None else token.text)
