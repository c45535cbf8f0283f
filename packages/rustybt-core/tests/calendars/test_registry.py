"""Calendars by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rustybt.calendars import (
    TradingCalendar,
    calendar_names,
    deregister_calendar,
    get_calendar,
    register_calendar,
    register_calendar_alias,
)
from rustybt.errors import (
    CalendarNameCollision,
    CyclicCalendarAlias,
    InvalidArgument,
    InvalidCalendarName,
)
from rustybt.plugins import groups, registry


@pytest.fixture
def mine() -> Iterator[TradingCalendar]:
    calendar = get_calendar("24/7")
    register_calendar("MINE", calendar)
    yield calendar
    deregister_calendar("MINE")


def test_an_alias_is_the_same_object() -> None:
    assert get_calendar("NYSE") is get_calendar("XNYS") is get_calendar("NASDAQ")
    assert get_calendar("24/7") is get_calendar("24/7")


def test_names_are_those_that_can_be_had(mine: TradingCalendar) -> None:
    names = calendar_names()
    assert {"24/7", "XNYS", "NYSE", "us_futures", "MINE"} <= set(names)
    assert list(names) == sorted(names)


def test_an_unknown_name_is_refused_with_examples() -> None:
    with pytest.raises(InvalidCalendarName, match=r"'\.\./XNYS'.*24/7"):
        get_calendar("../XNYS")


def test_a_registered_calendar_is_found_until_it_is_removed(mine: TradingCalendar) -> None:
    assert get_calendar("MINE") is mine
    with pytest.raises(InvalidCalendarName):
        deregister_calendar("OTHER")


@pytest.mark.parametrize("taken", ["MINE", "XNYS", "NYSE", "24/7"])
def test_a_name_that_is_taken_needs_force(mine: TradingCalendar, taken: str) -> None:
    with pytest.raises(CalendarNameCollision, match="force=True"):
        register_calendar(taken, mine)
    with pytest.raises(CalendarNameCollision):
        register_calendar_alias(taken, "MINE")


def test_force_replaces_even_an_exchange(mine: TradingCalendar) -> None:
    register_calendar("XLON", mine, force=True)
    try:
        assert get_calendar("XLON") is mine
    finally:
        deregister_calendar("XLON")
    assert get_calendar("XLON").name == "XLON"


def test_an_alias_follows_its_name(mine: TradingCalendar) -> None:
    register_calendar_alias("OURS", "MINE")
    try:
        assert get_calendar("OURS") is mine
        with pytest.raises(CyclicCalendarAlias, match="MINE -> OURS -> MINE"):
            register_calendar_alias("MINE", "OURS", force=True)
        assert get_calendar("MINE") is mine, "the refused alias left nothing behind"
    finally:
        deregister_calendar("OURS")


def test_an_alias_of_itself_is_refused() -> None:
    with pytest.raises(CyclicCalendarAlias, match="ROUND -> ROUND"):
        register_calendar_alias("ROUND", "ROUND")
    assert "ROUND" not in calendar_names()


def test_a_plugin_brings_a_calendar_or_a_function_that_makes_one() -> None:
    plugins = registry(groups.CALENDARS)
    always = get_calendar("24/7")
    plugins.register("PLUGGED", always)
    plugins.register("MADE", lambda: always)
    plugins.register("BROKEN", lambda: "no calendar")
    try:
        assert get_calendar("PLUGGED") is always
        assert get_calendar("MADE") is always
        with pytest.raises(InvalidArgument, match="BROKEN"):
            get_calendar("BROKEN")
    finally:
        for name in ("PLUGGED", "MADE", "BROKEN"):
            plugins.unregister(name)
