"""Corporate actions that change prices or pay cash, and the factors they put on history."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, Self, TypeVar

import polars as pl

from rustybt.calendars import to_day
from rustybt.values import Ratio

PreviousClose = Callable[[int, int], Decimal | None]
"""``(sid, day) -> raw close of the session before day``, None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A change of the number of shares.

    Attributes:
        sid: The asset.
        effective: First session at the new scale, in days since 1970-01-01.
        ratio: Factor on earlier prices: 1/2 for two new shares per old one.
    """

    sid: int
    effective: int
    ratio: Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class CashDividend:
    """Cash per share. Days are counted from 1970-01-01.

    Attributes:
        sid: The asset.
        ex: First session on which a buyer no longer gets it: who held before is entitled.
        pay: Day of payment.
        amount: Money per share, on the scale of shares of the ex day.
        declared: Day of the announcement, None when unknown.
        record: Day on which the register is read, None when unknown.
        currency: What it is paid in.
    """

    sid: int
    ex: int
    pay: int
    amount: Decimal
    declared: int | None = None
    record: int | None = None
    currency: str = "USD"


class Factor(NamedTuple):
    """What multiplies everything before `day`.

    Attributes:
        day: First session on the new scale, in days since 1970-01-01.
        price: Factor on earlier prices.
        volume: Factor on earlier volumes.
    """

    day: int
    price: Ratio
    volume: Ratio


class Adjustments:
    """All splits and cash dividends of a data set, indexed by day and by asset. Immutable.

    Args:
        splits: In any order.
        dividends: In any order; those of one day keep theirs.
    """

    __slots__ = (
        "_dividends",
        "_dividends_of",
        "_ex_on",
        "_paid_on",
        "_splits",
        "_splits_of",
        "_splits_on",
    )

    def __init__(
        self, splits: Iterable[Split] = (), dividends: Iterable[CashDividend] = ()
    ) -> None:
        self._splits = tuple(sorted(splits, key=lambda s: (s.effective, s.sid)))
        self._splits_on = _grouped(self._splits, lambda s: s.effective)
        self._splits_of = _grouped(self._splits, lambda s: s.sid)
        self._dividends = tuple(sorted(dividends, key=lambda d: (d.ex, d.sid)))
        self._dividends_of = _grouped(self._dividends, lambda d: d.sid)
        self._ex_on = _grouped(self._dividends, lambda d: d.ex)
        self._paid_on = _grouped(self._dividends, lambda d: d.pay)

    @classmethod
    def empty(cls) -> Self:
        """No adjustments at all."""
        return cls()

    @classmethod
    def from_frames(
        cls, splits: pl.DataFrame | None = None, dividends: pl.DataFrame | None = None
    ) -> Self:
        """From the frames that `split_frame` and `dividend_frame` give."""
        return cls(
            [] if splits is None else map(_split_of, splits.iter_rows(named=True)),
            [] if dividends is None else map(_dividend_of, dividends.iter_rows(named=True)),
        )

    def splits(self, sids: Iterable[int] | None = None) -> tuple[Split, ...]:
        """Splits by effective day, then sid; those of `sids` asset by asset, each by day."""
        return self._splits if sids is None else _of(self._splits_of, sids)

    def dividends(self, sids: Iterable[int] | None = None) -> tuple[CashDividend, ...]:
        """Cash dividends by ex day, then sid; those of `sids` asset by asset, each by ex day."""
        return self._dividends if sids is None else _of(self._dividends_of, sids)

    def splits_effective(self, day: int) -> tuple[Split, ...]:
        """Splits whose first session at the new scale is `day`."""
        return self._splits_on.get(day, ())

    def dividends_with_ex(self, day: int) -> tuple[CashDividend, ...]:
        """Dividends whose ex day is `day`."""
        return self._ex_on.get(day, ())

    def dividends_paid(self, day: int) -> tuple[CashDividend, ...]:
        """Dividends that are paid on `day`."""
        return self._paid_on.get(day, ())

    def factors(self, sid: int, previous_close: PreviousClose) -> tuple[Factor, ...]:
        """What history of `sid` is multiplied by, by day; exact.

        A split multiplies earlier prices by its ratio and divides earlier volumes by it. A
        dividend multiplies earlier prices by ``1 - amount / previous raw close``; without such a
        close, or where the factor is not positive, it changes nothing.

        Args:
            sid: The asset.
            previous_close: Raw close of the session before a day.
        """
        found = [Factor(s.effective, s.ratio, s.ratio.inverse) for s in self.splits((sid,))]
        for dividend in self.dividends((sid,)):
            ratio = _dividend_ratio(dividend.amount, previous_close(sid, dividend.ex))
            if ratio is not None:
                found.append(Factor(dividend.ex, ratio, _ONE))
        return tuple(sorted(found, key=lambda factor: factor.day))


_ONE = Ratio(1)

_SPLIT_COLUMNS = {
    "sid": pl.Int64,
    "effective_date": pl.Int32,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
}
_DIVIDEND_COLUMNS = {
    "sid": pl.Int64,
    "ex_date": pl.Int32,
    "declared_date": pl.Int32,
    "record_date": pl.Int32,
    "pay_date": pl.Int32,
    "amount": pl.String,
    "currency": pl.String,
}


def split_frame(splits: Iterable[Split]) -> pl.DataFrame:
    """Splits as a frame ``sid, effective_date, numerator, denominator``, dates as Date."""
    rows = [(s.sid, s.effective, s.ratio.numerator, s.ratio.denominator) for s in splits]
    return _dated(pl.DataFrame(rows, schema=_SPLIT_COLUMNS, orient="row"))


def dividend_frame(dividends: Iterable[CashDividend]) -> pl.DataFrame:
    """Dividends as a frame of their fields, dates as Date, amounts as Decimals.

    Returns:
        Columns ``sid, ex_date, declared_date, record_date, pay_date, amount, currency``; the
        amounts have the most decimals that any of them needs.
    """
    found = list(dividends)
    rows = [(d.sid, d.ex, d.declared, d.record, d.pay, f"{d.amount:f}", d.currency) for d in found]
    scale = max((-int(d.amount.as_tuple().exponent) for d in found), default=0)
    return _dated(pl.DataFrame(rows, schema=_DIVIDEND_COLUMNS, orient="row")).with_columns(
        pl.col("amount").cast(pl.Decimal(38, max(scale, 0)))
    )


def _dated(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("^.*_date$").cast(pl.Date))


def _split_of(row: Mapping[str, Any]) -> Split:
    return Split(
        sid=row["sid"],
        effective=to_day(row["effective_date"]),
        ratio=Ratio(row["numerator"], row["denominator"]),
    )


def _dividend_of(row: Mapping[str, Any]) -> CashDividend:
    declared, record = row["declared_date"], row["record_date"]
    return CashDividend(
        sid=row["sid"],
        ex=to_day(row["ex_date"]),
        pay=to_day(row["pay_date"]),
        amount=row["amount"],
        declared=None if declared is None else to_day(declared),
        record=None if record is None else to_day(record),
        currency=row["currency"],
    )


def _dividend_ratio(amount: Decimal, close: Decimal | None) -> Ratio | None:
    if not close:
        return None
    kept = 1 - Fraction(amount) / Fraction(close)
    return Ratio(kept.numerator, kept.denominator) if kept > 0 else None


_EventT = TypeVar("_EventT", Split, CashDividend)


def _grouped(
    events: Iterable[_EventT], key: Callable[[_EventT], int]
) -> dict[int, tuple[_EventT, ...]]:
    groups: dict[int, list[_EventT]] = {}
    for event in events:
        groups.setdefault(key(event), []).append(event)
    return {value: tuple(group) for value, group in groups.items()}


def _of(groups: Mapping[int, tuple[_EventT, ...]], sids: Iterable[int]) -> tuple[_EventT, ...]:
    return tuple(event for sid in sids for event in groups.get(sid, ()))
