"""Restrictions: assets that a strategy must not trade, for ever or at certain times.

Restrictions combine with ``|``: an asset is restricted when any of them says so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time
from enum import IntEnum
from typing import NamedTuple, Protocol

from rustybt.assets import Asset

__all__ = [
    "RESTRICTION_STATES",
    "HistoricalRestrictions",
    "NoRestrictions",
    "Restriction",
    "Restrictions",
    "SecurityListRestrictions",
    "StaticRestrictions",
]


class RESTRICTION_STATES(IntEnum):  # noqa: N801 - Zipline's name
    """Whether an asset may be traded."""

    ALLOWED = 0
    FROZEN = 1


class Restriction(NamedTuple):
    """A change of state.

    Attributes:
        asset: What it is about.
        effective_date: From when on; a date means its midnight, no zone means UTC.
        state: What holds from then on.
    """

    asset: Asset
    effective_date: date | datetime
    state: RESTRICTION_STATES


class Restrictions(ABC):
    """Base of restrictions; a subclass implements `is_restricted`."""

    @abstractmethod
    def is_restricted(
        self, assets: Asset | Iterable[Asset], dt: datetime
    ) -> bool | Mapping[Asset, bool]:
        """Whether an asset is restricted at a time; for several assets, a mapping by asset."""

    def __or__(self, other: Restrictions) -> Restrictions:
        if not isinstance(other, Restrictions):
            return NotImplemented
        parts = (*_parts_of(self), *_parts_of(other))
        if len(parts) == 1:
            return parts[0]
        return _Union(parts) if parts else NoRestrictions()


class _ByAsset(Restrictions):
    """Base of restrictions that judge each asset on its own."""

    @abstractmethod
    def restricts(self, asset: Asset, dt: datetime) -> bool:
        """Whether one asset is restricted at a time."""

    def is_restricted(
        self, assets: Asset | Iterable[Asset], dt: datetime
    ) -> bool | Mapping[Asset, bool]:
        """Whether an asset is restricted at a time; for several assets, a dict by asset."""
        if isinstance(assets, Asset):
            return self.restricts(assets, dt)
        return {asset: self.restricts(asset, dt) for asset in assets}


class NoRestrictions(_ByAsset):
    """Everything may be traded; the default."""

    def restricts(self, asset: Asset, dt: datetime) -> bool:
        """False."""
        return False


class StaticRestrictions(_ByAsset):
    """Assets that are restricted for ever.

    Args:
        restricted_list: The assets.
    """

    def __init__(self, restricted_list: Iterable[Asset]) -> None:
        self._restricted = frozenset(restricted_list)

    def restricts(self, asset: Asset, dt: datetime) -> bool:
        """Whether the asset is on the list."""
        return asset in self._restricted


class HistoricalRestrictions(_ByAsset):
    """Assets whose state changes at known times; allowed before the first of them.

    Args:
        restrictions: The changes, in any order.
    """

    def __init__(self, restrictions: Iterable[Restriction]) -> None:
        changes: dict[Asset, list[tuple[datetime, RESTRICTION_STATES]]] = {}
        for asset, effective_date, state in restrictions:
            changes.setdefault(asset, []).append((_moment(effective_date), state))
        self._changes = {
            asset: sorted(known, key=lambda change: change[0]) for asset, known in changes.items()
        }

    def restricts(self, asset: Asset, dt: datetime) -> bool:
        """Whether the newest change up to `dt` froze the asset."""
        now = _moment(dt)
        past = [state for since, state in self._changes.get(asset, ()) if since <= now]
        return bool(past) and past[-1] == RESTRICTION_STATES.FROZEN


class SecurityList(Protocol):
    """A list of assets that changes over time."""

    def current_securities(self, dt: datetime) -> Collection[Asset]:
        """The assets on the list at a time."""


class SecurityListRestrictions(_ByAsset):
    """Assets that are restricted while they are on a list.

    Args:
        security_list_by_dt: The list.
    """

    def __init__(self, security_list_by_dt: SecurityList) -> None:
        self._list = security_list_by_dt

    def restricts(self, asset: Asset, dt: datetime) -> bool:
        """Whether the asset is on the list at `dt`."""
        return asset in self._list.current_securities(dt)


class _Union(_ByAsset):
    """What any of several restrictions restricts."""

    def __init__(self, parts: tuple[Restrictions, ...]) -> None:
        self.parts = parts

    def restricts(self, asset: Asset, dt: datetime) -> bool:
        return any(part.is_restricted(asset, dt) for part in self.parts)


def _parts_of(restrictions: Restrictions) -> tuple[Restrictions, ...]:
    """The members of a union, nothing for no restrictions, else the restrictions themselves."""
    if isinstance(restrictions, _Union):
        return restrictions.parts
    return () if isinstance(restrictions, NoRestrictions) else (restrictions,)


def _moment(stamp: date | datetime) -> datetime:
    if not isinstance(stamp, datetime):
        stamp = datetime.combine(stamp, time())
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
