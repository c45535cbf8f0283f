"""Nothing that a strategy sees changes when the future does."""

from hypothesis import given
from hypothesis import strategies as st
from laws import whole_run
from random_markets import RandomMarket, opened_portal, random_market, sights, with_another_future

from rustybt.clock import axis_of
from rustybt.values import DecimalArithmetic

SESSIONS = 12
COUNTS = (1, 7)


def seen(
    market: RandomMarket, resolution: str, path: list[int], *, before: bool, stored_days: bool
) -> list[object]:
    """What is seen at the end of a path of bars, in them or before the open of the last one."""
    axis = axis_of(market.calendar, resolution)
    with opened_portal(market, resolution, DecimalArithmetic(), stored_days=stored_days) as portal:
        see = sights(portal, market.assets, COUNTS)
        for bar in path[:-1]:
            portal.set_now(axis.label(bar), axis.session_of(bar), bar, in_bar=True)
            see()
        bar = path[-1]
        session = axis.session_of(bar)
        if before:
            moment = market.calendar.before_trading_start(session)
            portal.set_now(moment, session, -1, in_bar=False)
        else:
            portal.set_now(axis.label(bar), session, bar, in_bar=True)
        return see()


@whole_run
@given(
    data=st.data(),
    resolution=st.sampled_from(["1d", "1m", "3m"]),
    before=st.booleans(),
    stored_days=st.booleans(),
    seed=st.integers(0, 10**6),
    other=st.integers(0, 10**6),
)
def test_the_future_is_not_seen(
    data: st.DataObject, resolution: str, before: bool, stored_days: bool, seed: int, other: int
) -> None:
    market = random_market(seed, sessions=SESSIONS)
    axis = axis_of(market.calendar, resolution)
    last = data.draw(st.integers(len(axis) // 3, len(axis) - 2), label="now")
    past = data.draw(st.lists(st.integers(0, last - 1), max_size=2), label="past")
    session = axis.session_of(last)
    now = market.calendar.before_trading_start(session) if before else axis.label(last)
    changed = with_another_future(
        market, other, session=session, now=now, ended=resolution == "1d" and not before
    )
    here, there = (
        seen(which, resolution, [*sorted(past), last], before=before, stored_days=stored_days)
        for which in (market, changed)
    )
    assert here == there


def test_another_future_is_another_future() -> None:
    # The law above means something only if the two markets differ where they may.
    market = random_market(1, sessions=SESSIONS)
    changed = with_another_future(market, 2, session=5, now=axis_label(market, 5), ended=True)
    path = [len(axis_of(market.calendar, "1d")) - 1]
    options = {"before": False, "stored_days": True}
    assert seen(market, "1d", path, **options) != seen(changed, "1d", path, **options)


def axis_label(market: RandomMarket, session: int) -> int:
    """The close of a session."""
    return market.calendar.session_close(session)
