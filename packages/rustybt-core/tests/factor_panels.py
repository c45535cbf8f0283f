"""Random panels of daily bars with all that disturbs a window, and windows cut by plain loops."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from small_markets import VENUE, bundle, weekdays

from rustybt.assets import Equity
from rustybt.calendars import TradingCalendar, from_day
from rustybt.data.adjustments import CashDividend, Split
from rustybt.data.bundle import BundleData
from rustybt.pipeline import Pipeline
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.profiles import Profile
from rustybt.pipeline.term import ComputableTerm
from rustybt.values import Ratio

Floats = NDArray[np.float64]
FIELDS = ("open", "high", "low", "close", "volume")
RATIOS = ("1/2", "2/3", "3", "1/7")


@dataclass(frozen=True)
class Panel:
    """A market, and its raw rows.

    Attributes:
        calendar: Its sessions.
        assets: Some begin late, some end early.
        raw: By field, (sessions, assets); prices NaN and volumes 0 where there is no bar.
        splits: Asset, session as of which it counts, ratio of the price.
        dividends: Asset, ex session, amount.
    """

    calendar: TradingCalendar
    assets: tuple[Equity, ...]
    raw: Mapping[str, Floats]
    splits: tuple[tuple[int, int, str], ...]
    dividends: tuple[tuple[int, int, str], ...]

    def engine(self, profile: Profile = "standard") -> PipelineEngine:
        """The engine on its bundle."""
        return PipelineEngine(self.bundle(), calendar=self.calendar, profile=profile)

    def bundle(self) -> BundleData:
        """Its bundle."""
        sessions, assets = np.nonzero(~np.isnan(self.raw["close"]))
        columns = {
            field: [f"{number:.2f}" for number in self.raw[field][sessions, assets]]
            for field in FIELDS
        }
        days = [from_day(int(self.calendar.sessions[session])) for session in sessions]
        symbols = [self.assets[asset].symbol for asset in assets]
        daily = pl.DataFrame({"timestamp": days, "symbol": symbols, **columns})
        events = [
            Split(sid=self.assets[asset].sid, effective=self._day(at), ratio=Ratio.parse(ratio))
            for asset, at, ratio in self.splits
        ]
        paid = [
            CashDividend(
                sid=self.assets[asset].sid,
                ex=self._day(at),
                pay=self._day(at),
                amount=Decimal(amount),
            )
            for asset, at, amount in self.dividends
        ]
        return bundle(self.calendar, self.assets, daily=daily, events=[*events, *paid])

    def _day(self, session: int) -> int:
        return int(self.calendar.sessions[session])

    def window(self, field: str, asset: int, session: int, length: int) -> Floats:
        """The rows that a session knows, as of it: the last one is of the session before."""
        rows = []
        for at in range(session - length, session):
            value = self.raw[field][at, asset]
            for split_asset, since, ratio in self.splits:
                if split_asset == asset and at < since <= session:
                    part = float(Ratio.parse(ratio).as_fraction())
                    value = value / part if field == "volume" else value * part
            for paid_asset, since, amount in self.dividends:
                if paid_asset == asset and at < since <= session and field != "volume":
                    value *= 1 - float(amount) / self.raw["close"][since - 1, asset]
            rows.append(value)
        return np.array(rows)

    def alive(self, asset: int, session: int) -> bool:
        """Whether the asset is of the universe in a session."""
        day, life = from_day(self._day(session)), self.assets[asset]
        start, end = life.start_date, life.end_date
        return (start is None or start < day) and (end is None or day <= end)


def panel(seed: int, *, sessions: int = 90, assets: int = 7) -> Panel:
    """Walks in cents with gaps, flat spells, splits, dividends, late starts and delistings."""
    draw = np.random.default_rng(seed)
    calendar = weekdays("2024-01-01", sessions)
    steps = draw.normal(0, 0.02, (sessions, assets))
    steps[draw.random((sessions, assets)) < 0.15] = 0
    close = np.round(np.exp(np.cumsum(steps, axis=0)) * draw.uniform(20, 200, assets), 2)
    low = np.round(close * (1 - draw.uniform(0, 0.01, close.shape)), 2)
    high = np.round(close * (1 + draw.uniform(0, 0.01, close.shape)), 2)
    volume = np.round(draw.uniform(0, 5000, close.shape))
    raw = {"open": low.copy(), "high": high, "low": low, "close": close, "volume": volume}
    absent = draw.random(close.shape) < 0.04
    absent[:, 0] = False
    lives: list[tuple[int, int]] = [(0, sessions - 1)] * assets
    lives[1], lives[2] = (sessions // 3, sessions - 1), (0, 2 * sessions // 3)
    lives[3] = (sessions // 4, 3 * sessions // 4)
    for asset, (first, last) in enumerate(lives):
        absent[:first, asset] = True
        absent[last + 1 :, asset] = True
    events = _events(draw, absent, lives)
    for name in FIELDS:
        raw[name][absent] = 0.0 if name == "volume" else np.nan
    return Panel(calendar, _listed(calendar, lives), raw, *events)


def _events(
    draw: np.random.Generator, absent: NDArray[np.bool_], lives: list[tuple[int, int]]
) -> tuple[tuple[tuple[int, int, str], ...], tuple[tuple[int, int, str], ...]]:
    splits, dividends = [], []
    for asset, (first, last) in enumerate(lives):
        days = draw.choice(np.arange(first + 2, last), size=4, replace=False)
        splits += [(asset, int(day), str(draw.choice(RATIOS))) for day in days[:2]]
        for day in days[2:]:
            absent[day - 1, asset] = False  # what a dividend is measured against
            dividends.append((asset, int(day), f"{draw.uniform(0.05, 0.9):.2f}"))
    return tuple(splits), tuple(dividends)


def _listed(calendar: TradingCalendar, lives: list[tuple[int, int]]) -> tuple[Equity, ...]:
    day = calendar.sessions
    return tuple(
        Equity(
            sid=number + 1,
            symbol=chr(65 + number),
            exchange_info=VENUE,
            start_date=from_day(int(day[first])),
            end_date=from_day(int(day[last])),
        )
        for number, (first, last) in enumerate(lives)
    )


def computed(
    made: Panel,
    terms: Mapping[str, ComputableTerm],
    first: int,
    last: int,
    *,
    profile: Profile = "standard",
    sizes: tuple[int, ...] = (),
) -> dict[str, dict[tuple[int, int], float]]:
    """What the engine finds, by column, then session and asset; NaN where it is missing."""
    days = [from_day(int(day)) for day in made.calendar.sessions]
    frame = pl.concat(
        list(made.engine(profile).chunks(Pipeline(dict(terms)), days[first], days[last], sizes))
    )
    place = {day: number for number, day in enumerate(days)}
    keys = [
        (place[day], sid - 1)
        for day, sid in zip(frame["session"].to_list(), frame["sid"].to_list(), strict=True)
    ]
    return {
        name: dict(zip(keys, frame[name].cast(pl.Float64).fill_null(np.nan).to_list(), strict=True))
        for name in terms
    }


def expected(
    made: Panel,
    first: int,
    last: int,
    length: int,
    fields: tuple[str, ...],
    function: Callable[..., float],
) -> dict[tuple[int, int], float]:
    """What a function of windows gives in each session for each asset of its universe."""
    found = {}
    for session in range(first, last + 1):
        for asset in range(len(made.assets)):
            if made.alive(asset, session):
                windows = [made.window(field, asset, session, length) for field in fields]
                with np.errstate(all="ignore"):
                    found[session, asset] = float(function(*windows))
    return found


def assert_same(
    found: Mapping[tuple[int, int], float],
    wanted: Mapping[tuple[int, int], float],
    what: str,
    *,
    relative: float = 1e-9,
    absolute: float = 1e-11,
) -> None:
    """Make sure that both have the same cells, and the same numbers but for rounding."""
    assert found.keys() == wanted.keys(), what
    assert found, what
    for cell, number in wanted.items():
        message = f"{what} in session {cell[0]} of asset {cell[1]}: {found[cell]}, not {number}"
        if np.isfinite(number):
            assert abs(found[cell] - number) <= absolute + relative * abs(number), message
        else:
            assert str(found[cell]) == str(number), message
