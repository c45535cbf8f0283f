"""Precision as the user has set it."""

from decimal import Decimal

from rustybt.errors import InvalidNumber, InvalidSettings
from rustybt.settings import precision_variable, settings
from rustybt.values import AssetPrecision, PrecisionTable, parse_decimal


def configured_precision() -> PrecisionTable:
    """The default precision of each asset class with the overrides of the settings.

    Raises:
        InvalidSettings: A tick or lot of the settings is no positive number.
        InvalidArgument: One is for an unknown class.
    """
    table = PrecisionTable()
    changed: dict[str, AssetPrecision] = {
        asset_class: table.lookup(asset_class).with_overrides(
            tick=_step(asset_class, "tick", override.tick),
            lot=_step(asset_class, "lot", override.lot),
            price_decimals=override.price_decimals,
        )
        for asset_class, override in settings().precision.items()
    }
    return table.overridden(**changed) if changed else table


def _step(asset_class: str, name: str, text: str | None) -> Decimal | None:
    """The tick or lot that a setting gives."""
    if text is None:
        return None
    setting = precision_variable(asset_class, name)
    wrong = InvalidSettings(name=setting, value=text, reason="give a positive number")
    try:
        step = parse_decimal(text, field=setting)
    except InvalidNumber as error:
        raise wrong from error
    if step <= 0:
        raise wrong
    return step
