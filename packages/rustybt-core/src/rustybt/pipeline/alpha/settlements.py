"""What holders of an asset got when it ended, as its last prices."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from rustybt.calendars import TradingCalendar, from_day

if TYPE_CHECKING:
    from rustybt.data.actions import Exchange
    from rustybt.data.adjustments import Delisting, Merger
    from rustybt.data.bundle import BundleData


class _Row(NamedTuple):
    at: int
    sid: int
    open: float | None
    close: float | None


def settled(
    frame: pl.DataFrame,
    bundle: "BundleData",
    calendar: TradingCalendar,
    days: range,
    exchange: "Exchange",
) -> pl.DataFrame:
    """Prices ``at, sid, open, close`` with those at which assets were delisted or merged.

    Args:
        frame: The prices.
        bundle: The data.
        calendar: Of the sessions.
        days: Those of the prices.
        exchange: Makes money that of an asset.
    """
    actions = bundle.adjustments
    sids = frame["sid"].unique().to_list()
    rows = [
        row
        for found in (
            *(_delisted(each, calendar) for each in actions.delistings(sids)),
            *(_merged(each, calendar, bundle, exchange) for each in actions.mergers(sids)),
        )
        for row in found
        if row.at in days
    ]
    if not rows:
        return frame
    table = pl.DataFrame(rows, schema=frame.schema, orient="row")
    both = table.join(frame, on=["at", "sid"], how="left", suffix="_traded")
    prices = [pl.coalesce(name, f"{name}_traded").alias(name) for name in ("open", "close")]
    others = frame.join(table, on=["at", "sid"], how="anti")
    return pl.concat([others, both.select("at", "sid", *prices)])


def _delisted(action: "Delisting", calendar: TradingCalendar) -> Iterator[_Row]:
    """The stated price at the end of the day, and in the session after."""
    session = _session(calendar, action.effective)
    if action.price is None or session is None:
        return
    price = float(action.price)
    yield _Row(calendar.session_day(session), action.sid, None, price)
    if session + 1 < len(calendar):
        yield _Row(calendar.session_day(session + 1), action.sid, price, price)


def _merged(
    action: "Merger", calendar: TradingCalendar, bundle: "BundleData", exchange: "Exchange"
) -> Iterator[_Row]:
    """Cash and shares in the first session after the merger."""
    session = _session(calendar, action.effective)
    if session is None:
        return
    day = calendar.session_day(session)
    cash = Fraction(0)
    if action.cash is not None:
        cash = exchange(action.cash, action.currency or action.sid, action.sid, day)
    if action.ratio is None:
        yield _Row(day, action.sid, float(cash), float(cash))
        return
    assert bundle.daily is not None
    assert action.acquirer is not None
    bars = bundle.daily.read([action.acquirer], day, day + 1, ("open", "close"))
    unit = 10**bundle.daily.price_scale
    shares = action.ratio.as_fraction()
    prices = [
        None
        if bars.is_empty() or bars[name][0] is None
        else exchange(Fraction(bars[name][0], unit) * shares, action.acquirer, action.sid, day)
        for name in ("open", "close")
    ]
    opened, closed = (None if price is None else float(cash + price) for price in prices)
    yield _Row(day, action.sid, opened, closed)


def _session(calendar: TradingCalendar, day: int) -> int | None:
    """The first session on or after a day; None where the calendar ends before."""
    if day > calendar.session_day(len(calendar) - 1):
        return None
    return calendar.session_index(from_day(day), direction="next")
