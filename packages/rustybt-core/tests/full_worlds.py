"""Random markets with everything in them, for laws about whole runs with every rule in play.

Three currencies, shares, a right, a coin, a future and a pair of currencies; every kind of
corporate action; bars that jump far enough for stops, gaps and margin calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
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

from rustybt.assets import Asset, Cryptocurrency, CurrencyPair, Future
from rustybt.calendars import TradingCalendar, get_calendar, to_day
from rustybt.data.actions import (
    Action,
    CashDividend,
    Delisting,
    Merger,
    RightsOffering,
    SpinOff,
    Split,
    StockDividend,
)
from rustybt.data.adjustments import Adjustments
from rustybt.data.rates import ExchangeRates
from rustybt.values import Ratio

LISTED = date(2015, 1, 2)
LAST = MONDAY + timedelta(days=3)
SHARE = stock("AAA", 1)
OTHER = stock("BBB", 2)
EURO = stock("SAP", 3, currency="EUR")
POUND = stock("VOD", 4, currency="GBP")
RIGHT = stock("RTS", 5)
COIN = Cryptocurrency(sid=6, symbol="BTC/USD", exchange_info=VENUE, start_date=LISTED)
OIL = Future(
    sid=7,
    symbol="CLN20",
    exchange_info=VENUE,
    start_date=LISTED,
    root_symbol="CL",
    price_multiplier=Decimal(50),
    end_date=LAST,
    auto_close_date=LAST + timedelta(days=1),
)
BUND = Future(
    sid=8,
    symbol="FGBLU20",
    exchange_info=VENUE,
    start_date=LISTED,
    root_symbol="FGBL",
    price_multiplier=Decimal(10),
    currency="EUR",
)
PAIR = CurrencyPair(
    sid=9,
    symbol="EUR/USD",
    exchange_info=VENUE,
    start_date=LISTED,
    base_currency="EUR",
    quote_currency="USD",
)
ASSETS: Mapping[str, Asset] = {
    asset.symbol: asset for asset in (SHARE, OTHER, EURO, POUND, RIGHT, COIN, OIL, BUND, PAIR)
}
SHARES = (SHARE, OTHER, EURO, POUND)
PRICED = tuple(symbol for symbol in ASSETS if symbol != RIGHT.symbol)
LEVELS = (100, 104, 97, 110, 92, 101, 118, 88, 103, 95, 99)
"""Prices of a market in which nothing else is drawn."""


@dataclass(frozen=True, kw_only=True)
class FullWorld:
    """A market bar by bar.

    Attributes:
        sessions: How many sessions it has.
        minutes: How many minutes a session has; 0 for daily bars.
        bars: What was printed, by symbol and number of the bar.
        actions: Corporate actions.
        rates: Dollars for a euro and for a pound, by session.
    """

    sessions: int
    minutes: int
    bars: Mapping[str, tuple[Print, ...]]
    actions: tuple[Action, ...]
    rates: tuple[tuple[str, str], ...]

    @property
    def length(self) -> int:
        """How many bars there are."""
        return self.sessions * (self.minutes or 1)

    @property
    def calendar(self) -> TradingCalendar:
        """Whose sessions they are."""
        if self.minutes:
            return small_sessions(self.sessions, self.minutes)
        return get_calendar("XNYS")

    @property
    def days(self) -> list[date]:
        """Its sessions."""
        calendar = self.calendar
        first = calendar.session_index(MONDAY)
        return [calendar.session_date(first + n) for n in range(self.sessions)]

    def dollars(self, currency: str, session: date) -> Decimal:
        """Dollars for a unit of a currency, all session long."""
        if currency == "USD":
            return Decimal(1)
        euro, pound = self.rates[self.days.index(session)]
        return Decimal(euro if currency == "EUR" else pound)

    def market(self) -> Market:
        """The market as a bundle."""
        bars = {ASSETS[symbol]: row for symbol, row in self.bars.items()}
        if self.minutes:
            prints = {
                asset: {divmod(n, self.minutes): print_ for n, print_ in enumerate(row)}
                for asset, row in bars.items()
            }
            made = minute_market(prints, sessions=self.sessions, calendar=self.calendar)
        else:
            made = daily_market(bars, calendar=self.calendar)
        adjustments, rates = Adjustments.of(self.actions), self._rates()
        bundle = replace(made.bundle, adjustments=adjustments, rates=rates)
        return replace(made, bundle=bundle)

    def _rates(self) -> ExchangeRates:
        rows = [
            (day, base, "USD", rate)
            for day, rates in zip(self.days, self.rates, strict=True)
            for base, rate in zip(("EUR", "GBP"), rates, strict=True)
        ]
        frame = pl.DataFrame(rows, schema=["timestamp", "base", "quote", "rate"], orient="row")
        return ExchangeRates.from_frame(frame.with_columns(pl.col("timestamp").cast(_UTC)))


_UTC = pl.Datetime("us", "UTC")

# ------------------------------------------------------------------ drawn

levels = st.integers(50, 160)
reaches = st.sampled_from((0, 1, 2, 5, 30))
volumes = st.sampled_from((40, 200, 900, 20_000))


def _print(symbol: str, opened: int, closed: int, reach: int, volume: int) -> Bar:
    """A bar whose high and low lie so far beyond open and close."""
    prices = opened, max(opened, closed) + reach, max(min(opened, closed) - reach, 1), closed
    cents = 10_000 if symbol == PAIR.symbol else 100
    first, high, low, last = (str(Decimal(price * 100) / cents) for price in prices)
    return Bar(first, high, low, last, str(volume))


@st.composite
def _rows(draw: st.DrawFn, length: int) -> dict[str, tuple[Print, ...]]:
    """Bars that go up and down; some are others, and some are missing."""
    rows: dict[str, list[Print]] = {
        symbol: [
            _print(symbol, LEVELS[(n + place) % 11], LEVELS[(n + place + 1) % 11], 2, 900)
            for n in range(length)
        ]
        for place, symbol in enumerate(ASSETS)
    }
    places = st.tuples(st.sampled_from(list(ASSETS)), st.integers(1, length - 1))
    drawn = st.tuples(places, levels, levels, reaches, volumes, st.integers(0, 7))
    for (symbol, n), opened, closed, reach, volume, kind in draw(
        st.lists(drawn, min_size=4, max_size=16)
    ):
        rows[symbol][n] = None if kind == 0 else _print(symbol, opened, closed, reach, volume)
    return {symbol: tuple(row) for symbol, row in rows.items()}


ratios = st.sampled_from(("1/2", "2/3", "2", "7/3", "1/20")).map(Ratio.parse)
money = st.integers(1, 4_000).map(lambda cents: Decimal(cents).scaleb(-2))
fractions = st.sampled_from(("cash", "drop", "round_up"))
shares = st.sampled_from((SHARE, SHARE, EURO, OTHER, POUND))
currencies = st.sampled_from(("USD", "EUR", "GBP"))


waits = st.integers(0, 4)


def _actions(first: int, last: int) -> st.SearchStrategy[Action]:
    """One corporate action of a share on some day, session or not."""
    sids, days = shares.map(lambda share: share.sid), st.integers(first, last)
    return st.one_of(
        st.builds(Split, sid=sids, effective=days, ratio=ratios),
        st.builds(_dividend, waits, sid=sids, ex=days, amount=money, currency=currencies),
        st.builds(_stock_dividend, waits, sid=sids, ex=days, ratio=ratios, fractions=fractions),
        st.builds(Merger, sid=sids, effective=days, cash=money, currency=currencies),
        st.builds(
            _swap,
            sid=sids,
            effective=days,
            cash=st.none() | money,
            currency=currencies,
            ratio=ratios,
            fractions=fractions,
        ),
        st.builds(
            _spin_off,
            sid=sids,
            effective=days,
            ratio=ratios,
            cost_share=st.sampled_from((None, Ratio(1, 5))),
            fractions=fractions,
        ),
        st.builds(
            _rights,
            waits,
            sid=sids,
            ex=days,
            price=money.map(lambda cents: cents * 5),
            ratio=ratios,
            rights_sid=st.sampled_from((None, RIGHT.sid)),
            currency=currencies,
            fractions=fractions,
        ),
        st.builds(Delisting, sid=sids, effective=days, price=st.sampled_from((None, Decimal(0)))),
    )


def _dividend(wait: int, **terms: Any) -> CashDividend:
    return CashDividend(pay=terms["ex"] + wait, **terms)


def _stock_dividend(wait: int, **terms: Any) -> StockDividend:
    return StockDividend(pay=terms["ex"] + wait, **terms)


def _swap(**terms: Any) -> Merger:
    return Merger(acquirer=terms["sid"] % len(SHARES) + 1, **terms)


def _spin_off(**terms: Any) -> SpinOff:
    return SpinOff(child=terms["sid"] % len(SHARES) + 1, **terms)


def _rights(wait: int, **terms: Any) -> RightsOffering:
    return RightsOffering(expiry=terms["ex"] + wait, **terms)


@st.composite
def full_worlds(draw: st.DrawFn) -> FullWorld:
    """A market of nine assets over a few sessions, daily or in minutes."""
    minutes = draw(st.sampled_from((0, 0, 3)))
    sessions = draw(st.integers(2, 3) if minutes else st.integers(3, 7))
    first = to_day(MONDAY)
    actions = draw(st.lists(_actions(first + 1, first + sessions), min_size=1, max_size=4))
    rate = st.integers(100, 140).map(lambda cents: str(Decimal(cents).scaleb(-2)))
    return FullWorld(
        sessions=sessions,
        minutes=minutes,
        bars=draw(_rows(sessions * (minutes or 1))),
        # One event of an asset a day: which of two comes first is no law.
        actions=tuple({(a.sid, _day_of(a)): a for a in actions}.values()),
        rates=tuple(draw(st.lists(st.tuples(rate, rate), min_size=sessions, max_size=sessions))),
    )


def _day_of(action: Action) -> int:
    return int(action.ex if hasattr(action, "ex") else action.effective)
