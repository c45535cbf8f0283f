"""Shorter bars, or trades, into bars, on whole numbers: coefficients of prices and of volumes.

Rows are in the order of time. Rows of several assets stand one asset after the other: group each
by itself, and add to its starts the row at which it begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from rustybt_rs import _native
from rustybt_rs._native import Column

if TYPE_CHECKING:
    from rustybt_rs._native import ArrowColumn

Closed = Literal["right", "left"]
"""To which bar a row on an edge belongs: the one that ends there, or the one that begins."""


class Groups(NamedTuple):
    """The bars in which there is a row.

    Attributes:
        starts: First row of each, Int64.
        labels: End of each, Int64.
    """

    starts: Column
    labels: Column


class Bars(NamedTuple):
    """Columns of bars, Int64; null where none of a bar's rows has a value, 0 without volume."""

    open: Column
    high: Column
    low: Column
    close: Column
    volume: Column


def group_by_length(
    at: ArrowColumn, length: int, *, origin: int = 0, closed: Closed = "right"
) -> Groups:
    """Bars of one length, counted from an origin.

    Args:
        at: Instants, ascending: Int64 or Datetime.
        length: Length of a bar in the units of `at`.
        origin: Where a bar begins.
        closed: "right" for bars of (09:00, 10:00], as RustyBT's own are, of bars that are labelled
            by their ends and of trades; "left" for [09:00, 10:00), as those of many vendors. Either
            way they are labelled by their end.

    Raises:
        InvalidInputError: The length is not above zero, or a row out of order.
    """
    return Groups(*_native.groups_by_length(at, length, origin, closed))


def group_by_edges(at: ArrowColumn, edges: ArrowColumn, *, closed: Closed = "right") -> Groups:
    """Bars from one edge to the next, such as the opens and closes of sessions.

    Args:
        at: Instants, ascending.
        edges: Instants at which bars end and the next ones begin, ascending.
        closed: As in `group_by_length`.

    Raises:
        InvalidInputError: A row lies outside of the edges, or something is out of order.
    """
    return Groups(*_native.groups_by_edges(at, edges, closed))


def fold_bars(
    open: ArrowColumn,  # noqa: A002 - the name of the column
    high: ArrowColumn,
    low: ArrowColumn,
    close: ArrowColumn,
    volume: ArrowColumn,
    *,
    starts: ArrowColumn,
) -> Bars:
    """The first open, highest high, lowest low, last close and sum of volumes of each group.

    Nulls are passed over.

    Args:
        open: First prices, Int64, as all of them.
        high: Highest prices.
        low: Lowest prices.
        close: Last prices.
        volume: Volumes.
        starts: First row of each group, ascending from 0.

    Raises:
        InvalidInputError: The columns have several lengths, or the starts are not as described.
        NumberTooLargeError: A sum of volumes has more than 64 bits.
    """
    return Bars(*_native.fold_bars((open, high, low, close, volume), starts))


def fold_trades(price: ArrowColumn, size: ArrowColumn, *, starts: ArrowColumn) -> Bars:
    """Bars of trades: see `fold_bars`."""
    return fold_bars(price, price, price, price, size, starts=starts)
