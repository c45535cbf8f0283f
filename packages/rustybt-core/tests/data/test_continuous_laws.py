"""Laws of continuous futures, on random chains."""

from collections.abc import Iterator, Sequence
from decimal import Decimal as D
from typing import Any

import numpy as np
from futures_markets import CALENDAR, DAYS, SHARE, chain, contract, on, opened
from hypothesis import given
from hypothesis import strategies as st
from laws import whole_run
from small_markets import bundle, frame

from rustybt.assets import ContinuousFuture, Future
from rustybt.data.bundle import BundleData
from rustybt.data.pandas_view import PandasBarData
from rustybt.errors import MissingRollPrice, RustyBTError


class RandomChain:
    """Contracts with random lives, prices, volumes and holes."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        closes = np.sort(rng.choice(np.arange(1, 12), int(rng.integers(1, 5)), replace=False))
        self.contracts = [
            contract(
                f"X{n}",
                n + 1,
                int(rng.integers(0, close)),
                int(rng.integers(close, 12)),
                int(close),
            )
            for n, close in enumerate(closes.tolist())
        ]
        self.rows: dict[str, dict[int, tuple[str, int]]] = {
            c.symbol: {
                n: (str(D(int(rng.integers(1, 30_000))) / 100), int(rng.integers(0, 5)))
                for n in range(12)
                if c.is_alive_for_session(DAYS[n]) and rng.random() < 0.8
            }
            for c in self.contracts
        }

    def opened(self, other: "RandomChain | None" = None, last: int = 11) -> BundleData:
        """The market, with the figures of another one after a session where they have them."""
        bars: dict[str, dict[str, Any]] = {"SHARE": {str(day): 10 for day in DAYS}}
        for symbol, rows in self.rows.items():
            future = {} if other is None else other.rows.get(symbol, {})
            known = {n: row for n, row in rows.items() if n <= last}
            later = {n: future.get(n, ("7.5", 3)) for n in rows if n > last}
            bars[symbol] = {
                str(DAYS[n]): (price, price, price, price, volume)
                for n, (price, volume) in {**known, **later}.items()
            }
        return bundle(CALENDAR, [*self.contracts, SHARE], daily=frame(bars))


def chains_of(made: BundleData) -> Iterator[ContinuousFuture]:
    for roll in ("calendar", "volume"):
        for offset in (0, 1):
            for adjustment in (None, "mul", "add"):
                yield chain(made, offset, roll, adjustment)


def seen(made: BundleData, path: Sequence[int], *, before: bool) -> list[Any]:
    """All that data show at the last of some sessions, after the others."""
    here, data, _ = opened(made)
    floats = PandasBarData(here.portal)
    found: list[Any] = []
    for session in path:
        on(here, session) if session != path[-1] or not before else here.before(str(DAYS[session]))
        found = []
        for future in chains_of(made):
            for field in ("contract", "close", "price", "volume", "last_traded"):
                found.append(data.current(future, field))
            found += [data.can_trade(future), data.is_stale(future), data.current_chain(future)]
            for field in ("close", "price", "volume", "sid"):
                for view in (data, floats):
                    try:
                        window = view.history(future, field, session, "1d").to_list()
                    except RustyBTError as error:
                        window = [type(error).__name__]
                    found.append(repr(window))
    return found


@whole_run
@given(
    seed=st.integers(0, 10**6),
    other=st.integers(0, 10**6),
    now=st.integers(1, 10),
    earlier=st.integers(1, 10),
    before=st.booleans(),
)
def test_the_future_is_not_seen(
    seed: int, other: int, now: int, earlier: int, *, before: bool
) -> None:
    made = RandomChain(seed)
    path = [min(earlier, now), now]
    changed = made.opened(RandomChain(other), last=now - 1 if before else now)
    assert seen(made.opened(), path, before=before) == seen(changed, path, before=before)


@given(seed=st.integers(0, 10**6), session=st.integers(0, 11), offset=st.integers(0, 1))
def test_unadjusted_history_is_the_contracts_put_together(
    seed: int, session: int, offset: int
) -> None:
    made = RandomChain(seed)
    here, data, of = opened(made.opened())
    held: list[Future | None] = []
    for day in range(session + 1):
        on(here, day)
        held.append(data.current(chain(of, offset), "contract"))
    rows = [None if c is None else made.rows[c.symbol].get(n) for n, c in enumerate(held)]
    closes = data.history(chain(of, offset), "close", session + 1, "1d").to_list()
    volumes = data.history(chain(of, offset), "volume", session + 1, "1d").to_list()
    sids = data.history(chain(of, offset), "sid", session + 1, "1d").to_list()
    assert closes == [None if row is None else D(row[0]) for row in rows]
    assert volumes == [0 if row is None else row[1] for row in rows]
    assert sids == [None if c is None else c.sid for c in held]


@given(seed=st.integers(0, 10**6), roll=st.sampled_from(["calendar", "volume"]))
def test_adjusted_returns_are_those_of_the_contract_held(seed: int, roll: str) -> None:
    made = RandomChain(seed)
    here, data, of = opened(made.opened())
    held: list[Future | None] = []
    for day in range(12):
        on(here, day)
        held.append(data.current(chain(of, roll=roll), "contract"))
    windows = {}
    for adjustment in ("mul", "add"):
        try:
            future = chain(of, roll=roll, adjustment=adjustment)
            windows[adjustment] = data.history(future, "close", 12, "1d").to_list()
        except MissingRollPrice:
            return
    for day in range(1, 12):
        today, eve = held[day], held[day - 1]
        if today is None or eve is None:
            continue
        rows = made.rows[today.symbol]
        if day in rows and day - 1 in rows and day - 1 in made.rows[eve.symbol]:
            now, then = D(rows[day][0]), D(rows[day - 1][0])
            moved, old = windows["add"][day], windows["add"][day - 1]
            assert moved - old == now - then
            moved, old = windows["mul"][day], windows["mul"][day - 1]
            assert abs(moved * then - old * now) <= D("0.00000001") * (now + then)
