"""Record `zipline_futures.json.gz`: continuous futures of zipline-reloaded 3.2.1.

A synthetic market of futures on XNYS, whose volumes cross on known days, blip and have holes; and
zipline's answers: the contract of each session, present values, chains and histories. Histories
are asked of a new portal each time, since what zipline has read ahead changes where it rolls.
`data.can_trade` and `data.is_stale` of a continuous future kill the process, so they are not
asked. Run it with a Python that has zipline-reloaded, in any folder:

    python -m venv z && z/bin/pip install zipline-reloaded==3.2.1 "pandas<3"
    z/bin/python -W ignore make_zipline_futures.py
"""

import gzip
import json
import math
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from zipline._protocol import BarData
from zipline.assets import AssetDBWriter, AssetFinder
from zipline.data.bcolz_daily_bars import BcolzDailyBarReader, BcolzDailyBarWriter
from zipline.data.bcolz_minute_bars import BcolzMinuteBarReader, BcolzMinuteBarWriter
from zipline.data.data_portal import DataPortal
from zipline.finance.asset_restrictions import NoRestrictions
from zipline.utils.calendar_utils import get_calendar

TARGET = Path(__file__).parent / "zipline_futures.json.gz"
CALENDAR = get_calendar("XNYS")
SESSIONS = CALENDAR.sessions_in_range("2021-01-04", "2021-07-30")
MINUTE_SESSIONS = 8
DATES = ("start_date", "end_date", "notice_date", "expiration_date", "auto_close_date")
ADJUSTMENTS = ("mul", "add", None)


class Contract(NamedTuple):
    """A contract: sessions by number, the last one included."""

    sid: int
    symbol: str
    root: str
    start: int
    end: int
    close: int
    tick: float = 0.01


def ladder(root: str, sid: int, months: str, closes: list[int], life: int, **more: Any) -> list:
    """Contracts that close one after the other and live for so many sessions before."""
    return [
        Contract(sid + n, f"{root}{month}21", root, max(0, close - life), close + 2, close, **more)
        for n, (month, close) in enumerate(zip(months, closes, strict=True))
    ]


CONTRACTS = [
    *ladder("AA", 1, "FGHJKMN", [20, 40, 60, 80, 100, 120, 160], 65),
    # Volumes that cross twice: outside the last seven sessions, inside them, and for long.
    *ladder("BB", 11, "HMUZ", [35, 70, 105, 160], 80),
    # Serial months, which zipline leaves out.
    *ladder("GC", 21, "FGHJKMN", [15, 35, 50, 70, 90, 115, 160], 90),
    # A contract begins when the one before has ended.
    Contract(31, "EEF21", "EE", 0, 30, 29),
    Contract(32, "EEG21", "EE", 34, 60, 61),
    Contract(33, "EEH21", "EE", 55, 144, 160),
    # Sids that do not follow the closes.
    Contract(41, "DDG21", "DD", 0, 60, 60),
    Contract(42, "DDF21", "DD", 0, 30, 30),
    Contract(43, "DDH21", "DD", 0, 100, 99),
    Contract(44, "DDJ21", "DD", 0, 144, 160),
    # Prices finer than the tick.
    *ladder("FF", 51, "HMU", [50, 100, 160], 144, tick=0.25),
]
CONTRACTS = [c._replace(end=min(c.end, len(SESSIONS) - 1)) for c in CONTRACTS]
BLIPS = {
    # (front contract, session): the next one trades more on this session, and not on the next.
    ("BBH21", 10), ("BBH21", 29), ("BBH21", 30),
    *(("BBM21", session) for session in range(45, 57)),
    ("BBM21", 60), ("BBU21", 99),
}  # fmt: skip
SILENT = {
    # Sessions without trade: about rolls, and elsewhere.
    ("AAF21", 16), ("AAG21", 17), ("AAG21", 18), ("AAH21", 39), ("AAG21", 36),
    ("AAJ21", 61), ("AAJ21", 66), ("FFM21", 49), ("FFM21", 48), ("FFH21", 47),
}  # fmt: skip


def day(session: int) -> pd.Timestamp:
    after = session - len(SESSIONS) + 1
    return SESSIONS[session] if after <= 0 else SESSIONS[-1] + pd.Timedelta(days=after)


def bars(contract: Contract) -> list[list[Any]]:
    """Rows of session, open, high, low, close, volume; no row where nothing trades."""
    if contract.root == "MM":
        return daily_of_minutes(contract.sid)
    rng = random.Random(contract.sid)
    price, rows = 80.0 + contract.sid % 10, []
    digits = 3 if contract.root == "FF" else 2
    for session in range(contract.start, contract.end + 1):
        price += rng.uniform(-1, 1.05)
        o, c = price + rng.uniform(-0.3, 0.3), price
        high, low = max(o, c) + rng.uniform(0, 0.4), min(o, c) - rng.uniform(0, 0.4)
        if (contract.symbol, session) in SILENT:
            continue
        values = [round(value, digits) for value in (o, high, low, c)]
        rows.append([session, *values, volume(contract, session)])
    return rows


def volume(contract: Contract, session: int) -> int:
    """Much in the sessions in which it is the active one: until four before its close."""
    chain = [c for c in CONTRACTS if c.root == contract.root]
    chain.sort(key=lambda c: c.close)
    place = chain.index(contract)
    front = next((c for c in chain if c.close > session), chain[-1])
    active = front.close - session <= 4
    at_front = chain.index(front)
    switched = active != ((front.symbol, session) in BLIPS)
    if contract.root == "GC" and contract.symbol[2] in "FHKN":
        return 20 + session % 7
    if place == at_front:
        return 700 if switched else 4_000 + session
    if place == at_front + 1:
        return 2_500 + session if switched else 900
    return 50 + session % 5


# ------------------------------------------------------------------ the market


def write(folder: Path) -> AssetFinder:
    frame = pd.DataFrame(
        {
            "sid": [c.sid for c in CONTRACTS],
            "symbol": [c.symbol for c in CONTRACTS],
            "root_symbol": [c.root for c in CONTRACTS],
            "start_date": [day(c.start) for c in CONTRACTS],
            "end_date": [day(c.end) for c in CONTRACTS],
            **{name: [day(c.close) for c in CONTRACTS] for name in DATES[2:]},
            "multiplier": 10.0,
            "tick_size": [c.tick for c in CONTRACTS],
            "exchange": "X",
        }
    ).set_index("sid")
    roots = sorted({c.root for c in CONTRACTS})
    path = str(folder / "assets.sqlite")
    AssetDBWriter(path).write(
        futures=frame,
        exchanges=pd.DataFrame(
            {"exchange": ["X"], "canonical_name": ["X"], "country_code": ["US"]}
        ),
        root_symbols=pd.DataFrame(
            {"root_symbol": roots, "root_symbol_id": range(len(roots)), "exchange": "X"}
        ),
    )
    writer = BcolzDailyBarWriter(str(folder / "daily"), CALENDAR, SESSIONS[0], SESSIONS[-1])
    writer.write((c.sid, daily_frame(c)) for c in CONTRACTS)
    (folder / "minute").mkdir()
    writer = BcolzMinuteBarWriter(
        str(folder / "minute"), CALENDAR, SESSIONS[0], SESSIONS[MINUTE_SESSIONS - 1], 390
    )
    for sid, _ in MINUTE_CONTRACTS:
        writer.write_sid(sid, minute_frame(sid))
    return AssetFinder(path)


def daily_frame(contract: Contract) -> pd.DataFrame:
    names = ["session", "open", "high", "low", "close", "volume"]
    frame = pd.DataFrame(bars(contract), columns=names)
    frame.index = [SESSIONS[session] for session in frame.pop("session")]
    every = CALENDAR.sessions_in_range(day(contract.start), day(contract.end))
    return frame.reindex(every).fillna(0.0)


def portal_of(folder: Path, finder: AssetFinder, *, minute: bool = False) -> DataPortal:
    readers = {"future_daily_reader": BcolzDailyBarReader(str(folder / "daily"))}
    if minute:
        readers["future_minute_reader"] = BcolzMinuteBarReader(str(folder / "minute"))
    return DataPortal(finder, CALENDAR, SESSIONS[0], **readers)


# ------------------------------------------------------------------ minutes


MINUTES = (1, 2, 195, 389, 390)
"""Minutes of each session that have a bar; the first one that of the second contract only."""
MINUTE_CONTRACTS = ((61, 4), (62, 160))
CONTRACTS += [
    Contract(61, "MMF21", "MM", 0, 6, 5),
    Contract(62, "MMG21", "MM", 0, 7, 160),
]


def minute_bars(sid: int) -> list[list[Any]]:
    """Rows of session, minute (from 1) and the bar; the second contract trades more from 3 on."""
    rng = random.Random(sid)
    rows = []
    for session in range(MINUTE_SESSIONS - 1 if sid == 61 else MINUTE_SESSIONS):
        for minute in MINUTES[1:] if sid == 61 else MINUTES:
            close = 50.0 + (sid - 60) * 2 + session + rng.uniform(-0.4, 0.4)
            bar = [close - 0.1, close + 0.2, close - 0.3, close]
            busy = (session >= 3) == (sid == 62)
            rows.append([session, minute, *(round(v, 2) for v in bar), 800 if busy else 90])
    return rows


def daily_of_minutes(sid: int) -> list[list[Any]]:
    """The daily bars that the minutes make."""
    rows = minute_bars(sid)
    days = [[row for row in rows if row[0] == session] for session in range(MINUTE_SESSIONS)]
    return [
        [
            session,
            found[0][2],
            max(row[3] for row in found),
            min(row[4] for row in found),
            found[-1][5],
            sum(row[6] for row in found),
        ]
        for session, found in enumerate(days)
        if found
    ]


def minute_frame(sid: int) -> pd.DataFrame:
    names = ["session", "minute", "open", "high", "low", "close", "volume"]
    frame = pd.DataFrame(minute_bars(sid), columns=names)
    places = zip(frame.pop("session"), frame.pop("minute"), strict=True)
    frame.index = [CALENDAR.session_minutes(SESSIONS[s])[m - 1] for s, m in places]
    last = SESSIONS[6 if sid == 61 else MINUTE_SESSIONS - 1]
    every = CALENDAR.sessions_minutes(SESSIONS[0], last)
    return frame.reindex(every).fillna(0.0)


# ------------------------------------------------------------------ asking


def plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if hasattr(value, "symbol"):
        return value.symbol
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, pd.Series):
        return [plain(item) for item in value.tolist()]
    return value.item() if hasattr(value, "item") else value


def tried(ask: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return plain(ask(*arguments))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return {"error": type(error).__name__}


def printed(history: Callable[..., Any], chain: Any) -> Any:
    return history(chain, "close", 400, "1m").dropna()


def key(root: str, offset: int, roll: str, adjustment: str | None) -> str:
    return f"{root} {offset} {roll} {adjustment}"


def runs(values: list[Any]) -> list[list[Any]]:
    """Sessions on which a value changes, with the new value."""
    return [
        [session, value]
        for session, value in enumerate(values)
        if not session or value != values[session - 1]
    ]


class Asked:
    """A portal at a session's close, or at a minute of it."""

    def __init__(self, portal: DataPortal, frequency: str) -> None:
        self.now: Any = None
        self.data = BarData(portal, lambda: self.now, frequency, CALENDAR, NoRestrictions())


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        finder = write(folder)
        record = {
            "sessions": [str(s.date()) for s in SESSIONS],
            "contracts": [c._asdict() for c in CONTRACTS],
            "days": {c.symbol: [str(day(n).date()) for n in (c.start, c.end, c.close)]
                     for c in CONTRACTS},
            "bars": {c.symbol: bars(c) for c in CONTRACTS},
            "minutes": {str(sid): minute_bars(sid) for sid, _ in MINUTE_CONTRACTS},
            **daily_answers(folder, finder),
            **minute_answers(folder, finder),
        }  # fmt: skip
    text = json.dumps(record, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))


def daily_answers(folder: Path, finder: AssetFinder) -> dict[str, Any]:
    asked = Asked(portal_of(folder, finder), "daily")
    contracts: dict[str, Any] = {}
    current: dict[str, Any] = {}
    for root in ("AA", "BB", "GC", "EE", "DD", "FF"):
        for roll in ("calendar", "volume"):
            for offset in (0, 1, 2):
                chain = finder.create_continuous_future(root, offset, roll, None)
                found, values = [], {}
                for session, label in enumerate(SESSIONS):
                    asked.now = CALENDAR.session_close(label)
                    found.append(tried(asked.data.current, chain, "contract"))
                    if session % 3 == 0:
                        values[session] = {
                            "chain": tried(asked.data.current_chain, chain),
                            **{
                                field: tried(asked.data.current, chain, field)
                                for field in ("close", "price", "volume", "open")
                            },
                        }
                contracts[key(root, offset, roll, None)] = runs(found)
                current[key(root, offset, roll, None)] = values
    return {"held": contracts, "current": current, "history": list(histories(folder, finder))}


def histories(folder: Path, finder: AssetFinder) -> Iterator[list[Any]]:
    for root in ("AA", "BB", "GC", "EE", "DD", "FF"):
        for roll, offset in (("calendar", 0), ("calendar", 1), ("volume", 0), ("volume", 1)):
            for adjustment in ADJUSTMENTS:
                chain = finder.create_continuous_future(root, offset, roll, adjustment)
                for session, count in ((24, 20), (41, 8), (62, 50), (104, 60)):
                    asked = Asked(portal_of(folder, finder), "daily")
                    asked.now = CALENDAR.session_close(SESSIONS[session])
                    fields = ("close", "volume", "price", "sid") if adjustment else ("close",)
                    answers = {
                        field: tried(asked.data.history, chain, field, count, "1d")
                        for field in fields
                    }
                    yield [key(root, offset, roll, adjustment), session, count, answers]


def minute_answers(folder: Path, finder: AssetFinder) -> dict[str, Any]:
    answers = []
    for roll in ("calendar", "volume"):
        for adjustment in ADJUSTMENTS:
            chain = finder.create_continuous_future("MM", 0, roll, adjustment)
            for session, minute in ((2, 300), (3, 390), (4, 2), (5, 1), (5, 200), (6, 390)):
                asked = Asked(portal_of(folder, finder, minute=True), "minute")
                asked.now = CALENDAR.session_minutes(SESSIONS[session])[minute - 1]
                data = asked.data
                found = {
                    "contract": tried(data.current, chain, "contract"),
                    "price": tried(data.current, chain, "price"),
                    "volume": tried(data.current, chain, "volume"),
                    "days": tried(data.history, chain, "close", session, "1d"),
                    "minutes": tried(printed, data.history, chain),
                    "volumes": tried(data.history, chain, "volume", 3, "1d"),
                }
                answers.append([key("MM", 0, roll, adjustment), session, minute, found])
    return {"intraday": answers}


if __name__ == "__main__":
    main()
