"""Checks of what a strategy asks for: errors name the argument, its value and what to do."""

from collections.abc import Collection, Iterable
from typing import SupportsIndex

from rustybt.assets import Asset, ContinuousFuture, Instrument
from rustybt.clock.resolution import Resolution
from rustybt.data.history import CHAIN_FIELDS, HISTORY_FIELDS
from rustybt.errors import InvalidArgument

CURRENT_FIELDS = (*HISTORY_FIELDS, "last_traded")
"""What `current` can be asked for."""

CURRENT_CHAIN_FIELDS = (*CHAIN_FIELDS, "last_traded", "contract")
"""What it can be asked for of continuous futures."""


def checked_asset(value: object) -> Instrument:
    """`value`, if it is an asset or a continuous future."""
    if isinstance(value, Asset) or isinstance(value, ContinuousFuture):  # noqa: SIM101 - faster
        return value
    raise InvalidArgument(
        field="assets", value=value, reason="give an asset or a list of assets; symbol() finds them"
    )


def checked_assets(values: object) -> tuple[Instrument, ...]:
    """The assets of a list."""
    if isinstance(values, set | frozenset):
        reason = "give a list: results are in the order of the assets"
        raise InvalidArgument(field="assets", value=values, reason=reason)
    if not isinstance(values, Iterable) or isinstance(values, str):
        checked_asset(values)
    return tuple(map(checked_asset, values))  # type: ignore[call-overload]


def one_or_several(value: object) -> tuple[bool, tuple[Instrument, ...]]:
    """Whether something is no list, and the assets that it is or holds."""
    if isinstance(value, Asset | ContinuousFuture):
        return True, (value,)
    return False, checked_assets(value)


def check_once(assets: Iterable[Instrument]) -> None:
    """Refuse an asset that is named twice: columns of a frame have different names."""
    named = list(assets)
    if len(set(named)) != len(named):
        raise InvalidArgument(field="assets", value=named, reason="name each asset once")


def history_fields(
    instruments: Iterable[Instrument], extra_fields: tuple[str, ...]
) -> tuple[str, ...]:
    """What history can be asked for of some instruments.

    Args:
        instruments: Which.
        extra_fields: Columns that the bars have beside their fields.
    """
    chains = [isinstance(instrument, ContinuousFuture) for instrument in instruments]
    fields = CHAIN_FIELDS if chains and all(chains) else HISTORY_FIELDS
    return (*fields, *extra_fields)


def checked_field(value: object, known: Collection[str]) -> str:
    """`value`, if it is the name of a field."""
    if isinstance(value, str) and value in known:
        return value
    raise InvalidArgument(field="fields", value=value, reason=f"give {', '.join(known)}")


def checked_fields(values: object, known: Collection[str]) -> tuple[str, ...]:
    """The fields of a list."""
    if not isinstance(values, Iterable) or isinstance(values, set | frozenset):
        raise InvalidArgument(
            field="fields", value=values, reason="give a field, or a list of fields"
        )
    fields = tuple(checked_field(value, known) for value in values)
    if len(set(fields)) != len(fields) or not fields:
        raise InvalidArgument(field="fields", value=fields, reason="name each field once")
    return fields


def checked_count(value: object) -> int:
    """`value`, if it is a positive whole number."""
    if isinstance(value, SupportsIndex) and not isinstance(value, bool) and value.__index__() > 0:
        return value.__index__()
    raise InvalidArgument(field="bar_count", value=value, reason="give a whole number above 0")


def checked_frequency(value: object) -> Resolution:
    """The length of bars that a text means."""
    if not isinstance(value, str | Resolution):
        raise InvalidArgument(field="frequency", value=value, reason='give a text such as "1d"')
    try:
        return Resolution.parse(value)
    except InvalidArgument as error:
        raise InvalidArgument(field="frequency", value=value, reason=error.reason) from None
