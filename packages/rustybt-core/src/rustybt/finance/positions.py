"""What a strategy sees of its holdings, read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument

if TYPE_CHECKING:
    from datetime import datetime

    from rustybt.finance.ledger import DecimalLedger
    from rustybt.finance.position import DecimalPosition
    from rustybt.values import Num, Value
    from rustybt.views import ValueView


def describe(view: object, names: tuple[str, ...]) -> str:
    """The representation of a read-only view: its class and the attributes `names`."""
    fields = ", ".join(f"{name}={getattr(view, name)!r}" for name in names)
    return f"{type(view).__name__}({fields})"


class Position:
    """A holding of one asset, followed for as long as the object is kept.

    After the holding was closed its amount is zero.
    """

    __slots__ = ("_amount", "_held", "_ledger", "_shown", "_view")

    def __init__(self, held: DecimalPosition, ledger: DecimalLedger, view: ValueView) -> None:
        self._held = held
        self._ledger = ledger
        self._view = view
        self._amount: Num = held.amount
        self._shown: Value = view.amount(held.amount)

    @property
    def asset(self) -> Asset:
        """What is held."""
        return self._held.asset

    @property
    def sid(self) -> Asset:
        """The asset, under Zipline's other name for it."""
        return self._held.asset

    @property
    def amount(self) -> Value:
        """Signed amount: negative is short."""
        amount = self._held.amount
        if amount != self._amount:
            self._amount = amount
            self._shown = self._view.amount(amount)
        return self._shown

    @property
    def cost_basis(self) -> Value:
        """Average cost per unit, commissions included."""
        return self._view.figure(self._held.cost_basis())

    @property
    def last_sale_price(self) -> Value:
        """The price at which the holding is valued now."""
        self._ledger.freshen()
        return self._view.price(self._held.last_price, self._held.asset.price_decimals)

    @property
    def last_sale_date(self) -> datetime:
        """Time of the newest valuation."""
        self._ledger.freshen()
        return self._view.instant(self._held.last_at)

    def __repr__(self) -> str:
        return describe(
            self, ("asset", "amount", "cost_basis", "last_sale_price", "last_sale_date")
        )


class EmptyPosition:
    """What looking up an asset that is not held gives: none of it."""

    __slots__ = ("_amount", "_zero", "asset")

    last_sale_date: None = None

    def __init__(self, asset: Asset, amount: Value, zero: Value) -> None:
        self.asset = asset
        self._amount = amount
        self._zero = zero

    @property
    def sid(self) -> Asset:
        """The asset, under Zipline's other name for it."""
        return self.asset

    @property
    def amount(self) -> Value:
        """Zero."""
        return self._amount

    @property
    def cost_basis(self) -> Value:
        """Zero."""
        return self._zero

    @property
    def last_sale_price(self) -> Value:
        """Zero."""
        return self._zero

    def __repr__(self) -> str:
        return f"Position(asset={self.asset!r}, amount={self._amount!r})"


class Positions(dict[Asset, Position | EmptyPosition]):
    """The holdings by asset, in order of opening; it follows the ledger.

    Looking up an asset that is not held gives an empty position, which is not stored; a key that
    is no asset is a ValueError. Strategies cannot change it.
    """

    __slots__ = ("_amount", "_ledger", "_view", "_zero")

    def __init__(self, ledger: DecimalLedger, view: ValueView) -> None:
        super().__init__()
        self._ledger = ledger
        self._view = view
        self._amount = view.amount(ledger.arithmetic.zero)
        self._zero = view.constant(0.0)
        ledger.watch(self)

    def __missing__(self, asset: Asset) -> EmptyPosition:
        if isinstance(asset, Asset):
            return EmptyPosition(asset, self._amount, self._zero)
        raise InvalidArgument(
            field="positions", value=asset, reason="positions are looked up by asset"
        )

    def opened(self, held: DecimalPosition) -> None:
        """The ledger has a new position."""
        super().__setitem__(held.asset, Position(held, self._ledger, self._view))

    def closed(self, held: DecimalPosition) -> None:
        """The ledger has a position no longer."""
        super().__delitem__(held.asset)

    def _read_only(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("positions change by orders; they cannot be assigned or removed")

    __setitem__ = __delitem__ = __ior__ = _read_only
    clear = pop = popitem = setdefault = update = _read_only
