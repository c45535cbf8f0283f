"""Prices for forward returns, out of a bundle: adjusted for what happened in between."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar, from_day, get_calendar, to_day
from rustybt.data.eve_closes import EveCloses
from rustybt.data.own_money import OwnMoney
from rustybt.errors import InvalidArgument
from rustybt.pipeline.alpha.inputs import in_order
from rustybt.pipeline.alpha.returns import check_option
from rustybt.pipeline.alpha.settlements import settled
from rustybt.values import from_scaled

if TYPE_CHECKING:
    from rustybt.data.actions import Exchange
    from rustybt.data.bundle import BundleData
    from rustybt.data.readers import BarReader

Basis = Literal["total", "split", "raw"]
"""What prices are adjusted for: everything, everything but cash dividends, nothing."""

_PRICES = ("open", "close")


def prices_of_bundle(
    bundle: "BundleData",
    *,
    start: date | None = None,
    end: date | None = None,
    sids: Sequence[int] | None = None,
    basis: Basis = "total",
    calendar: TradingCalendar | None = None,
) -> pl.DataFrame:
    """Opens and closes of a bundle's assets, such that their ratios are returns.

    Prices are on the scale of the last session, adjusted by the factors of
    `rustybt.data.adjustments.Adjustments`: for splits, stock dividends, rights and spin-offs
    (``basis="split"``), and for cash dividends as if they were put into the asset again at the
    close of the eve (``"total"``). ``"raw"`` prices are as they were traded.

    An asset has a row for each of its bars. One whose bars end while it is still listed has one
    more, without a price, so that its last price counts until then; after its last session it has
    none. Of a delisting at a stated price and of a merger, total returns count what holders got:
    the price is the close of the day of the delisting, and open and close of the session after; the
    cash and the acquirer's shares are open and close of the first session after the merger.

    Args:
        bundle: The data; its daily bars count.
        start: First session; None for that of the bars.
        end: Last session; None for that of the bars.
        sids: Which assets; None for all that have bars.
        basis: What prices are adjusted for.
        calendar: Of the bundle's sessions; None for the one that it names.

    Returns:
        ``session, sid, open, close`` by session and sid, Float64; null where there is no price.

    Raises:
        InvalidArgument: The bundle has no daily bars, or none of these assets between these days.
        MissingRate: Something was paid in a currency whose rate is not known.
    """
    check_option(basis, ("total", "split", "raw"), field="basis")
    reader = bundle.daily
    if reader is None:
        raise InvalidArgument(field="bundle", value=bundle.name, reason="it has no daily bars")
    calendar = calendar or get_calendar(bundle.calendar)
    days = range(
        to_day(reader.first_session if start is None else start),
        to_day(reader.last_session if end is None else end) + 1,
    )
    bars = reader.read(reader.sids() if sids is None else sids, days.start, days.stop, _PRICES)
    if bars.is_empty():
        shown = f"{start} to {end}"
        reason = f"{bundle.name} has no daily bars of these assets in these days"
        raise InvalidArgument(field="start and end", value=shown, reason=reason)
    prices = _floats(bars, reader.price_scale)
    frame = pl.concat([prices, _without_bars(prices, bundle, calendar, days)])
    if basis != "raw":
        exchange = OwnMoney(bundle, calendar, from_day(days[-1]))
        frame = _adjusted(frame, _factors(bars, bundle, days, exchange, dividends=basis == "total"))
        if basis == "total":
            frame = settled(frame, bundle, calendar, days, exchange)
    session = pl.col("at").cast(pl.Int32).cast(pl.Date).alias("session")
    return in_order(frame.select(session, "sid", *_PRICES), field="bundle")


def _floats(bars: pl.DataFrame, scale: int) -> pl.DataFrame:
    return bars.select("at", "sid", *(pl.col(name) / 10.0**scale for name in _PRICES))


def _without_bars(
    prices: pl.DataFrame, bundle: "BundleData", calendar: TradingCalendar, days: range
) -> pl.DataFrame:
    """Rows of sessions in which listed assets have no price: those at an end, and of all assets."""
    sessions = calendar.sessions
    inside = sessions[np.searchsorted(sessions, days.start) : np.searchsorted(sessions, days.stop)]
    lives = prices.group_by("sid").agg(pl.col("at").min().alias("first"), pl.col("at").max())
    assets = bundle.finder.retrieve_all(lives["sid"], default_none=True)
    ends = [
        int(inside[-1])
        if asset is None or asset.end_date is None
        else min(to_day(asset.end_date), int(inside[-1]))
        for asset in assets
    ]
    lives = lives.with_columns(pl.Series("end", ends, pl.Int64))
    halted = lives.filter(pl.col("end") > pl.col("at")).select(pl.col("end").alias("at"), "sid")
    empty = pl.DataFrame({"at": np.setdiff1d(inside, prices["at"].to_numpy())})
    quiet = lives.select("sid", "first", "end").join_where(
        empty, pl.col("at") >= pl.col("first"), pl.col("at") < pl.col("end")
    )
    rows = pl.concat([halted, quiet.select("at", "sid")])
    return rows.with_columns(pl.lit(None, pl.Float64).alias(name) for name in _PRICES)


def _adjusted(frame: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """Prices times what comes after their day."""
    if factors.is_empty():
        return frame
    joined = frame.sort("at").join_asof(
        factors.sort("at"),
        on="at",
        by="sid",
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    factor = pl.col("factor").fill_null(1.0)
    return joined.select("at", "sid", *(pl.col(name) * factor for name in _PRICES))


def _factors(
    bars: pl.DataFrame,
    bundle: "BundleData",
    days: range,
    exchange: "Exchange",
    *,
    dividends: bool,
) -> pl.DataFrame:
    """``at, sid, factor``: what multiplies the prices of an asset before a day, all told."""
    since = range(days.start + 1, days.stop)
    effects = {
        sid: [effect for effect in bundle.adjustments.effects(sid) if effect.day in since]
        for sid in bars["sid"].unique().sort().to_list()
    }
    acting = [sid for sid, found in effects.items() if found]
    children = [each.child for each in bundle.adjustments.spin_offs(acting)]
    assert bundle.daily is not None
    closes = _Closes(bundle.daily, {*acting, *children}, days)
    eves = EveCloses(bundle.adjustments, closes.newest, exchange)
    rows: list[tuple[int, int, float]] = []
    for sid in acting:
        after = 1.0
        for effect in reversed(effects[sid]):
            wanted = dividends or not effect.pays_cash
            factor = effect.factor(eves, exchange, days[-1]) if wanted else None
            if factor is not None:
                after *= factor.price.as_float()
                rows.append((effect.day, sid, after))
    # Of several effects of one day the first one holds them all.
    table = pl.DataFrame(
        rows, schema={"at": pl.Int64, "sid": pl.Int64, "factor": pl.Float64}, orient="row"
    )
    return table.unique(["at", "sid"], keep="last", maintain_order=True)


class _Closes:
    """Raw closes of some assets."""

    def __init__(self, reader: "BarReader", sids: Iterable[int], days: range) -> None:
        self._scale = reader.price_scale
        frame = reader.read(sorted(sids), days.start, days.stop, ("close",)).drop_nulls("close")
        parts = frame.partition_by("sid", as_dict=True)
        self._by_sid = {
            sid: (part["at"].to_numpy(), part["close"].to_numpy()) for (sid,), part in parts.items()
        }

    def newest(self, sid: int, day: int) -> tuple[int, Decimal] | None:
        """Day and close of the newest session before a day with one."""
        if sid not in self._by_sid:
            return None
        days, closes = self._by_sid[sid]
        place = int(np.searchsorted(days, day)) - 1
        return (
            (int(days[place]), from_scaled(int(closes[place]), self._scale)) if place >= 0 else None
        )
