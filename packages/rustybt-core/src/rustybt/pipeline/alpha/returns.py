"""Forward returns: what an asset earned from a session on."""

from collections.abc import Sequence
from typing import Literal

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.pipeline.alpha.inputs import (
    Frame,
    forward,
    names_of,
    numbers,
    read_keyed,
    read_periods,
)
from rustybt.pipeline.alpha.panel import Panel, filled

Entry = Literal["close", "open"]
"""The price of a session at which one buys, and later sells."""

AfterEnd = Literal["null", "last"]
"""What an asset is worth after its last session: nothing known, or its last price as cash."""


def forward_returns(
    prices: Frame,
    periods: Sequence[int] = (1, 5, 10),
    *,
    entry: Entry = "close",
    after_end: AfterEnd = "null",
) -> pl.DataFrame:
    """What each asset earned over the sessions after each session.

    The return of period n on session D is ``price(D + n) / price(D) - 1``, both at the close
    (``entry="close"``) or both at the open (``entry="open"``), n sessions of the frame later. A
    factor of session D is what was known before the open of D, so that both can be traded. The
    returns of period 1 follow each other without a gap.

    To buy, an asset needs a price in session D itself. To sell, its last price counts where a
    later session has none: a halted asset is worth what it last was. An asset lives from its first
    to its last row; a row with a null price is one of its sessions too.

    Args:
        prices: ``session, sid`` and the price: a column `close` (or `price`), or `open`. Adjusted
            for what happened in between (`prices_of_bundle`), else splits look like losses.
        periods: In sessions.
        entry: At which price.
        after_end: Where D + n is later than the last session of an asset, but not than that of
            the frame, its return is null, or (``"last"``) that until its last price.

    Returns:
        ``session, sid, price, forward_1, …`` by session and sid, a row for each of `prices`;
        Float64, null where there is no return.

    Raises:
        InvalidArgument: A column is missing or of another type, a price is negative or infinite,
            an asset has a session twice, a period is not positive.
    """
    wanted = read_periods(periods)
    check_option(entry, ("close", "open"), field="entry")
    check_option(after_end, ("null", "last"), field="after_end")
    frame = read_prices(prices, entry)
    panel = Panel.of(frame, "price")
    columns = panel.columns.with_columns(filled(panel, "price").alias("value"))
    panel = Panel(sessions=panel.sessions, lives=panel.lives, columns=columns, places=panel.places)
    bought = pl.when(pl.col("price") > 0).then(pl.col("price"))
    returns = [
        frame.select((_value(panel, period, after_end) / bought - 1).alias(forward(period)))
        for period in wanted
    ]
    return pl.concat([frame, *returns], how="horizontal")


def read_prices(prices: Frame, entry: Entry) -> pl.DataFrame:
    """``session, sid, price`` by both, of the prices of an entry.

    Raises:
        InvalidArgument: As in `forward_returns`.
    """
    known = names_of(prices, field="prices")
    column = "price" if entry == "close" and "close" not in known else entry
    if entry == "open" and "open" not in known:
        reason = 'entry="open" needs a column open; give it, or entry="close"'
        raise InvalidArgument(field="prices", value=known, reason=reason)
    frame = numbers(read_keyed(prices, [column], field="prices"), column, field="prices")
    bad = frame.filter((pl.col(column) < 0) | pl.col(column).is_infinite()).head(1)
    if len(bad):
        where = f"session {bad['session'][0]}, sid {bad['sid'][0]}"
        reason = f"on {where}: give prices of 0 or more, or null for none"
        raise InvalidArgument(field=f"prices.{column}", value=bad[column][0], reason=reason)
    if frame.is_empty():
        raise InvalidArgument(field="prices", value="no rows", reason="give prices of sessions")
    return frame.rename({column: "price"})


def check_option(value: str, options: Sequence[str], *, field: str) -> None:
    """Refuse what is none of some words.

    Raises:
        InvalidArgument: It is none of them.
    """
    if value not in options:
        raise InvalidArgument(field=field, value=value, reason=f"give one of {', '.join(options)}")


def _value(panel: Panel, period: int, after_end: AfterEnd) -> pl.Series:
    """What an asset is worth a period later."""
    later = panel.away(panel.places, "value", period)
    if after_end == "null":
        return later
    at = pl.col("at") + period
    ended = (at > pl.col("last")) & (at < len(panel.sessions))
    rows = pl.when(ended).then(pl.col("start") + pl.col("last") - pl.col("first"))
    last = panel.columns["value"].gather(panel.places.select(rows).to_series())
    return later.fill_null(last)
