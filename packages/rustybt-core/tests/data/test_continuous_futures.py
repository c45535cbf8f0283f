"""What data show of continuous futures: tables worked out by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal as D
from typing import Any

import pandas as pd
import polars as pl
import pytest
from futures_markets import (
    CALENDAR,
    CLOSES,
    DAYS,
    SHARE,
    VOLUMES,
    F,
    G,
    H,
    chain,
    contract,
    market,
    on,
    opened,
)
from small_markets import bundle, frame, run

from rustybt.assets import Instrument
from rustybt.data.bar_data import BarData
from rustybt.data.bundle import BundleData
from rustybt.data.pandas_view import PandasBarData
from rustybt.errors import InvalidArgument, MissingRollPrice
from rustybt.values import FloatArithmetic


def numbers(values: pl.Series) -> list[float | None]:
    return [None if value is None else float(value) for value in values.to_list()]


# ---------------------------------------------------------------------- the contract held


@pytest.mark.parametrize(
    ("roll", "offset", "held"),
    [
        ("calendar", 0, ["F", "F", "F", "F", "G", "G", "G", "H", "H", None]),
        ("calendar", 1, ["G", "G", "G", "G", "H", "H", "H", None, None, None]),
        ("calendar", 2, [None, "H", "H", "H", None, None, None, None, None, None]),
        ("volume", 0, ["F", "F", "F", "G", "G", "G", "H", "H", "H", None]),
        ("volume", 1, ["G", "G", "G", "H", "H", "H", None, None, None, None]),
        ("volume", 2, [None, "H", "H", None, None, None, None, None, None, None]),
    ],
)
def test_the_contract_that_is_held(roll: str, offset: int, held: list[str | None]) -> None:
    here, data, made = opened()
    found = []
    for session in range(10):
        on(here, session)
        today = data.current(chain(made, offset, roll), "contract")
        found.append(None if today is None else today.symbol[1])
    assert found == held


@pytest.mark.parametrize(
    ("session", "offset", "symbols"),
    [
        (0, 0, ["XF20", "XG20"]),  # the third is not listed yet
        (1, 0, ["XF20", "XG20", "XH20"]),
        (3, 0, ["XG20", "XH20"]),
        (3, 1, ["XH20"]),
        (3, 2, []),
        (6, 0, ["XH20"]),
        (9, 0, []),
    ],
)
def test_a_chain_lists_the_contract_held_and_those_behind_it(
    session: int, offset: int, symbols: list[str]
) -> None:
    here, data, made = opened()
    on(here, session)
    assert [c.symbol for c in data.current_chain(chain(made, offset))] == symbols


def test_before_the_open_it_is_today_s_contract_with_its_newest_bar() -> None:
    here, data, made = opened()
    on(here, 2)
    here.before(str(DAYS[3]))
    future = chain(made)
    assert data.current(future, "contract") == G
    assert data.current(future, "close") == 204
    assert numbers(data.history(chain(made, adjustment="mul"), "close", 3, "1d")) == [200, 202, 204]


# ---------------------------------------------------------------------- present values


@pytest.mark.parametrize("session", range(9))
@pytest.mark.parametrize("field", ["open", "high", "low", "close", "volume", "price"])
def test_present_values_are_those_of_the_contract_held(session: int, field: str) -> None:
    here, data, made = opened()
    on(here, session)
    future = chain(made, adjustment="mul")
    held = data.current(future, "contract")
    assert held is not None
    assert data.current(future, field) == data.current(held, field)
    assert data.current(future, "last_traded") == data.current(held, "last_traded")
    assert data.current(future, "sid") == held.sid
    assert (data.can_trade(future), data.is_stale(future)) == (
        data.can_trade(held), data.is_stale(held),
    )  # fmt: skip


def test_without_a_contract_there_is_nothing_to_see() -> None:
    here, data, made = opened()
    on(here, 9)
    future = chain(made)
    fields = ("contract", "sid", "close", "price", "last_traded")
    assert [data.current(future, field) for field in fields] == [None] * 5
    assert data.current(future, "volume") == 0
    assert not data.can_trade(future)
    assert not data.is_stale(future)


def test_several_at_once() -> None:
    here, data, made = opened()
    on(here, 3)
    near, far = chain(made), chain(made, 1)
    mixed: list[Instrument] = [far, F]
    assert data.current([near, far], "contract") == {near: G, far: H}
    assert data.current(mixed, "close") == {far: D(104), F: D(103)}
    assert data.can_trade(mixed) == {far: True, F: True}
    assert data.is_stale(mixed) == {far: False, F: False}
    table = data.current([near, SHARE], ["close", "volume"])
    assert table["symbol"].to_list() == ["X.v.0", "SHARE"]
    assert table["close"].to_list() == [206, 10]
    table = data.current([far, near], ["contract", "sid", "last_traded"])
    assert table.rows() == [
        ("X.v.1", "XH20", 3, datetime(2020, 1, 9, tzinfo=UTC)),
        ("X.v.0", "XG20", 2, datetime(2020, 1, 9, tzinfo=UTC)),
    ]
    assert data.current(near, ["contract", "price"]).rows() == [("X.v.0", "XG20", D(206))]


def test_in_pandas_contracts_are_objects() -> None:
    here, _, made = opened()
    on(here, 3)
    data = PandasBarData(here.portal)
    near, far = chain(made), chain(made, 1)
    pair = data.current([near, far], "contract")
    assert isinstance(pair, pd.Series)
    assert pair.to_dict() == {near: G, far: H}
    table = data.current([near, far], ["contract", "close"])
    assert table["contract"].to_list() == [G, H]
    assert table["close"].to_list() == [206.0, 104.0]
    row = data.current(near, ["contract", "volume"])
    assert (row.name, row.to_list()) == ("X.v.0", [G, 600])
    window = data.history([near, SHARE], "close", 2, "1d")
    assert window.columns.to_list() == [near, SHARE]
    both = data.history([SHARE, near], ["close", "volume"], 2, "1d")
    assert both.index.to_list()[-1] == (pd.Timestamp(DAYS[3]), near)
    assert both["close"].to_list() == [10.0, 102.0, 10.0, 206.0]
    assert data.history(near, "sid", 3, "1d").to_list() == [1.0, 1.0, 2.0]
    on(here, 9)
    assert pd.isna(data.current(near, "close"))
    assert pd.isna(data.current(near, "last_traded"))


# ---------------------------------------------------------------------- windows

# On session 3 the last closes are 102 and 204: older prices x 2, or + 102. On session 6 they are
# 210 and 105: x 1/2 more, or - 105 more.
WINDOWS = [
    # field, adjustment, session, expected
    ("close", None, 2, [100, 101, 102]),
    ("close", "mul", 2, [100, 101, 102]),
    ("close", "add", 2, [100, 101, 102]),
    ("close", None, 3, [100, 101, 102, 206]),
    ("close", "mul", 3, [200, 202, 204, 206]),
    ("close", "add", 3, [202, 203, 204, 206]),
    ("close", "mul", 5, [200, 202, 204, 206, 208, 210]),
    ("close", None, 6, [100, 101, 102, 206, 208, 210, 106]),
    ("close", "mul", 6, [100, 101, 102, 103, 104, 105, 106]),
    ("close", "add", 6, [97, 98, 99, 101, 103, 105, 106]),
    ("close", "mul", 8, [100, 101, 102, 103, 104, 105, 106, 107, 108]),
    ("open", "mul", 3, [198, 200, 202, 205]),
    ("high", "mul", 3, [204, 206, 208, 208]),
    ("low", "add", 3, [199, 200, 201, 203]),
    ("open", "add", 6, [96, 97, 98, 100, 102, 104, 105]),
    ("price", "mul", 6, [100, 101, 102, 103, 104, 105, 106]),
    ("volume", "mul", 6, [900, 900, 100, 600, 700, 300, 900]),
    ("volume", "add", 3, [900, 900, 100, 600]),
    ("sid", "mul", 6, [1, 1, 1, 2, 2, 2, 3]),
    ("sid", None, 9, [1, 1, 1, 2, 2, 2, 3, 3, 3, None]),
    ("close", None, 9, [100, 101, 102, 206, 208, 210, 106, 107, 108, None]),
    ("volume", None, 9, [900, 900, 100, 600, 700, 300, 900, 950, 990, 0]),
]


@pytest.mark.parametrize(("field", "adjustment", "session", "expected"), WINDOWS)
def test_windows(
    field: str, adjustment: str | None, session: int, expected: list[float | None]
) -> None:
    here, data, made = opened()
    on(here, session)
    window = data.history(chain(made, adjustment=adjustment), field, session + 1, "1d")
    assert numbers(window) == expected


@pytest.mark.parametrize(("field", "adjustment", "session", "expected"), WINDOWS)
def test_windows_are_the_same_whatever_was_asked_before(
    field: str, adjustment: str | None, session: int, expected: list[float | None]
) -> None:
    here, data, made = opened()
    future = chain(made, adjustment=adjustment)
    window: list[float | None] = []
    for earlier in range(session + 1):
        on(here, earlier)
        window = numbers(data.history(future, field, earlier + 1, "1d"))
    assert window == expected


@pytest.mark.parametrize(
    ("offset", "roll", "adjustment", "expected"),
    [
        # The second contract: G until session 2, H from 3 on; G 204 and H 102 on session 2.
        (1, "volume", None, [200, 202, 204, 104, 103]),
        (1, "volume", "mul", [100, 101, 102, 104, 103]),
        (1, "volume", "add", [98, 100, 102, 104, 103]),
        # By the calendar F is left on session 4: F 103 and G 206 on session 3.
        (0, "calendar", "mul", [200, 202, 204, 206, 208]),
        (0, "calendar", "add", [203, 204, 205, 206, 208]),
        # G is left on session 4 as the second one: G 206 and H 104 on session 3.
        (1, "calendar", "add", [98, 100, 102, 104, 103]),
        (2, "calendar", "mul", [None, 103, 102, 104, None]),
    ],
)
def test_windows_of_other_chains(
    offset: int, roll: str, adjustment: str | None, expected: list[float | None]
) -> None:
    here, data, made = opened()
    on(here, 4)
    future = chain(made, offset, roll, adjustment)
    assert numbers(data.history(future, "close", 5, "1d")) == expected


def test_shapes_of_windows() -> None:
    here, data, made = opened()
    on(here, 3)
    near, joined = chain(made), chain(made, adjustment="mul")
    several = data.history([near, joined, SHARE], "close", 2, "1d")
    assert several.columns == ["timestamp", "X.v.0", "X.v.0.mul", "SHARE"]
    assert several["X.v.0.mul"].to_list() == [204, 206]
    fields = data.history(joined, ["close", "sid"], 2, "1d")
    assert fields.rows() == [(DAYS[2], D(204), 1), (DAYS[3], D(206), 2)]
    long = data.history([near, joined], ["close", "sid"], 2, "1d")
    assert long.sort("symbol", "timestamp")["sid"].to_list() == [1, 2, 1, 2]
    assert data.history(joined, "close", 2, "1d", dtype="float64").to_list() == [204.0, 206.0]
    assert data.history(joined, "sid", 2, "1d").dtype == pl.Int64


def test_weeks_are_made_of_joined_sessions() -> None:
    here, data, made = opened()
    on(here, 6)  # the Tuesday of the second week
    weeks = data.history(
        chain(made, adjustment="mul"), ["open", "high", "close", "volume"], 2, "1w"
    )
    # The first week: 99 on Monday, x 1 after both rolls; the highest is 1/2 of 210 on Friday.
    assert weeks.rows()[0][1:] == (D(99), D(105), D(104), 900 + 900 + 100 + 600 + 700)
    # The second one: 1/2 of 209 on Monday, 106 + 2 on Tuesday.
    assert weeks.rows()[1][1:] == (D("104.5"), D(108), D(106), 300 + 900)


def test_a_ratio_is_exact_and_rounded_once() -> None:
    closes: dict[str, Sequence[str | None]] = {
        **CLOSES,
        "XF20": ["10", "20", "30"],
        "XG20": ["50", "50", "10", "20", "20"],
    }
    here, data, made = opened(market(closes=closes))
    on(here, 3)
    window = data.history(chain(made, adjustment="mul"), "close", 4, "1d")
    assert window.to_list() == [D("3.33333333"), D("6.66666667"), D(10), D(20)]


def test_floats() -> None:
    here, data, made = opened(arithmetic=FloatArithmetic())
    on(here, 6)
    window = data.history(chain(made, adjustment="add"), "close", 7, "1d")
    assert window.to_list() == [97.0, 98.0, 99.0, 101.0, 103.0, 105.0, 106.0]


# ---------------------------------------------------------------------- holes


def test_contracts_are_joined_in_the_newest_session_in_which_both_closed() -> None:
    closes: dict[str, Sequence[str | None]] = {
        **CLOSES,
        "XG20": ["200", "303", None, "206", "208", "210", "212", "214", None],
    }
    volumes = {**VOLUMES, "XG20": [100, 100, 0, 600, 700, 300, 200, 100, 0]}
    here, data, made = opened(market(closes=closes, volumes=volumes))
    future = chain(made, roll="calendar", adjustment="mul")
    on(here, 4)
    # On session 3 both closed, at 103 and 206.
    assert numbers(data.history(future, "close", 5, "1d")) == [200, 202, 204, 206, 208]
    closes["XF20"] = ["100", "101", "102", None, "104"]
    here, data, made = opened(market(closes=closes, volumes=volumes))
    future = chain(made, roll="calendar", adjustment="mul")
    on(here, 4)
    # Neither on 3 nor on 2: on session 1 at 101 and 303, so x 3.
    assert numbers(data.history(future, "close", 5, "1d")) == [300, 303, 306, None, 208]
    assert numbers(data.history(future, "price", 2, "1d")) == [306, 208]


def test_contracts_without_a_session_in_common_are_not_joined_in_silence() -> None:
    late = contract("XG20", 2, 4, 7, 7)
    bars: list[str | None] = [*[None] * 4, "208", "210", "212", "214", None]
    closes = {**CLOSES, "XG20": bars}
    here, data, made = opened(market((F, late), closes))
    on(here, 5)
    assert numbers(data.history(chain(made), "close", 3, "1d")) == [103, 208, 210]
    assert numbers(data.history(chain(made, adjustment="mul"), "close", 2, "1d")) == [208, 210]
    with pytest.raises(MissingRollPrice) as caught:
        data.history(chain(made, adjustment="mul"), "close", 3, "1d")
    assert str(caught.value) == (
        "history of the continuous future of X (offset 0, adjustment 'mul') joins XF20 and XG20, "
        "which have no close in the same session before the roll on 2020-01-10; ingest bars of "
        "both up to then, or give adjustment=None"
    )


def test_a_close_of_zero_cannot_be_multiplied_by() -> None:
    closes = {"XF20": ["100", "101", "0", "103", "104"], "XG20": ["200", "202", "204", "206"]}
    bars = {
        symbol: {str(DAYS[n]): (close,) * 4 + (VOLUMES[symbol][n],) for n, close in enumerate(row)}
        for symbol, row in closes.items()
    }
    here, data, made = opened(bundle(CALENDAR, [F, G], daily=frame(bars)))
    on(here, 3)
    moved = data.history(chain(made, adjustment="add"), "close", 4, "1d")
    assert numbers(moved) == [304, 305, 204, 206]
    with pytest.raises(MissingRollPrice):
        data.history(chain(made, adjustment="mul"), "close", 4, "1d")


# ---------------------------------------------------------------------- minutes


def minutes() -> BundleData:
    """Two contracts; G trades more than F from session 1 on: it is held from session 2 on."""
    bars: dict[str, dict[str, Any]] = {"XF20": {}, "XG20": {}}
    for session in range(4):
        for minute in (31, 33, 36):
            stamp = f"{DAYS[session]} 14:{minute}"
            price = 100 + 10 * session + minute - 30
            busy = session >= 1
            bars["XF20"][stamp] = (price,) * 4 + (5 if busy else 50,)
            bars["XG20"][stamp] = (2 * price,) * 4 + (40 if busy else 4,)
    first, second = contract("XF20", 1, 0, 8, 6), contract("XG20", 2, 0, 8, None)
    return bundle(CALENDAR, [first, second], minute=frame(bars, intraday=True))


@pytest.mark.parametrize(
    ("frequency", "count", "adjustment", "expected"),
    [
        # Session 1 closes at 116 and 232: x 2, or + 116.
        ("1d", 3, None, [106, 116, 246]),
        ("1d", 3, "mul", [212, 232, 246]),
        ("1d", 3, "add", [222, 232, 246]),
        ("6m", 3, "mul", [212, 232, 246]),
        ("1m", 7, "mul", [232, 242, None, 246, None, None, None]),
    ],
)
def test_minutes_of_a_session_are_those_of_its_contract(
    frequency: str, count: int, adjustment: str | None, expected: list[float | None]
) -> None:
    made = minutes()
    here = run(made, CALENDAR, "1m")
    data = BarData(here.portal)
    here.bar(f"{DAYS[2]} 14:33")
    future = chain(made, adjustment=adjustment)
    if frequency == "1m":
        here.bar(f"{DAYS[2]} 14:36")
        window = numbers(data.history(future, "close", 7, "1m"))
        assert window == [232, 242, None, 246, None, None, 252]
        return
    assert numbers(data.history(future, "close", count, frequency)) == expected


def test_present_values_of_minutes() -> None:
    made = minutes()
    here = run(made, CALENDAR, "1m")
    data = BarData(here.portal)
    future = chain(made)
    for session, symbol in ((0, "XF20"), (1, "XF20"), (2, "XG20"), (3, "XG20")):
        here.bar(f"{DAYS[session]} 14:32")
        held = data.current(future, "contract")
        assert held is not None
        assert held.symbol == symbol
        assert data.current(future, "price") == data.current(held, "price")
        assert data.is_stale(future)
        assert data.can_trade(future)


# ---------------------------------------------------------------------- wrong questions


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda d, c: d.current(c, "nonsense"), "fields was 'nonsense'.*contract"),
        (lambda d, c: d.current(F, "contract"), "fields was 'contract'"),
        (lambda d, c: d.current([c, F], "contract"), "fields was 'contract'"),
        (lambda d, c: d.history(c, "contract", 2, "1d"), "fields was 'contract'.*sid"),
        (lambda d, c: d.history(F, "sid", 2, "1d"), "fields was 'sid'"),
        (lambda d, c: d.history([c, F], "sid", 2, "1d"), "fields was 'sid'"),
        (lambda d, c: d.history([c, c], "close", 2, "1d"), "name each asset once"),
        (lambda d, c: d.current_chain(F), "continuous_future was Future.*continuous_future\\(\\)"),
        (lambda d, c: d.can_trade("X"), "assets was 'X'"),
        (lambda d, c: d.is_stale([c, 1]), "assets was 1"),
    ],
)
def test_wrong_questions_are_errors(ask: Any, told: str) -> None:
    here, data, made = opened()
    on(here, 3)
    with pytest.raises(InvalidArgument, match=told):
        ask(data, chain(made))


def test_nothing_of_a_chain_is_read_before_it_is_asked_for() -> None:
    here, data, _ = opened()
    on(here, 3)
    assert data.current(SHARE, "close") == 10
    assert not any(sid > 9 for sid in here.portal.cursor.chunk.lives)
