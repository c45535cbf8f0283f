"""Corporate actions out of tables."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import polars as pl

from rustybt.data.actions import TABLES, Action
from rustybt.data.adjustments import CashDividend, Split
from rustybt.errors import InvalidArgument
from rustybt_data.cells import (
    Cells,
    a_day,
    a_ratio,
    a_sid,
    a_text,
    money_or_nothing,
    some_money,
)
from rustybt_data.origin import Origin


def read_splits(table: pl.DataFrame, origin: Origin) -> list[Split]:
    """Splits of a table ``sid, effective_date, ratio``; further columns are ignored.

    The ratio is the factor on earlier prices: 0.5 for two shares per old one. A date is ISO 8601,
    a date or a time; an integer is seconds since 1970-01-01, as Zipline has it.

    Raises:
        DataValidationError: A column is missing, a cell is not what it has to be, or a row is
            there twice.
    """
    cells = Cells(table, origin, ("sid", "effective_date", "ratio"))
    splits = [
        Split(
            sid=cells.get(row, "sid", a_sid),
            effective=cells.get(row, "effective_date", a_day),
            ratio=cells.get(row, "ratio", a_ratio),
        )
        for row in range(table.height)
    ]
    _check_repeats(cells, splits, "remove one")
    return splits


def read_dividends(table: pl.DataFrame, origin: Origin) -> list[CashDividend]:
    """Cash dividends of a table; further columns are ignored.

    Args:
        table: ``sid, ex_date, pay_date, amount`` and, where they are known, ``declared_date,
            record_date, currency``. Dates as for `read_splits`.
        origin: Where the table comes from.

    Raises:
        DataValidationError: A column is missing, a cell is not what it has to be, or a row is
            there twice.
    """
    cells = Cells(table, origin, ("sid", "ex_date", "pay_date", "amount"))
    dividends = [
        CashDividend(
            sid=cells.get(row, "sid", a_sid),
            ex=cells.get(row, "ex_date", a_day),
            pay=cells.get(row, "pay_date", a_day),
            amount=cells.get(row, "amount", some_money),
            declared=cells.find(row, "declared_date", a_day),
            record=cells.find(row, "record_date", a_day),
            currency=cells.find(row, "currency", a_text),
        )
        for row in range(table.height)
    ]
    _check_repeats(cells, dividends, "remove one, or add them up if both are paid")
    return dividends


def read_actions(name: str, table: pl.DataFrame, origin: Origin) -> list[Action]:
    """Corporate actions of a table of `rustybt.data.actions.TABLES`; others are ignored columns.

    Args:
        name: Which one: ``stock_dividends``, ``mergers``, ``spin_offs``, ``rights`` or
            ``delistings``.
        table: Its columns; those of `OPTIONAL` may be missing or empty. Dates as for
            `read_splits`.
        origin: Where the table comes from.

    Raises:
        DataValidationError: A column is missing, a cell is not what it has to be, terms
            contradict each other, an asset ends twice, or a row is there twice.
    """
    columns = TABLES[name].columns
    cells = Cells(table, origin, [each for each in columns if each not in OPTIONAL[name]])
    _check_payment_in_kind(name, cells, table)
    seen: set[int] = set()
    found = []
    for row in range(table.height):
        action = _action(name, cells, row)
        if name in _ENDS and action.sid in seen:
            raise cells.error(row, "sid", "another row above ends this asset; remove one")
        seen.add(action.sid)
        found.append(action)
    _check_repeats(cells, found, "remove one")
    return found


def _check_repeats(cells: Cells, actions: Sequence[Action], advice: str) -> None:
    """Refuse a row that says the same as one above: it would happen twice."""
    seen: set[Action] = set()
    for row, action in enumerate(actions):
        if action in seen:
            raise cells.error(row, "sid", f"another row above says the same; {advice}")
        seen.add(action)


def _action(name: str, cells: Cells, row: int) -> Action:
    table = TABLES[name]
    facts: dict[str, Any] = {}
    for column, (field, _) in table.columns.items():
        read = cells.find if column in OPTIONAL[name] else cells.get
        value = read(row, column, _parser(name, column))
        if value is not None:
            facts[field] = value
    try:
        return table.kind(**facts)
    except InvalidArgument as error:
        named = {field: column for column, (field, _) in table.columns.items()}
        raise cells.error(row, named[error.field], error.reason) from None


def _parser(name: str, column: str) -> Callable[[Any], Any]:
    if column.endswith("_date"):
        return a_day
    if (name, column) == ("delistings", "price"):
        return money_or_nothing
    return _PARSERS[column]


def _check_payment_in_kind(name: str, cells: Cells, table: pl.DataFrame) -> None:
    """Refuse Zipline's stock dividends that are paid in another asset."""
    if name != "stock_dividends" or "payment_sid" not in table.columns:
        return
    for row in range(table.height):
        paid = cells.find(row, "payment_sid", a_sid)
        if paid is not None and paid != cells.get(row, "sid", a_sid):
            reason = "shares of another asset are a spin-off; give the row to those"
            raise cells.error(row, "payment_sid", reason)


OPTIONAL: Final = {
    "stock_dividends": frozenset({"declared_date", "record_date", "fractions"}),
    "mergers": frozenset({"cash", "currency", "acquirer_sid", "ratio", "fractions"}),
    "spin_offs": frozenset({"cost_share", "parent_price", "child_price", "fractions"}),
    "rights": frozenset({"rights", "rights_sid", "currency", "fractions"}),
    "delistings": frozenset({"price"}),
}
"""Columns that a table need not have, and cells that may be empty."""

_ENDS: Final = frozenset({"mergers", "delistings"})

_PARSERS: Final[dict[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("sid", "child_sid", "acquirer_sid", "rights_sid"), a_sid),
    **dict.fromkeys(("ratio", "rights", "cost_share"), a_ratio),
    **dict.fromkeys(("cash", "price", "parent_price", "child_price"), some_money),
    **dict.fromkeys(("currency", "fractions"), a_text),
}
