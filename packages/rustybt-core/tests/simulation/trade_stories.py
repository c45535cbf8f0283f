"""Trades day by day, told with public numbers, and the frames that they make."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
from finance.books import DECIMAL
from finance.lot_desk import KINDS, numbers

from rustybt.assets import Asset
from rustybt.finance.lot_events import MoneyPaid
from rustybt.simulation.trips.trade_records import HeldBars, Span, TradeExecuted, TradeRecord
from rustybt.simulation.trips.trades import trades_frame
from rustybt.values import Arithmetic

HOUR = 3_600_000_000_000
DAY = 24 * HOUR
CLOSE = 20 * HOUR
SCALE = 4
"""Decimals of the bars."""

Bars = Mapping[Asset, Mapping[int, tuple[object, object]]]
"""High and low by asset and day."""


def plain(value: Any) -> Any:
    """A number as a text without needless zeros, anything else as it is."""
    if not isinstance(value, Decimal):
        return value
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass
class Story:
    """Records in order; a day's executions happen at its close, its corporate actions before.

    Attributes:
        arithmetic: The policy of all numbers.
        bars: Highs and lows.
        piece: How many bars are shown at a time.
    """

    arithmetic: Arithmetic = DECIMAL
    bars: Bars | None = None
    piece: int = 1_000
    records: list[TradeRecord] = field(default_factory=list)

    def trade(
        self,
        day: int,
        asset: Asset,
        amount: object,
        price: object,
        commission: object = 0,
        **more: Any,
    ) -> "Story":
        arithmetic = self.arithmetic
        slippage = arithmetic.money(more.pop("slippage", 0))
        record = TradeExecuted(
            asset=asset,
            at=day * DAY + CLOSE,
            amount=arithmetic.amount(amount),
            price=arithmetic.price(price),
            commission=arithmetic.money(commission),
            order_id=more.pop("order", f"o{len(self.records) + 1}"),
            strategy=more.pop("strategy", "carry"),
            slippage=slippage,
        )
        assert not more
        self.records.append(record)
        return self

    def act(self, name: str, day: int, asset: Asset, *other: Asset, **terms: Any) -> "Story":
        event = KINDS[name](asset, day * DAY, *other, **numbers(self.arithmetic, terms))
        self.records.append(event)
        return self

    def split(self, day: int, asset: Asset, ratio: str, **terms: Any) -> "Story":
        return self.act("split", day, asset, ratio=ratio, **terms)

    def spin_off(self, day: int, asset: Asset, child: Asset, **terms: Any) -> "Story":
        return self.act("spin_off", day, asset, child, **terms)

    def merge(self, day: int, asset: Asset, into: Asset, **terms: Any) -> "Story":
        return self.act("merge", day, asset, into, **terms)

    def return_capital(self, day: int, asset: Asset, per_share: object) -> "Story":
        return self.act("return_of_capital", day, asset, per_share=per_share)

    def pay(self, day: int, asset: Asset, kind: Any, money: object) -> "Story":
        self.records.append(MoneyPaid(asset, day * DAY, kind, self.arithmetic.money(money)))
        return self

    # ------------------------------------------------------------------ frames

    def frame(
        self, *, until: int | None = None, marks: Mapping[Asset, object] | None = None, **more: Any
    ) -> pl.DataFrame:
        prices = {asset: self.arithmetic.price(mark) for asset, mark in (marks or {}).items()}
        return trades_frame(
            self.records,
            arithmetic=self.arithmetic,
            bars=None if self.bars is None else self.show,
            until=None if until is None else until * DAY + CLOSE,
            marks=prices,
            **more,
        )

    def rows(self, *columns: str, **options: Any) -> list[tuple[Any, ...]]:
        """Some columns of the frame; numbers as texts."""
        frame = self.frame(**options)
        return [tuple(map(plain, row)) for row in frame.select(columns).iter_rows()]

    def show(self, spans: Mapping[Asset, Span]) -> Iterator[HeldBars]:
        """Bars as a reader gives them: in pieces, each with all assets."""
        assert self.bars is not None
        days = sorted({day for of_asset in self.bars.values() for day in of_asset})
        for first in range(0, len(days), self.piece):
            chosen = days[first : first + self.piece]
            for asset in spans:
                known = {day: self.bars[asset][day] for day in chosen if day in self.bars[asset]}
                yield HeldBars(
                    asset=asset,
                    labels=np.array([day * DAY + CLOSE for day in known], np.int64),
                    high=np.array([_coefficient(high) for high, _ in known.values()], np.int64),
                    low=np.array([_coefficient(low) for _, low in known.values()], np.int64),
                    scale=SCALE,
                )


def _coefficient(price: object) -> int:
    return int(Decimal(str(price)).scaleb(SCALE))
