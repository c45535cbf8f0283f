"""What the portal shows, bar by bar, is what zipline's data object showed: without an engine.

The recorded strategies that only look at the market are called on every event of their runs with
`PandasBarData` over a portal that follows Zipline's rules. Their captures are the expected values.
"""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from rustybt.assets import Asset, AssetFinder, Equity, ExchangeInfo
from rustybt.calendars import TradingCalendar, get_calendar, to_day
from rustybt.clock import EventKind, SimulatedClock, axis_of
from rustybt.data.adjustments import Adjustments, CashDividend, Split
from rustybt.data.bundle import BundleData
from rustybt.data.frame_reader import FrameReader
from rustybt.data.pandas_view import PandasBarData
from rustybt.data.portal import PolarsDataPortal
from rustybt.values import Arithmetic, DecimalArithmetic, FloatArithmetic, Ratio
from tests.recorded_runs import CALENDARS, RECORDED, Case, cases, plain

VALUE_TOLERANCE = 1e-6
WINDOW_TOLERANCE = 5e-4
"""Zipline rounds adjusted windows to three decimals."""

WINDOWS = re.compile(r"history|daily|minute|shape|long|one_field|all")
NAMES = ("a14_history_daily", "a17_minute_data", "b14_data_daily", "b14_data_minute")
RUNS = [case for name in (*NAMES, "b20_second_history") for case in cases(name)]


@pytest.mark.parametrize(
    "arithmetic", [DecimalArithmetic(), FloatArithmetic()], ids=lambda a: a.name
)
@pytest.mark.parametrize("case", RUNS, ids=lambda case: f"{case.name}-{case.variant}")
def test_the_portal_shows_what_zipline_showed(case: Case, arithmetic: Arithmetic) -> None:
    recorded = case.expected
    shown = captures(case, recorded, arithmetic)
    assert len(shown) == len(recorded["captures"])
    assert list(differing("captures", plain(shown), recorded["captures"])) == []


def captures(case: Case, recorded: dict[str, Any], arithmetic: Arithmetic) -> list[Any]:
    """What the strategy captures of a portal that is moved through its run."""
    prefix, _, kind = recorded["bundle"].rpartition("-")
    folder, name = CALENDARS[prefix]
    calendar = get_calendar(name)
    market = bundle(RECORDED / folder, calendar, minute=kind == "minute")
    axis = axis_of(calendar, "1m" if kind == "minute" else "1d")
    with PolarsDataPortal(
        market,
        axis=axis,
        arithmetic=arithmetic,
        adjusted_history_decimals=3,
        halted_mark="total",
        before_open_sees_today=True,
    ) as portal:
        data = PandasBarData(portal)
        hooks = namespace(case, market.finder, data)
        context = SimpleNamespace()
        hooks["initialize"](context)
        clock = SimulatedClock.between(axis, recorded["start"], recorded["end"], morning="new_york")
        for kind, at, session, bar in clock:
            portal.set_now(at, session, bar, in_bar=kind is EventKind.BAR)
            if kind is EventKind.BAR:
                hooks["handle_data"](context, data)
            elif kind is EventKind.BEFORE_TRADING_START and "before_trading_start" in hooks:
                hooks["before_trading_start"](context, data)
        found: list[Any] = context.captures
        return found


def namespace(case: Case, finder: AssetFinder, data: PandasBarData) -> dict[str, Any]:
    """The strategy's functions, with as much of the API as they need to look at the market."""

    def symbol(name: str) -> Asset:
        return finder.lookup_symbol(name, None)

    space: dict[str, Any] = {
        "symbol": symbol,
        "symbols": lambda *names: [symbol(name) for name in names],
        "get_datetime": lambda: data.current_dt,
        "StaticRestrictions": lambda assets: SimpleNamespace(
            is_restricted=lambda asset, _: asset in assets
        ),
        "set_asset_restrictions": data.restrict,
    }
    text = (RECORDED / "algos" / f"{case.name}.py").read_text()
    exec(re.sub(r"^from zipline.*$", "", text, flags=re.MULTILINE), space)
    if case.variant is not None:
        space["PARAMS"] = space["VARIANTS"][case.variant]
    return space


# ---------------------------------------------------------------------- the market


def bundle(folder: Path, calendar: TradingCalendar, *, minute: bool) -> BundleData:
    """A recorded market in memory; one with minutes has only the assets that have some."""
    assets = [
        Equity(
            sid=int(row["sid"]),
            symbol=row["symbol"],
            exchange_info=ExchangeInfo(row["exchange"]),
            start_date=date.fromisoformat(row["start_date"]),
            end_date=date.fromisoformat(row["end_date"]),
            auto_close_date=date.fromisoformat(row["auto_close_date"]),
        )
        for row in rows(folder / "assets.csv")
        if not minute or (folder / "minute" / f"{row['symbol']}.csv").exists()
    ]
    sids = {asset.symbol: asset.sid for asset in assets}
    days = bars(folder / "daily", sids, "date", lambda stamp: stamp.str.to_date())
    daily = FrameReader(days, resolution="1d", calendar=calendar, sids=sids)
    minutes = None
    if minute:
        instant = "%Y-%m-%dT%H:%M:%SZ"
        stamps = bars(
            folder / "minute", sids, "dt_utc_minute_end", lambda s: s.str.to_datetime(instant)
        )
        minutes = FrameReader(stamps, resolution="1m", calendar=calendar, sids=sids)
    return BundleData(
        name=folder.name,
        timestamp=None,
        calendar=calendar.name,
        finder=AssetFinder.from_assets(assets),
        daily=daily,
        minute=minutes,
        adjustments=adjustments(folder),
        fingerprint="",
    )


def bars(
    folder: Path, sids: dict[str, int], stamp: str, parsed: Callable[[pl.Expr], pl.Expr]
) -> pl.DataFrame:
    """The bars of the files of a folder, their numbers as the texts they are."""
    return pl.concat(
        pl.read_csv(folder / f"{symbol}.csv", infer_schema=False).with_columns(
            parsed(pl.col(stamp)).alias("timestamp"), pl.lit(symbol).alias("symbol")
        )
        for symbol in sids
    )


def adjustments(folder: Path) -> Adjustments:
    """Splits and dividends."""
    splits = [
        Split(
            sid=int(row["sid"]),
            effective=to_day(date.fromisoformat(row["effective_date"])),
            ratio=Ratio.parse(row["ratio"]),
        )
        for row in rows(folder / "splits.csv")
    ]
    dividends = [
        CashDividend(
            sid=int(row["sid"]),
            ex=to_day(date.fromisoformat(row["ex_date"])),
            pay=to_day(date.fromisoformat(row["pay_date"])),
            amount=Decimal(row["amount"]),
        )
        for row in rows(folder / "dividends.csv")
    ]
    return Adjustments(splits, dividends)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(newline="") as handle:
        return list(csv.DictReader(handle))


# ---------------------------------------------------------------------- comparing


def differing(path: str, shown: Any, recorded: Any) -> Iterator[str]:
    """Where two captures differ, in words."""
    if re.search(r" set( |$)", path):
        # Zipline fails on sets by accident; we refuse them by name.
        if "InvalidArgument" not in str(shown):
            yield f"{path}: {shown!r}"
    elif isinstance(recorded, dict) and isinstance(shown, dict):
        for key in recorded.keys() | shown.keys():
            yield from differing(f"{path}.{key}", shown.get(key, ...), recorded.get(key, ...))
    elif isinstance(recorded, list) and isinstance(shown, list) and len(shown) == len(recorded):
        for place, pair in enumerate(zip(shown, recorded, strict=True)):
            yield from differing(f"{path}[{place}]", *pair)
    elif not same(shown, recorded, WINDOW_TOLERANCE if WINDOWS.search(path) else VALUE_TOLERANCE):
        yield f"{path}: {shown!r} instead of {recorded!r}"


def same(shown: Any, recorded: Any, tolerance: float) -> bool:
    """Whether two captured values are equal, numbers nearly so."""
    if isinstance(recorded, float) and isinstance(shown, int | float):
        return abs(shown - recorded) <= max(tolerance, 1e-9 * abs(recorded))
    return bool(shown == recorded)
