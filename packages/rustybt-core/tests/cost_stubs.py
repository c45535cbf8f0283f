"""A market of one bar, an order and a fill, as far as cost models and controls look at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rustybt.assets import Asset, Cryptocurrency, CurrencyPair, Equity, ExchangeInfo, Future
from rustybt.errors import HistoryWindowStartsBeforeData

NYSE = ExchangeInfo("NEW YORK STOCK EXCHANGE", "NYSE", "US")
AAA = Equity(
    sid=1,
    symbol="AAA",
    exchange_info=NYSE,
    start_date=date(2020, 1, 2),
    end_date=date(2020, 12, 31),
)
BBB = Equity(sid=2, symbol="BBB", exchange_info=NYSE)
BTC = Cryptocurrency(sid=3, symbol="BTC/USDT", exchange_info=ExchangeInfo("Binance"))
EUR = CurrencyPair(sid=4, symbol="EUR/USD", exchange_info=ExchangeInfo("IDEALPRO"))
CL = Future(
    sid=5, symbol="CLF20", exchange_info=ExchangeInfo("NYMEX"), root_symbol="CL",
    price_multiplier=Decimal(1000),
)  # fmt: skip
NOON = datetime(2020, 6, 1, 16, 0, tzinfo=UTC)


@dataclass
class Bar:
    """One bar and its history; `now` is the running session."""

    fields: Mapping[str, Any]
    past: Mapping[str, Sequence[Any]] | None = None
    current_session: date = date(2020, 6, 1)

    def current(self, assets: Asset, fields: str) -> Any:
        return self.fields[fields]

    def history(self, assets: Asset, fields: str, bar_count: int, frequency: str) -> Sequence[Any]:
        if self.past is None:
            raise HistoryWindowStartsBeforeData(
                first_trading_day=date(2020, 6, 1), suggested_start_day=date(2020, 6, 30)
            )
        values = self.past[fields]
        assert (len(values), frequency) == (bar_count, "1d")
        return values


@dataclass
class Order:
    """An order before a fill."""

    asset: Asset
    amount: Any
    filled: Any = 0
    commission: Any = 0
    limit: Any = None
    sequence: int = 1

    @property
    def open_amount(self) -> Any:
        return self.amount - self.filled

    @property
    def direction(self) -> int:
        return 1 if self.amount > 0 else -1

    @property
    def takes_liquidity(self) -> bool:
        return self.limit is None


@dataclass
class Fill:
    """An execution."""

    amount: Any
    price: Any
    dt: datetime = NOON
    order_id: str | None = "main-1"


@dataclass
class Position:
    """A holding."""

    amount: Any


@dataclass
class Portfolio:
    """Holdings; what is not there has an amount of zero."""

    held: Mapping[Asset, Any] = field(default_factory=dict)

    @property
    def positions(self) -> "Portfolio":
        return self

    def __getitem__(self, asset: Asset) -> Position:
        return Position(self.held.get(asset, Decimal(0)))


@dataclass
class Account:
    """A gross leverage."""

    leverage: Any
