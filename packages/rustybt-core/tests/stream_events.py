"""Events of streams, written down shortly, and bars shown the same way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal as D

from rustybt.calendars import from_ns, to_ns
from rustybt.streams import Bar, BarBuilder, MarketEvent, Quote, Trade

DAY = "2024-03-01"


def at(clock: str, day: str = DAY) -> int:
    return to_ns(datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC))


def trade(clock: str, price: str, size: str = "1", *, day: str = DAY, **more: object) -> Trade:
    fields = {"symbol": "AAA", **more}
    return Trade(at=at(clock, day), price=D(price), size=D(size), **fields)  # type: ignore[arg-type] # names of fields


def quote(clock: str, bid: str, ask: str) -> Quote:
    return Quote(symbol="AAA", at=at(clock), bid=D(bid), ask=D(ask))


def minute(clock: str, prices: str, volume: str = "1", **more: object) -> Bar:
    """A bar of open, high, low and close."""
    open_, high, low, close = map(D, prices.split())
    fields = {"symbol": "AAA", **more}
    figures = {"open": open_, "high": high, "low": low, "close": close, "volume": D(volume)}
    return Bar(at=at(clock), **figures, **fields)  # type: ignore[arg-type] # names of fields


def shown(bar: Bar) -> str:
    """A bar as one line: label, prices and volume."""
    label = from_ns(bar.at).strftime("%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{label} {bar.open} {bar.high} {bar.low} {bar.close} {bar.volume}"


def built(builder: BarBuilder, events: Iterable[MarketEvent]) -> list[str]:
    """All bars, those of the end included."""
    bars = [bar for event in events for bar in builder.add(event)]
    return [shown(bar) for bar in (*bars, *builder.finish())]
