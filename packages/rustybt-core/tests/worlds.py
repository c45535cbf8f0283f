"""Random markets of a few sessions, for laws about whole runs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from markets import (
    MONDAY,
    VENUE,
    Bar,
    Market,
    Print,
    daily_market,
    minute_market,
    small_sessions,
    stock,
)

from rustybt.assets import Asset, Cryptocurrency, Future
from rustybt.calendars import TradingCalendar, get_calendar, to_day
from rustybt.data.adjustments import CashDividend, Split
from rustybt.values import Ratio

LAST_LISTED = MONDAY + timedelta(days=3)

SHARE = stock("AAA", 1)
ENDING = stock("BBB", 2, end_date=LAST_LISTED, auto_close_date=LAST_LISTED + timedelta(days=1))
COIN = Cryptocurrency(
    sid=3,
    symbol="BTC/USD",
    exchange_info=VENUE,
    start_date=date(2015, 1, 2),
    lot_size=Decimal("0.00000001"),
    tick_size=Decimal("0.00000001"),
    price_decimals=8,
    amount_decimals=8,
)
OIL = Future(
    sid=4,
    symbol="CLZ20",
    exchange_info=VENUE,
    start_date=date(2015, 1, 2),
    root_symbol="CL",
    price_multiplier=Decimal(50),
)
ASSETS: Mapping[str, Asset] = {asset.symbol: asset for asset in (SHARE, ENDING, COIN, OIL)}
EQUITIES = (SHARE, ENDING)


@dataclass(frozen=True, kw_only=True)
class World:
    """A market bar by bar.

    Attributes:
        always_open: Whether it trades around the clock and not on XNYS; for daily bars.
        sessions: How many sessions it has.
        minutes: How many minutes a session has; 0 for daily bars.
        bars: What was printed, by symbol and number of the bar.
        days: Daily bars of a market of minutes, by symbol and session: they agree with the
            minutes in nothing, so that whatever is taken from them can be told.
        events: Splits and dividends.
    """

    always_open: bool
    sessions: int
    minutes: int
    bars: Mapping[str, tuple[Print, ...]]
    days: Mapping[str, tuple[Print, ...]]
    events: tuple[Split | CashDividend, ...]

    @property
    def length(self) -> int:
        """How many bars there are."""
        return self.sessions * (self.minutes or 1)

    @property
    def calendar(self) -> TradingCalendar:
        """Whose sessions they are."""
        if self.minutes:
            return small_sessions(self.sessions, self.minutes)
        return get_calendar("24/7" if self.always_open else "XNYS")

    @property
    def frequency(self) -> str:
        """The run's `data_frequency`."""
        return "minute" if self.minutes else "daily"

    def market(self) -> Market:
        """The market as a bundle."""
        bars = {ASSETS[symbol]: bars for symbol, bars in self.bars.items()}
        if not self.minutes:
            return daily_market(bars, events=self.events, calendar=self.calendar)
        prints = {
            asset: {divmod(number, self.minutes): print_ for number, print_ in enumerate(row)}
            for asset, row in bars.items()
        }
        return minute_market(
            prints,
            sessions=self.sessions,
            daily={ASSETS[symbol]: days for symbol, days in self.days.items()},
            events=self.events,
            calendar=self.calendar,
        )

    def with_future_of(self, other: "World", bar: int) -> "World":
        """This world up to a bar, and another one afterwards.

        A session's daily bar belongs to its last minute; an event belongs to its day's morning.
        """
        session, minute = divmod(bar, self.minutes or 1)
        ended = session + (minute == (self.minutes or 1) - 1)
        calendar = self.calendar
        today = int(calendar.sessions[calendar.session_index(MONDAY) + session])
        known = tuple(event for event in self.events if _day_of(event) <= today)
        to_come = tuple(event for event in other.events if _day_of(event) > today)
        return replace(
            self,
            bars={s: b[: bar + 1] + other.bars[s][bar + 1 :] for s, b in self.bars.items()},
            days={s: d[:ended] + other.days[s][ended:] for s, d in self.days.items()},
            events=known + to_come,
        )


def _day_of(event: Split | CashDividend) -> int:
    return event.effective if isinstance(event, Split) else event.ex


PRICES = {
    SHARE.symbol: (2, 1, 9_000),
    ENDING.symbol: (2, 1, 900),
    COIN.symbol: (8, 10**6, 10**11),
    OIL.symbol: (2, 1, 6_000),
}
"""Decimals of an asset's prices, and the lowest and the highest one without its point."""

_VOLUMES = {COIN.symbol: 8}
"""Decimals of an asset's volume, where it has any."""


def _bar(symbol: str, prices: tuple[int, int, int, int], volume: str | int) -> Bar:
    decimals = PRICES[symbol][0]
    opened, high, low, closed = (str(Decimal(price).scaleb(-decimals)) for price in prices)
    return Bar(opened, high, low, closed, str(volume))


def level(symbol: str, number: int) -> int:
    """A price that a market has where nothing else is drawn: up and down, never the same twice."""
    highest = PRICES[symbol][2]
    return highest // 2 + highest // 20 * (7 * number % 11 - 5)


def plain(symbol: str, number: int) -> Bar:
    """A bar between two such prices."""
    step = PRICES[symbol][2] // 20
    opened, closed = level(symbol, number), level(symbol, number + 1)
    extremes = max(opened, closed) + step, min(opened, closed) - step
    return _bar(symbol, (opened, *extremes, closed), 1_000 + 100 * (number % 7))


@st.composite
def prints(draw: st.DrawFn, symbol: str) -> Print:
    """A bar of an asset; sometimes none, one without trade, or one without prices."""
    kind = draw(st.sampled_from(("none", "bare", "still", "traded", "traded", "traded")))
    if kind == "none":
        return None
    if kind == "bare":
        return Bar(None, None, None, None, "0")
    _, lowest, highest = PRICES[symbol]
    opened, closed = (draw(st.integers(lowest, highest)) for _ in range(2))
    high = max(opened, closed) + draw(st.integers(0, highest // 10))
    low = min(opened, closed) - draw(st.integers(0, min(opened, closed) - lowest))
    volume = "0" if kind == "still" else draw(_volumes(symbol))
    return _bar(symbol, (opened, high, low, closed), volume)


def _volumes(symbol: str) -> st.SearchStrategy[str]:
    places = _VOLUMES.get(symbol, 0)
    coefficients = st.integers(1, 3_000 * 10**places)
    return coefficients.map(lambda coefficient: str(Decimal(coefficient).scaleb(-places)))


@st.composite
def events(draw: st.DrawFn, sessions: int) -> tuple[Split | CashDividend, ...]:
    """Splits and dividends of the equities on any days, sessions or not; odd ratios."""
    first = to_day(MONDAY)
    days = st.integers(first + 1, first + sessions + 1)
    splits = st.builds(
        lambda asset, day, ratio: Split(sid=asset.sid, effective=day, ratio=ratio),
        st.sampled_from(EQUITIES),
        days,
        st.sampled_from(("1/2", "2/3", "5", "7/3", "1/7", "0.6666666666666666")).map(Ratio.parse),
    )
    dividends = st.builds(
        lambda asset, day, wait, cents: CashDividend(
            sid=asset.sid, ex=day, pay=day + wait, amount=Decimal(cents).scaleb(-4)
        ),
        st.sampled_from(EQUITIES),
        days,
        st.integers(0, 5),
        st.integers(1, 20_000),
    )
    drawn = draw(st.lists(splits | dividends, max_size=5))
    # One event of an asset a day: which of two comes first is no law.
    return tuple({(event.sid, _day_of(event)): event for event in drawn}.values())


@st.composite
def worlds(
    draw: st.DrawFn, *, minutes: st.SearchStrategy[int] | None = None, sessions: int | None = None
) -> World:
    """A market of four assets over a few sessions, daily or in minutes."""
    per_session = draw(st.sampled_from((0, 0, 4)) if minutes is None else minutes)
    count = sessions or draw(st.integers(2, 4 if per_session else 8))
    days = ASSETS if per_session and draw(st.booleans()) else ()
    return World(
        always_open=draw(st.booleans()),
        sessions=count,
        minutes=per_session,
        bars=draw(tables(tuple(ASSETS), count * (per_session or 1))),
        days=draw(tables(tuple(days), count)),
        events=draw(events(count)),
    )


@st.composite
def tables(draw: st.DrawFn, symbols: tuple[str, ...], length: int) -> dict[str, tuple[Print, ...]]:
    """Bars of some assets: plain ones, of which some are replaced by what is drawn.

    The data begin with the first bar, whatever comes later.
    """
    if not symbols:
        return {}
    shift = draw(st.integers(0, 10))
    table: dict[str, list[Print]] = {
        symbol: [plain(symbol, number + shift) for number in range(length)] for symbol in symbols
    }
    places = st.tuples(st.sampled_from(symbols), st.integers(1, length - 1))
    for symbol, number in draw(st.lists(places, min_size=2, max_size=30)):
        table[symbol][number] = draw(prints(symbol))
    return {symbol: tuple(bars) for symbol, bars in table.items()}


def twins(world: World) -> st.SearchStrategy[World]:
    """Other worlds of the same form."""
    same = worlds(minutes=st.just(world.minutes), sessions=world.sessions)
    return same.filter(lambda other: set(other.days) == set(world.days))
