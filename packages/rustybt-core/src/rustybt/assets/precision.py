"""Precision as the user has set it."""

from rustybt.settings import settings
from rustybt.values import AssetPrecision, PrecisionTable


def configured_precision() -> PrecisionTable:
    """The default precision of each asset class with the overrides of the settings.

    Raises:
        InvalidNumber: A tick or lot of the settings is no number.
        InvalidArgument: One is not positive, or for an unknown class.
    """
    table = PrecisionTable()
    changed: dict[str, AssetPrecision] = {
        asset_class: table.lookup(asset_class).with_overrides(
            tick=override.tick, lot=override.lot, price_decimals=override.price_decimals
        )
        for asset_class, override in settings().precision.items()
    }
    return table.overridden(**changed) if changed else table
