"""Which contract a continuous future holds in each session, and its history: tables by hand.

There are 16 sessions, numbered from 0, and contracts F, G, H. A life ``F=0,7,6`` is the first
session, the last one, and that of the automatic close. Figures are by session; ``9*3`` is three
times 9, ``-`` none (of a volume: no bar).
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from small_markets import VENUE, Run, bundle, run, weekdays
from worked_tables import Row, agree, column, decimals, table

from rustybt.assets import ContinuousFuture, Future
from rustybt.data.bar_data import BarData
from rustybt.data.bundle import BundleData
from rustybt.values import FloatArithmetic

ROLLS = table(__file__, "roll_cases.csv")
WINDOWS = table(__file__, "joined_history_cases.csv")
COUNT = 16
CALENDAR = weekdays("2020-01-06", COUNT)
DAYS = [CALENDAR.session_date(number) for number in range(COUNT)]
SIDS = {"F": 1, "G": 2, "H": 3}
CLOSES = {
    "F": [100 + session for session in range(COUNT)],
    "G": [110 + 2 * session for session in range(COUNT)],
    "H": [90 + 3 * session for session in range(COUNT)],
}


def by_contract(text: str) -> dict[str, str]:
    """``F=a b G=c`` as ``{"F": "a b", "G": "c"}``."""
    found: dict[str, list[str]] = {}
    last = ""
    for token in text.split():
        name, is_new, rest = token.rpartition("=")
        last = name if is_new else last
        found.setdefault(last, []).append(rest)
    return {name: " ".join(tokens) for name, tokens in found.items()}


def figures(text: str) -> list[int | None]:
    found: list[int | None] = []
    for token in text.split():
        number, _, times = token.partition("*")
        found += [None if number == "-" else int(number)] * int(times or 1)
    return found


def contract(name: str, life: str) -> Future:
    first, last, close = life.split(",")
    return Future(
        sid=SIDS[name],
        symbol=f"X{name}20",
        root_symbol="X",
        exchange_info=VENUE,
        start_date=DAYS[int(first)],
        end_date=DAYS[int(last)],
        auto_close_date=None if close == "-" else DAYS[int(close)],
        tick_size=Decimal("0.01"),
    )


def market_of(row: Row) -> BundleData:
    contracts = {name: contract(name, life) for name, life in by_contract(row["lives"]).items()}
    volumes = {name: figures(each) for name, each in by_contract(row["volumes"]).items()}
    interests = {name: figures(each) for name, each in by_contract(row["interests"]).items()}
    bars: list[dict[str, Any]] = []
    for name, future in contracts.items():
        for session, day in enumerate(DAYS):
            volume, close = volumes[name][session], CLOSES[name][session]
            assert future.start_date is not None
            if volume is None or day < future.start_date:
                continue
            bars.append({
                "timestamp": day,
                "symbol": future.symbol,
                "open": close - 1,
                "high": close + 2,
                "low": close - 3,
                "close": close,
                "volume": volume,
                "open_interest": interests[name][session] if interests else 0,
            })  # fmt: skip
    return bundle(CALENDAR, contracts.values(), daily=pl.DataFrame(bars, infer_schema_length=None))


def chain_of(made: BundleData, row: Row) -> ContinuousFuture:
    offset, style = int(row["offset"]), row["style"]
    adjustment = row.get("adjustment") or None
    return made.finder.create_continuous_future("X", offset, style, adjustment)  # type: ignore[arg-type] # texts of the table


@pytest.mark.parametrize(**column(ROLLS, labels=("style", "offset", "why", "lives")))
def test_the_contract_of_each_session(row: Row) -> None:
    """Asked in order, and each alone: what comes later does not count."""
    made = market_of(row)
    found = []
    with run(made, CALENDAR).portal as portal:
        here, data, future = Run(portal), BarData(portal), chain_of(made, row)
        for day in DAYS:
            here.on(str(day))
            held = data.current(future, "contract")
            found.append("." if held is None else held.symbol[1])
    assert "".join(found) == row["held"]


@pytest.mark.parametrize("last", [3, 7, 11])
@pytest.mark.parametrize(**column(ROLLS, labels=("style", "offset", "why", "lives")))
def test_a_run_that_ends_earlier_holds_the_same(row: Row, last: int) -> None:
    made = market_of(row)
    with run(made, CALENDAR, last_session=last).portal as portal:
        here, data, future = Run(portal), BarData(portal), chain_of(made, row)
        here.on(str(DAYS[last]))
        held = data.current(future, "contract")
        assert ("." if held is None else held.symbol[1]) == row["held"][last]


SHOWN: Row = {
    "lives": "F=0,7,6 G=0,12,11 H=2,15,-",
    "volumes": "F=9*3 4*13 G=5*16 H=1*16",
    "interests": "",
}
"""By the calendar G is held from 6 and H from 11 on, by volume G from 4 on."""


@pytest.mark.parametrize(
    **column(WINDOWS, labels=("style", "offset", "adjustment", "session", "field", "count"))
)
def test_history_joined(row: Row) -> None:
    """Closes are 100 + s of F, 110 + 2 s of G, 90 + 3 s of H in session s, highs 2 above them."""
    assert agree(row, "values", places=8)
    made = market_of(SHOWN)
    expected = decimals(row["values"])
    for exact in (True, False):
        options: dict[str, Any] = {} if exact else {"arithmetic": FloatArithmetic()}
        with run(made, CALENDAR, **options).portal as portal:
            here, data, future = Run(portal), BarData(portal), chain_of(made, row)
            here.on(str(DAYS[int(row["session"])]))
            window = data.history(future, row["field"], int(row["count"]), "1d").to_list()
            volumes = data.history(future, "volume", int(row["count"]), "1d").to_list()
        if exact:
            assert window == expected
        else:
            assert [float(each) for each in window] == pytest.approx([float(e) for e in expected])
        assert set(volumes) <= {9, 4, 5, 1}


def test_sessions_are_weekdays() -> None:
    assert DAYS[5] - DAYS[4] == timedelta(days=3)
