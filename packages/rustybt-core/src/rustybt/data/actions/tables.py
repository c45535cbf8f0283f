"""Corporate actions as frames: a table for each kind, without loss."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from rustybt.calendars import from_day, to_day
from rustybt.data.actions.records import (
    Action,
    CashDividend,
    Delisting,
    Merger,
    RightsOffering,
    SpinOff,
    Split,
    StockDividend,
)
from rustybt.errors import ScaleExceeded
from rustybt.values import Ratio

_DIGITS: Final = 38
_INTEGER_BITS: Final = 64


@dataclass(frozen=True, slots=True)
class _Codec:
    """How the values of a column are stored: `put` makes a cell, `get` makes a value of it."""

    dtype: Any
    put: Callable[[Any], Any]
    get: Callable[[Any], Any]


def _itself(value: Any) -> Any:  # noqa: ANN401 - a value of any column
    return value


def _digits(number: Decimal) -> str:
    return f"{number:f}"


_NUMBER: Final = _Codec(pl.Int64, _itself, _itself)
_TEXT: Final = _Codec(pl.String, _itself, _itself)
_DAY: Final = _Codec(pl.Date, from_day, to_day)
_RATIO: Final = _Codec(pl.String, str, Ratio.parse)
_MONEY: Final = _Codec(pl.Decimal, _digits, _itself)

Columns = Mapping[str, tuple[str, _Codec]]
"""For each column the field that it holds, and how."""

_DIVIDEND_COLUMNS: Final[Columns] = {
    "sid": ("sid", _NUMBER),
    "ex_date": ("ex", _DAY),
    "declared_date": ("declared", _DAY),
    "record_date": ("record", _DAY),
    "pay_date": ("pay", _DAY),
    "amount": ("amount", _MONEY),
    "currency": ("currency", _TEXT),
}


@dataclass(frozen=True, slots=True)
class ActionTable:
    """The form of the table of one kind of actions.

    Attributes:
        kind: The record of a row.
        columns: Its columns in order.
    """

    kind: type[Action]
    columns: Columns

    def frame(self, actions: Iterable[Action]) -> pl.DataFrame:
        """Actions as a frame: dates as Date, ratios as texts, money as Decimals.

        Money has the most decimals that any value of its column needs.

        Raises:
            ScaleExceeded: The values of a column need more than 38 digits together.
        """
        found = list(actions)
        return pl.DataFrame(
            [
                _series(name, [getattr(action, field) for action in found], codec)
                for name, (field, codec) in self.columns.items()
            ]
        )

    def actions(self, frame: pl.DataFrame) -> list[Any]:
        """The actions of a frame; a field whose column is missing has its default."""
        held = [name for name in self.columns if name in frame.columns]
        made = []
        for row in frame.select(held).iter_rows():
            facts = {}
            for name, cell in zip(held, row, strict=True):
                field, codec = self.columns[name]
                if cell is not None:
                    facts[field] = codec.get(cell)
            made.append(self.kind(**facts))
        return made


DIVIDENDS: Final = ActionTable(CashDividend, _DIVIDEND_COLUMNS)

TABLES: Final[Mapping[str, ActionTable]] = {
    "stock_dividends": ActionTable(
        StockDividend,
        {
            "sid": ("sid", _NUMBER),
            "ex_date": ("ex", _DAY),
            "declared_date": ("declared", _DAY),
            "record_date": ("record", _DAY),
            "pay_date": ("pay", _DAY),
            "ratio": ("ratio", _RATIO),
            "fractions": ("fractions", _TEXT),
        },
    ),
    "mergers": ActionTable(
        Merger,
        {
            "sid": ("sid", _NUMBER),
            "effective_date": ("effective", _DAY),
            "cash": ("cash", _MONEY),
            "currency": ("currency", _TEXT),
            "acquirer_sid": ("acquirer", _NUMBER),
            "ratio": ("ratio", _RATIO),
            "fractions": ("fractions", _TEXT),
        },
    ),
    "spin_offs": ActionTable(
        SpinOff,
        {
            "sid": ("sid", _NUMBER),
            "effective_date": ("effective", _DAY),
            "child_sid": ("child", _NUMBER),
            "ratio": ("ratio", _RATIO),
            "cost_share": ("cost_share", _RATIO),
            "parent_price": ("parent_price", _MONEY),
            "child_price": ("child_price", _MONEY),
            "fractions": ("fractions", _TEXT),
        },
    ),
    "rights": ActionTable(
        RightsOffering,
        {
            "sid": ("sid", _NUMBER),
            "ex_date": ("ex", _DAY),
            "expiry_date": ("expiry", _DAY),
            "price": ("price", _MONEY),
            "ratio": ("ratio", _RATIO),
            "rights": ("rights", _RATIO),
            "rights_sid": ("rights_sid", _NUMBER),
            "currency": ("currency", _TEXT),
            "fractions": ("fractions", _TEXT),
        },
    ),
    "delistings": ActionTable(
        Delisting,
        {
            "sid": ("sid", _NUMBER),
            "effective_date": ("effective", _DAY),
            "price": ("price", _MONEY),
        },
    ),
}
"""The form of every table beside those of splits and cash dividends, by name."""


def split_frame(splits: Iterable[Split]) -> pl.DataFrame:
    """Splits as a frame ``sid, effective_date, numerator, denominator``, dates as Date.

    Raises:
        ScaleExceeded: A numerator or denominator needs more than 64 bits.
    """
    found = list(splits)
    terms = [(split.ratio.numerator, split.ratio.denominator) for split in found]
    for split, term in zip(found, terms, strict=True):
        if max(term).bit_length() >= _INTEGER_BITS:
            raise ScaleExceeded(field="ratio", value=str(split.ratio), scale=0)
    return pl.DataFrame(
        {
            "sid": [split.sid for split in found],
            "effective_date": [from_day(split.effective) for split in found],
            "numerator": [numerator for numerator, _ in terms],
            "denominator": [denominator for _, denominator in terms],
        },
        schema={
            "sid": pl.Int64,
            "effective_date": pl.Date,
            "numerator": pl.Int64,
            "denominator": pl.Int64,
        },
    )


def splits_of(frame: pl.DataFrame) -> list[Split]:
    """The splits of a frame that `split_frame` made."""
    return [
        Split(
            sid=row["sid"],
            effective=to_day(row["effective_date"]),
            ratio=Ratio(row["numerator"], row["denominator"]),
        )
        for row in frame.iter_rows(named=True)
    ]


def dividend_frame(dividends: Iterable[CashDividend]) -> pl.DataFrame:
    """Dividends as a frame of their fields, dates as Date, amounts as Decimals.

    Returns:
        Columns ``sid, ex_date, declared_date, record_date, pay_date, amount, currency``; the
        amounts have the most decimals that any of them needs.

    Raises:
        ScaleExceeded: The amounts need more than 38 digits together.
    """
    return DIVIDENDS.frame(dividends)


def _series(name: str, values: list[Any], codec: _Codec) -> pl.Series:
    cells = [None if value is None else codec.put(value) for value in values]
    if codec is not _MONEY:
        return pl.Series(name, cells, dtype=codec.dtype)
    known = [value for value in values if value is not None]
    scale = max(0, *(-int(value.as_tuple().exponent) for value in known)) if known else 0
    widest = max(known, key=Decimal.adjusted, default=None)
    if widest is not None and scale + max(widest.adjusted() + 1, 0) > _DIGITS:
        raise ScaleExceeded(field=name, value=widest, scale=scale)
    return pl.Series(name, cells, dtype=pl.String).cast(pl.Decimal(_DIGITS, scale))
