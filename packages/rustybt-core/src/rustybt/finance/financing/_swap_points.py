"""What it brings to roll currency pairs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import polars as pl

from rustybt.assets import Asset, CurrencyPair
from rustybt.errors import InvalidArgument
from rustybt.finance._accrual import ZERO, ByDate, nights, refuse_repeated
from rustybt.finance._parameters import ByAsset, Number, positive
from rustybt.finance.financing._base import FinancingModel
from rustybt.values import KERNEL_CONTEXT, like, parse_decimal

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure

_T_PLUS_ONE: Final = ("USD/CAD", "USD/PHP", "USD/RUB", "USD/TRY")
_WEDNESDAY: Final = 2
_THURSDAY: Final = 3
_SATURDAY: Final = 5
_PIP: Final = Decimal("0.0001")
_PIPS_BY_QUOTE: Final[Mapping[str, Decimal]] = {"JPY": Decimal("0.01")}
_NIGHTS_OF_A_WEEKEND: Final = 3


class _Points(NamedTuple):
    """Swap points of one night, in pips."""

    long: Decimal
    short: Decimal


Points: TypeAlias = tuple[Number, Number]
"""Points per night of a long and of a short position, in pips: earned above zero."""

PairTable: TypeAlias = ByAsset[Points | Mapping[date, Points]]
"""Points by pair, constant or by the date from which on they hold."""


class SwapPoints(FinancingModel):
    """What brokers book for a currency pair held past the rollover at 17:00 in New York.

    amount x points x pip for each night, in the pair's second currency. Spot trades settle two
    business days later, so the roll of Wednesday moves the value date from Friday to Monday and
    counts three times; Saturday and Sunday do not count. Pairs that settle on the next business
    day roll over the weekend on Thursday. Holidays are not looked at.

    Source: MetaTrader 5, properties SYMBOL_SWAP_LONG, SYMBOL_SWAP_SHORT and
    SYMBOL_SWAP_ROLLOVER3DAYS, as brokers set them.

    Args:
        table: Points by pair or symbol, or a frame ``symbol, long, short`` with ``date`` as
            needed.
        pips: Size of a pip by symbol; else 0.01 of pairs in JPY and 0.0001 of all others.
        next_day_pairs: Symbols of pairs that settle on the next business day.

    Raises:
        InvalidArgument: A table has other columns, or a pip is not above zero.
    """

    def __init__(
        self,
        table: PairTable | pl.DataFrame,
        *,
        pips: Mapping[str, Number] | None = None,
        next_day_pairs: Collection[str] = _T_PLUS_ONE,
    ) -> None:
        given = table if isinstance(table, Mapping) else _pairs_of_frame(table)
        self._points = {key: _points_by_date(key, points) for key, points in given.items()}
        self._pips = {
            symbol: positive(pip, field=f"pip of {symbol}") for symbol, pip in (pips or {}).items()
        }
        self._next_day = frozenset(next_day_pairs)

    def swap(self, asset: Asset, amount: Figure, *, since: date, until: date) -> Figure:
        """|amount| x points x pip, added up over the nights; zero of all but currency pairs.

        Raises:
            InvalidArgument: There are no points of the pair, or none of the day yet.
        """
        if not isinstance(asset, CurrencyPair) or not amount:
            return like(ZERO, amount)
        table = self._points.get(asset, self._points.get(asset.symbol))
        if table is None:
            raise InvalidArgument(
                field="table", value=asset.symbol, reason="give swap points of this pair"
            )
        with localcontext(KERNEL_CONTEXT):
            points = ZERO
            for night in nights(since, until):
                times = self.nights_counted(asset, night)
                if times:
                    here = table.at(night)
                    points += (here.long if amount > 0 else here.short) * times
            return abs(amount) * like(points * self.pip_of(asset), amount)

    def nights_counted(self, asset: Asset, night: date) -> int:
        """How often the roll on the evening of a day counts: 1, 3 over a weekend, 0 on one."""
        weekday = night.weekday()
        if weekday >= _SATURDAY:
            return 0
        over_weekend = _THURSDAY if asset.symbol in self._next_day else _WEDNESDAY
        return _NIGHTS_OF_A_WEEKEND if weekday == over_weekend else 1

    def pip_of(self, asset: Asset) -> Decimal:
        """The size of a pip of a pair, as a price."""
        quote = asset.symbol.rpartition("/")[2]
        return self._pips.get(asset.symbol, _PIPS_BY_QUOTE.get(quote, _PIP))

    def __repr__(self) -> str:
        return f"SwapPoints(<{len(self._points)} pairs>)"


def _points_by_date(key: Asset | str, given: Points | Mapping[date, Points]) -> ByDate[_Points]:
    name = key if isinstance(key, str) else key.symbol
    field = f"swap points of {name}"
    table = given if isinstance(given, Mapping) else {date.min: given}
    return ByDate({day: _pair(points, field) for day, points in table.items()}, field=field)


def _pair(points: Points, field: str) -> _Points:
    long, short = (parse_decimal(each, field=field) for each in points)
    return _Points(long, short)


def _pairs_of_frame(table: pl.DataFrame) -> dict[Asset | str, dict[date, Points]]:
    """The rows of a frame as points by symbol and date."""
    needed = {"symbol", "long", "short"}
    if set(table.columns) - {"date"} != needed:
        raise InvalidArgument(
            field="columns",
            value=table.columns,
            reason="give symbol, long, short and as needed date",
        )
    refuse_repeated(table.select(pl.col("^symbol|date$")), field="swap points")
    pairs: dict[Asset | str, dict[date, Points]] = {}
    for row in table.iter_rows(named=True):
        day = row.get("date") or date.min
        pairs.setdefault(row["symbol"], {})[day] = (row["long"], row["short"])
    return pairs
