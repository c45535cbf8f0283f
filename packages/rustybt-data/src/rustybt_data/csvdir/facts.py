"""What a row of ``assets.csv`` says about its asset."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from rustybt.assets import (
    Asset,
    Cryptocurrency,
    CurrencyPair,
    Equity,
    Future,
    Perpetual,
    kind_of,
)
from rustybt.calendars import from_day, to_day
from rustybt.errors import InvalidArgument, UserError
from rustybt.values import parse_decimal
from rustybt_data.csvdir.tables import CsvTable

KINDS: Final[dict[str, type[Asset]]] = {
    kind.asset_type: kind for kind in (Equity, Future, Cryptocurrency, Perpetual, CurrencyPair)
}
"""What the column ``asset_type`` may say."""


def read_kind(table: CsvTable, row: int, symbol: str) -> type[Asset]:
    """The class of the asset in a row; where ``asset_type`` is empty its symbol says it.

    Raises:
        DataValidationError: There is no such type, or the symbol of a pair is none.
    """
    text = table.cell(row, "asset_type")
    if text is None:
        return kind_of(symbol)
    kind = KINDS.get(text.strip().lower())
    if kind is None:
        raise table.origin.error(row, "asset_type", text, f"give one of {', '.join(KINDS)}")
    if issubclass(kind, Cryptocurrency | CurrencyPair) and not all(symbol.partition("/")):
        raise table.origin.error(row, "symbol", symbol, "write a pair as BASE/QUOTE")
    return kind


def read_facts(table: CsvTable, row: int, kind: type[Asset]) -> dict[str, Any]:
    """What a row says, as columns of the asset database.

    An empty cell says nothing, but an empty automatic close says never: futures apart, which
    always close.

    Raises:
        DataValidationError: A cell is not what it has to be, or a future lacks what it needs.
    """
    facts: dict[str, Any] = {}
    for column, parse in _PARSERS.items():
        text = table.cell(row, column)
        if text is None:
            continue
        if kind not in _KINDS_OF.get(column, {kind}):
            reason = "only futures have one; leave it empty or set asset_type to future"
            raise table.origin.error(row, column, text, reason)
        try:
            facts[column] = parse(text)
        except UserError:
            raise table.origin.error(row, column, text, _EXPECTED[column]) from None
    if kind is Perpetual:
        _say_perpetual(facts)
    if kind is Future:
        _check_future(table, row, facts)
    elif "auto_close_date" in table.frame.columns:
        facts.setdefault("auto_close_date", None)
    _check_life(table, row, facts)
    return facts


def _say_perpetual(facts: dict[str, Any]) -> None:
    """A swap is a coin that says so; its multiplier is one of price and amount."""
    facts["perpetual"] = True
    if "multiplier" in facts:
        facts["price_multiplier"] = facts.pop("multiplier")


def _check_future(table: CsvTable, row: int, facts: dict[str, Any]) -> None:
    for column, reason in _NEEDED_BY_FUTURES.items():
        if column not in facts:
            raise table.origin.error(row, column, None, reason)


def _check_life(table: CsvTable, row: int, facts: dict[str, Any]) -> None:
    start = facts.get("start_date")
    for column in _ENDS:
        end = facts.get(column)
        if start is not None and end is not None and end < start:
            raise table.origin.error(
                row, column, table.cell(row, column), f"it lies before start_date, {start}"
            )


def _day(text: str) -> date:
    return from_day(to_day(text))


def _positive(text: str) -> Decimal:
    number = parse_decimal(text, field="number")
    if number <= 0:
        raise InvalidArgument(field="number", value=text, reason="give a positive number")
    return number


_ENDS: Final = ("end_date", "auto_close_date", "notice_date", "expiration_date")
_DATES: Final = ("start_date", "first_traded", *_ENDS)
_NUMBERS: Final = ("tick_size", "lot_size", "multiplier")
_TEXTS: Final = ("asset_name", "exchange", "currency", "root_symbol")
_KINDS_OF: Final[dict[str, set[type[Asset]]]] = {
    **{column: {Future} for column in ("root_symbol", "notice_date", "expiration_date")},
    "multiplier": {Future, Perpetual},
}
_NEEDED_BY_FUTURES: Final = {
    "root_symbol": "give the symbol of its chain, such as CL",
    "multiplier": "give the units in a contract; 1 where a contract is one unit",
}
_PARSERS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(_DATES, _day),
    **dict.fromkeys(_NUMBERS, _positive),
    **dict.fromkeys(_TEXTS, str.strip),
}
_EXPECTED: Final = {
    **dict.fromkeys(_DATES, "write dates as ISO 8601"),
    **dict.fromkeys(_NUMBERS, "give a positive number"),
    **dict.fromkeys(_TEXTS, "give a text"),
}
