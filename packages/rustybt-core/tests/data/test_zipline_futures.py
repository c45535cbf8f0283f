"""Continuous futures as zipline-reloaded 3.2.1 answered: recorded by make_zipline_futures.py.

Where zipline raised an error (it does where a chain has no contract at an offset any more) we have
an answer and nothing is compared. What else is different is named in `otherwise`.
"""

import gzip
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rustybt.assets import AssetFinder, ContinuousFuture, ExchangeInfo, Future
from rustybt.calendars import get_calendar
from rustybt.clock import axis_of
from rustybt.data.adjustments import Adjustments
from rustybt.data.bundle import BundleData
from rustybt.data.frame_reader import FrameReader
from rustybt.data.pandas_view import PandasBarData
from rustybt.data.portal import PolarsDataPortal
from rustybt.values import FloatArithmetic

CALENDAR = get_calendar("XNYS")
FIRST = CALENDAR.session_index(date(2021, 1, 4))
FIELDS = ("open", "high", "low", "close", "volume")
TOLERANCE = 1e-9


@cache
def record() -> dict[str, Any]:
    path = Path(__file__).parent / "zipline_futures.json.gz"
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return found


@cache
def market() -> BundleData:
    """The recorded market as a bundle."""
    contracts = record()["contracts"]
    sids = {c["symbol"]: c["sid"] for c in contracts}
    symbols = {sid: symbol for symbol, sid in sids.items()}
    daily = [
        (CALENDAR.session_date(FIRST + session), symbol, *values)
        for symbol, rows in record()["bars"].items()
        for session, *values in rows
    ]
    minute = [
        (int(CALENDAR.minutes(FIRST + session)[number - 1]), symbols[int(sid)], *values)
        for sid, rows in record()["minutes"].items()
        for session, number, *values in rows
    ]
    names = ["timestamp", "symbol", *FIELDS]
    stamps = pl.from_epoch("timestamp", "ns").dt.replace_time_zone("UTC")
    minutes = pl.DataFrame(minute, schema=names, orient="row").with_columns(stamps)
    options: dict[str, Any] = {"calendar": CALENDAR, "sids": sids}
    return BundleData(
        name="futures",
        timestamp=None,
        calendar=CALENDAR.name,
        finder=AssetFinder.from_assets(map(contract, contracts)),
        daily=FrameReader(
            pl.DataFrame(daily, schema=names, orient="row"), resolution="1d", **options
        ),
        minute=FrameReader(minutes, resolution="1m", **options),
        adjustments=Adjustments.empty(),
        fingerprint="",
    )


def contract(fields: dict[str, Any]) -> Future:
    start, end, close = map(date.fromisoformat, record()["days"][fields["symbol"]])
    return Future(
        sid=fields["sid"],
        symbol=fields["symbol"],
        exchange_info=ExchangeInfo("X"),
        root_symbol=fields["root"],
        start_date=start,
        end_date=end,
        auto_close_date=close,
        tick_size=Decimal(str(fields["tick"])),
    )


def future(key: str) -> ContinuousFuture:
    root, offset, roll, adjustment = key.split()
    return market().finder.create_continuous_future(
        root,
        int(offset),
        roll,  # type: ignore[arg-type]
        None if adjustment == "None" else adjustment,  # type: ignore[arg-type]
    )


@contextmanager
def opened(resolution: str) -> Iterator[PolarsDataPortal]:
    with PolarsDataPortal(
        market(),
        axis=axis_of(CALENDAR, resolution),
        arithmetic=FloatArithmetic(),
        rolls_in_hindsight=True,
    ) as portal:
        yield portal


def stand(portal: PolarsDataPortal, session: int, minute: int | None = None) -> None:
    """At the close of a session, or at a minute of it."""
    number = FIRST + session
    if minute is None:
        portal.set_now(CALENDAR.session_close(number), number, number, in_bar=True)
        return
    at = int(CALENDAR.minutes(number)[minute - 1])
    portal.set_now(at, number, portal.axis.index_of(at), in_bar=True)


def alike(ours: Any, theirs: Any) -> bool:
    """The same values: NaN of ours is null of theirs."""
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    if isinstance(ours, float) and math.isnan(ours):
        return theirs is None
    if isinstance(ours, float | int) and isinstance(theirs, float | int):
        return math.isclose(ours, theirs, rel_tol=TOLERANCE)
    return bool(ours == theirs)


def failed(answer: Any) -> bool:
    """Whether zipline had no answer."""
    return isinstance(answer, dict) and "error" in answer


def otherwise(key: str, session: int, field: str, expected: Any) -> bool:
    """Whether we answer otherwise on purpose."""
    root = key.split(maxsplit=1)[0]
    if field == "chain":
        # A chain that has ended has no contracts; zipline names the last one.
        return root == "GC" and session >= 118
    # A contract that does not trade yet, or no more, has the volume 0; zipline's is NaN.
    return field == "volume" and expected is None


# ---------------------------------------------------------------------- the contract held


@pytest.mark.parametrize("key", record()["held"])
def test_the_contract_of_each_session_is_zipline_s(key: str) -> None:
    chain, recorded = future(key), dict(record()["held"][key])
    with opened("1d") as portal:
        data = PandasBarData(portal)
        expected = None
        for session in range(len(record()["sessions"])):
            expected = recorded.get(session, expected)
            if failed(expected):
                continue
            stand(portal, session)
            held = data.current(chain, "contract")
            assert (None if held is None else held.symbol) == expected, session


@pytest.mark.parametrize("key", record()["current"])
def test_present_values_and_the_chain_are_zipline_s(key: str) -> None:
    chain = future(key)
    with opened("1d") as portal:
        data = PandasBarData(portal)
        for session, answers in record()["current"][key].items():
            stand(portal, int(session))
            for field, expected in answers.items():
                if failed(expected) or otherwise(key, int(session), field, expected):
                    continue
                if field == "chain":
                    found: Any = [contract.symbol for contract in data.current_chain(chain)]
                else:
                    found = data.current(chain, field)
                assert alike(found, expected), (session, field, found, expected)


# ---------------------------------------------------------------------- windows

# Where sids do not follow the closes (DD), zipline's windows hold other contracts than it says.
HISTORIES = [
    row
    for row in record()["history"]
    if not all(map(failed, row[3].values())) and not row[0].startswith("DD")
]


@pytest.mark.parametrize(
    ("key", "session", "count", "answers"), HISTORIES, ids=[f"{r[0]} {r[1]}" for r in HISTORIES]
)
def test_windows_are_zipline_s(key: str, session: int, count: int, answers: dict[str, Any]) -> None:
    with opened("1d") as portal:
        data = PandasBarData(portal)
        stand(portal, session)
        for field, expected in answers.items():
            if not failed(expected):
                found = data.history(future(key), field, count, "1d").tolist()
                assert alike(found, expected), (field, found, expected)


@pytest.mark.parametrize(("key", "session", "minute", "answers"), record()["intraday"])
def test_minutes_are_zipline_s(
    key: str, session: int, minute: int, answers: dict[str, Any]
) -> None:
    chain = future(key)
    with opened("1m") as portal:
        data = PandasBarData(portal)
        stand(portal, session, minute)
        held = data.current(chain, "contract")
        assert held is not None
        found = {
            "contract": held.symbol,
            "price": data.current(chain, "price"),
            "volume": data.current(chain, "volume"),
            "days": data.history(chain, "close", session, "1d").tolist(),
            "minutes": data.history(chain, "close", 400, "1m").dropna().tolist(),
            "volumes": data.history(chain, "volume", 3, "1d").tolist(),
        }
        for name, value in found.items():
            assert alike(value, answers[name]), (name, value, answers[name])
