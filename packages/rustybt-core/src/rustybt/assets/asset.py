"""The things that are traded: equities, futures, crypto pairs and currency pairs."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple, Self

from rustybt.assets.exchange import ExchangeInfo
from rustybt.calendars import Moment, get_calendar, to_ns


class AssetKey(NamedTuple):
    """What names an asset everywhere: sids are local to one snapshot of assets, keys are not."""

    asset_type: str
    exchange: str
    symbol: str
    start_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Asset:
    """Base of everything that can be held. Immutable; a finder makes one object per sid.

    Assets hash by sid, so that sets of them are ordered alike in every process, and sort by
    sid. Two objects are equal when type, sid, exchange, symbol and first date are the same: an
    asset that was pickled or copied equals its original.

    Attributes:
        sid: Number of the asset within its snapshot (bundle version).
        symbol: Newest symbol.
        exchange_info: The venue.
        asset_name: Full name.
        start_date: First session; None when it is not known.
        end_date: Last session; None while there is no end.
        first_traded: First session with a trade, None when it is not known.
        auto_close_date: Session on which open positions are closed, None for never. Where a
            delisting or merger comes later, they wait for it.
        tick_size: Smallest step of an order's price.
        lot_size: Smallest step of an amount.
        price_multiplier: Money per unit of price and amount (a future's contract size).
        currency: The currency prices are quoted in.
        price_decimals: Decimals that prices are shown with.
        amount_decimals: Decimals of an amount.
    """

    asset_type: ClassVar[str] = "asset"
    """Discriminator in the asset database and in global keys."""

    asset_class: ClassVar[str] = ""
    """Which defaults (precision, costs) apply: equity, future, crypto or forex."""

    settles_daily: ClassVar[bool] = False
    """Whether a trade takes no money but margin, and profit is paid in cash every session."""

    sid: int
    symbol: str
    exchange_info: ExchangeInfo
    asset_name: str = ""
    start_date: date | None = None
    end_date: date | None = None
    first_traded: date | None = None
    auto_close_date: date | None = None
    tick_size: Decimal = Decimal("0.01")
    lot_size: Decimal = Decimal(1)
    price_multiplier: Decimal = Decimal(1)
    currency: str = "USD"
    price_decimals: int = 2
    amount_decimals: int = 0

    @property
    def exchange(self) -> str:
        """Short (canonical) name of the venue."""
        return self.exchange_info.canonical_name

    @property
    def exchange_full(self) -> str:
        """Full name of the venue."""
        return self.exchange_info.name

    @property
    def country_code(self) -> str:
        """ISO 3166 code of the venue's country, ``""`` where there is none."""
        return self.exchange_info.country_code

    @property
    def global_key(self) -> AssetKey:
        """The key that means this asset in every snapshot."""
        return AssetKey(self.asset_type, self.exchange, self.symbol, self.start_date)

    def is_alive_for_session(self, session: date) -> bool:
        """Whether `session` lies within the asset's first and last session, both included."""
        return (self.start_date is None or self.start_date <= session) and (
            self.end_date is None or session <= self.end_date
        )

    def is_exchange_open(self, dt_minute: Moment) -> bool:
        """Whether `dt_minute` is a trading minute of the asset's exchange.

        Raises:
            InvalidCalendarName: There is no calendar of the exchange's name.
        """
        return get_calendar(self.exchange).is_open_at(to_ns(dt_minute))

    def to_dict(self) -> dict[str, Any]:
        """All fields by name; `from_dict` is the inverse."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """An asset from what `to_dict` gave."""
        return cls(**values)

    def __hash__(self) -> int:
        return self.sid

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Asset):
            return NotImplemented
        return self.sid == other.sid and self.global_key == other.global_key

    def __lt__(self, other: object) -> bool:
        return self.sid < other.sid if isinstance(other, Asset) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.sid <= other.sid if isinstance(other, Asset) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.sid > other.sid if isinstance(other, Asset) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.sid >= other.sid if isinstance(other, Asset) else NotImplemented

    def __int__(self) -> int:
        return self.sid

    def __index__(self) -> int:
        return self.sid

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.sid} [{self.symbol}])"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Equity(Asset):
    """A share of a company or fund."""

    asset_type: ClassVar[str] = "equity"
    asset_class: ClassVar[str] = "equity"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Future(Asset):
    """One contract of a futures chain.

    Attributes:
        root_symbol: Symbol of the chain, such as ``"CL"``.
        notice_date: First day on which delivery may be announced.
        expiration_date: Last day of trading.
    """

    asset_type: ClassVar[str] = "future"
    asset_class: ClassVar[str] = "future"
    settles_daily: ClassVar[bool] = True

    root_symbol: str = ""
    notice_date: date | None = None
    expiration_date: date | None = None

    @property
    def multiplier(self) -> Decimal:
        """Contract size: the same as `price_multiplier`."""
        return self.price_multiplier


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Cryptocurrency(Asset):
    """A crypto pair such as BTC/USDT.

    Attributes:
        base_currency: What is bought and sold.
        quote_currency: What it is paid in; also the asset's `currency`.
        trading_enabled: Whether the venue accepts orders.
        margin_enabled: Whether the venue lends on it.
    """

    asset_type: ClassVar[str] = "cryptocurrency"
    asset_class: ClassVar[str] = "crypto"

    tick_size: Decimal = Decimal("0.00000001")
    lot_size: Decimal = Decimal("0.00000001")
    price_decimals: int = 8
    amount_decimals: int = 8
    base_currency: str = ""
    quote_currency: str = ""
    trading_enabled: bool = True
    margin_enabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Perpetual(Cryptocurrency):
    """A perpetual swap on a crypto pair: a future that never expires, such as BTC/USDT:USDT.

    As with a future, trading it takes no money, and its profit is settled in its currency, the
    quote currency. Its holders pay each other funding (`rustybt.data.funding`). It is traded,
    costs and rounds as a crypto pair.
    """

    asset_type: ClassVar[str] = "perpetual"
    settles_daily: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CurrencyPair(Asset):
    """A pair of national currencies such as EUR/USD.

    Attributes:
        base_currency: What is bought and sold.
        quote_currency: What it is paid in; also the asset's `currency`.
    """

    asset_type: ClassVar[str] = "currency_pair"
    asset_class: ClassVar[str] = "forex"

    tick_size: Decimal = Decimal("0.0001")
    price_decimals: int = 4
    base_currency: str = ""
    quote_currency: str = ""
