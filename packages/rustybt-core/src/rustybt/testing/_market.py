"""A small market as cost models see it: bars, orders and fills, in Decimals or in floats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal

from rustybt.assets import Asset, Cryptocurrency, CurrencyPair, Equity, ExchangeInfo, Future
from rustybt.errors import HistoryWindowStartsBeforeData
from rustybt.values import parse_decimal

Numeric = Literal["decimal", "float64"]
NUMERICS: Final[tuple[Numeric, ...]] = ("decimal", "float64")

SESSION: Final = date(2024, 3, 1)
_VENUE: Final = ExchangeInfo("CONFORMANCE")
_FIRST_SESSION: Final = SESSION - timedelta(days=99)

ASSETS: Final[tuple[Asset, ...]] = (
    Equity(sid=1, symbol="SHARE", exchange_info=_VENUE, start_date=_FIRST_SESSION),
    Future(
        sid=2,
        symbol="CLJ24",
        exchange_info=_VENUE,
        start_date=_FIRST_SESSION,
        root_symbol="CL",
        price_multiplier=Decimal(1000),
    ),
    Cryptocurrency(sid=3, symbol="COIN/USDT", exchange_info=_VENUE, start_date=_FIRST_SESSION),
    CurrencyPair(sid=4, symbol="EUR/USD", exchange_info=_VENUE, start_date=_FIRST_SESSION),
)
"""One asset of each kind."""

CLOSES: Final = ("100.10", "100.35", "99.80", "100.05", "100.90", "100.60", "99.95")
"""Closes of consecutive bars, over and over; a bar reaches a quarter below and half above."""

VOLUME_IN_LOTS: Final = 1_000_000


def assets_for(model: Any) -> list[Asset]:  # noqa: ANN401 - a cost model of either branch
    """The assets that a cost model can be asked about."""
    return [asset for asset in ASSETS if isinstance(asset, model.allowed_asset_types)]


def number(value: object, numeric: Numeric) -> Any:  # noqa: ANN401 - of the kind asked for
    """A number as a run of this arithmetic has it."""
    exact = parse_decimal(value, field="number")
    return exact if numeric == "decimal" else float(exact)


def in_lots(asset: Asset, lots: int, numeric: Numeric) -> Any:  # noqa: ANN401 - as `number`
    """So many lots of an asset."""
    return number(asset.lot_size * lots, numeric)


def fields_of_bar(asset: Asset, place: int) -> dict[str, Decimal]:
    """The bar at a place, counted from the first."""
    close = parse_decimal(CLOSES[place % len(CLOSES)], field="close")
    return {
        "open": close,
        "high": close + Decimal("0.50"),
        "low": close - Decimal("0.25"),
        "close": close,
        "volume": asset.lot_size * VOLUME_IN_LOTS,
    }


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class SmallMarket:
    """The `Market` of one bar, with a past of so many bars.

    Attributes:
        numeric: What its numbers are.
        past: Bars that there are, the present one included.
    """

    numeric: Numeric
    past: int = 100

    @property
    def current_session(self) -> date:
        """Label of the running session."""
        return SESSION

    def current(self, assets: Asset, fields: str) -> Any:  # noqa: ANN401 - as `number`
        """One field of the present bar."""
        return self._value(assets, self.past - 1, fields)

    def history(self, assets: Asset, fields: str, bar_count: int, frequency: str) -> list[Any]:
        """The last values of a field.

        Raises:
            HistoryWindowStartsBeforeData: There are not so many.
        """
        assert frequency == "1d", "the market is one of daily bars"
        if bar_count > self.past:
            raise HistoryWindowStartsBeforeData(
                first_trading_day=_FIRST_SESSION, suggested_start_day=SESSION
            )
        places = range(self.past - bar_count, self.past)
        return [self._value(assets, place, fields) for place in places]

    def _value(self, asset: Asset, place: int, field: str) -> Any:  # noqa: ANN401 - as `number`
        values = fields_of_bar(asset, place)
        return number(values["close" if field == "price" else field], self.numeric)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder:
    """A `WorkingOrder`: what a model may look at, and nothing that it could change."""

    asset: Asset
    amount: Any
    filled: Any
    commission: Any
    limit: Any = None
    sequence: int = 1

    @property
    def open_amount(self) -> Any:  # noqa: ANN401 - as `number`
        """Signed amount still open."""
        return self.amount - self.filled

    @property
    def direction(self) -> int:
        """1 for a buy, -1 for a sell."""
        return 1 if self.amount > 0 else -1

    @property
    def takes_liquidity(self) -> bool:
        """Whether it has no limit to rest at."""
        return self.limit is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """An `Execution`."""

    amount: Any
    price: Any
    dt: datetime = datetime(2024, 3, 1, 21, tzinfo=UTC)
    order_id: str | None = "main-1"


def placed(asset: Asset, lots: int, numeric: Numeric, *, filled: int = 0) -> PlacedOrder:
    """An order of so many lots, of which so many are filled, without commission so far."""
    return PlacedOrder(
        asset=asset,
        amount=in_lots(asset, lots, numeric),
        filled=in_lots(asset, filled, numeric),
        commission=number(0, numeric),
    )
