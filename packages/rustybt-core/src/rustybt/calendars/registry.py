"""Calendars by name."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from threading import RLock
from typing import Final

from rustybt.calendars import cache
from rustybt.calendars.always_open import ALWAYS_OPEN, always_open
from rustybt.calendars.trading_calendar import TradingCalendar
from rustybt.errors import (
    CalendarNameCollision,
    CyclicCalendarAlias,
    InvalidArgument,
    InvalidCalendarName,
)
from rustybt.plugins import groups, registry

_lock: Final = RLock()
_registered: Final[dict[str, TradingCalendar]] = {}
_aliases: Final[dict[str, str]] = {}


def get_calendar(name: str) -> TradingCalendar:
    """The calendar of this name; the same object for every call and every alias.

    Names are, in this order: what this process registered, ``24/7``, the exchanges of the
    exchange-calendars library and their aliases (``XNYS``, ``NYSE``, ``us_futures``, …), and
    plugins of the group ``rustybt.calendars``, which are a `TradingCalendar` or a function
    without arguments that returns one.

    The first call for an exchange computes its calendar and keeps it below
    ``settings().home``; later starts read it from there.

    Raises:
        InvalidCalendarName: When there is no such calendar.
    """
    with _lock:
        name = _followed(name)[-1]
        if name in _registered:
            return _registered[name]
        if name == ALWAYS_OPEN:
            return always_open()
        canonical = _exchange_names().get(name)
        return _plugin(name) if canonical is None else _exchange(canonical)


def calendar_names() -> tuple[str, ...]:
    """Every name that `get_calendar` accepts, sorted."""
    with _lock:
        plugins = registry(groups.CALENDARS).names()
        return tuple(sorted({ALWAYS_OPEN, *_registered, *_aliases, *_exchange_names(), *plugins}))


def register_calendar(name: str, calendar: TradingCalendar, *, force: bool = False) -> None:
    """Give a calendar a name for the life of this process.

    Raises:
        CalendarNameCollision: When the name is taken and ``force`` is false.
    """
    with _lock:
        _refuse_taken(name, force=force)
        _aliases.pop(name, None)
        _registered[name] = calendar


def register_calendar_alias(alias: str, real_name: str, *, force: bool = False) -> None:
    """Give a calendar another name for the life of this process.

    Raises:
        CalendarNameCollision: When the alias is taken and ``force`` is false.
        CyclicCalendarAlias: When following aliases would lead back to this one.
    """
    with _lock:
        _refuse_taken(alias, force=force)
        followed = _followed(real_name)
        if alias in followed:
            raise CyclicCalendarAlias(cycle=(alias, *followed[: followed.index(alias) + 1]))
        _aliases[alias] = real_name


def deregister_calendar(name: str) -> None:
    """Forget a calendar or alias that this process registered.

    Raises:
        InvalidCalendarName: When this process registered no such name.
    """
    with _lock:
        if name not in _registered and name not in _aliases:
            raise InvalidCalendarName(calendar_name=name, known=(*_registered, *_aliases))
        _registered.pop(name, None)
        _aliases.pop(name, None)


def _refuse_taken(name: str, *, force: bool) -> None:
    if not force and name in calendar_names():
        raise CalendarNameCollision(calendar_name=name)


def _followed(name: str) -> list[str]:
    """A name and those that its aliases lead to, the real one last."""
    followed = [name]
    while followed[-1] in _aliases:
        followed.append(_aliases[followed[-1]])
    return followed


def _plugin(name: str) -> TradingCalendar:
    plugins = registry(groups.CALENDARS)
    if name not in plugins:
        raise InvalidCalendarName(calendar_name=name, known=calendar_names())
    return _made(name)


@functools.cache
def _made(name: str) -> TradingCalendar:
    plugin = registry(groups.CALENDARS).load(name)
    calendar = plugin if isinstance(plugin, TradingCalendar) else plugin()
    if not isinstance(calendar, TradingCalendar):
        raise InvalidArgument(
            field=f"plugin {name} of {groups.CALENDARS}",
            value=calendar,
            reason="it has to be, or to return, a TradingCalendar",
        )
    return calendar


@functools.cache
def _exchange(name: str) -> TradingCalendar:
    calendar = cache.load_calendar(name)
    if calendar is None:
        from rustybt.calendars.exchanges import build_exchange

        calendar = build_exchange(name)
        cache.store_calendar(calendar)
    return calendar


@functools.cache
def _exchange_names() -> Mapping[str, str]:
    names = cache.load_names()
    if names is None:
        from rustybt.calendars.exchanges import exchange_names

        names = exchange_names()
        cache.store_names(names)
    return names
