"""What a finished run leaves for its round trips, in order: executions, and what its book told.

The book tells of corporate actions and payments as it books them (`rustybt.finance.lot_events`),
whether it keeps a journal or not: lots change by the same numbers as positions do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.simulation.trips.round_trips import multiplier_of
from rustybt.simulation.trips.trade_records import TradeExecuted
from rustybt.values import DecimalArithmetic, FloatArithmetic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rustybt.assets import Asset
    from rustybt.simulation.tables import RunEvents, Tables
    from rustybt.simulation.trips.trade_records import TradeRecord
    from rustybt.values import Arithmetic, Num

_MICROSECOND = 1_000


def arithmetic_of(tables: Tables) -> Arithmetic:
    """The arithmetic that the numbers of a result belong to."""
    schema = tables.transactions.schema
    price, amount = schema["price"], schema["amount"]
    if not price.is_decimal():
        return FloatArithmetic()
    return DecimalArithmetic(
        price_scale=price.scale,  # type: ignore[attr-defined]
        amount_scale=amount.scale,  # type: ignore[attr-defined]
    )


def records_of(
    events: RunEvents | None, assets: Mapping[int, Asset], arithmetic: Arithmetic
) -> Iterator[TradeRecord]:
    """The records of a run, in order.

    Args:
        events: What happened in it; None where that was not kept.
        assets: The assets of the executions, by sid.
        arithmetic: The arithmetic of the numbers.

    Raises:
        InvalidArgument: It is not known what happened.
    """
    if events is None:
        raise InvalidArgument(
            field="frames",
            value=None,
            reason="they don't hold what round trips are made of; run again and read its trades",
        )
    done = 0
    for before, event in events.told:
        yield from _executions(events.fills[done:before], assets, arithmetic)
        done = before
        yield event
    yield from _executions(events.fills[done:], assets, arithmetic)


def end_of(tables: Tables) -> int:
    """The close of the last session, nanoseconds UTC; zero where there was none."""
    closes = tables.performance["period_close"].to_physical()
    return int(closes[-1]) * _MICROSECOND if len(closes) else 0


def marks_of(tables: Tables, assets: Mapping[int, Asset]) -> dict[Asset, Num]:
    """The prices that positions were valued at when the last session ended."""
    return _last(tables, assets, "last_sale_price")


def positions_of(tables: Tables, assets: Mapping[int, Asset]) -> dict[Asset, Num]:
    """The amounts that were held when the last session ended."""
    return _last(tables, assets, "amount")


def _last(tables: Tables, assets: Mapping[int, Asset], column: str) -> dict[Asset, Num]:
    sessions = tables.performance["session"]
    if not len(sessions):
        return {}
    rows = tables.positions.filter(pl.col("session") == sessions[-1])
    return {
        assets[sid]: number
        for sid, number in zip(rows["sid"], rows[column].to_physical(), strict=True)
    }


def _executions(
    fills: Sequence[tuple[Any, ...]], assets: Mapping[int, Asset], arithmetic: Arithmetic
) -> Iterator[TradeExecuted]:
    for order_id, _, at, amount, price, commission, sid, strategy, reference in fills:
        asset, slippage = assets[sid], arithmetic.zero
        if reference is not None and reference != price:
            slippage = arithmetic.notional(amount, price - reference, multiplier_of(asset))
        yield TradeExecuted(asset, at, amount, price, commission, order_id, strategy, slippage)
