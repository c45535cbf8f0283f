"""Corporate actions that explain a move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from rustybt.calendars import to_day
from rustybt.data.adjustments import Adjustments
from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.values import Ratio, parse_decimal
from rustybt_data.quality.rows import IntArray

_DAY: Final = {
    "splits": "effective_date",
    "dividends": "ex_date",
    "stock_dividends": "ex_date",
    "spin_offs": "effective_date",
    "rights": "ex_date",
}
"""The column that holds the first session at the new price, of the kinds that change prices."""

_ENDS: Final = frozenset({"mergers", "delistings"})


class KnownAction(NamedTuple):
    """What happens to a price on a day.

    Attributes:
        day: First session at the new price, in days since 1970-01-01.
        factor: On earlier prices.
        amount: What a share loses beside that.
        unknown: Whether it loses more than can be said: any move of that day is explained.
        text: What it is, for reasons.
    """

    day: int
    factor: float = 1.0
    amount: float = 0.0
    unknown: bool = False
    text: str = ""


class KnownActions:
    """The actions of one asset by day.

    Args:
        actions: The actions, in any order.
    """

    def __init__(self, actions: tuple[KnownAction, ...] = ()) -> None:
        self._actions = sorted(actions, key=lambda action: action.day)
        self._days = np.array([action.day for action in self._actions], dtype=np.int64)

    def between(self, was: IntArray, day: IntArray) -> Iterator[tuple[int, list[KnownAction]]]:
        """Places of those steps from day `was` to `day` that meet actions, with the actions."""
        if not self._actions:
            return
        first = np.searchsorted(self._days, was, side="right")
        stop = np.searchsorted(self._days, day, side="right")
        for place in np.flatnonzero(stop > first).tolist():
            yield place, self._actions[int(first[place]) : int(stop[place])]


Actions = Adjustments | Mapping[str, pl.DataFrame]
"""Corporate actions by sid; or a frame for each kind with a column ``symbol`` and the columns of
the csvdir files of that name."""


def known_by_symbol(
    actions: Actions | None, sids: Mapping[str, int] | None = None
) -> Mapping[str, KnownActions]:
    """The actions of each symbol.

    Args:
        actions: The actions.
        sids: Sids by symbol, where actions are by sid.

    Raises:
        InvalidArgument: A kind or a column is not known, a cell is not what it has to be, or
            actions are by sid and `sids` are not given.
    """
    if actions is None:
        return {}
    if isinstance(actions, Adjustments):
        if sids is None:
            raise InvalidArgument(
                field="actions",
                value="by sid",
                reason="give the assets as well, or frames with a column symbol",
            )
        return {symbol: KnownActions(tuple(_of_sid(actions, sids[symbol]))) for symbol in sids}
    found: dict[str, list[KnownAction]] = {}
    for kind, frame in actions.items():
        if kind not in _DAY and kind not in _ENDS:
            known = ", ".join(sorted({*_DAY, *_ENDS}))
            raise InvalidArgument(field="actions", value=kind, reason=f"give {known}")
        if kind in _DAY:
            for symbol, action in _of_frame(kind, frame):
                found.setdefault(symbol, []).append(action)
    return {symbol: KnownActions(tuple(each)) for symbol, each in found.items()}


def _of_sid(actions: Adjustments, sid: int) -> Iterator[KnownAction]:
    of = (sid,)
    for split in actions.splits(of):
        yield _split(split.effective, split.ratio)
    for paid in actions.dividends(of):
        yield _dividend(paid.ex, float(paid.amount), paid.currency)
    for given in actions.stock_dividends(of):
        yield _stock_dividend(given.ex, given.ratio)
    for spun in actions.spin_offs(of):
        yield KnownAction(day=spun.effective, unknown=True)
    for offered in actions.rights(of):
        yield KnownAction(day=offered.ex, unknown=True)


def _of_frame(kind: str, frame: pl.DataFrame) -> Iterator[tuple[str, KnownAction]]:
    wanted = {"symbol", _DAY[kind]}
    wanted |= {"ratio"} if kind in {"splits", "stock_dividends"} else set()
    wanted |= {"amount"} if kind == "dividends" else set()
    missing = sorted(wanted - set(frame.columns))
    if missing:
        reason = f"the frame has no column {', '.join(missing)}"
        raise InvalidArgument(field="actions", value=kind, reason=reason)
    for row in frame.iter_rows(named=True):
        try:
            yield str(row["symbol"]), _of_row(kind, row)
        except InvalidNumber as error:
            raise InvalidArgument(
                field=f"actions of kind {kind}", value=row, reason=str(error)
            ) from None


def _of_row(kind: str, row: Mapping[str, Any]) -> KnownAction:
    day = to_day(row[_DAY[kind]], field=_DAY[kind])
    if kind == "splits":
        return _split(day, Ratio.parse(row["ratio"]))
    if kind == "stock_dividends":
        return _stock_dividend(day, Ratio.parse(row["ratio"]))
    if kind == "dividends":
        amount = parse_decimal(row["amount"], field="amount")
        return _dividend(day, float(amount), row.get("currency"))
    return KnownAction(day=day, unknown=True)


def _split(day: int, ratio: Ratio) -> KnownAction:
    return KnownAction(day=day, factor=ratio.as_float(), text=f"a split of {ratio}")


def _stock_dividend(day: int, ratio: Ratio) -> KnownAction:
    text = f"a stock dividend of {ratio}"
    return KnownAction(day=day, factor=1.0 / (1.0 + ratio.as_float()), text=text)


def _dividend(day: int, amount: float, currency: str | None) -> KnownAction:
    """Money of a currency that is named may be another than that of the prices."""
    return KnownAction(day=day, amount=0.0 if currency else amount, unknown=bool(currency))
