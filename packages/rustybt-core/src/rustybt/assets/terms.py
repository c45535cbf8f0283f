"""How an asset is traded: what it says itself, or else what holds for its class."""

from decimal import Decimal
from typing import TypedDict

from rustybt.errors import InvalidArgument
from rustybt.values import AssetPrecision, parse_decimal

DEFAULT_CURRENCY = "USD"


class Terms(TypedDict):
    """The fields of `Asset` that say how it is traded."""

    currency: str
    tick_size: Decimal
    lot_size: Decimal
    price_multiplier: Decimal
    price_decimals: int
    amount_decimals: int


def resolved_terms(
    precision: AssetPrecision,
    *,
    currency: str | None = None,
    tick_size: object = None,
    lot_size: object = None,
    price_multiplier: object = None,
    price_decimals: int | None = None,
    amount_decimals: int | None = None,
) -> Terms:
    """Complete the terms of an asset with the precision of its class.

    An asset with a tick of its own shows as many decimals as the tick has, unless it says
    otherwise.

    Raises:
        InvalidArgument: A tick, lot or multiplier is not positive.
        InvalidNumber: One of them is no number.
    """
    own = precision.with_overrides(tick=tick_size, lot=lot_size)
    if price_decimals is None:
        price_decimals = precision.price_decimals if tick_size is None else _decimals(own.tick)
    multiplier = Decimal(1)
    if price_multiplier is not None:
        multiplier = parse_decimal(price_multiplier, field="price_multiplier")
    if multiplier <= 0:
        raise InvalidArgument(
            field="price_multiplier", value=multiplier, reason="a multiplier is positive"
        )
    return Terms(
        currency=currency or DEFAULT_CURRENCY,
        tick_size=own.tick,
        lot_size=own.lot,
        price_multiplier=multiplier,
        price_decimals=price_decimals,
        amount_decimals=own.amount_decimals if amount_decimals is None else amount_decimals,
    )


def _decimals(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))
