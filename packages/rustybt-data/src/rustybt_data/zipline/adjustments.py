"""Corporate actions of a Zipline bundle: the SQLite database ``adjustments.sqlite``.

Dates are seconds since 1970-01-01. ``dividends`` are the factors on earlier prices that Zipline
computed of ``dividend_payouts``; they follow from the bars and are not taken over, but compared.
"""

import math
import sqlite3
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from rustybt.calendars import from_day, to_day
from rustybt.data.actions import Action
from rustybt.data.adjustments import Adjustments, CashDividend, Split, StockDividend
from rustybt.errors import CorruptData
from rustybt.values import Ratio, parse_decimal
from rustybt_data.zipline.leftovers import Leftover

ADJUSTMENTS: Final = "adjustments.sqlite"

_SECONDS_PER_DAY: Final = 86_400
_NO_DATES: Final = (None, -(2**63))
"""What stands for a date that is not known; pandas writes the number."""

_DAYS: Final = range(to_day(date.min), to_day(date.max) + 1)
"""All dates, in days since 1970-01-01."""

_INTEGER_BITS: Final = 64

Row = Mapping[str, Any]


class PriceFactor(NamedTuple):
    """A factor on prices before a dividend, as Zipline computed it."""

    sid: int
    day: int
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredActions:
    """The corporate actions of a bundle.

    Attributes:
        adjustments: Those that can be taken over.
        leftovers: The others.
        unpaid: Dividends without a day of payment; here they are paid on their ex day.
        factors: What Zipline computed of the dividends.
        rows: Rows that were read, by table.
    """

    adjustments: Adjustments
    leftovers: tuple[Leftover, ...]
    unpaid: int
    factors: tuple[PriceFactor, ...]
    rows: Mapping[str, int]


class _Refused(Exception):  # noqa: N818 - caught at once
    """A row that cannot be taken over, and why."""


def read_actions(folder: Path, sids: Collection[int]) -> StoredActions:
    """Read the corporate actions of an ingestion.

    Args:
        folder: The ingestion.
        sids: The assets that there are; actions of others are left over.

    Raises:
        CorruptData: The database is missing or cannot be read.
    """
    tables = _read(folder / ADJUSTMENTS)
    left: list[Leftover] = []
    actions: dict[Action, None] = {}
    factors: list[PriceFactor] = []
    for table, rows in tables.items():
        for number, row in enumerate(rows):
            try:
                if table == "dividends":
                    factors.append(_factor(row))
                else:
                    actions[_new(_MAKERS[table](row), sids, actions)] = None
            except _Refused as refused:
                left.append(Leftover(f"{table} row {number} {_shown(row)}", str(refused)))
    payouts = (*tables["dividend_payouts"], *tables["stock_dividend_payouts"])
    return StoredActions(
        adjustments=Adjustments.of(actions),
        leftovers=tuple(left),
        unpaid=sum(row["pay_date"] in _NO_DATES for row in payouts),
        factors=tuple(factors),
        rows={name: len(rows) for name, rows in tables.items()},
    )


_NO_TERMS: Final = (
    "a merger is only a factor on prices there; write what holders got with "
    "adjustment_writer.write(mergers=)"
)

_COLUMNS: Final = {
    "splits": ("sid", "effective_date", "ratio"),
    "mergers": ("sid", "effective_date", "ratio"),
    "dividends": ("sid", "effective_date", "ratio"),
    "dividend_payouts": (
        "sid",
        "ex_date",
        "declared_date",
        "record_date",
        "pay_date",
        "amount",
    ),
    "stock_dividend_payouts": (
        "sid",
        "ex_date",
        "declared_date",
        "record_date",
        "pay_date",
        "payment_sid",
        "ratio",
    ),
}


def _read(path: Path) -> dict[str, list[Row]]:
    if not path.is_file():
        raise CorruptData(path=str(path), reason="it is missing")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return {
                name: [
                    dict(zip(columns, row, strict=True))
                    for row in database.execute(
                        f"SELECT {', '.join(columns)} FROM {name} ORDER BY rowid"  # noqa: S608
                    )
                ]
                for name, columns in _COLUMNS.items()
            }
    except sqlite3.Error as error:
        reason = f"it is no database of adjustments ({error})"
        raise CorruptData(path=str(path), reason=reason) from None


def _new(action: Action, sids: Collection[int], before: Collection[Action]) -> Action:
    if action.sid not in sids:
        raise _Refused("there is no asset of this sid")
    if action in before:
        raise _Refused("a row before says the same")
    return action


def _merger(_row: Row) -> Action:
    raise _Refused(_NO_TERMS)


def _split(row: Row) -> Split:
    return Split(
        sid=_sid(row["sid"]),
        effective=_needed(row, "effective_date"),
        ratio=_ratio(row["ratio"]),
    )


def _dividend(row: Row) -> CashDividend:
    ex = _needed(row, "ex_date")
    pay = _day(row, "pay_date")
    return CashDividend(
        sid=_sid(row["sid"]),
        ex=ex,
        pay=ex if pay is None else pay,
        amount=_amount(row["amount"]),
        declared=_day(row, "declared_date"),
        record=_day(row, "record_date"),
    )


def _stock_dividend(row: Row) -> StockDividend:
    ex, sid = _needed(row, "ex_date"), _sid(row["sid"])
    pay = _day(row, "pay_date")
    if _sid(row["payment_sid"]) != sid:
        raise _Refused(
            "it pays shares of another asset; write it with adjustment_writer.write(spin_offs=)"
        )
    if pay is not None and pay < ex:
        raise _Refused("it is paid before its ex day")
    return StockDividend(
        sid=sid,
        ex=ex,
        pay=ex if pay is None else pay,
        ratio=_ratio(row["ratio"]),
        declared=_day(row, "declared_date"),
        record=_day(row, "record_date"),
    )


_MAKERS: Final[Mapping[str, Callable[[Row], Action]]] = {
    "splits": _split,
    "mergers": _merger,
    "dividend_payouts": _dividend,
    "stock_dividend_payouts": _stock_dividend,
}


def _factor(row: Row) -> PriceFactor:
    return PriceFactor(
        _sid(row["sid"]), _needed(row, "effective_date"), _positive(row["ratio"], "ratio")
    )


def _sid(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise _Refused(f"its sid is {value!r}")
    return value


def _day(row: Row, column: str) -> int | None:
    """Days since 1970-01-01; None for no date."""
    value = row[column]
    if value in _NO_DATES:
        return None
    day = value // _SECONDS_PER_DAY if isinstance(value, int) else None
    if day not in _DAYS:
        raise _Refused(f"its {column} is {value!r}, no seconds of a date")
    return day


def _needed(row: Row, column: str) -> int:
    day = _day(row, column)
    if day is None:
        raise _Refused(f"it has no {column}")
    return day


def _ratio(value: object) -> Ratio:
    number = _positive(value, "ratio")
    ratio = Ratio.parse(number)
    if max(ratio.numerator, ratio.denominator).bit_length() > _INTEGER_BITS:
        raise _Refused(f"its ratio is {value!r}, which has too many digits")
    if not math.isclose(ratio.as_float(), number, rel_tol=2**-51):
        raise _Refused(f"its ratio is {value!r}, which means no fraction")
    return ratio


def _amount(value: object) -> Decimal:
    return parse_decimal(_positive(value, "amount"), field="amount")


def _positive(value: object, column: str) -> float:
    if not isinstance(value, int | float) or not 0 < value < math.inf:
        raise _Refused(f"its {column} is {value!r}, no positive number")
    return float(value)


def _shown(row: Row) -> str:
    named = ((name, _text(name, value)) for name, value in row.items())
    return "(" + ", ".join(f"{name} {text}" for name, text in named if text) + ")"


def _text(name: str, value: object) -> str:
    if value in _NO_DATES:
        return ""
    if name.endswith("_date") and isinstance(value, int) and value // _SECONDS_PER_DAY in _DAYS:
        return from_day(value // _SECONDS_PER_DAY).isoformat()
    return str(value)
