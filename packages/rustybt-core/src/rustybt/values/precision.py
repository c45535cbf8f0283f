"""Precision, tick and lot per asset class: configuration with defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from rustybt.errors import InvalidArgument
from rustybt.values.parsing import parse_decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetPrecision:
    """How finely a class of assets is quoted and traded.

    Attributes:
        price_decimals: Digits after the point that a price is shown with.
        tick: Smallest step of an order price.
        lot: Smallest step of an amount.
    """

    price_decimals: int
    tick: Decimal
    lot: Decimal

    def __post_init__(self) -> None:
        if self.tick <= 0:
            raise InvalidArgument(field="tick", value=self.tick, reason="a tick is positive")
        if self.lot <= 0:
            raise InvalidArgument(field="lot", value=self.lot, reason="a lot is positive")

    @property
    def amount_decimals(self) -> int:
        """Digits after the point that an amount in whole lots can have."""
        return max(0, -int(self.lot.normalize().as_tuple().exponent))

    def with_overrides(
        self, *, tick: object = None, lot: object = None, price_decimals: int | None = None
    ) -> "AssetPrecision":
        """The same precision with the values given for one asset."""
        changed = self
        if tick is not None:
            changed = replace(changed, tick=parse_decimal(tick, field="tick_size"))
        if lot is not None:
            changed = replace(changed, lot=parse_decimal(lot, field="lot_size"))
        if price_decimals is not None:
            changed = replace(changed, price_decimals=price_decimals)
        return changed


def _defaults() -> Mapping[str, AssetPrecision]:
    def precision(decimals: int, lot: str) -> AssetPrecision:
        return AssetPrecision(
            price_decimals=decimals, tick=Decimal(1).scaleb(-decimals), lot=Decimal(lot)
        )

    return MappingProxyType(
        {
            "crypto": precision(8, "0.00000001"),
            "equity": precision(2, "1"),
            "forex": precision(4, "1"),
            "future": precision(2, "1"),
        }
    )


@dataclass(frozen=True, slots=True)
class PrecisionTable:
    """Precision by asset class: 8 decimals crypto, 4 forex, 2 equities and futures by default."""

    classes: Mapping[str, AssetPrecision] = field(default_factory=_defaults)

    def lookup(self, asset_class: str) -> AssetPrecision:
        """The precision of a class.

        Raises:
            InvalidArgument: An unknown class; the message lists the known ones.
        """
        try:
            return self.classes[asset_class]
        except KeyError:
            known = ", ".join(sorted(self.classes))
            raise InvalidArgument(
                field="asset_class", value=asset_class, reason=f"known classes are {known}"
            ) from None

    def overridden(self, **classes: AssetPrecision) -> "PrecisionTable":
        """A table with the given classes replaced or added."""
        return PrecisionTable(MappingProxyType({**self.classes, **classes}))
