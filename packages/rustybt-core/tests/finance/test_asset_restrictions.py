"""Restrictions: who is restricted when, alone and combined."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from cost_stubs import AAA, BBB, BTC

from rustybt.assets import Asset
from rustybt.finance.asset_restrictions import (
    RESTRICTION_STATES,
    HistoricalRestrictions,
    NoRestrictions,
    Restriction,
    Restrictions,
    SecurityListRestrictions,
    StaticRestrictions,
)

NOON = datetime(2020, 6, 1, 12, 0, tzinfo=UTC)
FROZEN, ALLOWED = RESTRICTION_STATES.FROZEN, RESTRICTION_STATES.ALLOWED


def test_states_count_as_in_zipline() -> None:
    assert (ALLOWED, FROZEN) == (0, 1)


def test_nothing_is_restricted_by_default() -> None:
    assert NoRestrictions().is_restricted(AAA, NOON) is False
    assert NoRestrictions().is_restricted([AAA, BBB], NOON) == {AAA: False, BBB: False}


def test_a_static_list() -> None:
    restrictions = StaticRestrictions([AAA])
    assert restrictions.is_restricted(AAA, NOON) is True
    assert restrictions.is_restricted([AAA, BBB], NOON) == {AAA: True, BBB: False}


@pytest.mark.parametrize(
    ("at", "restricted"),
    [
        (datetime(2020, 5, 31, 23, 59, tzinfo=UTC), False),
        (datetime(2020, 6, 1, tzinfo=UTC), True),
        (datetime(2020, 6, 2, 9, 29, tzinfo=UTC), True),
        (datetime(2020, 6, 2, 9, 30, tzinfo=UTC), False),
        (datetime(2020, 6, 3, 1, 0, tzinfo=UTC), True),
    ],
)
def test_changes_hold_from_their_moment_on(at: datetime, restricted: bool) -> None:
    ninety_minutes_east = timezone(timedelta(hours=1, minutes=30))
    restrictions = HistoricalRestrictions(
        [
            Restriction(AAA, datetime(2020, 6, 2, 11, 0, tzinfo=ninety_minutes_east), ALLOWED),
            Restriction(AAA, date(2020, 6, 1), FROZEN),
            Restriction(BBB, date(2019, 1, 1), ALLOWED),
            Restriction(AAA, datetime(2020, 6, 3, 1, 0), FROZEN),  # noqa: DTZ001 - UTC
        ]
    )
    assert restrictions.is_restricted(AAA, at) is restricted
    assert restrictions.is_restricted([BBB, BTC], at) == {BBB: False, BTC: False}


class LeveragedFunds:
    """A list that gains a member."""

    def current_securities(self, dt: datetime) -> set[Asset]:
        return {AAA} if dt < NOON else {AAA, BBB}


def test_a_list_that_changes() -> None:
    restrictions = SecurityListRestrictions(LeveragedFunds())
    assert not restrictions.is_restricted(BBB, NOON - timedelta(minutes=1))
    assert restrictions.is_restricted(BBB, NOON)


class OddHours(Restrictions):
    """As a user writes one for Zipline."""

    def is_restricted(
        self, assets: Asset | Iterable[Asset], dt: datetime
    ) -> bool | dict[Asset, bool]:
        odd = dt.hour % 2 == 1
        return odd if isinstance(assets, Asset) else dict.fromkeys(assets, odd)


def test_a_union_restricts_what_any_member_restricts() -> None:
    union = StaticRestrictions([AAA]) | StaticRestrictions([BBB]) | OddHours()
    assert union.is_restricted([AAA, BBB, BTC], NOON) == {AAA: True, BBB: True, BTC: False}
    assert union.is_restricted(BTC, NOON + timedelta(hours=1)) is True


def test_no_restrictions_vanish_in_a_union() -> None:
    static = StaticRestrictions([AAA])
    assert (static | NoRestrictions()) is static
    assert (NoRestrictions() | static) is static
    assert isinstance(NoRestrictions() | NoRestrictions(), NoRestrictions)


def test_restrictions_combine_with_restrictions_only() -> None:
    with pytest.raises(TypeError):
        StaticRestrictions([AAA]) | [BBB]  # type: ignore[operator]
